/* SPDX-License-Identifier: MIT */
/*
 * A producer that rests while the queue holds enough. Link with
 * -Wl,--wrap=pthread_cond_timedwait,--wrap=pthread_cond_signal: the tests see when the producer goes to rest,
 * and that it is called once.
 */
#include "http/base/clock.h"
#include "threadpool/work_queue.h"

#include <criterion/criterion.h>
#include <pthread.h>
#include <semaphore.h>

enum { CAPACITY = 16 };

static const int64_t hour_ns = (int64_t)3600 * 1000 * 1000 * 1000;
static const int64_t blink_ns = 20 * 1000 * 1000;

/* ---- The queue, and what the linker wraps -------------------------------------------------------------- */

static struct work_queue queue;
static struct work_queue_popper popper;
static sem_t goes_to_rest; /* posted with the queue's lock held */
static size_t call_count;  /* of the producer; written by the test's thread */

int __real_pthread_cond_timedwait(pthread_cond_t *condition, pthread_mutex_t *mutex,
                                  const struct timespec *until);
int __wrap_pthread_cond_timedwait(pthread_cond_t *condition, pthread_mutex_t *mutex,
                                  const struct timespec *until);
int __real_pthread_cond_signal(pthread_cond_t *condition);
int __wrap_pthread_cond_signal(pthread_cond_t *condition);

int __wrap_pthread_cond_timedwait(pthread_cond_t *condition, pthread_mutex_t *mutex,
                                  const struct timespec *until) {
    (void)sem_post(&goes_to_rest);
    return __real_pthread_cond_timedwait(condition, mutex, until);
}

int __wrap_pthread_cond_signal(pthread_cond_t *condition) {
    call_count += condition == &queue.depth_reached ? 1 : 0;
    return __real_pthread_cond_signal(condition);
}

static void set_up(void) {
    cr_assert_eq(sem_init(&goes_to_rest, 0, 0), 0);
    cr_assert_eq(work_queue_init(&queue, CAPACITY), 0);
    cr_assert_eq(work_queue_popper_init(&popper), 0);
}

static void tear_down(void) {
    work_queue_deinit(&queue);
    work_queue_popper_deinit(&popper);
}

TestSuite(work_queue_depth, .init = set_up, .fini = tear_down, .timeout = 20);

static void push(size_t count) {
    static char something;
    void *items[CAPACITY];
    for (size_t i = 0; i < count; i++) {
        items[i] = &something;
    }
    cr_assert_eq(work_queue_try_push(&queue, items, count), count);
}

static enum work_queue_answer pop(void) {
    struct work_queue_taken taken;
    return work_queue_pop(&queue, &popper, &taken);
}

static void pop_items(size_t count) {
    for (size_t i = 0; i < count; i++) {
        cr_assert_eq(pop(), WORK_QUEUE_ITEM);
    }
}

/* ---- A producer that rests in a thread of its own ------------------------------------------------------ */

struct producer {
    pthread_t thread;
    size_t depth;
    bool result;
};

static void *rest(void *argument) {
    struct producer *producer = argument;
    producer->result = work_queue_await_depth(&queue, producer->depth, clock_steady_ns() + hour_ns);
    return NULL;
}

/* The lock, which the producer gives up only by resting, is taken to see that it does. */
static void wait_for_rest(void) {
    struct work_queue_stats stats;
    (void)sem_wait(&goes_to_rest);
    work_queue_read_stats(&queue, &stats);
}

static void start(struct producer *producer, size_t depth) {
    producer->depth = depth;
    cr_assert_eq(pthread_create(&producer->thread, NULL, rest, producer), 0);
    wait_for_rest();
}

/* It ends, or the test does by its time limit. */
static void join(struct producer *producer) {
    (void)pthread_join(producer->thread, NULL);
    cr_assert(producer->result, "the time was over");
}

static bool has_rested(void) {
    return sem_trywait(&goes_to_rest) == 0;
}

/* ---- The tests ----------------------------------------------------------------------------------------- */

Test(work_queue_depth, lets_nobody_rest_when_no_more_is_left_than_that) {
    cr_assert(work_queue_await_depth(&queue, 0, clock_steady_ns() + hour_ns));
    push(3);
    cr_assert(work_queue_await_depth(&queue, 3, clock_steady_ns() + hour_ns));
    cr_assert(work_queue_await_depth(&queue, CAPACITY, clock_steady_ns() + hour_ns));
    cr_assert_not(has_rested());
    pop_items(3);
    cr_assert_eq(call_count, 0, "nobody rests");
}

Test(work_queue_depth, ends_the_rest_with_the_pop_that_leaves_no_more_than_that) {
    for (size_t depth = 0; depth < 4; depth++) {
        struct producer producer;
        call_count = 0;
        push(5);
        start(&producer, depth);
        pop_items(5 - depth - 1);
        cr_assert_eq(call_count, 0, "%zu: there was more", depth);
        pop_items(1);
        cr_assert_eq(call_count, 1, "%zu", depth);
        join(&producer);
        pop_items(depth);
        cr_assert_eq(call_count, 1, "%zu: called again", depth);
    }
}

Test(work_queue_depth, counts_what_comes_meanwhile) {
    struct producer producer;
    push(4);
    start(&producer, 2);
    pop_items(1);
    push(3);
    pop_items(3);
    cr_assert_eq(call_count, 0, "three are left");
    pop_items(1);
    join(&producer);
}

Test(work_queue_depth, ends_the_rest_when_the_time_is_over) {
    int64_t begin_ns = clock_steady_ns();
    push(3);
    cr_assert_not(work_queue_await_depth(&queue, 0, begin_ns + blink_ns));
    cr_assert_geq(clock_steady_ns() - begin_ns, blink_ns);
    cr_assert_not(work_queue_await_depth(&queue, 2, begin_ns), "it was over before");
    pop_items(3);
    cr_assert_eq(call_count, 0, "nobody rests any more");
}

Test(work_queue_depth, goes_on_resting_when_woken_without_a_call) {
    struct producer producer;
    push(2);
    start(&producer, 0);
    (void)__real_pthread_cond_signal(&queue.depth_reached);
    wait_for_rest();
    pop_items(2);
    join(&producer);
}

Test(work_queue_depth, is_not_ended_by_poppers_that_leave) {
    struct producer producer;
    push(3);
    start(&producer, 2);
    work_queue_retire(&queue, 1);
    cr_assert_eq(pop(), WORK_QUEUE_RETIRE);
    cr_assert_eq(call_count, 0);
    pop_items(1);
    join(&producer);
}

Test(work_queue_depth, ends_when_a_closed_queue_is_emptied) {
    struct producer producer;
    push(2);
    start(&producer, 0);
    work_queue_close(&queue);
    pop_items(2);
    join(&producer);
    cr_assert_eq(pop(), WORK_QUEUE_CLOSED);
    cr_assert_eq(call_count, 1);
}

Test(work_queue_depth, counts_what_is_put_back) {
    struct producer producer;
    push(2);
    pop_items(1);
    start(&producer, 0);
    cr_assert(work_queue_try_put_back(&queue, &producer));
    pop_items(1);
    cr_assert_eq(call_count, 0);
    pop_items(1);
    join(&producer);
}
