/* SPDX-License-Identifier: MIT */
/* Items that can wait. Link with -Wl,--wrap=clock_gettime: the clock stands where a test puts it. */
#include "threadpool/work_queue.h"

#include <criterion/criterion.h>
#include <time.h>

enum { LATER_MAX = 4 };

static int64_t now_ns = INT64_C(1000000000);

int __wrap_clock_gettime(clockid_t clock, struct timespec *now);

int __wrap_clock_gettime(clockid_t clock, struct timespec *now) {
    (void)clock;
    *now = (struct timespec){.tv_sec = now_ns / 1000000000, .tv_nsec = now_ns % 1000000000};
    return 0;
}

static struct work_queue queue;
static int numbers[8];

static void set_up(void) {
    cr_assert_eq(work_queue_init(&queue, 8), 0);
    cr_assert_eq(work_queue_allow_later(&queue, LATER_MAX), 0);
    work_queue_set_places(&queue, 2);
}

static void tear_down(void) {
    work_queue_deinit(&queue);
}

TestSuite(work_queue_later, .init = set_up, .fini = tear_down, .timeout = 20);

static void push(int number) {
    void *item = &numbers[number];
    cr_assert_eq(work_queue_try_push(&queue, &item, 1), 1);
}

static bool put_off(int number) {
    return work_queue_try_put_later(&queue, &numbers[number], false);
}

/* Returns the number of the item that is handed out, or -1. */
static int pop(bool *has_place) {
    struct work_queue_taken taken;
    enum work_queue_answer answer = WORK_QUEUE_AWAY;
    if (!work_queue_try_pop(&queue, &taken, &answer) || answer != WORK_QUEUE_ITEM) {
        return -1;
    }
    *has_place = taken.has_place;
    return (int)((int *)taken.entry.item - numbers);
}

static void expect(int number, bool with_place) {
    bool has_place = false;
    int popped = pop(&has_place);
    cr_assert(popped == number, "item %d came, expected %d", popped, number);
    cr_expect(has_place == with_place, "item %d", number);
}

static void expect_nothing(void) {
    bool has_place = false;
    cr_expect_not(work_queue_has_something(&queue));
    cr_assert_eq(pop(&has_place), -1);
}

Test(work_queue_later, come_when_nothing_else_is_there) {
    cr_assert(put_off(0));
    cr_assert(put_off(1));
    push(2);
    push(3);
    expect(2, false);
    expect(3, false);
    expect(0, true);
    expect(1, true);
    expect_nothing();
}

Test(work_queue_later, go_on_before_others_if_they_are_to) {
    cr_assert(put_off(0));
    cr_assert(put_off(1));
    expect(0, true);
    cr_assert(work_queue_try_put_later(&queue, &numbers[0], true));
    push(2);
    expect(2, false);
    work_queue_end_later(&queue);
    expect(0, true);
    expect(1, true);
    cr_assert(work_queue_try_put_later(&queue, &numbers[3], true), "also into one that is empty");
    work_queue_end_later(&queue);
    expect(3, true);
}

Test(work_queue_later, are_not_pressing_until_they_are_due) {
    cr_expect_not(work_queue_is_pressing(&queue, INT64_MAX - 1));
    cr_assert(put_off(0));
    cr_expect(work_queue_has_something(&queue));
    cr_expect_not(work_queue_is_pressing(&queue, now_ns + LATER_WORK_DUE_NS - 1));
    cr_expect(work_queue_is_pressing(&queue, now_ns + LATER_WORK_DUE_NS));
    push(1);
    cr_expect(work_queue_is_pressing(&queue, now_ns));
}

Test(work_queue_later, come_one_at_a_time_when_they_are_due) {
    cr_assert(put_off(0));
    cr_assert(put_off(1));
    push(2);
    push(3);
    now_ns += LATER_WORK_DUE_NS;
    expect(0, true);
    expect(2, false);
    now_ns += LATER_WORK_DUE_NS - 1;
    push(4);
    expect(3, false);
    now_ns += 1;
    expect(1, true);
    expect(4, false);
}

Test(work_queue_later, wait_for_a_place) {
    cr_assert(put_off(0));
    cr_assert(put_off(1));
    cr_assert(put_off(2));
    expect(0, true);
    expect(1, true);
    expect_nothing();
    cr_expect_not(work_queue_is_pressing(&queue, INT64_MAX - 1), "nobody can do anything about it");
    work_queue_end_later(&queue);
    cr_expect(work_queue_has_something(&queue));
    expect(2, true);
    work_queue_end_later(&queue);
    work_queue_end_later(&queue);
    expect_nothing();
}

Test(work_queue_later, get_more_places) {
    cr_assert(put_off(0));
    cr_assert(put_off(1));
    cr_assert(put_off(2));
    expect(0, true);
    expect(1, true);
    work_queue_set_places(&queue, 3);
    expect(2, true);
    work_queue_set_places(&queue, 1);
    work_queue_end_later(&queue);
    work_queue_end_later(&queue);
    cr_assert(put_off(0));
    expect_nothing();
    work_queue_end_later(&queue);
    expect(0, true);
}

Test(work_queue_later, begin_at_once_when_nobody_waits) {
    cr_expect(work_queue_begin_later(&queue));
    cr_expect(work_queue_begin_later(&queue));
    cr_expect_not(work_queue_begin_later(&queue), "both places are taken");
    work_queue_end_later(&queue);
    push(0);
    cr_expect_not(work_queue_begin_later(&queue), "something else waits");
    expect(0, false);
    cr_assert(put_off(1));
    cr_expect_not(work_queue_begin_later(&queue), "another one came before");
    expect(1, true);
    work_queue_end_later(&queue);
    cr_expect(work_queue_begin_later(&queue));
}

Test(work_queue_later, have_a_bound) {
    for (int i = 0; i < LATER_MAX; i++) {
        cr_expect(put_off(i));
    }
    cr_expect_not(put_off(LATER_MAX));
    struct work_queue_stats stats;
    work_queue_read_stats(&queue, &stats);
    cr_expect_eq(stats.later_depth, LATER_MAX);
    cr_expect_eq(stats.depth, 0);
    cr_expect_eq(stats.accepted, LATER_MAX);
    cr_expect_eq(stats.refused, 0);
}

Test(work_queue_later, stay_in_their_order_when_more_may_wait) {
    for (int i = 0; i < LATER_MAX; i++) {
        cr_expect(put_off(i));
    }
    expect(0, true);
    cr_expect(put_off(LATER_MAX));
    cr_assert_eq(work_queue_allow_later(&queue, LATER_MAX - 1), 0, "it is enough already");
    cr_expect_not(put_off(LATER_MAX + 1));
    cr_assert_eq(work_queue_allow_later(&queue, LATER_MAX + 2), 0);
    cr_expect(put_off(LATER_MAX + 1));
    cr_expect(put_off(LATER_MAX + 2));
    cr_expect_not(put_off(LATER_MAX + 3));
    for (int i = 1; i <= LATER_MAX + 2; i++) {
        work_queue_end_later(&queue);
        expect(i, true);
    }
}

Test(work_queue_later, are_handed_out_behind_the_others_after_the_close_but_without_a_place) {
    cr_assert(put_off(0));
    cr_assert(put_off(1));
    cr_assert(put_off(2));
    push(3);
    expect(3, false);
    expect(0, true);
    push(4);
    work_queue_close(&queue);
    now_ns += LATER_WORK_DUE_NS;
    expect(4, false);
    expect(1, false);
    expect(2, false);
    bool has_place = false;
    cr_expect_eq(pop(&has_place), -1);
    cr_expect_not(put_off(5));
    cr_expect_not(work_queue_begin_later(&queue));
}
