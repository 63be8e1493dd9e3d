/* SPDX-License-Identifier: MIT */
/*
 * Tells the owner that clients had to go, as there was not enough for all or as they took too long: of each reason at
 * once, and then once a minute at most, with how many there were meanwhile.
 *
 * Counts nothing itself; status.json has all numbers at any time. The main thread only.
 */
#ifndef LIDO_SERVER_PRESSURE_H
#define LIDO_SERVER_PRESSURE_H

#include "server/reactor/reactor.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    PRESSURE_INTERVAL_MS = 60 * 1000,
    PRESSURE_TIMEOUTS_MANY = 50, /* in such a time; fewer are the usual thing */
    PRESSURE_LINE_BYTES = 200,
};

enum pressure_reason {
    PRESSURE_MEMORY,
    PRESSURE_CONNECTIONS,
    PRESSURE_OF_ADDRESS,
    PRESSURE_TIMEOUTS,
    PRESSURE_REASONS,
};

/* All-zero: nothing was told yet. */
struct pressure {
    struct {
        int64_t begin_ms; /* of its minute, */
        uint64_t count;   /* how many there were by then, */
        bool is_told;     /* and whether it began with a line */
    } minutes[PRESSURE_REASONS];
};

/* Tell, by `tell`, what has happened since this was last told, if it is time. By clock_steady_coarse_ms(). */
void pressure_tell(struct pressure *pressure, const struct reactor_stats *stats, int64_t now_ms,
                   void (*tell)(void *context, const char *line), void *context);

#endif
