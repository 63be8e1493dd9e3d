/* SPDX-License-Identifier: MIT */
/* Work that can wait, and the threads that may be at it. Link with
 * -Wl,--wrap=pthread_create,--wrap=pthread_join,--wrap=clock_gettime: the clock stands where a test puts it. */
#include "tests/unit/threadpool/gated_pool.h"

#include <string.h>
#include <time.h>

enum { ITEMS = 4, ABSENT_MS = 100, LOOK_MS = 50 };

static _Atomic(int64_t) now_ms = 1000;

int __wrap_clock_gettime(clockid_t clock, struct timespec *now);

int __wrap_clock_gettime(clockid_t clock, struct timespec *now) {
    (void)clock;
    int64_t ms = atomic_load(&now_ms);
    *now = (struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
    return 0;
}

static sem_t put_off;
static sem_t ended;

/* Begin, and wait at the gate; or put it off. */
static void work(void *context, struct worker *worker, void *item) {
    (void)context;
    if (!worker_begin_later(worker)) {
        cr_assert(threadpool_put_later(pool, item, false));
        (void)sem_post(&put_off);
        return;
    }
    cr_assert(worker_begin_later(worker), "it has begun");
    worker_enter_long(worker, WORKER_IN_FOLDER, "/a/", strlen("/a/"));
    (void)sem_post(&entered);
    (void)sem_wait(&gate);
    worker_enter(worker, WORKER_SENDING);
    worker_end_later(worker);
    worker_end_later(worker);
    (void)sem_post(&ended);
}

static void open_pool(size_t thread_count) {
    (void)sem_init(&put_off, 0, 0);
    (void)sem_init(&ended, 0, 0);
    options.serve = work;
    options.later_capacity = ITEMS;
    options.spare_max = 1;
    options.stuck_after_ns = INT64_C(3600) * 1000000000;
    create(thread_count, 64);
}

TestSuite(threadpool_later, .timeout = 20);

/* What was put off has been served twice: once to be put off. */
static void stop_and_expect(uint64_t served, uint64_t waited) {
    threadpool_stop(pool);
    struct threadpool_stats read = stats();
    cr_expect_eq(read.served, served);
    cr_expect_eq(read.submitted, served);
    cr_expect_eq(waits_counted(&read), waited, "what could wait says nothing of the queue");
    cr_expect_eq(read.later_depth, 0);
    cr_expect_eq(read.later_count, 0);
    threadpool_destroy(pool);
}

Test(threadpool_later, takes_half_of_the_threads) {
    open_pool(4);
    occupy(1);
    occupy(1);
    cr_assert_eq(submit(2), 2);
    await(&put_off, 2);
    cr_expect_eq(stats().later_depth, 2);
    cr_expect_eq(stats().later_count, 2);
    cr_expect_eq(stats().queue_depth, 0);
    open_gate(ITEMS);
    await(&ended, ITEMS);
    stop_and_expect(ITEMS + 2, ITEMS);
}

Test(threadpool_later, takes_the_only_thread) {
    open_pool(1);
    occupy(1);
    open_gate(1);
    await(&ended, 1);
    stop_and_expect(1, 1);
}

Test(threadpool_later, goes_on_beside_one_who_does_not_come_back_from_it) {
    open_pool(1);
    occupy(1);
    cr_assert_eq(submit(1), 1);
    atomic_fetch_add(&now_ms, ABSENT_MS);
    threadpool_watch(pool);
    cr_expect_eq(stats().spare_count, 1);
    await(&entered, 1);
    cr_expect_eq(stats().later_count, 2);
    open_gate(2);
    await(&ended, 2);
    atomic_fetch_add(&now_ms, LOOK_MS);
    threadpool_watch(pool);
    cr_expect_eq(stats().spare_count, 0);
    cr_expect_eq(stats().later_count, 0);
    stop_and_expect(2, 2);
}
