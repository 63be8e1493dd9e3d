/* SPDX-License-Identifier: MIT */
/*
 * Which sizes of the pool are tried, and which one is best: decided by what was measured so far.
 *
 * First the size in force, then the powers of two, as far as they bring anything; then the best ones again, as one
 * measurement may be luck; then what lies between the size that is advised and the next smaller one. Measures nothing
 * itself; values in, values out.
 */
#ifndef LIDO_SERVER_TUNE_SWEEP_H
#define LIDO_SERVER_TUNE_SWEEP_H

#include "server/tune/figures.h"

#include <stdbool.h>
#include <stddef.h>

enum { SWEEP_POINTS_MAX = 32 };

/* A size that reaches this share of the best rate is as good as the best: measurements differ by as much. */
#define SWEEP_GOOD_SHARE 0.95

/* One answer in a hundred may take this many times as long as with the size that is best in that. */
#define SWEEP_TAIL_FACTOR 2

struct sweep {
    size_t threads_now; /* in force, by the settings */
    size_t threads_max; /* larger ones are not tried: as many as there are clients */
    size_t processors;
    bool has_mode[TUNE_MODES];                  /* what is measured */
    struct tune_point points[SWEEP_POINTS_MAX]; /* by size */
    size_t count;
};

struct sweep_advice {
    const struct tune_point *point;            /* the smallest size that is good in all modes */
    const struct tune_point *best[TUNE_MODES]; /* the size with the most requests/s; NULL: was not measured */
    double share[TUNE_MODES];                  /* of that, what the advised one has: up to 1 */
    const struct tune_point *slow; /* a smaller one with as many requests/s, but a longer tail; NULL: none */
};

/* Which size to measure next, maybe one that was measured before; 0: that is enough. */
size_t sweep_next(const struct sweep *sweep);

/* The point of a size, made if it is new. NULL if there are too many. The points move when one is made. */
struct tune_point *sweep_take(struct sweep *sweep, size_t threads);

/* Judge what was measured in full. Returns whether there is anything. */
bool sweep_advise(const struct sweep *sweep, struct sweep_advice *advice) __attribute__((warn_unused_result));

/* At most how many measurements there will be, for who shares out the time. */
size_t sweep_rounds_max(const struct sweep *sweep);

#endif
