/* SPDX-License-Identifier: MIT */
/*
 * The producer's rest while the pool has enough. Link as tests/unit/gated_pool.h says, and with
 * -Wl,--wrap=processors_count,--wrap=work_queue_await_depth: the tests say how many processors there are,
 * see whether the pool is waited for, and say what comes of it.
 */
#include "http/base/clock.h"
#include "tests/unit/threadpool/gated_pool.h"
#include "threadpool/threadpool.h"
#include "threadpool/work_queue.h"

#include <criterion/criterion.h>
#include <pthread.h>

TestSuite(threadpool_rest, .timeout = 20);

enum { MILLISECOND_NS = 1000 * 1000, PATIENCE_MS = 2 };

/* ---- What the linker wraps ----------------------------------------------------------------------------- */

static size_t processor_count = 1;

static size_t await_count;
static size_t awaited_depth;
static int64_t awaited_for_ns;
static bool pool_is_stuck;
static bool is_patient; /* wait as long as it takes */
static sem_t awaits;

size_t __wrap_processors_count(void);
bool __real_work_queue_await_depth(struct work_queue *queue, size_t depth, int64_t until_ns);
bool __wrap_work_queue_await_depth(struct work_queue *queue, size_t depth, int64_t until_ns);

size_t __wrap_processors_count(void) {
    return processor_count;
}

bool __wrap_work_queue_await_depth(struct work_queue *queue, size_t depth, int64_t until_ns) {
    await_count++;
    awaited_depth = depth;
    awaited_for_ns = until_ns - clock_steady_ns();
    if (is_patient) {
        (void)sem_post(&awaits);
        return __real_work_queue_await_depth(queue, depth, until_ns + (int64_t)3600 * 1000 * MILLISECOND_NS);
    }
    return !pool_is_stuck;
}

/* ---- The tests ----------------------------------------------------------------------------------------- */

/* All workers at the gate, and so many items behind them. */
static void fill(size_t thread_count, size_t depth) {
    create(thread_count, 64);
    occupy(thread_count);
    cr_assert_eq(submit(depth), depth);
}

/* Let the workers take so many items. */
static void take(size_t count) {
    open_gate(count);
    await(&entered, count);
}

static void finish(size_t served) {
    open_gate(served);
    stop_and_expect_served(served);
}

static bool rests(void) {
    size_t before = await_count;
    threadpool_rest(pool);
    return await_count > before;
}

Test(threadpool_rest, lasts_while_there_is_enough_for_those_who_can_run) {
    static const struct {
        const char *name;
        size_t threads, processors, enough, few;
    } rows[] = {
        {"one of each", 1, 1, 4, 2},
        {"more processors than threads", 2, 64, 8, 4},
        {"more threads than processors", 8, 2, 8, 4},
        {"as many of both", 3, 3, 12, 6},
        {"one processor for several threads", 3, 1, 4, 2},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        processor_count = rows[i].processors;
        fill(rows[i].threads, rows[i].enough);
        cr_assert_not(rests(), "%s: no more than enough", rows[i].name);
        cr_assert_eq(submit(1), 1);
        cr_assert(rests(), "%s: more than enough", rows[i].name);
        cr_assert_eq(awaited_depth, rows[i].few, "%s: until %zu are left", rows[i].name, awaited_depth);
        cr_assert_leq(awaited_for_ns, PATIENCE_MS * MILLISECOND_NS, "%s", rows[i].name);
        cr_assert_gt(awaited_for_ns, 0, "%s", rows[i].name);
        finish(rows[i].threads + rows[i].enough + 1);
    }
}

Test(threadpool_rest, is_none_with_an_idle_pool) {
    create(2, 64);
    cr_assert_not(rests());
    occupy(2);
    cr_assert_not(rests());
    finish(2);
}

/* Workers that sleep on a disk keep those waiting who could be accepted meanwhile. */
Test(threadpool_rest, is_none_while_the_pool_is_stuck) {
    fill(1, 6);
    pool_is_stuck = true;
    cr_assert(rests());
    cr_assert_not(rests(), "once is enough");
    take(3);
    cr_assert_eq(stats().queue_depth, 3);
    cr_assert_not(rests());
    cr_assert_eq(submit(3), 3);
    cr_assert_not(rests(), "it has not come through yet");
    take(4);
    cr_assert_eq(stats().queue_depth, 2);
    cr_assert_not(rests(), "little is left");
    cr_assert_eq(submit(3), 3);
    cr_assert(rests(), "it gets on again");
    finish(13);
}

Test(threadpool_rest, comes_again_after_one_that_was_worth_it) {
    fill(1, 5);
    cr_assert(rests());
    cr_assert(rests());
    finish(6);
}

Test(threadpool_rest, goes_by_the_number_of_threads_after_a_resize) {
    processor_count = 2;
    fill(1, 5);
    cr_assert(rests());
    cr_assert_eq(threadpool_resize(pool, 2), 0);
    await(&entered, 1);
    cr_assert_eq(submit(4), 4);
    cr_assert_eq(stats().queue_depth, 8);
    cr_assert_not(rests());
    cr_assert_eq(threadpool_resize(pool, 1), 0);
    cr_assert(rests());
    finish(10);
}

static void *let_them_work(void *argument) {
    (void)argument;
    (void)sem_wait(&awaits);
    take(3);
    return NULL;
}

Test(threadpool_rest, ends_when_the_workers_have_taken_what_was_enough) {
    pthread_t other;
    cr_assert_eq(sem_init(&awaits, 0, 0), 0);
    fill(1, 5);
    is_patient = true;
    cr_assert_eq(__real_pthread_create(&other, NULL, let_them_work, NULL), 0);
    cr_assert(rests());
    cr_assert_leq(stats().queue_depth, 2);
    (void)__real_pthread_join(other, NULL);
    finish(6);
}

Test(threadpool_rest, has_nothing_to_wait_for_after_the_stop) {
    create(1, 64);
    threadpool_stop(pool);
    cr_assert_not(rests());
    threadpool_destroy(pool);
}
