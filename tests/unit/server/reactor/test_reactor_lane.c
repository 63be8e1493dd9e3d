/* SPDX-License-Identifier: MIT */
/* Leaders that are stuck, block or are overrun: whatever they do, the others are served. */
#include "http/base/clock.h"
#include "tests/support/deadline.h"
#include "tests/unit/server/reactor/stage.h"

#include <criterion/criterion.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

TestSuite(reactor_lane, .timeout = 100);

/* ---- The tests ----------------------------------------------------------------------------------------- */

enum { CROWD = 24 };

static int crowd[CROWD];

static void open_with_crowd(size_t threads) {
    stage_open(&(struct stage_options){.threads = threads});
    for (size_t i = 0; i < CROWD; i++) {
        crowd[i] = connect_and_say(STAY);
        cr_assert_eq(hear(crowd[i]), STAY);
    }
}

static void stop(void) {
    for (size_t i = 0; i < CROWD; i++) {
        (void)close(crowd[i]);
    }
    ask_to_stop();
    cr_expect_eq(finish(0), 0);
}

static size_t count_answers(int letter, size_t begin, size_t end) {
    size_t count = 0;
    for (size_t i = begin; i < end; i++) {
        count += hear(crowd[i]) == letter ? 1 : 0;
    }
    return count;
}

static bool becomes_deposed(void) {
    struct reactor_stats now = {.deposed = 0};
    int64_t deadline = deadline_in(PATIENCE_MS);
    while (now.deposed == 0 && clock_now_ms() < deadline) {
        (void)poll(NULL, 0, 1);
        reactor_read_stats(reactor, &now);
    }
    return now.deposed > 0;
}

/* The other one may lead already, or the watch has it lead: test_lane_watch.c makes sure of that. */
Test(reactor_lane, is_led_by_another_when_a_leader_does_not_get_on) {
    open_with_crowd(2);
    say(crowd[0], GATE);
    await(&at_gate, 1);
    for (size_t i = 1; i < CROWD; i++) {
        say(crowd[i], STAY);
    }
    cr_expect_eq(count_answers(STAY, 1, CROWD), CROWD - 1, "though the gate is closed");
    cr_expect(becomes_deposed(), "it does not lead any more");
    (void)sem_post(&gate);
    cr_expect_eq(hear(crowd[0]), GATE);
    stop();
}

static int compare_times(const void *left, const void *right) {
    int64_t a = *(const int64_t *)left;
    int64_t b = *(const int64_t *)right;
    return (a > b) - (a < b);
}

/* It takes 10 ms at most where a thread gets a processor when it is ready; so this is for the worst of machines. How many
 * looks it takes is counted in test_lane_watch.c. */
Test(reactor_lane, is_led_by_another_before_anybody_notices) {
    enum { ROUNDS = 15, LIMIT_MS = 100 };
    int64_t took_ns[ROUNDS];
    open_with_crowd(2);
    for (size_t i = 0; i < ROUNDS; i++) {
        say(crowd[0], GATE);
        await(&at_gate, 1);
        int64_t begin_ns = clock_steady_ns();
        say(crowd[1], STAY);
        cr_assert_eq(hear(crowd[1]), STAY);
        took_ns[i] = clock_steady_ns() - begin_ns;
        (void)sem_post(&gate);
        cr_assert_eq(hear(crowd[0]), GATE);
    }
    qsort(took_ns, ROUNDS, sizeof took_ns[0], compare_times);
    cr_expect_lt(took_ns[ROUNDS / 2], LIMIT_MS * CLOCK_NS_PER_MS, "%d us", (int)(took_ns[ROUNDS / 2] / 1000));
    stop();
}

/* With no worker left the main thread harvests, and clients take the way through the queue. */
Test(reactor_lane, sends_clients_through_the_queue_when_nobody_can_lead) {
    open_with_crowd(1);
    await(&queued, CROWD);
    say(crowd[0], GATE);
    await(&at_gate, 1);
    say(crowd[1], STAY);
    await(&queued, 1);
    (void)sem_post(&gate);
    cr_expect_eq(hear(crowd[0]), GATE);
    cr_expect_eq(hear(crowd[1]), STAY);
    stop();
    cr_expect_geq(stats.deposed, 1);
}

/* ---- Queue and lane ------------------------------------------------------------------------------------ */

enum { TURNS = 20000, SPEECHES = 500 };

static bool has_answer(int client) {
    return recv(client, &(char){0}, 1, MSG_PEEK | MSG_DONTWAIT) == 1;
}

/* A client that goes round and round through the queue leaves it never empty. The main thread cannot help. */
Test(reactor_lane, is_not_starved_by_the_queue) {
    open_with_crowd(1);
    hold_reactor();
    atomic_store(&rounds, TURNS);
    say(crowd[0], AGAIN);
    await(&at_gate, 1);
    say(crowd[1], STAY);
    size_t turns = 1;
    while (!has_answer(crowd[1]) && turns < TURNS) {
        (void)sem_post(&gate);
        await(&at_gate, 1);
        turns++;
    }
    cr_expect_lt(turns, TURNS, "it was served, if at all, when the queue was empty");
    atomic_store(&rounds, 0);
    release_reactor();
    (void)sem_post(&gate);
    cr_expect_eq(hear(crowd[1]), STAY);
    cr_expect_eq(hear(crowd[0]), AGAIN);
    stop();
}

static atomic_bool speakers_are_heard; /* enough */

/* At least so often, and until all others have been heard. */
static void *speak_again_and_again(void *argument) {
    int client = *(const int *)argument;
    for (size_t i = 0; i < SPEECHES || !atomic_load(&speakers_are_heard); i++) {
        say(client, STAY);
        if (hear(client) != STAY) {
            return argument;
        }
    }
    return NULL;
}

/* The lane is never empty, and yet new clients, who come by the queue, are served. */
Test(reactor_lane, does_not_starve_the_queue) {
    enum { SPEAKERS = 4, NEWCOMERS = 10 };
    pthread_t speakers[SPEAKERS];
    open_with_crowd(1);
    for (size_t i = 0; i < SPEAKERS; i++) {
        cr_assert_eq(pthread_create(&speakers[i], NULL, speak_again_and_again, &crowd[i]), 0);
    }
    for (size_t i = 0; i < NEWCOMERS; i++) {
        int client = connect_and_say(LEAVE);
        cr_expect_eq(hear(client), LEAVE);
        (void)close(client);
    }
    atomic_store(&speakers_are_heard, true);
    for (size_t i = 0; i < SPEAKERS; i++) {
        void *failure = NULL;
        cr_assert_eq(pthread_join(speakers[i], &failure), 0);
        cr_expect_null(failure);
    }
    stop();
}

/* ---- Waiting ------------------------------------------------------------------------------------------- */

/* Each request counts, whichever way it came. */
Test(reactor_lane, measures_the_waiting_of_every_request) {
    enum { REQUESTS = 50 };
    struct threadpool_stats before;
    struct threadpool_stats after;
    open_with_crowd(2);
    threadpool_read_stats(pool, &before);
    for (size_t i = 0; i < REQUESTS; i++) {
        say(crowd[0], STAY);
        cr_assert_eq(hear(crowd[0]), STAY);
    }
    uint64_t count = 0;
    do { /* the last one may have its answer before it is counted */
        threadpool_read_stats(pool, &after);
        count = histogram_reading_count(&after.waits) - histogram_reading_count(&before.waits);
    } while (count < REQUESTS);
    cr_expect_leq(after.submitted - before.submitted, 2, "they did not pass through the queue");
    stop();
}
