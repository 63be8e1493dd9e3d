/* SPDX-License-Identifier: MIT */
#include "server/service/notify.h"

#include <errno.h>
#include <poll.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

int notify_open(struct notify *notify, const char *address) {
    struct sockaddr_un un = {.sun_family = AF_UNIX};
    notify->fd = -1;
    if (address == NULL) {
        return 0;
    }
    size_t length = strlen(address);
    if ((address[0] != '/' && address[0] != '@') || length < 2) {
        return -EAFNOSUPPORT;
    }
    if (length >= sizeof un.sun_path) {
        return -ENAMETOOLONG;
    }
    memcpy(un.sun_path, address, length);
    if (address[0] == '@') {
        un.sun_path[0] = '\0';
    }
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd == -1) {
        return -errno;
    }
    socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length);
    if (connect(fd, (const struct sockaddr *)&un, size) == -1) {
        int error = -errno;
        (void)close(fd);
        return error;
    }
    notify->fd = fd;
    return 0;
}

bool notify_send(const struct notify *notify, const char *message, int patience_ms) {
    struct pollfd writable = {.fd = notify->fd, .events = POLLOUT};
    if (notify->fd == -1 || (patience_ms > 0 && poll(&writable, 1, patience_ms) < 1)) {
        return false;
    }
    return send(notify->fd, message, strlen(message), MSG_NOSIGNAL) != -1;
}

void notify_close(struct notify *notify) {
    if (notify->fd != -1) {
        (void)close(notify->fd);
    }
    notify->fd = -1;
}
