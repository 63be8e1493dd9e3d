/* SPDX-License-Identifier: MIT */
#include "server/listen/bound_socket.h"

#include "server/net/socket_address.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <unistd.h>

enum { /* How much of an answer the kernel takes beyond what is on its way (TCP_NOTSENT_LOWAT in tcp(7)): enough
     * for the time until a worker comes back, and no megabytes for a client that takes nothing. More is up to
     * http/transport/width.h. */
       UNSENT_MAX_BYTES = 128 * 1024
};

static int switch_on(int fd, int level, int option) {
    int on = 1;
    return setsockopt(fd, level, option, &on, sizeof on);
}

void bound_socket_tune(int fd) {
    int seconds = BOUND_SOCKET_DEFER_S;
    int unsent_bytes = UNSENT_MAX_BYTES;
    (void)switch_on(fd, IPPROTO_TCP, TCP_NODELAY);
    (void)switch_on(fd, SOL_SOCKET, SO_OOBINLINE);
    (void)setsockopt(fd, IPPROTO_TCP, TCP_DEFER_ACCEPT, &seconds, sizeof seconds);
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &unsent_bytes, sizeof unsent_bytes);
}

static int bind_tcp(int fd, const struct sockaddr_storage *wanted) {
    if (switch_on(fd, SOL_SOCKET, SO_REUSEADDR) == -1) {
        return -errno;
    }
    if (wanted->ss_family == AF_INET6 && switch_on(fd, IPPROTO_IPV6, IPV6_V6ONLY) == -1) {
        return -errno;
    }
    if (bind(fd, (const struct sockaddr *)wanted, socket_address_length(wanted)) == -1) {
        return -errno;
    }
    bound_socket_tune(fd);
    return 0;
}

static int read_address(struct listener *listener) {
    listener->address = (struct sockaddr_storage){0};
    listener->address_length = sizeof listener->address;
    int result = getsockname(listener->fd, (struct sockaddr *)&listener->address, &listener->address_length);
    return result == -1 ? -errno : 0;
}

void bound_socket_share_port(int fd, bool is_shared) {
    int value = is_shared ? 1 : 0;
    (void)setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &value, sizeof value);
}

void bound_socket_close(const struct listener *listener) {
    if (listener->address.ss_family == AF_UNIX) {
        unix_socket_remove(&listener->address, &listener->file);
    }
    if (listener->fd != -1) {
        (void)close(listener->fd);
    }
}

/* Of two sockets that are bound with SO_REUSEADDR, the second to listen is the one that fails. */
static int begin_to_listen(struct listener *listener, int backlog) {
    int error = listen(listener->fd, backlog) == -1 ? -errno : read_address(listener);
    if (error != 0) {
        bound_socket_close(listener);
    }
    return error;
}

int bound_socket_open(struct listener *listener, const struct sockaddr_storage *wanted, int backlog,
                      bool beside) {
    int fd = socket(wanted->ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd == -1) {
        return -errno;
    }
    *listener = (struct listener){.fd = fd, .address = *wanted};
    bool is_unix = wanted->ss_family == AF_UNIX;
    if (beside && !is_unix) {
        bound_socket_share_port(fd, true);
    }
    int error = is_unix ? unix_socket_bind(fd, wanted, &listener->file) : bind_tcp(fd, wanted);
    if (error != 0) {
        (void)close(fd);
        return error;
    }
    error = begin_to_listen(listener, backlog);
    if (error == 0 && beside && !is_unix) {
        bound_socket_share_port(fd, false);
    }
    return error;
}
