/* SPDX-License-Identifier: MIT */
/* The pool while its number of threads changes. Link as tests/unit/gated_pool.h says. */
#include "tests/unit/threadpool/gated_pool.h"
#include "threadpool/threadpool.h"

#include <criterion/criterion.h>
#include <errno.h>

TestSuite(threadpool_resize, .timeout = 20);

Test(threadpool_resize, refuses_numbers_out_of_range) {
    create(2, 64);
    cr_assert_eq(threadpool_resize(pool, 0), -EINVAL);
    cr_assert_eq(threadpool_resize(pool, THREADPOOL_THREADS_MAX + 1), -EINVAL);
    cr_assert_eq(threadpool_resize(pool, 2), 0);
    cr_assert_eq(threads_created, 2);
    occupy(2);
    open_gate(2);
    stop_and_expect_served(2);
}

Test(threadpool_resize, grows_at_once) {
    create(1, 64);
    occupy(1);
    cr_assert_eq(threadpool_resize(pool, 4), 0);
    cr_assert_eq(stats().thread_count, 4);
    occupy(3);
    cr_assert_eq(stats().busy_count, 4);
    open_gate(4);
    stop_and_expect_served(4);
}

Test(threadpool_resize, shrinks_without_waiting_for_those_who_work) {
    create(4, 64);
    occupy(4);
    cr_assert_eq(threadpool_resize(pool, 1), 0);
    cr_assert_eq(stats().thread_count, 1);
    cr_assert_eq(stats().busy_count, 1);
    open_gate(4);
    await(&left, 3);
    occupy(1);
    cr_assert_eq(submit(1), 1);
    cr_assert_eq(stats().queue_depth, 1, "one worker is left");
    open_gate(2);
    stop_and_expect_served(6);
}

Test(threadpool_resize, sends_idle_workers_away) {
    create(4, 64);
    cr_assert_eq(threadpool_resize(pool, 1), 0);
    await(&left, 3);
    occupy(1);
    open_gate(1);
    stop_and_expect_served(1);
}

Test(threadpool_resize, keeps_those_who_have_not_left_yet) {
    create(4, 64);
    occupy(4);
    cr_assert_eq(threadpool_resize(pool, 1), 0);
    cr_assert_eq(threadpool_resize(pool, 3), 0);
    cr_assert_eq(threads_created, 4);
    open_gate(4);
    await(&left, 1);
    occupy(3);
    open_gate(3);
    stop_and_expect_served(7);
}

Test(threadpool_resize, joins_those_who_have_left_and_uses_their_places_again) {
    struct worker_report reports[8];
    create(4, 64);
    occupy(4);
    cr_assert_eq(threadpool_resize(pool, 1), 0);
    open_gate(4);
    await(&gone, 3);
    cr_assert_eq(threadpool_resize(pool, 4), 0);
    await(&joins, 3);
    cr_assert_eq(threads_created, 7);
    cr_assert_eq(threadpool_read_workers(pool, reports, 8), 4);
    for (unsigned i = 0; i < 4; i++) {
        cr_assert_eq(reports[i].index, i);
    }
    occupy(4);
    open_gate(4);
    stop_and_expect_served(8);
}

Test(threadpool_resize, counts_a_worker_anew_but_forgets_nothing) {
    struct worker_report reports[2];
    create(2, 64);
    open_gate(10);
    cr_assert_eq(submit(10), 10);
    await(&entered, 10);
    occupy(2);
    cr_assert_eq(stats().served, 10);
    cr_assert_eq(threadpool_resize(pool, 1), 0);
    open_gate(2);
    await(&gone, 1);
    cr_assert_eq(threadpool_resize(pool, 2), 0);
    cr_assert_eq(threadpool_read_workers(pool, reports, 2), 2);
    cr_assert(reports[0].served == 0 || reports[1].served == 0);
    occupy(2);
    cr_assert_eq(stats().served, 12);
    open_gate(2);
    stop_and_expect_served(14);
}

Test(threadpool_resize, keeps_what_it_has_if_a_thread_cannot_be_had) {
    create(2, 64);
    occupy(2);
    threads_allowed = 2;
    cr_assert_eq(threadpool_resize(pool, 6), -EAGAIN);
    cr_assert_eq(stats().thread_count, 2);
    await(&left, 2);
    open_gate(2);
    occupy(2);
    cr_assert_eq(submit(1), 1);
    cr_assert_eq(stats().queue_depth, 1);
    open_gate(3);
    stop_and_expect_served(5);
}

Test(threadpool_resize, lets_those_leave_still_whom_a_failed_growth_had_kept) {
    create(4, 64);
    occupy(4);
    cr_assert_eq(threadpool_resize(pool, 1), 0);
    threads_allowed = 0;
    cr_assert_eq(threadpool_resize(pool, 8), -EAGAIN);
    cr_assert_eq(stats().thread_count, 1);
    open_gate(4);
    await(&left, 3);
    stop_and_expect_served(4);
}

Test(threadpool_resize, does_not_keep_a_stop_from_serving_what_waits) {
    create(4, 64);
    occupy(4);
    cr_assert_eq(submit(20), 20);
    cr_assert_eq(threadpool_resize(pool, 1), 0);
    open_gate(24);
    stop_and_expect_served(24);
}
