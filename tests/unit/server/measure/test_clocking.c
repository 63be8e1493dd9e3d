/* SPDX-License-Identifier: MIT */
#include "http/base/clock.h"
#include "server/measure/clocking.h"

#include <criterion/criterion.h>

enum { START_MS = 1000, END_MS = 2000 };

/* One second of a worker that began at START_MS. */
static struct measure_times clock_second(int64_t resting_ms, int64_t in_file_ms,
                                         const struct processor_time *processor) {
    struct clocked_worker worker = {.started_ns = 0};
    struct worker_report report = {.started_ns = START_MS * CLOCK_NS_PER_MS};
    struct measure_times times = {.idle_ns = 0};
    report.spent_ns[WORKER_IDLE] = resting_ms / 2 * CLOCK_NS_PER_MS;
    report.spent_ns[WORKER_LEADING] = (resting_ms - resting_ms / 2) * CLOCK_NS_PER_MS;
    report.spent_ns[WORKER_IN_FILE] = in_file_ms * CLOCK_NS_PER_MS;
    clocking_add(&worker, &report, processor, END_MS * CLOCK_NS_PER_MS, &times);
    return times;
}

static uint64_t ms(uint64_t ns) {
    return ns / (uint64_t)CLOCK_NS_PER_MS;
}

Test(clocking, tells_what_a_worker_has_done_with_its_time) {
    static const struct {
        const char *name;
        int64_t resting_ms, in_file_ms, running_ms, waiting_ms;
        uint64_t idle_ms, computing_ms, files_ms, processor_ms;
    } rows[] = {
        {"it rested", 1000, 0, 0, 0, 1000, 0, 0, 0},
        {"it computed", 0, 0, 1000, 0, 0, 1000, 0, 0},
        {"it waited for a file", 0, 990, 10, 0, 0, 10, 990, 0},
        {"some of each", 400, 350, 200, 100, 400, 200, 300, 100},
        {"it read files from memory", 200, 500, 800, 0, 200, 800, 0, 0},
        {"it waited for a processor", 0, 0, 500, 500, 0, 500, 0, 500},
        {"it slept where it does not say so", 0, 0, 100, 0, 900, 100, 0, 0},
        {"readings that do not fit together", 900, 300, 500, 500, 900, 100, 0, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct processor_time processor = {.running_ns = rows[i].running_ms * CLOCK_NS_PER_MS,
                                           .waiting_ns = rows[i].waiting_ms * CLOCK_NS_PER_MS};
        struct measure_times times = clock_second(rows[i].resting_ms, rows[i].in_file_ms, &processor);
        cr_expect_eq(ms(times.idle_ns), rows[i].idle_ms, "%s", rows[i].name);
        cr_expect_eq(ms(times.computing_ns), rows[i].computing_ms, "%s", rows[i].name);
        cr_expect_eq(ms(times.files_ns), rows[i].files_ms, "%s", rows[i].name);
        cr_expect_eq(ms(times.processor_ns), rows[i].processor_ms, "%s", rows[i].name);
    }
}

Test(clocking, goes_by_what_the_worker_says_where_the_kernel_tells_nothing) {
    struct measure_times times = clock_second(400, 350, NULL);
    cr_expect_eq(ms(times.idle_ns), 400);
    cr_expect_eq(ms(times.files_ns), 350);
    cr_expect_eq(ms(times.computing_ns), 250);
}

Test(clocking, counts_each_moment_once_and_begins_anew_with_a_new_thread) {
    struct clocked_worker worker = {.started_ns = 0};
    struct worker_report report = {.started_ns = 1};
    struct processor_time processor = {.running_ns = CLOCK_NS_PER_S};
    struct measure_times times = {.idle_ns = 0};
    clocking_add(&worker, &report, &processor, CLOCK_NS_PER_S + 1, &times);
    clocking_add(&worker, &report, &processor, CLOCK_NS_PER_S + 1, &times);
    cr_expect_eq(ms(times.computing_ns), 1000);
    report.spent_ns[WORKER_IDLE] = CLOCK_NS_PER_S;
    clocking_add(&worker, &report, &processor, 2 * CLOCK_NS_PER_S + 1, &times);
    cr_expect_eq(ms(times.idle_ns), 1000);
    report = (struct worker_report){.started_ns = 3 * CLOCK_NS_PER_S};
    processor.running_ns = CLOCK_NS_PER_S / 2;
    clocking_add(&worker, &report, &processor, 3 * CLOCK_NS_PER_S + CLOCK_NS_PER_S / 2, &times);
    cr_expect_eq(ms(times.computing_ns), 1500);
    cr_expect_eq(ms(times.idle_ns), 1000);
}

static void compute(void *context, struct worker *worker, void *item) {
    (void)context;
    (void)item;
    worker_enter(worker, WORKER_RESOLVING);
    int64_t until_ns = clock_steady_ns() + 30 * CLOCK_NS_PER_MS;
    while (clock_steady_ns() < until_ns) {
    }
}

Test(clocking, looks_at_a_pool, .timeout = 60) {
    struct threadpool_options options = {.thread_count = 2, .queue_capacity = 4, .serve = compute};
    struct clocking clocking = {.capacity = 0};
    struct threadpool *pool = NULL;
    void *item = &options;
    cr_assert_eq(threadpool_create(&pool, &options), 0);
    cr_assert_eq(threadpool_submit(pool, &item, 1), 1);
    struct threadpool_stats stats = {.served = 0};
    while (stats.served == 0) {
        threadpool_read_stats(pool, &stats);
    }
    clocking_look(&clocking, pool, clock_steady_ns());
    const struct measure_times *times = &clocking.times;
    cr_expect_geq(ms(times->idle_ns), 29, "the other one");
    cr_expect_geq(ms(times->computing_ns + times->processor_ns), 29);
    cr_expect_gt(times->machine_busy_ns, 0);
    threadpool_destroy(pool);
    clocking_deinit(&clocking);
}
