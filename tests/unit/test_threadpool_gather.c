/* SPDX-License-Identifier: MIT */
/*
 * Workers that look for more before they sleep. Link as tests/unit/gated_pool.h says, and with
 * -Wl,--wrap=sched_getaffinity,--wrap=work_queue_rest,--wrap=work_queue_await_hunger.
 */
#include "tests/unit/gated_pool.h"
#include "threadpool/threadpool.h"
#include "threadpool/work_queue.h"

#include <criterion/criterion.h>
#include <sched.h>
#include <stdatomic.h>
#include <string.h>

TestSuite(threadpool_gather, .timeout = 20);

enum { PATIENCE_NS = 2 * 1000 * 1000 };

/* ---- What the linker wraps ---- */

static size_t processor_count = 1;
static size_t hunger_count;
static size_t rest_count;
static size_t rest_depth;
static int64_t rest_for_ns;

int __wrap_sched_getaffinity(pid_t pid, size_t size, cpu_set_t *set);
void __wrap_work_queue_rest(struct work_queue *queue, size_t depth, int64_t until_ns);
bool __wrap_work_queue_await_hunger(struct work_queue *queue, size_t depth, int64_t until_ns);

int __wrap_sched_getaffinity(pid_t pid, size_t size, cpu_set_t *set) {
    (void)pid;
    memset(set, 0, size);
    for (size_t i = 0; i < processor_count; i++)
        CPU_SET(i, set);
    return 0;
}

bool __wrap_work_queue_await_hunger(struct work_queue *queue, size_t depth, int64_t until_ns) {
    (void)queue;
    (void)depth;
    (void)until_ns;
    hunger_count++;
    return true;
}

void __wrap_work_queue_rest(struct work_queue *queue, size_t depth, int64_t until_ns) {
    (void)queue;
    rest_count++;
    rest_depth = depth;
    rest_for_ns = until_ns - work_queue_now_ns();
}

/* ---- What there is to find ---- */

static atomic_size_t hidden; /* items that nobody has found yet */
static atomic_size_t look_count;
static sem_t looked; /* posted by each look that finds nothing */

static bool gather(void *context, struct worker *worker) {
    (void)context;
    cr_assert_not_null(worker);
    atomic_fetch_add(&look_count, 1);
    size_t unfound = atomic_load(&hidden);
    while (unfound > 0 && !atomic_compare_exchange_weak(&hidden, &unfound, unfound - 1)) {
    }
    if (unfound == 0) {
        (void)sem_post(&looked);
        return false;
    }
    return submit(1) == 1;
}

static void create_gathering(size_t thread_count) {
    cr_assert_eq(sem_init(&looked, 0, 0), 0);
    options.gather = gather;
    create(thread_count, 64);
}

/* ---- The tests ---- */

Test(threadpool_gather, is_done_by_each_worker_before_it_sleeps) {
    create_gathering(3);
    await(&looked, 3);
    occupy(1);
    open_gate(1);
    await(&looked, 1);
    cr_expect_eq(look_count, 4, "nobody looks without having worked");
    stop_and_expect_served(1);
}

Test(threadpool_gather, brings_work_to_the_queue) {
    create_gathering(1);
    await(&looked, 1);
    hidden = 4;
    occupy(1);
    for (size_t i = 0; i < 4; i++) {
        open_gate(1);
        await(&entered, 1);
    }
    open_gate(1);
    await(&looked, 1);
    cr_expect_eq(look_count, 6);
    stop_and_expect_served(5);
}

Test(threadpool_gather, waits_until_the_queue_is_empty) {
    create_gathering(1);
    await(&looked, 1);
    occupy(1);
    cr_assert_eq(submit(3), 3);
    open_gate(3);
    await(&entered, 3);
    cr_expect_eq(look_count, 1);
    open_gate(1);
    await(&looked, 1);
    cr_expect_eq(look_count, 2);
    stop_and_expect_served(4);
}

Test(threadpool_gather, is_over_with_the_stop) {
    create_gathering(2);
    await(&looked, 2);
    hidden = 3;
    stop_and_expect_served(0);
    cr_expect_eq(look_count, 2);
}

Test(threadpool_gather, lets_the_owner_rest_until_it_is_told) {
    create_gathering(1);
    await(&looked, 1);
    occupy(1);
    cr_assert_eq(submit(4), 4);
    threadpool_rest(pool, false);
    cr_expect_eq(rest_count, 0, "no more than enough for one");
    cr_assert_eq(submit(1), 1);
    threadpool_rest(pool, false);
    cr_expect_eq(rest_count, 1);
    cr_expect_eq(rest_depth, 4);
    cr_expect(rest_for_ns > 0 && rest_for_ns <= PATIENCE_NS);
    threadpool_rest(pool, false);
    cr_expect_eq(rest_count, 2, "each time: who gathers is not stuck");
    threadpool_end_rest(pool);
    open_gate(6);
    stop_and_expect_served(6);
}

/* Clients that are new can only come by the owner. */
Test(threadpool_gather, lets_the_owner_rest_until_little_is_left_when_it_is_needed) {
    static const struct {
        const char *name;
        size_t threads, processors;
        bool until_little_is_left;
    } rows[] = {
        {"as many of both", 2, 2, true},
        {"more processors", 1, 8, true},
        {"more threads: they get through what there is anyway", 4, 2, false},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        processor_count = rows[i].processors;
        rest_count = 0;
        hunger_count = 0;
        create_gathering(rows[i].threads);
        await(&looked, rows[i].threads);
        occupy(rows[i].threads);
        cr_assert_eq(submit(20), 20);
        threadpool_rest(pool, true);
        cr_expect_eq(hunger_count, rows[i].until_little_is_left ? 1 : 0, "%s", rows[i].name);
        cr_expect_eq(rest_count, rows[i].until_little_is_left ? 0 : 1, "%s", rows[i].name);
        open_gate(20 + rows[i].threads);
        stop_and_expect_served(20 + rows[i].threads);
    }
}
