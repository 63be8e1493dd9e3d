/* SPDX-License-Identifier: MIT */
#include "tests/unit/server/status/made_reading.h"

#include "http/base/clock.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

static void fill_workers(struct reading *reading, size_t count) {
    reading->worker_count = count;
    for (unsigned i = 0; i < count; i++) {
        struct worker_report *worker = &reading->workers[i];
        worker->index = i;
        worker->activity = (enum worker_activity)(i % WORKER_ACTIVITY_COUNT);
        worker->since_ns = reading->snapshot.now.taken_ns - (int64_t)i * CLOCK_NS_PER_MS;
        worker->served = 100 + i;
        if (worker->activity == WORKER_IN_FILE) {
            worker->is_stuck = i > WORKER_ACTIVITY_COUNT;
            (void)snprintf(worker->subject, sizeof worker->subject, "/<b>&\"%u\xff", i);
        }
    }
}

static void fill_series(struct reading *reading) {
    reading->series = calloc(1, sizeof *reading->series);
    cr_assert_not_null(reading->series);
    reading->series->second_count = 3;
    reading->series->day_count = 1;
    for (size_t i = 0; i < 3; i++) {
        reading->series->seconds[i] = (struct measure_point){.span_s = 1,
                                                             .requests = 10 * (i + 1),
                                                             .cache_hits = 3,
                                                             .cache_misses = 1,
                                                             .busy = 0.5F,
                                                             .threads = 4};
    }
    reading->series->days[0] = (struct measure_point){.span_s = 3, .requests = 60};
}

struct reading *made_reading(size_t worker_count) {
    struct reading *reading = calloc(1, sizeof *reading + worker_count * sizeof(struct worker_report));
    cr_assert_not_null(reading);
    struct measure_now *now = &reading->snapshot.now;
    reading->wall_s = 784111777;
    reading->snapshot.uptime_s = 12.5;
    now->taken_ns = 100 * CLOCK_NS_PER_S;
    now->counts = (struct measure_counts){.requests = 1234567,
                                          .status_requests = 7,
                                          .rejected = 3,
                                          .timeouts = {1, 2, 3, 4},
                                          .times = {.idle_ns = 3000000000, .files_ns = 1000000000}};
    now->statuses[200 - MEASURE_STATUS_FIRST] = 1234560;
    now->statuses[404 - MEASURE_STATUS_FIRST] = 10;
    now->gauges = (struct measure_gauges){.threads = worker_count,
                                          .processors = 2,
                                          .queue_depth = 5,
                                          .queue_capacity = 10,
                                          .connections = 40,
                                          .connections_max = 100,
                                          .parked = {20, 8, 2, 1}};
    now->services.counts[histogram_bucket_of(3 * CLOCK_NS_PER_MS)] = 9;
    now->services.counts[histogram_bucket_of(100 * CLOCK_NS_PER_S)] = 1;
    now->services.sum_ns = 127000000000;
    reading->snapshot.windows[MEASURE_10_S] = (struct measure_window){
        .span_s = 10, .counts = {.requests = 50}, .wait = {.count = 50, .median_s = 0.0002, .p99_s = 0.5}};
    reading->snapshot.windows[MEASURE_1_MIN].counts.times = now->counts.times;
    reading->slow_count = 1;
    reading->slow[0] = (struct slow_request){.duration_ns = 2 * CLOCK_NS_PER_S,
                                             .ended_ns = 90 * CLOCK_NS_PER_S,
                                             .body_bytes = 4096,
                                             .status = 200,
                                             .target = "/<script>\xff"};
    reading->line_count = 1;
    (void)snprintf(reading->lines[0], ADVICE_LINE_BYTES, "try threads = 9 & see");
    fill_workers(reading, worker_count);
    fill_series(reading);
    return reading;
}
