/* SPDX-License-Identifier: MIT */
#include "server/status/reading.h"

#include "http/base/clock.h"
#include "server/measure/measure.h"

#include <stdlib.h>

enum { WORKERS_MORE = 16 }; /* that may have started since they were counted */

static void read_series(struct reading_series *series, struct measure *measure) {
    series->second_count = measure_read_seconds(measure, series->seconds);
    series->day_count = measure_read_day(measure, series->days);
}

struct reading *reading_take(const struct status_sources *sources, bool closing, bool with_series) {
    struct threadpool_load load;
    threadpool_read_load(sources->pool, &load);
    size_t capacity = 2 * load.thread_count + WORKERS_MORE; /* with those that stand in for others */
    struct reading *reading = calloc(1, sizeof *reading + capacity * sizeof(struct worker_report));
    struct reading_series *series = with_series ? calloc(1, sizeof *series) : NULL;
    if (reading == NULL || (with_series && series == NULL)) {
        free(reading);
        free(series);
        return NULL;
    }
    reading->wall_s = time(NULL);
    health_read(&reading->health, sources->pool, closing);
    reading->worker_count = threadpool_read_workers(sources->pool, reading->workers, capacity);
    measure_read(sources->measure, &reading->snapshot);
    advice_weigh(&reading->snapshot, &reading->advice);
    reading->line_count = advice_tell(&reading->advice, reading->lines);
    reading->slow_count = slowest_read(sources->slowest, reading->slow);
    reading->series = series;
    if (series != NULL) {
        read_series(series, sources->measure);
    }
    return reading;
}

void reading_release(struct reading *reading) {
    free(reading->series);
    free(reading);
}

const char *reading_parked_name(enum parked kind) {
    static const char *const names[PARKED_KINDS] = {[PARKED_IDLE] = "idle",
                                                    [PARKED_READING] = "reading",
                                                    [PARKED_WRITING] = "writing",
                                                    [PARKED_LINGERING] = "lingering"};
    return names[kind];
}

double reading_worker_for_s(const struct reading *reading, const struct worker_report *worker) {
    int64_t for_ns = reading->snapshot.now.taken_ns - worker->since_ns;
    return for_ns > 0 ? (double)for_ns / (double)CLOCK_NS_PER_S : 0;
}
