/* SPDX-License-Identifier: MIT */
/*
 * How the queue wakes those that wait ("Waking in turn" in work_queue.h).
 * Link with -Wl,--wrap=pthread_cond_wait,--wrap=pthread_cond_signal: the tests see when a popper goes to
 * sleep and who is called, and can hold a call back. So each order of events that matters is made, not hoped
 * for.
 */
#include "threadpool/work_queue.h"

#include <criterion/criterion.h>
#include <pthread.h>
#include <semaphore.h>

TestSuite(work_queue_waking, .timeout = 20);

/* ---- What the linker wraps ----------------------------------------------------------------------------- */

static sem_t goes_to_sleep;      /* posted with the queue's lock held */
static bool calls_are_held_back; /* these three are used with at most one popper awake */
static pthread_cond_t *call_held_back;
static size_t call_count;

int __real_pthread_cond_wait(pthread_cond_t *condition, pthread_mutex_t *mutex);
int __wrap_pthread_cond_wait(pthread_cond_t *condition, pthread_mutex_t *mutex);
int __real_pthread_cond_signal(pthread_cond_t *condition);
int __wrap_pthread_cond_signal(pthread_cond_t *condition);

int __wrap_pthread_cond_wait(pthread_cond_t *condition, pthread_mutex_t *mutex) {
    (void)sem_post(&goes_to_sleep);
    return __real_pthread_cond_wait(condition, mutex);
}

int __wrap_pthread_cond_signal(pthread_cond_t *condition) {
    call_count++;
    if (calls_are_held_back) {
        call_held_back = condition;
        return 0;
    }
    return __real_pthread_cond_signal(condition);
}

/* ---- Items, and a thread that pops one of them --------------------------------------------------------- */

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
    cr_assert_eq(sem_init(&goes_to_sleep, 0, 0), 0);
    cr_assert_eq(work_queue_init(&queue, capacity), 0);
    cr_assert_eq(work_queue_popper_init(&own_popper), 0);
}

static void deinit(void) {
    work_queue_deinit(&queue);
    work_queue_popper_deinit(&own_popper);
    (void)sem_destroy(&goes_to_sleep);
}

static size_t push(int first, size_t count) {
    void *items[64];
    for (size_t i = 0; i < count; i++) {
        items[i] = item(first + (int)i);
    }
    return work_queue_try_push(&queue, items, count);
}

static int pop_number(void) {
    struct work_queue_taken taken = {.makes_room = false};
    cr_assert_eq(work_queue_pop(&queue, &own_popper, &taken), WORK_QUEUE_ITEM);
    return number_of(&taken);
}

struct waiter {
    pthread_t thread;
    struct work_queue_popper popper;
    struct work_queue_taken taken;
    enum work_queue_answer answer;
};

static void *pop_once(void *argument) {
    struct waiter *waiter = argument;
    waiter->answer = work_queue_pop(&queue, &waiter->popper, &waiter->taken);
    return NULL;
}

/* The lock, which the popper gives up only by sleeping, is taken to see that it does. */
static void wait_for_sleep(void) {
    struct work_queue_stats stats;
    (void)sem_wait(&goes_to_sleep);
    work_queue_read_stats(&queue, &stats);
}

static void start(struct waiter *waiter) {
    cr_assert_eq(work_queue_popper_init(&waiter->popper), 0);
    cr_assert_eq(pthread_create(&waiter->thread, NULL, pop_once, waiter), 0);
    wait_for_sleep();
}

static void join(struct waiter *waiter) {
    (void)pthread_join(waiter->thread, NULL);
}

static void join_and_expect(struct waiter *waiter, int number) {
    join(waiter);
    cr_assert_eq(waiter->answer, WORK_QUEUE_ITEM);
    cr_assert_eq(number_of(&waiter->taken), number, "got %d instead of %d", number_of(&waiter->taken),
                 number);
}

/* ---- The tests ----------------------------------------------------------------------------------------- */

Test(work_queue_waking, wakes_a_popper_that_waits) {
    struct waiter waiter;
    init(4);
    start(&waiter);
    cr_assert_eq(push(3, 1), 1);
    join_and_expect(&waiter, 3);
    deinit();
}

Test(work_queue_waking, calls_nobody_when_nobody_waits) {
    init(4);
    cr_assert_eq(push(0, 3), 3);
    (void)pop_number();
    cr_assert_eq(call_count, 0);
    deinit();
}

Test(work_queue_waking, calls_those_first_that_began_to_wait_first) {
    struct waiter waiters[3];
    init(4);
    for (int i = 0; i < 3; i++) {
        start(&waiters[i]);
    }
    for (int i = 0; i < 3; i++) {
        cr_assert_eq(push(i, 1), 1);
        join_and_expect(&waiters[i], i);
    }
    deinit();
}

Test(work_queue_waking, wakes_one_for_a_batch_and_that_one_the_next) {
    struct waiter waiters[3];
    init(4);
    for (int i = 0; i < 3; i++) {
        start(&waiters[i]);
    }
    calls_are_held_back = true;
    cr_assert_eq(push(0, 2), 2);
    cr_assert_eq(call_count, 1, "the producer calls one");
    calls_are_held_back = false;
    (void)__real_pthread_cond_signal(call_held_back);
    join_and_expect(&waiters[0], 0);
    join_and_expect(&waiters[1], 1);
    cr_assert_eq(call_count, 2, "who leaves the last item behind calls, who takes it does not");

    work_queue_close(&queue);
    join(&waiters[2]);
    cr_assert_eq(waiters[2].answer, WORK_QUEUE_CLOSED);
    deinit();
}

Test(work_queue_waking, calls_no_second_popper_while_one_is_on_its_way) {
    struct waiter waiters[2];
    init(4);
    start(&waiters[0]);
    start(&waiters[1]);
    calls_are_held_back = true;
    cr_assert_eq(push(0, 1), 1);
    cr_assert_eq(push(1, 1), 1);
    cr_assert_eq(push(2, 1), 1);
    cr_assert_eq(pop_number(), 0, "a popper that is awake need not wait for the one on its way");
    cr_assert_eq(call_count, 1);
    calls_are_held_back = false;
    (void)__real_pthread_cond_signal(call_held_back);
    join_and_expect(&waiters[0], 1);
    join_and_expect(&waiters[1], 2);
    deinit();
}

Test(work_queue_waking, lets_a_popper_that_came_for_nothing_wait_again) {
    struct waiter waiter;
    init(4);
    start(&waiter);
    calls_are_held_back = true;
    cr_assert_eq(push(0, 1), 1);
    cr_assert_eq(pop_number(), 0);
    (void)__real_pthread_cond_signal(call_held_back);
    wait_for_sleep();
    calls_are_held_back = false;
    cr_assert_eq(push(1, 1), 1);
    join_and_expect(&waiter, 1);
    deinit();
}

Test(work_queue_waking, keeps_the_place_of_a_popper_that_wakes_without_a_call) {
    struct waiter waiters[2];
    init(4);
    start(&waiters[0]);
    start(&waiters[1]);
    (void)__real_pthread_cond_signal(&waiters[0].popper.called);
    wait_for_sleep();
    for (int i = 0; i < 2; i++) {
        cr_assert_eq(push(i, 1), 1);
        join_and_expect(&waiters[i], i);
    }
    deinit();
}

Test(work_queue_waking, sends_all_that_wait_away_when_closed) {
    struct waiter waiters[3];
    init(4);
    for (int i = 0; i < 3; i++) {
        start(&waiters[i]);
    }
    work_queue_close(&queue);
    for (int i = 0; i < 3; i++) {
        join(&waiters[i]);
        cr_assert_eq(waiters[i].answer, WORK_QUEUE_CLOSED);
    }
    deinit();
}

Test(work_queue_waking, retires_those_that_wait) {
    struct waiter waiters[3];
    init(4);
    for (int i = 0; i < 3; i++) {
        start(&waiters[i]);
    }
    work_queue_retire(&queue, 2);
    for (int i = 0; i < 2; i++) {
        join(&waiters[i]);
        cr_assert_eq(waiters[i].answer, WORK_QUEUE_RETIRE);
    }
    cr_assert_eq(push(7, 1), 1);
    join_and_expect(&waiters[2], 7);
    deinit();
}

/* Who puts something back comes for it himself, at once. */
Test(work_queue_waking, calls_nobody_for_what_a_popper_puts_back) {
    struct waiter waiter;
    init(2);
    start(&waiter);
    cr_assert(work_queue_try_put_back(&queue, item(1)));
    cr_assert_eq(call_count, 0);
    cr_assert_eq(pop_number(), 1);
    cr_assert_eq(call_count, 0, "nothing is left");
    cr_assert_eq(push(2, 1), 1);
    join_and_expect(&waiter, 2);
    deinit();
}

Test(work_queue_waking, calls_the_next_when_the_one_who_put_something_back_leaves_something) {
    struct waiter waiter;
    init(4);
    start(&waiter);
    for (int i = 1; i <= 2; i++) {
        cr_assert(work_queue_try_put_back(&queue, item(i)));
    }
    cr_assert_eq(pop_number(), 1);
    cr_assert_eq(call_count, 1);
    join_and_expect(&waiter, 2);
    deinit();
}

Test(work_queue_waking, calls_the_next_when_the_one_who_put_something_back_is_sent_away) {
    struct work_queue_taken taken;
    struct waiter waiters[2];
    init(4);
    start(&waiters[0]);
    start(&waiters[1]);
    calls_are_held_back = true; /* the call for the retirement comes late */
    cr_assert(work_queue_try_put_back(&queue, item(1)));
    work_queue_retire(&queue, 1);
    cr_assert_eq(work_queue_pop(&queue, &own_popper, &taken), WORK_QUEUE_RETIRE);
    calls_are_held_back = false;
    (void)__real_pthread_cond_signal(call_held_back);
    join_and_expect(&waiters[0], 1);
    work_queue_close(&queue);
    join(&waiters[1]);
    deinit();
}
