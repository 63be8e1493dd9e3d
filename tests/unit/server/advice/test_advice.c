/* SPDX-License-Identifier: MIT */
#include "server/advice/advice.h"

#include <criterion/criterion.h>
#include <string.h>

static struct measure_snapshot snapshot;
static struct advice advice;
static char lines[ADVICE_LINES_MAX][ADVICE_LINE_BYTES];

/* Eight threads, of which `busy` are at work, on two processors, with so many requests in each window. */
static void observe(double busy, double files, uint64_t requests) {
    snapshot.now.gauges = (struct measure_gauges){.processors = 2,
                                                  .threads = 8,
                                                  .queue_capacity = 64,
                                                  .connections_max = 1000,
                                                  .cache_bytes = 1 << 20,
                                                  .cache_bytes_max = 32 << 20};
    for (size_t i = 0; i < MEASURE_SPANS; i++) {
        double span_s = i == MEASURE_10_S ? 10 : i == MEASURE_1_MIN ? 60 : 300;
        double total_ns = span_s * 8e9;
        snapshot.windows[i] = (struct measure_window){
            .span_s = span_s,
            .threads_mean = 8,
            .connections_mean = 64,
            .parked_mean = 64 - 8 * busy,
            .busy_max = 8,
            .counts = {.requests = requests,
                       .accepted = 64,
                       .times = {.idle_ns = (uint64_t)(total_ns * (1 - busy)),
                                 .files_ns = (uint64_t)(total_ns * busy * files),
                                 .computing_ns = (uint64_t)(total_ns * busy * (1 - files)),
                                 .process_ns = (uint64_t)(total_ns * busy * (1 - files)),
                                 .machine_busy_ns = (uint64_t)(total_ns * busy * (1 - files)),
                                 .machine_idle_ns =
                                     (uint64_t)(total_ns / 4 - total_ns * busy * (1 - files))}},
            .wait = {.count = requests, .mean_s = 0.00001, .p99_s = 0.00002},
        };
    }
}

static const char *tell(void) {
    advice_weigh(&snapshot, &advice);
    size_t count = advice_tell(&advice, lines);
    cr_assert(count >= 1 && count <= ADVICE_LINES_MAX);
    return lines[count - 1];
}

Test(advice, says_when_it_does_not_know_yet) {
    observe(0.1, 0.5, 7);
    cr_expect_str_eq(tell(), "not known yet: 7 requests in 300 s, and 100 are needed");
    cr_expect_eq(advice.verdict, ADVICE_UNKNOWN);
    cr_expect_eq(advice.threads_advised, 8);
    memset(&snapshot, 0, sizeof snapshot);
    (void)tell();
    cr_expect_eq(advice.verdict, ADVICE_UNKNOWN, "nothing at all");
}

Test(advice, knows_nothing_without_the_time_of_the_workers) {
    observe(0.5, 0.5, 5000);
    for (size_t i = 0; i < MEASURE_SPANS; i++) {
        snapshot.windows[i].counts.times = (struct measure_times){.idle_ns = 0};
    }
    (void)tell();
    cr_expect_eq(advice.verdict, ADVICE_UNKNOWN);
}

Test(advice, asks_for_more_threads_when_requests_wait_for_one) {
    observe(0.97, 0.98, 2000);
    for (size_t i = 0; i < MEASURE_SPANS; i++) {
        snapshot.windows[i].parked_mean = 0;
        snapshot.windows[i].wait.mean_s = 0.2812;
        snapshot.windows[i].wait.p99_s = 0.31;
    }
    const char *line = tell();
    cr_expect_eq(advice.verdict, ADVICE_MORE_THREADS);
    cr_expect(advice.threads_advised > 50 && advice.threads_advised <= 64, "%zu", advice.threads_advised);
    cr_expect_eq(strstr(line,
                        "8 threads were 97 % busy, 98 % of it waiting for files; queue wait p99 310 ms; try "
                        "threads = "),
                 line, "%s", line);
    cr_expect_null(strstr(line, " on 2 cores"), "too far from it: %s", line);
    for (size_t i = 0; i < MEASURE_SPANS; i++) {
        struct measure_times *times = &snapshot.windows[i].counts.times;
        times->machine_busy_ns = times->machine_idle_ns;
    }
    cr_expect_not_null(strstr(tell(), " on 2 cores"), "%s", lines[0]);
}

Test(advice, asks_for_a_higher_limit_only_when_the_pool_may_not_grow_by_itself) {
    observe(0.97, 0.98, 2000);
    for (size_t i = 0; i < MEASURE_SPANS; i++) {
        snapshot.windows[i].parked_mean = 0;
        snapshot.windows[i].wait.mean_s = 0.2812;
        snapshot.windows[i].wait.p99_s = 0.31;
    }
    snapshot.now.gauges.threads_min = 4;
    snapshot.now.gauges.threads_max = 64;
    cr_expect_not_null(strstr(tell(), "310 ms; "), "%s", lines[0]);
    cr_expect_null(strstr(lines[0], "try"), "%s", lines[0]);
    cr_expect_not_null(strstr(lines[0], " would do ("), "%s", lines[0]);
    advice.wait_advised_s = 0.012;
    (void)advice_tell(&advice, lines);
    cr_expect_not_null(strstr(lines[0], " would do (about 12 ms)"), "%s", lines[0]);
    advice.wait_advised_s = 0.00001;
    (void)advice_tell(&advice, lines);
    cr_expect_not_null(strstr(lines[0], " would do (less than 0.1 ms)"), "%s", lines[0]);
    snapshot.now.gauges.threads_max = 8;
    cr_expect_not_null(strstr(tell(), "310 ms; try threads_max = "), "%s", lines[0]);
}

Test(advice, lets_a_pool_be_that_is_right) {
    observe(0.8, 0.9, 5000);
    cr_expect_str_eq(tell(),
                     "8 threads were 80 % busy, 90 % of it waiting for files; queue wait p99 less than 0.1 "
                     "ms: threads = 8 is about right");
    cr_expect_eq(advice.verdict, ADVICE_FINE);
}

Test(advice, says_when_fewer_would_do) {
    observe(0.05, 0.5, 5000);
    snapshot.windows[MEASURE_5_MIN].busy_max = 3;
    cr_expect_str_eq(tell(), "at most 3 of 8 threads were ever busy at once: threads = 4 would do");
    snapshot.now.gauges.threads_max = 64;
    cr_expect_str_eq(tell(), "at most 3 of 8 threads were ever busy at once: 4 would do",
                     "it shrinks by itself");
    snapshot.windows[MEASURE_5_MIN].busy_max = 7;
    cr_expect_str_eq(
        tell(), "8 threads were 5 % busy, 50 % of it waiting for files; queue wait p99 less than 0.1 ms: "
                "threads = 8 is enough");
    cr_expect_eq(advice.verdict, ADVICE_FINE, "all but one is no reason");
    snapshot.windows[MEASURE_5_MIN].busy_max = 3;
    snapshot.windows[MEASURE_5_MIN].span_s = 20;
    cr_expect_str_eq(
        tell(), "8 threads were 5 % busy, 50 % of it waiting for files; queue wait p99 less than 0.1 ms: "
                "threads = 8 is enough; whether fewer would do is not known yet");
    cr_expect_eq(advice.verdict, ADVICE_FINE, "too early to say");
}

Test(advice, says_that_processors_are_what_holds) {
    observe(0.9, 0.01, 50000);
    for (size_t i = 0; i < MEASURE_SPANS; i++) {
        struct measure_times *times = &snapshot.windows[i].counts.times;
        times->processor_ns = times->computing_ns * 3 / 4;
        times->computing_ns /= 4;
        times->process_ns = times->computing_ns;
        times->machine_busy_ns = (uint64_t)(snapshot.windows[i].span_s * 1.9e9);
        times->machine_idle_ns = (uint64_t)(snapshot.windows[i].span_s * 0.1e9);
        snapshot.windows[i].wait.mean_s = 0.02;
        snapshot.windows[i].wait.p99_s = 0.05;
    }
    cr_expect_str_eq(tell(),
                     "2 cores are 95 % busy; queue wait p99 50 ms; more than 8 threads bring nothing");
}

Test(advice, asks_for_a_longer_queue_only_if_the_threads_can_cope) {
    observe(0.5, 0.9, 5000);
    snapshot.windows[MEASURE_5_MIN].counts.rejected = 12;
    cr_expect_str_eq(tell(),
                     "the queue of 64 was full although the threads can cope: 12 requests were turned away; "
                     "try queue = 128");
    cr_expect_eq(advice.queue_advised, 128);
    observe(0.97, 0.98, 2000);
    snapshot.windows[MEASURE_10_S].wait.mean_s = 0.2812;
    snapshot.windows[MEASURE_10_S].parked_mean = 0;
    snapshot.windows[MEASURE_5_MIN].counts.rejected = 12;
    (void)tell();
    cr_expect_eq(advice.queue_advised, 0, "more threads are what it takes");
}

Test(advice, asks_for_more_memory_for_a_cache_that_is_full) {
    observe(0.5, 0.9, 5000);
    struct measure_counts *counts = &snapshot.windows[MEASURE_5_MIN].counts;
    snapshot.now.gauges.cache_bytes = 31 << 20;
    counts->cache_evictions = 80;
    counts->cache_hits = 600;
    counts->cache_misses = 400;
    cr_expect_str_eq(tell(),
                     "the file cache is full: 80 files had to leave it, and 40 % of the look-ups found "
                     "nothing; try file_cache_memory = 64M");
    counts->cache_hits = 60000;
    (void)tell();
    cr_expect_eq(advice.cache_bytes_advised, 0, "it serves well as it is");
    counts->cache_hits = 600;
    counts->cache_evictions = 0;
    (void)tell();
    cr_expect_eq(advice.cache_bytes_advised, 0, "files that are not there do not get there by memory");
}

Test(advice, asks_for_more_connections_when_idle_ones_had_to_go) {
    observe(0.5, 0.9, 5000);
    snapshot.windows[MEASURE_5_MIN].counts.gave_way = 20;
    cr_expect_str_eq(tell(),
                     "1000 connections were open, as many as may be, and 20 idle ones had to give way; try "
                     "max_connections = 2000");
}
