/* SPDX-License-Identifier: MIT */
/*
 * What one thread can see of the queue; test_work_queue_waking.c has the rest.
 * Link with -Wl,--wrap=calloc,--wrap=pthread_mutex_init,--wrap=pthread_cond_init: memory runs out on demand.
 */
#include "http/base/clock.h"
#include "threadpool/work_queue.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdlib.h>

TestSuite(work_queue, .timeout = 20);

static bool calloc_fails;
static bool mutex_fails;
static bool condition_fails;

void *__real_calloc(size_t count, size_t bytes);
void *__wrap_calloc(size_t count, size_t bytes);

void *__wrap_calloc(size_t count, size_t bytes) {
    return calloc_fails ? NULL : __real_calloc(count, bytes);
}

int __real_pthread_mutex_init(pthread_mutex_t *mutex, const pthread_mutexattr_t *attributes);
int __wrap_pthread_mutex_init(pthread_mutex_t *mutex, const pthread_mutexattr_t *attributes);
int __real_pthread_cond_init(pthread_cond_t *condition, const pthread_condattr_t *attributes);
int __wrap_pthread_cond_init(pthread_cond_t *condition, const pthread_condattr_t *attributes);

int __wrap_pthread_mutex_init(pthread_mutex_t *mutex, const pthread_mutexattr_t *attributes) {
    return mutex_fails ? ENOMEM : __real_pthread_mutex_init(mutex, attributes);
}

int __wrap_pthread_cond_init(pthread_cond_t *condition, const pthread_condattr_t *attributes) {
    return condition_fails ? EAGAIN : __real_pthread_cond_init(condition, attributes);
}

static int numbers[64];

static void *item(int number) {
    return &numbers[number];
}

static int number_of(const struct work_queue_taken *taken) {
    return (int)((int *)taken->entry.item - numbers);
}

static struct work_queue queue;
static struct work_queue_popper own_popper;

static void init(size_t capacity) {
    cr_assert_eq(work_queue_init(&queue, capacity), 0);
    cr_assert_eq(work_queue_popper_init(&own_popper), 0);
}

static void deinit(void) {
    work_queue_deinit(&queue);
    work_queue_popper_deinit(&own_popper);
}

static size_t push(int first, size_t count) {
    void *items[64];
    for (size_t i = 0; i < count; i++) {
        items[i] = item(first + (int)i);
    }
    return work_queue_try_push(&queue, items, count);
}

static struct work_queue_taken pop(void) {
    struct work_queue_taken taken = {.makes_room = false};
    cr_assert_eq(work_queue_pop(&queue, &own_popper, &taken), WORK_QUEUE_ITEM);
    return taken;
}

static int pop_number(void) {
    struct work_queue_taken taken = pop();
    return number_of(&taken);
}

static enum work_queue_answer pop_answer(void) {
    struct work_queue_taken taken;
    return work_queue_pop(&queue, &own_popper, &taken);
}

static struct work_queue_stats stats(void) {
    struct work_queue_stats read;
    work_queue_read_stats(&queue, &read);
    return read;
}

/* ---- First in, first out, up to the capacity ----------------------------------------------------------- */

Test(work_queue, needs_a_capacity) {
    cr_assert_eq(work_queue_init(&queue, 0), -EINVAL);
}

Test(work_queue, reports_that_memory_ran_out) {
    calloc_fails = true;
    cr_assert_eq(work_queue_init(&queue, 1), -ENOMEM);
    calloc_fails = false;
    mutex_fails = true;
    cr_assert_eq(work_queue_init(&queue, 1), -ENOMEM);
    mutex_fails = false;
    condition_fails = true;
    cr_assert_eq(work_queue_init(&queue, 1), -EAGAIN);
}

Test(work_queue, keeps_the_order_of_arrival_around_the_ring) {
    init(5);
    cr_assert_eq(push(0, 2), 2);
    for (int i = 0; i < 20; i++) {
        cr_assert_eq(push(i + 2, 1), 1);
        cr_assert_eq(pop_number(), i);
    }
    cr_assert_eq(pop_number(), 20);
    cr_assert_eq(pop_number(), 21);
    deinit();
}

Test(work_queue, works_with_room_for_one) {
    init(1);
    for (int i = 0; i < 5; i++) {
        cr_assert_eq(push(i, 1), 1);
        cr_assert_eq(push(63, 1), 0);
        cr_assert_eq(pop_number(), i);
    }
    deinit();
}

/* ---- Another capacity ---------------------------------------------------------------------------------- */

Test(work_queue, keeps_what_waits_and_its_order_when_it_grows) {
    for (size_t begin = 0; begin < 3; begin++) { /* wherever in the ring the oldest one is */
        init(3);
        for (size_t i = 0; i < begin; i++) {
            cr_assert_eq(push(60, 1), 1);
            cr_assert_eq(pop_number(), 60);
        }
        cr_assert_eq(push(0, 3), 3);
        cr_assert_eq(work_queue_set_capacity(&queue, 5), 0);
        cr_assert_eq(push(3, 40), 2, "begin %zu", begin);
        for (int i = 0; i < 5; i++) {
            cr_assert_eq(pop_number(), i, "begin %zu", begin);
        }
        deinit();
    }
}

Test(work_queue, keeps_what_waits_when_less_may) {
    init(4);
    cr_assert_eq(push(0, 4), 4);
    cr_assert_eq(work_queue_set_capacity(&queue, 2), 0);
    cr_assert_eq(push(50, 1), 0, "there is more than may be");
    for (int i = 0; i < 3; i++) {
        cr_assert_eq(pop_number(), i);
    }
    cr_assert_eq(push(4, 5), 1);
    cr_assert_eq(work_queue_set_capacity(&queue, 4), 0);
    cr_assert_eq(push(5, 5), 2);
    for (int i = 3; i < 7; i++) {
        cr_assert_eq(pop_number(), i);
    }
    deinit();
}

Test(work_queue, stays_as_it_is_when_it_cannot_be_changed) {
    init(2);
    cr_assert_eq(push(0, 1), 1);
    cr_expect_eq(work_queue_set_capacity(&queue, 0), -EINVAL);
    calloc_fails = true;
    cr_expect_eq(work_queue_set_capacity(&queue, 3), -ENOMEM);
    calloc_fails = false;
    cr_expect_eq(push(1, 5), 1);
    cr_expect_eq(pop_number(), 0);
    cr_expect_eq(pop_number(), 1);
    deinit();
}

Test(work_queue, takes_the_front_of_a_batch_that_is_larger_than_the_room) {
    static const struct {
        const char *name;
        size_t already, batch, accepted;
    } rows[] = {
        {"an empty batch", 1, 0, 0},        {"all but one fits", 0, 5, 4}, {"just fits", 1, 3, 3},
        {"one place is left", 3, 2, 1},     {"no place is left", 4, 2, 0}, {"far too large", 2, 40, 2},
        {"nothing, and no place", 4, 0, 0},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        init(4);
        cr_assert_eq(push(0, rows[i].already), rows[i].already);
        cr_assert_eq(push((int)rows[i].already, rows[i].batch), rows[i].accepted, "%s", rows[i].name);
        cr_assert_eq(stats().depth, rows[i].already + rows[i].accepted, "%s", rows[i].name);
        cr_assert_eq(stats().accepted, rows[i].already + rows[i].accepted, "%s", rows[i].name);
        cr_assert_eq(stats().refused, rows[i].batch - rows[i].accepted, "%s", rows[i].name);
        for (int n = 0; n < (int)(rows[i].already + rows[i].accepted); n++) {
            cr_assert_eq(pop_number(), n, "%s", rows[i].name);
        }
        deinit();
    }
}

Test(work_queue, puts_back_behind_all_others_while_there_is_room) {
    init(2);
    cr_assert_eq(push(0, 1), 1);
    cr_assert(work_queue_try_put_back(&queue, item(1)));
    cr_assert_not(work_queue_try_put_back(&queue, item(2)));
    cr_assert_eq(stats().accepted, 2);
    cr_assert_eq(stats().refused, 1);
    cr_assert_eq(pop_number(), 0);
    work_queue_close(&queue);
    cr_assert_not(work_queue_try_put_back(&queue, item(3)), "closed");
    cr_assert_eq(pop_number(), 1);
    deinit();
}

Test(work_queue, tells_of_room_when_one_could_not_be_put_back) {
    init(1);
    cr_assert_eq(push(0, 1), 1);
    cr_assert_not(work_queue_try_put_back(&queue, item(1)));
    cr_assert(pop().makes_room);
    deinit();
}

Test(work_queue, stamps_a_batch_with_one_time) {
    int64_t before;
    int64_t after;
    struct work_queue_taken first;
    struct work_queue_taken second;
    init(4);
    before = clock_steady_ns();
    cr_assert_eq(push(0, 2), 2);
    after = clock_steady_ns();
    first = pop();
    second = pop();
    cr_assert_leq(before, first.entry.queued_ns);
    cr_assert_leq(first.entry.queued_ns, after);
    cr_assert_eq(first.entry.queued_ns, second.entry.queued_ns);
    deinit();
}

Test(work_queue, remembers_the_most_that_ever_waited) {
    init(8);
    cr_assert_eq(push(0, 3), 3);
    (void)pop();
    (void)pop();
    cr_assert_eq(push(3, 1), 1);
    cr_assert_eq(stats().depth, 2);
    cr_assert_eq(stats().depth_high_water, 3);
    deinit();
}

/* ---- Telling that there is room ------------------------------------------------------------------------ */

Test(work_queue, tells_once_that_there_is_room_again) {
    init(2);
    cr_assert_eq(push(0, 2), 2);
    cr_assert_not(pop().makes_room, "nothing was refused yet");
    cr_assert_eq(push(2, 2), 1);
    cr_assert(pop().makes_room);
    cr_assert_not(pop().makes_room);
    deinit();
}

Test(work_queue, tells_once_for_all_that_were_refused_since_the_last_pop) {
    init(1);
    cr_assert_eq(push(0, 2), 1);
    cr_assert_eq(push(1, 1), 0);
    cr_assert(pop().makes_room);
    cr_assert_eq(push(1, 1), 1);
    cr_assert_not(pop().makes_room);
    deinit();
}

Test(work_queue, tells_of_no_room_once_it_is_closed) {
    init(1);
    cr_assert_eq(push(0, 2), 1);
    work_queue_close(&queue);
    cr_assert_eq(push(1, 1), 0);
    cr_assert_not(pop().makes_room);
    deinit();
}

/* ---- Closing and retiring ------------------------------------------------------------------------------ */

Test(work_queue, hands_out_what_is_left_when_closed_and_then_says_so) {
    init(4);
    cr_assert_eq(push(0, 2), 2);
    work_queue_close(&queue);
    cr_assert_eq(push(2, 1), 0);
    cr_assert_eq(stats().refused, 0, "not for want of room");
    cr_assert_eq(pop_number(), 0);
    work_queue_close(&queue);
    cr_assert_eq(pop_number(), 1);
    cr_assert_eq(pop_answer(), WORK_QUEUE_CLOSED);
    cr_assert_eq(pop_answer(), WORK_QUEUE_CLOSED);
    deinit();
}

Test(work_queue, retires_as_many_as_it_was_told_before_it_hands_out_more) {
    init(4);
    cr_assert_eq(push(0, 1), 1);
    work_queue_retire(&queue, 2);
    cr_assert_eq(pop_answer(), WORK_QUEUE_RETIRE);
    cr_assert_eq(pop_answer(), WORK_QUEUE_RETIRE);
    cr_assert_eq(pop_number(), 0);
    deinit();
}

Test(work_queue, takes_back_only_retirements_that_nobody_followed) {
    init(4);
    cr_assert_eq(work_queue_retain(&queue, 3), 0);
    work_queue_retire(&queue, 4);
    cr_assert_eq(pop_answer(), WORK_QUEUE_RETIRE);
    cr_assert_eq(work_queue_retain(&queue, 2), 2);
    cr_assert_eq(work_queue_retain(&queue, 9), 1);
    cr_assert_eq(push(5, 1), 1);
    cr_assert_eq(pop_number(), 5);
    deinit();
}
