/* SPDX-License-Identifier: MIT */
#include "tests/unit/support/socket_pair.h"

#include "tests/support/deadline.h"
#include "tests/support/loopback.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { NARROW_BYTES = 4096 };

void socket_pair_open(struct socket_pair *pair) {
    int fds[2];
    cr_assert(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds) == 0, "socketpair: %s",
              strerror(errno));
    *pair = (struct socket_pair){.ours = fds[0], .theirs = fds[1]};
}

static void make_non_blocking(int fd) {
    cr_assert(fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK) == 0, "O_NONBLOCK: %s", strerror(errno));
}

void socket_pair_open_tcp(struct socket_pair *pair) {
    int listening = listening_on(AF_INET);
    struct sockaddr_storage address = loopback_address(AF_INET, port_of(listening));
    pair->theirs = connected_socket(&address);
    pair->ours = accept4(listening, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    cr_assert(pair->ours != -1, "accept4: %s", strerror(errno));
    make_non_blocking(pair->theirs);
    (void)close(listening);
}

void socket_pair_close_theirs(struct socket_pair *pair) {
    if (pair->theirs != -1) {
        (void)close(pair->theirs);
    }
    pair->theirs = -1;
}

void socket_pair_close(struct socket_pair *pair) {
    socket_pair_close_theirs(pair);
    if (pair->ours != -1) {
        (void)close(pair->ours);
    }
    pair->ours = -1;
}

size_t socket_pair_send_some(const struct socket_pair *pair, const void *bytes, size_t size) {
    size_t sent = 0;
    while (sent < size) {
        ssize_t n = send(pair->theirs, (const char *)bytes + sent, size - sent, MSG_NOSIGNAL);
        if (n == -1 && errno == EAGAIN) {
            break;
        }
        cr_assert(n > 0, "send: %s", strerror(errno));
        sent += (size_t)n;
    }
    return sent;
}

void socket_pair_send(const struct socket_pair *pair, const void *bytes, size_t size) {
    size_t sent = socket_pair_send_some(pair, bytes, size);
    cr_assert(sent == size, "there is room for %zu of %zu bytes only", sent, size);
}

void socket_pair_send_text(const struct socket_pair *pair, const char *text) {
    socket_pair_send(pair, text, strlen(text));
}

void socket_pair_finish_sending(const struct socket_pair *pair) {
    cr_assert(shutdown(pair->theirs, SHUT_WR) == 0, "shutdown: %s", strerror(errno));
}

size_t socket_pair_receive(const struct socket_pair *pair, void *bytes, size_t size) {
    size_t received = 0;
    while (received < size) {
        ssize_t n = read(pair->theirs, (char *)bytes + received, size - received);
        if (n == 0 || (n == -1 && errno == EAGAIN)) {
            break;
        }
        cr_assert(n > 0, "read: %s", strerror(errno));
        received += (size_t)n;
    }
    return received;
}

size_t socket_pair_receive_text(const struct socket_pair *pair, char *text, size_t size) {
    size_t length = socket_pair_receive(pair, text, size - 1);
    text[length] = '\0';
    return length;
}

static void wait_until_readable(const struct socket_pair *pair) {
    cr_assert(deadline_wait(pair->theirs, POLLIN, deadline_in(PATIENCE_MS)), "nothing comes");
}

void socket_pair_receive_all(const struct socket_pair *pair, void *bytes, size_t size) {
    for (size_t received = 0; received < size;) {
        wait_until_readable(pair);
        size_t n = socket_pair_receive(pair, (char *)bytes + received, size - received);
        cr_assert(n > 0, "the end comes after %zu of %zu bytes", received, size);
        received += n;
    }
}

int socket_pair_receive_end(const struct socket_pair *pair) {
    char byte = 0;
    wait_until_readable(pair);
    ssize_t n = read(pair->theirs, &byte, 1);
    cr_assert(n <= 0, "byte %#x comes before the end", (unsigned char)byte);
    return n == 0 ? 0 : errno;
}

bool socket_pair_is_finished(const struct socket_pair *pair) {
    char byte = 0;
    ssize_t n = read(pair->theirs, &byte, 1);
    cr_assert(n != 1, "byte %#x is left to receive", (unsigned char)byte);
    return n == 0;
}

size_t socket_pair_fill(const struct socket_pair *pair) {
    static const char filler[4096];
    size_t total = 0;
    for (ssize_t n = 0; (n = send(pair->ours, filler, sizeof filler, MSG_NOSIGNAL)) > 0;) {
        total += (size_t)n;
    }
    cr_assert(errno == EAGAIN, "send: %s", strerror(errno));
    return total;
}

void socket_pair_narrow(const struct socket_pair *pair) {
    int bytes = NARROW_BYTES;
    cr_assert(setsockopt(pair->ours, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes) == 0, "SO_SNDBUF: %s",
              strerror(errno));
}
