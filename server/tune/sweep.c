/* SPDX-License-Identifier: MIT */
#include "server/tune/sweep.h"

#include <string.h>

enum { REFINED_MAX = 4, REPEATED_MAX = 3, TAIL_REQUESTS_MIN = 200 };

static const struct tune_point *find(const struct sweep *sweep, size_t threads) {
    for (size_t i = 0; i < sweep->count; i++) {
        if (sweep->points[i].threads == threads) {
            return &sweep->points[i];
        }
    }
    return NULL;
}

struct tune_point *sweep_take(struct sweep *sweep, size_t threads) {
    size_t at = 0;
    while (at < sweep->count && sweep->points[at].threads < threads) {
        at++;
    }
    struct tune_point *point = &sweep->points[at];
    if (at < sweep->count && point->threads == threads) {
        return point;
    }
    if (sweep->count == SWEEP_POINTS_MAX) {
        return NULL;
    }
    memmove(point + 1, point, (sweep->count - at) * sizeof *point);
    sweep->count++;
    *point = (struct tune_point){.threads = threads};
    return point;
}

static double rate_of(const struct tune_point *point, size_t mode) {
    return tune_figures_rate(&point->of[mode]);
}

static double tail_of(const struct tune_point *point, size_t mode) {
    const struct tune_figures *figures = &point->of[mode];
    return figures->requests < TAIL_REQUESTS_MIN
               ? 0
               : (double)histogram_reading_quantile_ns(&figures->latencies, 0.99);
}

/* The point with the most requests/s, of those below `threads_below`. */
static const struct tune_point *find_best(const struct sweep *sweep, size_t mode, size_t threads_below) {
    const struct tune_point *best = NULL;
    for (size_t i = 0; i < sweep->count && sweep->points[i].threads < threads_below; i++) {
        const struct tune_point *point = &sweep->points[i];
        if (point->rounds > 0 && (best == NULL || rate_of(point, mode) > rate_of(best, mode))) {
            best = point;
        }
    }
    return best;
}

/* Whether this size brings more than all smaller ones. */
static bool brings_more(const struct sweep *sweep, const struct tune_point *point) {
    for (size_t mode = 0; mode < TUNE_MODES; mode++) {
        const struct tune_point *best = find_best(sweep, mode, point->threads);
        if (sweep->has_mode[mode] &&
            (best == NULL || rate_of(point, mode) * SWEEP_GOOD_SHARE > rate_of(best, mode))) {
            return true;
        }
    }
    return false;
}

/* Two sizes beyond the processors that bring nothing: larger ones will not either. */
static bool is_flat_below(const struct sweep *sweep, size_t threads) {
    size_t useless = 0;
    for (size_t i = sweep->count; i-- > 0 && useless < 2;) {
        const struct tune_point *point = &sweep->points[i];
        if (point->threads >= threads) {
            continue;
        }
        if (point->threads <= sweep->processors || brings_more(sweep, point)) {
            return false;
        }
        useless++;
    }
    return useless == 2;
}

static size_t next_power(const struct sweep *sweep) {
    for (size_t threads = 1; threads <= sweep->threads_max && !is_flat_below(sweep, threads); threads *= 2) {
        if (find(sweep, threads) == NULL) {
            return threads;
        }
    }
    return 0;
}

static size_t next_to_repeat(const struct sweep *sweep) {
    size_t repeated = 0;
    for (size_t i = 0; i < sweep->count; i++) {
        repeated += sweep->points[i].rounds > 1 ? 1 : 0;
    }
    for (size_t mode = 0; mode < TUNE_MODES && repeated < REPEATED_MAX; mode++) {
        const struct tune_point *best = sweep->has_mode[mode] ? find_best(sweep, mode, SIZE_MAX) : NULL;
        if (best != NULL && best->rounds == 1) {
            return best->threads;
        }
    }
    return 0;
}

/* Halve the way from the advised size down to the next smaller one, to an eighth of it. */
static size_t next_between(const struct sweep *sweep) {
    struct sweep_advice advice;
    if (sweep->count == SWEEP_POINTS_MAX || !sweep_advise(sweep, &advice) || advice.point == sweep->points) {
        return 0;
    }
    size_t upper = advice.point->threads;
    size_t lower = advice.point[-1].threads;
    return upper - lower > 1 && (upper - lower) * 8 > upper ? lower + (upper - lower) / 2 : 0;
}

size_t sweep_next(const struct sweep *sweep) {
    if (find(sweep, sweep->threads_now) == NULL) {
        return sweep->threads_now;
    }
    size_t threads = next_power(sweep);
    threads = threads == 0 ? next_to_repeat(sweep) : threads;
    return threads == 0 ? next_between(sweep) : threads;
}

size_t sweep_rounds_max(const struct sweep *sweep) {
    size_t powers = 0;
    for (size_t threads = 1; threads <= sweep->threads_max; threads *= 2) {
        powers++;
    }
    return powers + 1 + REPEATED_MAX + REFINED_MAX;
}

/* How much of the best rate a point reaches, in the mode in which that is the least. */
static double worst_share(const struct sweep *sweep, const struct sweep_advice *advice,
                          const struct tune_point *point) {
    double worst = 1;
    for (size_t mode = 0; mode < TUNE_MODES; mode++) {
        double best = sweep->has_mode[mode] ? rate_of(advice->best[mode], mode) : 0;
        double share = best > 0 ? rate_of(point, mode) / best : 1;
        worst = share < worst ? share : worst;
    }
    return worst;
}

/* Whether one answer in a hundred takes much longer than with another size of as many requests/s. */
static bool has_long_tail(const struct sweep *sweep, const struct sweep_advice *advice,
                          const struct tune_point *point) {
    for (size_t mode = 0; mode < TUNE_MODES; mode++) {
        for (size_t i = 0; sweep->has_mode[mode] && i < sweep->count; i++) {
            const struct tune_point *other = &sweep->points[i];
            double tail = other->rounds > 0 ? tail_of(other, mode) : 0;
            if (tail > 0 && worst_share(sweep, advice, other) >= SWEEP_GOOD_SHARE &&
                tail_of(point, mode) > tail * SWEEP_TAIL_FACTOR) {
                return true;
            }
        }
    }
    return false;
}

static void choose(const struct sweep *sweep, struct sweep_advice *advice) {
    double most = -1;
    for (size_t i = 0; i < sweep->count; i++) {
        const struct tune_point *point = &sweep->points[i];
        double share = point->rounds > 0 ? worst_share(sweep, advice, point) : -1;
        bool is_good = share >= SWEEP_GOOD_SHARE;
        if (is_good && !has_long_tail(sweep, advice, point)) {
            advice->point = point;
            return;
        }
        if (is_good && advice->slow == NULL) {
            advice->slow = point;
        }
        if (share > most) {
            most = share;
            advice->point = point;
        }
    }
    advice->slow = NULL; /* no size is good in all: that which comes nearest */
}

bool sweep_advise(const struct sweep *sweep, struct sweep_advice *advice) {
    *advice = (struct sweep_advice){0};
    for (size_t mode = 0; mode < TUNE_MODES; mode++) {
        advice->best[mode] = sweep->has_mode[mode] ? find_best(sweep, mode, SIZE_MAX) : NULL;
        if (sweep->has_mode[mode] && advice->best[mode] == NULL) {
            return false;
        }
    }
    choose(sweep, advice);
    for (size_t mode = 0; advice->point != NULL && mode < TUNE_MODES; mode++) {
        double best = advice->best[mode] != NULL ? rate_of(advice->best[mode], mode) : 0;
        advice->share[mode] = best > 0 ? rate_of(advice->point, mode) / best : 0;
    }
    return advice->point != NULL;
}
