/* SPDX-License-Identifier: MIT */
/*
 * The slowest requests of late: what they were for, how long they took, and where the time went, if that is known.
 *
 * Fixed memory. Whoever has answered a request compares its time with a limit, and only if it is above it, and nobody
 * else is at it, writes it down: no worker waits for another one, and one that would have to is left out. Knows
 * durations above SLOWEST_FLOOR_MS only: below, nothing was slow.
 */
#ifndef LIDO_SERVER_MEASURE_SLOWEST_H
#define LIDO_SERVER_MEASURE_SLOWEST_H

#include "http/base/time_split.h"
#include "http/base/view.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SLOWEST_MAX = 16, SLOWEST_TARGET_BYTES = 128, SLOWEST_KEPT_S = 300, SLOWEST_FLOOR_MS = 1 };

struct slow_request {
    int64_t ended_ns;        /* by clock_steady_ns() */
    int64_t duration_ns;     /* from the first byte of the request to the last of the answer */
    struct time_split split; /* all-zero: not known */
    uint64_t body_bytes;
    int status;
    char target[SLOWEST_TARGET_BYTES]; /* cut to fit; from a client: not to be trusted */
};

struct slowest {
    _Atomic(int64_t) limit_ns; /* what takes less need not be written down */
    pthread_mutex_t lock;      /* guards the rest */
    struct slow_request all[SLOWEST_MAX];
    size_t count;
};

void slowest_init(struct slowest *slowest);
void slowest_deinit(struct slowest *slowest);

/* Whether slowest_note() is worth the call. Thread-safe, as are the next ones. */
static inline bool slowest_wants(const struct slowest *slowest, int64_t duration_ns) {
    return duration_ns >= atomic_load_explicit(&slowest->limit_ns, memory_order_relaxed);
}

/* Write a request down, unless somebody else is at it. `line` is its request line; the target in `request` is made of
 * it. Never blocks. */
void slowest_note(struct slowest *slowest, const struct slow_request *request, struct view line);

/* Forget those that ended more than SLOWEST_KEPT_S before `now_ns`, unless somebody else is at it. Never blocks. */
void slowest_forget(struct slowest *slowest, int64_t now_ns);

/* Read them, the slowest first. Returns how many. */
size_t slowest_read(struct slowest *slowest, struct slow_request all[SLOWEST_MAX]);

#endif
