/* SPDX-License-Identifier: MIT */
#include "tests/unit/server/tune/made_sweep.h"

#include "http/base/clock.h"

#include <criterion/criterion.h>

struct sweep sweep;

static made_rate *rates[TUNE_MODES];

void made_sweep_begin(made_rate *memory, made_rate *disk) {
    rates[TUNE_MEMORY] = memory;
    rates[TUNE_DISK] = disk;
    sweep = (struct sweep){.threads_now = 4, .threads_max = 64, .processors = 2};
    for (size_t mode = 0; mode < TUNE_MODES; mode++) {
        sweep.has_mode[mode] = rates[mode] != NULL;
    }
}

void made_sweep_measure(size_t threads, double latency_s) {
    struct tune_point *point = sweep_take(&sweep, threads);
    cr_assert(point != NULL);
    for (size_t mode = 0; mode < TUNE_MODES; mode++) {
        if (rates[mode] == NULL) {
            continue;
        }
        uint64_t requests = (uint64_t)rates[mode](threads);
        int64_t latency_ns = (int64_t)(latency_s * 1e9);
        struct tune_figures figures = {.requests = requests,
                                       .elapsed_ns = CLOCK_NS_PER_S,
                                       .server_ns = (int64_t)requests * 20000,
                                       .client_ns = CLOCK_NS_PER_S / 2};
        figures.latencies.counts[histogram_bucket_of(latency_ns)] = requests;
        figures.waits.counts[histogram_bucket_of(latency_ns / 2)] = requests;
        tune_figures_add(&point->of[mode], &figures);
    }
    point->rounds++;
}

size_t made_sweep_run(void) {
    size_t count = 0;
    for (size_t threads; (threads = sweep_next(&sweep)) != 0; count++) {
        cr_assert(count < 100, "no end is seen");
        made_sweep_measure(threads, 1e-3);
    }
    return count;
}
