/* SPDX-License-Identifier: MIT */
#include "server/reactor/wakeup.h"

#include <errno.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <unistd.h>

int wakeup_open(struct wakeup *wakeup) {
    *wakeup = (struct wakeup){.source = SOURCE_WAKE, .fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)};
    return wakeup->fd == -1 ? -errno : 0;
}

void wakeup_close(struct wakeup *wakeup) {
    if (wakeup->fd != -1) {
        (void)close(wakeup->fd);
    }
    wakeup->fd = -1;
}

void wakeup_send(const struct wakeup *wakeup) {
    uint64_t one = 1;
    ssize_t written = write(wakeup->fd, &one, sizeof one);
    (void)written; /* fails only when the counter is full, and then it is readable already */
}

void wakeup_take(const struct wakeup *wakeup) {
    uint64_t count = 0;
    ssize_t got = read(wakeup->fd, &count, sizeof count);
    (void)got; /* nothing to read: somebody has taken it */
}
