/* SPDX-License-Identifier: MIT */
/* The pool at its full size; test_threadpool_resize.c changes it. Link as tests/unit/gated_pool.h says. */
#include "tests/unit/threadpool/gated_pool.h"
#include "threadpool/threadpool.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <pthread.h>

TestSuite(threadpool, .timeout = 20);

/* ---- Starting and stopping ----------------------------------------------------------------------------- */

Test(threadpool, starts_with_sound_numbers_only) {
    static const struct {
        const char *name;
        size_t thread_count, queue_capacity;
        int result;
    } rows[] = {
        {"no thread", 0, 1, -EINVAL},
        {"too many threads", THREADPOOL_THREADS_MAX + 1, 1, -EINVAL},
        {"no queue", 1, 0, -EINVAL},
        {"the least of all", 1, 1, 0},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct threadpool_options row = options;
        struct threadpool *created = NULL;
        init_gates();
        row.thread_count = rows[i].thread_count;
        row.queue_capacity = rows[i].queue_capacity;
        cr_assert_eq(threadpool_create(&created, &row), rows[i].result, "%s", rows[i].name);
        cr_assert_eq(created != NULL, rows[i].result == 0, "%s", rows[i].name);
        threadpool_destroy(created);
    }
}

Test(threadpool, leaves_nothing_running_if_a_thread_cannot_be_had) {
    for (size_t allowed = 0; allowed < 4; allowed++) {
        int left_count = -1;
        init_gates();
        options.thread_count = 4;
        threads_allowed = allowed;
        cr_assert_eq(threadpool_create(&pool, &options), -EAGAIN);
        cr_assert_null(pool);
        (void)sem_getvalue(&left, &left_count);
        cr_assert_eq(left_count, (int)allowed, "%d of %zu have ended", left_count, allowed);
    }
}

Test(threadpool, works_with_as_many_threads_as_it_allows) {
    create(THREADPOOL_THREADS_MAX, THREADPOOL_THREADS_MAX);
    for (size_t i = 0; i < THREADPOOL_THREADS_MAX; i += 256) {
        occupy(256);
    }
    cr_assert_eq(stats().busy_count, THREADPOOL_THREADS_MAX);
    open_gate(THREADPOOL_THREADS_MAX);
    stop_and_expect_served(THREADPOOL_THREADS_MAX);
}

Test(threadpool, serves_what_waits_before_it_stops) {
    create(2, 64);
    open_gate(50);
    cr_assert_eq(submit(50), 50);
    stop_and_expect_served(50);
}

Test(threadpool, takes_nothing_after_the_stop) {
    create(2, 64);
    threadpool_stop(pool);
    threadpool_stop(pool);
    cr_assert_eq(submit(1), 0);
    cr_assert_eq(stats().refused, 0);
    cr_assert_eq(threadpool_resize(pool, 3), -ECANCELED);
    stop_and_expect_served(0);
}

Test(threadpool, destroys_no_pool_without_complaint) {
    threadpool_destroy(NULL);
}

/* ---- What a worker cannot finish ----------------------------------------------------------------------- */

static bool was_put_back;

static void put_back_once(void) {
    static bool is_done;
    static char something;
    if (!is_done) {
        was_put_back = threadpool_put_back(pool, &something);
    }
    is_done = true;
}

Test(threadpool, serves_what_a_worker_puts_back) {
    at_the_gate = put_back_once;
    create(1, 1);
    occupy(1);
    open_gate(1);
    await(&entered, 1);
    cr_assert(was_put_back);
    cr_assert(threadpool_put_back(pool, pool));
    cr_assert_not(threadpool_put_back(pool, pool), "there is no room");
    open_gate(2);
    stop_and_expect_served(3);
}

/* ---- Looking on ---------------------------------------------------------------------------------------- */

Test(threadpool, shows_how_busy_it_is) {
    struct threadpool_stats read;
    create(2, 3);
    occupy(2);
    cr_assert_eq(submit(5), 3);
    read = stats();
    cr_assert_eq(read.thread_count, 2);
    cr_assert_eq(read.busy_count, 2);
    cr_assert_eq(read.queue_capacity, 3);
    cr_assert_eq(read.queue_depth, 3);
    cr_assert_eq(read.queue_high_water, 3);
    cr_assert_eq(read.submitted, 5);
    cr_assert_eq(read.refused, 2);
    cr_assert_eq(read.served, 0);
    cr_assert_eq(waits_counted(&read), 0, "an item is counted when it is served");
    open_gate(5);
    await(&entered, 3);
    threadpool_stop(pool);
    read = stats();
    cr_assert_eq(read.busy_high_water, 2);
    cr_assert_eq(waits_counted(&read), 5);
    stop_and_expect_served(5);
}

Test(threadpool, lets_more_or_fewer_items_wait) {
    create(1, 2);
    occupy(1);
    cr_assert_eq(submit(4), 2);
    cr_assert_eq(threadpool_set_bounds(pool, &(struct threadpool_bounds){.queue_capacity = 3}), 0);
    cr_assert_eq(stats().queue_capacity, 3);
    cr_assert_eq(submit(4), 1);
    cr_assert_eq(threadpool_set_bounds(pool, &(struct threadpool_bounds){.queue_capacity = 0}), -EINVAL);
    cr_assert_eq(stats().queue_capacity, 3);
    open_gate(4);
    stop_and_expect_served(4);
}

Test(threadpool, reports_each_worker_by_index) {
    struct worker_report reports[8];
    size_t reading = 0;
    create(4, 64);
    occupy(3);
    cr_assert_eq(threadpool_read_workers(pool, reports, 8), 4);
    for (unsigned i = 0; i < 4; i++) {
        cr_assert_eq(reports[i].index, i);
        reading += reports[i].activity == WORKER_READING;
    }
    cr_assert_eq(reading, 3);
    cr_assert_eq(threadpool_read_workers(pool, reports, 2), 2);
    cr_assert_eq(threadpool_read_workers(pool, reports, 0), 0);
    open_gate(3);
    threadpool_stop(pool);
    cr_assert_eq(threadpool_read_workers(pool, reports, 8), 0);
    stop_and_expect_served(3);
}

static struct threadpool_stats stats_in_worker;
static struct worker_report report_in_worker;

static void read_everything(void) {
    stats_in_worker = stats();
    (void)threadpool_read_workers(pool, &report_in_worker, 1);
}

static void *stop_pool(void *argument) {
    (void)argument;
    threadpool_stop(pool);
    return NULL;
}

Test(threadpool, can_be_read_by_a_worker_that_the_stop_waits_for) {
    pthread_t stopper;
    create(1, 64);
    at_the_gate = read_everything;
    occupy(1);
    cr_assert_eq(__real_pthread_create(&stopper, NULL, stop_pool, NULL), 0);
    await(&joins, 1);
    open_gate(1);
    (void)__real_pthread_join(stopper, NULL);
    cr_assert_eq(stats_in_worker.busy_count, 1);
    cr_assert_eq(report_in_worker.activity, WORKER_READING);
    stop_and_expect_served(1);
}

/* ---- Room ---------------------------------------------------------------------------------------------- */

Test(threadpool, tells_of_room_once_for_each_refused_submission) {
    create(1, 1);
    occupy(1);
    for (size_t i = 1; i <= 5; i++) {
        cr_assert_eq(submit(2), 1);
        cr_assert_eq(atomic_load(&room_count), i - 1, "the queue is full");
        open_gate(1);
        await(&entered, 1);
        cr_assert_eq(atomic_load(&room_count), i);
    }
    cr_assert_eq(submit(1), 1);
    open_gate(2);
    stop_and_expect_served(7);
    cr_assert_eq(atomic_load(&room_count), 5);
}

static void submit_again(void *context) {
    (void)context;
    (void)submit(1);
    stats_in_worker = stats();
    note_room(context);
}

Test(threadpool, holds_no_lock_while_it_tells_of_room) {
    options.on_room = submit_again;
    create(1, 1);
    occupy(1);
    cr_assert_eq(submit(2), 1);
    open_gate(3);
    await(&entered, 2);
    cr_assert_eq(stats_in_worker.queue_depth, 1);
    cr_assert_eq(atomic_load(&room_count), 1);
    stop_and_expect_served(3);
}

static void put_it_back_once(void) {
    at_the_gate = NULL;
    (void)submit(1);
}

Test(threadpool, lets_a_worker_put_its_item_back) {
    create(1, 1);
    at_the_gate = put_it_back_once;
    open_gate(2);
    occupy(1);
    await(&entered, 1);
    stop_and_expect_served(2);
}
