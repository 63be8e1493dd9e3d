/* SPDX-License-Identifier: MIT */
/*
 * The signals that ask the server to stop, as a descriptor that can be waited for: signalfd(2). No handler
 * interrupts anything. The main thread only.
 */
#ifndef LIDO_SERVER_REACTOR_STOP_SIGNALS_H
#define LIDO_SERVER_REACTOR_STOP_SIGNALS_H

#include "server/reactor/client.h"

struct stop_signals {
    enum event_source source; /* SOURCE_SIGNALS, for epoll to point to */
    int fd;                   /* -1 when closed; readable when a signal has come */
    unsigned count;           /* how many have been taken */
};

/* Block SIGINT and SIGTERM in the calling thread, and so in those that it starts later; ignore SIGPIPE.
 * Returns 0 or a negative errno. */
int stop_signals_open(struct stop_signals *signals) __attribute__((warn_unused_result));

/* Close the descriptor; the signals stay blocked. Doing it again does nothing. */
void stop_signals_close(struct stop_signals *signals);

/* Take the signals that have come and add them to the count. Never blocks. */
void stop_signals_take(struct stop_signals *signals);

#endif
