/* SPDX-License-Identifier: MIT */
/*
 * A way for other threads to wake the one that sits in epoll_wait(2): eventfd(2). Says nothing of why; who is
 * woken looks.
 */
#ifndef LIDO_SERVER_REACTOR_WAKEUP_H
#define LIDO_SERVER_REACTOR_WAKEUP_H

#include "server/reactor/client.h"

struct wakeup {
    enum event_source source; /* SOURCE_WAKE, for epoll to point to */
    int fd;                   /* -1 when closed; readable after wakeup_send() */
};

/* Make the descriptor. Returns 0 or a negative errno. */
int wakeup_open(struct wakeup *wakeup) __attribute__((warn_unused_result));

/* Doing it again does nothing. */
void wakeup_close(struct wakeup *wakeup);

/* Make the descriptor readable. Never blocks. Thread-safe. */
void wakeup_send(const struct wakeup *wakeup);

/* Make it unreadable again. Never blocks. */
void wakeup_take(const struct wakeup *wakeup);

#endif
