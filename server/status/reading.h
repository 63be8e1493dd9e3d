/* SPDX-License-Identifier: MIT */
/*
 * All that a status page is made of, read at one time.
 *
 * Reads only; how it is written is known to json.h, metrics.h and picture.h. The numbers are each exact, but not of one
 * instant (measure/snapshot.h).
 */
#ifndef LIDO_SERVER_STATUS_READING_H
#define LIDO_SERVER_STATUS_READING_H

#include "server/advice/advice.h"
#include "server/measure/slowest.h"
#include "server/measure/snapshot.h"
#include "server/status/health.h"
#include "server/status/status.h"
#include "threadpool/threadpool.h"

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

struct reading_series {
    size_t second_count;
    size_t day_count;
    struct measure_point seconds[MEASURE_SECONDS];
    struct measure_point days[MEASURE_DAY_POINTS];
};

struct reading {
    time_t wall_s; /* when it was read */
    struct health health;
    struct measure_snapshot snapshot;
    struct advice advice;
    size_t line_count;
    char lines[ADVICE_LINES_MAX][ADVICE_LINE_BYTES]; /* of the advice */
    size_t slow_count;
    struct slow_request slow[SLOWEST_MAX];
    struct reading_series *series; /* NULL: they were not wanted */
    size_t worker_count;
    struct worker_report workers[]; /* by index */
};

/* Read. Returns NULL without memory; the caller's for reading_release(). */
struct reading *reading_take(const struct status_sources *sources, bool closing, bool with_series)
    __attribute__((warn_unused_result));

void reading_release(struct reading *reading);

/* A word for what parked connections wait for: "idle", "reading", "writing", "lingering". */
const char *reading_parked_name(enum parked kind);

/* How long a worker has been at what it does, in seconds. */
double reading_worker_for_s(const struct reading *reading, const struct worker_report *worker);

#endif
