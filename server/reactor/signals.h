/* SPDX-License-Identifier: MIT */
/*
 * The signals that the server heeds, as a descriptor that can be waited for: signalfd(2). No handler
 * interrupts anything. What they are answered with is decided by the reactor. Opened and closed by the main thread;
 * taken by it and by the stop guard, whichever is awake first.
 */
#ifndef LIDO_SERVER_REACTOR_SIGNALS_H
#define LIDO_SERVER_REACTOR_SIGNALS_H

#include "server/reactor/client.h"

#include <stdatomic.h>
#include <stdbool.h>

struct signals {
    enum event_source source; /* SOURCE_SIGNALS, for epoll to point to */
    int fd;                   /* -1 when closed; readable when a signal has come */
    atomic_uint stop_count;   /* how many asked to stop: INT, TERM, QUIT, ALRM */
    atomic_bool
        reload; /* one asked to read the settings anew: HUP; for the main thread to clear, as the next */
    atomic_bool reopen; /* one asked to open the log anew: USR1 */
};

/* Block those signals and USR2, which asks for nothing, in the calling thread, and so in those that it starts
 * later; ignore SIGPIPE. Returns 0 or a negative errno. */
int signals_open(struct signals *signals) __attribute__((warn_unused_result));

/* Close the descriptor; the signals stay blocked. Doing it again does nothing. */
void signals_close(struct signals *signals);

/* Take the signals that have come. Returns whether there were any. Never blocks. Thread-safe. */
bool signals_take(struct signals *signals);

#endif
