/* SPDX-License-Identifier: MIT */
/* Workers that a file system does not let go, and who stands in for them. Link with
 * -Wl,--wrap=pthread_create,--wrap=pthread_join,--wrap=clock_gettime: the clock stands where a test puts it. */
#include "tests/unit/threadpool/gated_pool.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

enum { STUCK_AFTER_MS = 5000, ABSENT_MS = 100, LOOK_MS = 50 };

static _Atomic(int64_t) now_ms = 1000;

int __wrap_clock_gettime(clockid_t clock, struct timespec *now);

int __wrap_clock_gettime(clockid_t clock, struct timespec *now) {
    (void)clock;
    int64_t ms = atomic_load(&now_ms);
    *now = (struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
    return 0;
}

static char told[16][64];
static size_t told_count;

static void note_stuck(void *context, const struct worker_stuck *stuck) {
    (void)context;
    (void)snprintf(told[told_count++], sizeof told[0], "%s %s %d ms", stuck->is_over ? "back" : "stuck",
                   stuck->subject, (int)(stuck->for_ns / 1000000));
}

static sem_t returned; /* posted by each worker that has left the operation */

static const char *subject = "/a";

static void hang(void *context, struct worker *worker, void *item) {
    (void)context;
    (void)item;
    worker_enter_long(worker, WORKER_IN_FILE, subject, subject != NULL ? strlen(subject) : 0);
    (void)sem_post(&entered);
    (void)sem_wait(&gate);
    worker_enter(worker, WORKER_SENDING);
    (void)sem_post(&returned);
}

static int64_t stuck_after_ms = STUCK_AFTER_MS;

static void open_pool(size_t thread_count, size_t spare_max) {
    (void)sem_init(&returned, 0, 0);
    options.serve = hang;
    options.on_stuck = note_stuck;
    options.stuck_after_ns = stuck_after_ms * 1000000;
    options.spare_max = spare_max;
    create(thread_count, 64);
}

static void look_after(int64_t ms) {
    atomic_fetch_add(&now_ms, ms);
    threadpool_watch(pool);
}

static void let_go(size_t count) {
    open_gate(count);
    await(&returned, count);
}

TestSuite(threadpool_watch, .timeout = 20);

Test(threadpool_watch, tells_once_who_is_stuck_and_once_when_that_is_over) {
    open_pool(2, 0);
    occupy(1);
    look_after(STUCK_AFTER_MS - 1);
    cr_expect_eq(told_count, 0);
    cr_expect_not(threadpool_is_degraded(pool));
    look_after(LOOK_MS);
    look_after(LOOK_MS);
    cr_expect_eq(told_count, 1);
    cr_expect_str_eq(told[0], "stuck /a 5049 ms");
    cr_expect(threadpool_is_degraded(pool));
    cr_expect_eq(stats().stuck_count, 1);
    let_go(1);
    look_after(LOOK_MS);
    look_after(LOOK_MS);
    cr_expect_eq(told_count, 2);
    cr_expect_str_eq(told[1], "back /a 5149 ms");
    cr_expect_not(threadpool_is_degraded(pool));
    stop_and_expect_served(1);
}

/* As the page of the owner's for a request that has never been whole. */
Test(threadpool_watch, finds_who_is_stuck_at_something_without_a_name) {
    subject = NULL;
    open_pool(1, 1);
    occupy(1);
    look_after(STUCK_AFTER_MS);
    cr_expect_eq(stats().stuck_count, 1);
    cr_assert_eq(told_count, 1);
    cr_expect_str_eq(told[0], "stuck  5000 ms");
    let_go(1);
    look_after(LOOK_MS);
    cr_expect_eq(stats().stuck_count, 0);
    stop_and_expect_served(1);
}

Test(threadpool_watch, takes_two_operations_for_two) {
    open_pool(1, 0);
    for (int i = 0; i < 2; i++) {
        occupy(1);
        look_after(STUCK_AFTER_MS - LOOK_MS);
        let_go(1);
    }
    look_after(LOOK_MS);
    cr_expect_eq(told_count, 0);
    stop_and_expect_served(2);
}

Test(threadpool_watch, has_one_stand_in_for_each_who_is_stuck) {
    open_pool(3, 8);
    occupy(2);
    look_after(STUCK_AFTER_MS);
    cr_expect_eq(stats().spare_count, 2);
    cr_expect_eq(stats().thread_count, 3);
    occupy(3);
    cr_expect_eq(stats().busy_count, 5);
    let_go(5);
    stop_and_expect_served(5);
}

Test(threadpool_watch, has_one_stand_in_early_when_nobody_is_left) {
    open_pool(2, 8);
    occupy(2);
    look_after(ABSENT_MS - 1);
    cr_expect_eq(stats().spare_count, 0, "it may be a slow disk");
    look_after(LOOK_MS);
    cr_expect_eq(stats().spare_count, 1);
    look_after(LOOK_MS);
    cr_expect_eq(stats().spare_count, 1, "there is somebody now");
    occupy(1);
    look_after(ABSENT_MS);
    cr_expect_eq(stats().spare_count, 2);
    occupy(1);
    look_after(ABSENT_MS);
    cr_expect_eq(stats().spare_count, 4, "twice as many each time: it may be a crowd that hangs");
    cr_expect_eq(told_count, 0);
    let_go(4);
    stop_and_expect_served(4);
}

Test(threadpool_watch, needs_none_while_one_is_left) {
    open_pool(2, 8);
    occupy(1);
    look_after(STUCK_AFTER_MS - 1);
    cr_expect_eq(stats().spare_count, 0);
    let_go(1);
    stop_and_expect_served(1);
}

Test(threadpool_watch, has_no_more_than_it_may) {
    open_pool(1, 1);
    occupy(1);
    look_after(ABSENT_MS);
    occupy(1);
    look_after(STUCK_AFTER_MS);
    cr_expect_eq(stats().spare_count, 1);
    cr_expect_eq(told_count, 2, "but it names all");
    let_go(2);
    stop_and_expect_served(2);
}

Test(threadpool_watch, lets_them_leave_when_the_others_are_back) {
    struct worker_report reports[8];
    open_pool(2, 8);
    occupy(2);
    look_after(STUCK_AFTER_MS);
    cr_expect_eq(stats().spare_count, 2);
    let_go(2);
    look_after(LOOK_MS);
    cr_expect_eq(stats().spare_count, 0);
    await(&left, 2);
    look_after(LOOK_MS);
    occupy(2);
    cr_expect_leq(threadpool_read_workers(pool, reports, 8), 4);
    cr_expect_eq(submit(1), 1);
    cr_expect_eq(stats().busy_count, 2, "nobody is there for the third");
    let_go(3);
    stop_and_expect_served(3 + 2);
}

Test(threadpool_watch, tries_again_when_no_thread_can_be_had) {
    open_pool(1, 1);
    occupy(1);
    threads_allowed = 0;
    look_after(ABSENT_MS);
    cr_expect_eq(stats().spare_count, 0);
    threads_allowed = 1;
    look_after(LOOK_MS);
    cr_expect_eq(stats().spare_count, 1);
    let_go(1);
    stop_and_expect_served(1);
}

Test(threadpool_watch, looks_for_nobody_who_is_stuck_if_nobody_ever_is) {
    stuck_after_ms = 0;
    open_pool(1, 0);
    occupy(1);
    look_after(STUCK_AFTER_MS);
    cr_expect_eq(told_count, 0);
    let_go(1);
    stop_and_expect_served(1);
}

Test(threadpool_watch, resizes_what_it_has_beside_the_spare_ones) {
    open_pool(2, 8);
    occupy(2);
    look_after(STUCK_AFTER_MS);
    cr_assert_eq(threadpool_resize(pool, 4), 0);
    occupy(4);
    cr_expect_eq(stats().thread_count, 4);
    cr_expect_eq(stats().spare_count, 2);
    cr_assert_eq(threadpool_resize(pool, 1), 0);
    cr_expect_eq(stats().spare_count, 2);
    let_go(6);
    stop_and_expect_served(6);
}

static sem_t ended;

static void note_end(void *context) {
    (void)context;
    (void)sem_post(&ended);
}

Test(threadpool_watch, says_who_has_ended_without_waiting_for_the_others) {
    (void)sem_init(&ended, 0, 0);
    options.on_end = note_end;
    open_pool(2, 0);
    occupy(1);
    cr_expect_not(threadpool_has_ended(pool), "not closed yet");
    threadpool_close(pool);
    await(&ended, 1);
    cr_expect_not(threadpool_has_ended(pool), "one hangs");
    let_go(1);
    await(&ended, 1);
    cr_expect(threadpool_has_ended(pool));
    cr_expect_eq(submit(1), 0);
    stop_and_expect_served(1);
}

/* ---- Other bounds -------------------------------------------------------------------------------------- */

Test(threadpool_watch, goes_by_the_bounds_that_hold_now) {
    open_pool(2, 0);
    occupy(2);
    look_after(1000);
    cr_expect_eq(told_count, 0);
    struct threadpool_bounds bounds = {.queue_capacity = 64, .stuck_after_ns = 1000000000, .spare_max = 2};
    cr_assert_eq(threadpool_set_bounds(pool, &bounds), 0);
    look_after(LOOK_MS);
    cr_expect_eq(told_count, 2);
    cr_expect_eq(stats().spare_count, 2);
    bounds.spare_max = 1;
    cr_assert_eq(threadpool_set_bounds(pool, &bounds), 0);
    look_after(LOOK_MS);
    cr_expect_eq(stats().spare_count, 1);
    let_go(2);
    stop_and_expect_served(2);
}
