/* SPDX-License-Identifier: MIT */
#include "server/probe/timed_io.h"

#include "http/base/clock.h"
#include "server/net/socket_address.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <unistd.h>

/* Sleep until `fd` is ready. Returns 0, also for a failed socket, which the next call on it will report; or
 * -ETIMEDOUT. What is ready is seen even when the deadline has just passed. */
static int wait_until_ready(int fd, short events, int64_t deadline_us) {
    for (;;) {
        int64_t left_us = deadline_us - clock_steady_us();
        int64_t left_ms = left_us > 0 ? (left_us + 999) / 1000 : 0;
        struct pollfd waiting = {.fd = fd, .events = events};
        int ready = poll(&waiting, 1, left_ms < INT_MAX ? (int)left_ms : INT_MAX);
        if (ready > 0) {
            return 0;
        }
        if (ready == -1 && errno != EINTR) {
            return -errno;
        }
        if (left_us <= 0) {
            return -ETIMEDOUT;
        }
    }
}

/* Wait for a connection that is on its way. Returns 0 or a negative errno. */
static int finish_connect(int fd, int64_t deadline_us) {
    int result = wait_until_ready(fd, POLLOUT, deadline_us);
    if (result != 0) {
        return result;
    }
    int error = 0;
    socklen_t length = sizeof error;
    if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length) == -1) {
        return -errno;
    }
    return -error;
}

int timed_connect(const struct sockaddr_storage *address, int64_t deadline_us) {
    int fd = socket(address->ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd == -1) {
        return -errno;
    }
    int error = 0;
    if (connect(fd, (const struct sockaddr *)address, socket_address_length(address)) == -1) {
        error = -errno;
    }
    /* An interrupted connect is not to be repeated: it goes on by itself, like one that takes its time. */
    if (error == -EINPROGRESS || error == -EINTR) {
        error = finish_connect(fd, deadline_us);
    }
    if (error == 0) {
        return fd;
    }
    (void)close(fd);
    return error;
}

/* What to do about a call that failed. Returns 0 to try again, or a negative errno. */
static int recover(int fd, short events, int64_t deadline_us) {
    if (errno == EINTR) {
        return 0;
    }
    if (errno == EAGAIN || errno == EWOULDBLOCK) {
        return wait_until_ready(fd, events, deadline_us);
    }
    return -errno;
}

int timed_send(int fd, const char *bytes, size_t length, int64_t deadline_us) {
    int error = 0;
    while (length > 0 && error == 0) {
        ssize_t sent = send(fd, bytes, length, MSG_NOSIGNAL);
        if (sent == -1) {
            error = recover(fd, POLLOUT, deadline_us);
        } else {
            bytes += sent;
            length -= (size_t)sent;
        }
    }
    return error;
}

ssize_t timed_receive(int fd, char *buffer, size_t size, int64_t deadline_us) {
    for (;;) {
        ssize_t received = recv(fd, buffer, size, 0);
        if (received != -1) {
            return received;
        }
        int error = recover(fd, POLLIN, deadline_us);
        if (error != 0) {
            return error;
        }
    }
}
