/* SPDX-License-Identifier: MIT */
/* Poppers that have other work, and wait for it where the queue does not reach them. */
#include "threadpool/work_queue.h"

#include <criterion/criterion.h>
#include <pthread.h>
#include <semaphore.h>

TestSuite(work_queue_elsewhere, .timeout = 20);

static struct work_queue queue;
static struct work_queue_popper popper;
static struct work_queue_taken taken;
static int item;
static size_t summon_count;
static bool anybody_comes;

static bool summon(void *context) {
    cr_expect_eq(context, &item);
    cr_expect(work_queue_has_something(&queue), "the mark comes before the call");
    summon_count++;
    return anybody_comes;
}

static void set_up(void) {
    cr_assert_eq(work_queue_init(&queue, 8), 0);
    cr_assert_eq(work_queue_popper_init(&popper), 0);
    queue.summon = summon;
    queue.summon_context = &item;
    anybody_comes = true;
}

static void tear_down(void) {
    work_queue_deinit(&queue);
    work_queue_popper_deinit(&popper);
}

static void push(size_t count) {
    void *items[] = {&item, &item, &item};
    cr_assert_eq(work_queue_try_push(&queue, items, count), count);
}

Test(work_queue_elsewhere, are_summoned_by_a_push_and_find_the_item, .init = set_up, .fini = tear_down) {
    enum work_queue_answer answer = WORK_QUEUE_AWAY;
    cr_expect_not(work_queue_has_something(&queue));
    cr_expect_not(work_queue_try_pop(&queue, &taken, &answer));
    push(1);
    cr_expect_eq(summon_count, 1);
    cr_assert(work_queue_try_pop(&queue, &taken, &answer));
    cr_expect_eq(answer, WORK_QUEUE_ITEM);
    cr_expect_eq(taken.entry.item, &item);
    cr_expect_not(work_queue_has_something(&queue));
    cr_expect_eq(summon_count, 1, "nothing is left");
}

Test(work_queue_elsewhere, are_summoned_for_what_a_pop_leaves, .init = set_up, .fini = tear_down) {
    enum work_queue_answer answer = WORK_QUEUE_AWAY;
    push(2);
    cr_assert(work_queue_try_pop(&queue, &taken, &answer));
    cr_expect_eq(summon_count, 2);
    cr_expect(work_queue_has_something(&queue));
}

Test(work_queue_elsewhere, hear_of_the_close_and_of_retirements, .init = set_up, .fini = tear_down) {
    enum work_queue_answer answer = WORK_QUEUE_AWAY;
    work_queue_retire(&queue, 1);
    cr_expect_eq(summon_count, 1);
    cr_assert(work_queue_try_pop(&queue, &taken, &answer));
    cr_expect_eq(answer, WORK_QUEUE_RETIRE);
    work_queue_retire(&queue, 1);
    cr_expect_eq(work_queue_retain(&queue, 1), 1);
    cr_expect_not(work_queue_has_something(&queue), "or they would come again and again");
    work_queue_close(&queue);
    cr_assert(work_queue_try_pop(&queue, &taken, &answer));
    cr_expect_eq(answer, WORK_QUEUE_CLOSED);
}

Test(work_queue_elsewhere, are_not_summoned_for_what_a_popper_puts_back, .init = set_up, .fini = tear_down) {
    cr_assert(work_queue_try_put_back(&queue, &item));
    cr_expect_eq(summon_count, 0);
    cr_expect(work_queue_has_something(&queue), "but see it");
}

/* ---- Those who wait at the queue ----------------------------------------------------------------------- */

static sem_t came_back;
static enum work_queue_answer last_answer;

static void *pop(void *argument) {
    (void)argument;
    last_answer = work_queue_pop(&queue, &popper, &taken);
    (void)sem_post(&came_back);
    return NULL;
}

static pthread_t let_one_wait(void) {
    pthread_t thread;
    cr_assert_eq(sem_init(&came_back, 0, 0), 0);
    cr_assert_eq(pthread_create(&thread, NULL, pop, NULL), 0);
    bool waits = false;
    while (!waits) {
        (void)pthread_mutex_lock(&queue.lock);
        waits = queue.first_waiting != NULL;
        (void)pthread_mutex_unlock(&queue.lock);
    }
    return thread;
}

Test(work_queue_elsewhere, leave_what_came_to_one_who_waits_if_nobody_of_them_comes, .init = set_up,
     .fini = tear_down) {
    anybody_comes = false;
    pthread_t thread = let_one_wait();
    push(1);
    (void)sem_wait(&came_back);
    cr_expect_eq(last_answer, WORK_QUEUE_ITEM);
    cr_expect_eq(pthread_join(thread, NULL), 0);
}

Test(work_queue_elsewhere, are_joined_by_one_who_waits_when_it_is_sent, .init = set_up, .fini = tear_down) {
    pthread_t thread = let_one_wait();
    work_queue_send_away(&queue);
    (void)sem_wait(&came_back);
    cr_expect_eq(last_answer, WORK_QUEUE_AWAY);
    cr_expect_eq(pthread_join(thread, NULL), 0);
}

Test(work_queue_elsewhere, are_joined_by_the_next_to_come_if_nobody_waits, .init = set_up,
     .fini = tear_down) {
    push(1);
    work_queue_send_away(&queue);
    cr_expect_eq(work_queue_pop(&queue, &popper, &taken), WORK_QUEUE_AWAY, "before any item");
    cr_expect_eq(work_queue_pop(&queue, &popper, &taken), WORK_QUEUE_ITEM);
}

Test(work_queue_elsewhere, are_joined_by_nobody_who_is_to_end, .init = set_up, .fini = tear_down) {
    work_queue_send_away(&queue);
    work_queue_retire(&queue, 1);
    cr_expect_eq(work_queue_pop(&queue, &popper, &taken), WORK_QUEUE_RETIRE);
    cr_expect_eq(work_queue_pop(&queue, &popper, &taken), WORK_QUEUE_AWAY, "but by the next one");
    work_queue_send_away(&queue);
    work_queue_close(&queue);
    cr_expect_eq(work_queue_pop(&queue, &popper, &taken), WORK_QUEUE_CLOSED);
}

/* One who was sent looks at the queue itself, so that nobody has to be woken besides. */
Test(work_queue_elsewhere, leave_what_comes_to_one_who_is_on_its_way, .init = set_up, .fini = tear_down) {
    pthread_t thread = let_one_wait();
    (void)pthread_mutex_lock(&queue.lock);
    queue.is_sent_for = true;
    (void)pthread_mutex_unlock(&queue.lock);
    push(1);
    cr_expect_eq(summon_count, 0);
    (void)sem_wait(&came_back);
    cr_expect_eq(last_answer, WORK_QUEUE_AWAY);
    cr_expect_eq(pthread_join(thread, NULL), 0);
}
