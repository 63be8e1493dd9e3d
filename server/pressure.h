/* SPDX-License-Identifier: MIT */
/*
 * Tells the owner that clients had to go because there was not enough for all: at once, and then once a minute at most.
 *
 * Counts nothing itself; status.json has all numbers at any time. The main thread only.
 */
#ifndef LIDO_SERVER_PRESSURE_H
#define LIDO_SERVER_PRESSURE_H

#include "server/reactor/reactor.h"

#include <stdint.h>

enum { PRESSURE_INTERVAL_MS = 60 * 1000, PRESSURE_LINE_BYTES = 200 };

/* All-zero: nothing was told yet. */
struct pressure {
    int64_t told_ms; /* 0: never */
    uint64_t memory; /* how many had been told by then, of each reason */
    uint64_t slow;
    uint64_t of_address;
};

/* Tell, by `tell`, what has happened since this was last told, if it is time. By clock_steady_coarse_ms(). */
void pressure_tell(struct pressure *pressure, const struct reactor_stats *stats, int64_t now_ms,
                   void (*tell)(void *context, const char *line), void *context);

#endif
