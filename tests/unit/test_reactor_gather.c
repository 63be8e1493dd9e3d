/* SPDX-License-Identifier: MIT */
/*
 * Workers that look for clients themselves, while the reactor is held and sees nothing. The test plays the worker. Link as
 * support_reactor.h says, and with --wrap for threadpool_end_rest and roster_bury.
 */
#include "server/roster.h"
#include "tests/support/deadline.h"
#include "tests/unit/support_reactor.h"

#include <criterion/criterion.h>
#include <unistd.h>

TestSuite(reactor_gather, .timeout = 100);

/* ---- What the linker wraps besides ---- */

static atomic_size_t end_count;
static atomic_size_t bury_count;

void __real_threadpool_end_rest(struct threadpool *resting);
void __wrap_threadpool_end_rest(struct threadpool *resting);
void __real_roster_bury(struct roster *roster);
void __wrap_roster_bury(struct roster *roster);

void __wrap_threadpool_end_rest(struct threadpool *resting) {
    atomic_fetch_add(&end_count, 1);
    __real_threadpool_end_rest(resting);
}

void __wrap_roster_bury(struct roster *roster) {
    atomic_fetch_add(&bury_count, 1);
    __real_roster_bury(roster);
}

/* ---- The stage ---- */

/* A client that was served once, and waits. */
static int settle(void) {
    const int client = connect_and_say(STAY);
    cr_assert_eq(hear(client), STAY);
    (void)sem_wait(&served);
    return client;
}

static void stop(void) {
    ask_to_stop();
    cr_expect_eq(finish(0), 0);
}

/* ---- The tests ---- */

Test(reactor_gather, hands_over_who_can_go_on) {
    stage_open(&(struct stage_options){.threads = 2});
    const int one = settle();
    const int other = settle();
    hold_reactor();
    for (int i = 0; i < 3; i++) {
        say(one, STAY);
        say(other, STAY);
        cr_assert(reactor_gather(reactor), "time %d", i);
        cr_assert(hear(one) == STAY && hear(other) == STAY, "time %d", i);
        (void)sem_wait(&served);
        (void)sem_wait(&served);
    }
    cr_expect_eq(end_count, 0, "there was nothing for the reactor");
    release_reactor();
    (void)close(one);
    (void)close(other);
    stop();
}

Test(reactor_gather, leaves_it_to_the_reactor_to_wait) {
    stage_open(&(struct stage_options){0});
    const int client = settle();
    hold_reactor();
    cr_expect_not(reactor_gather(reactor));
    cr_expect_eq(end_count, 1);
    release_reactor();
    (void)close(client);
    stop();
}

Test(reactor_gather, leaves_the_door_to_the_reactor) {
    stage_open(&(struct stage_options){0});
    hold_reactor();
    const int client = connect_and_say(LEAVE);
    cr_expect_not(reactor_gather(reactor));
    cr_expect_eq(end_count, 1);
    release_reactor();
    cr_expect_eq(hear(client), LEAVE);
    (void)close(client);
    stop();
    cr_expect_eq(stats.accepted, 1);
}

Test(reactor_gather, gives_the_reactor_whom_the_queue_has_no_room_for) {
    stage_open(&(struct stage_options){.queue = 1});
    const int late = settle();
    const int busy = connect_and_say(GATE);
    (void)sem_wait(&at_gate);
    const int queued_one = connect_and_say(STAY);
    while (sem_trywait(&queued) == 0) {
    }
    hold_reactor();
    say(late, STAY);
    const bool has_room = reactor_gather(reactor);
    release_reactor();
    (void)sem_post(&gate);
    cr_expect_eq(hear(busy), GATE);
    cr_expect_eq(hear(queued_one), STAY);
    cr_expect_eq(hear(late), STAY, "lost");
    (void)has_room; /* it depends on whether the reactor had accepted the other one yet */
    (void)close(late);
    (void)close(busy);
    (void)close(queued_one);
    stop();
}

static size_t buried_before;
static size_t buried_meanwhile;

/* The worker has its events now: a client that they point to must not be freed. */
static void let_the_reactor_go_round(void) {
    buried_before = atomic_load(&bury_count);
    release_reactor();
    for (int i = 0; i < 5; i++) {
        reactor_on_room(reactor);
        (void)usleep(10 * 1000);
    }
    buried_meanwhile = atomic_load(&bury_count);
}

Test(reactor_gather, keeps_the_dead_while_it_has_events) {
    stage_open(&(struct stage_options){0});
    const int client = settle();
    hold_reactor();
    say(client, STAY);
    after_look = let_the_reactor_go_round;
    cr_expect(reactor_gather(reactor));
    cr_expect_eq(buried_meanwhile, buried_before);
    cr_expect_eq(hear(client), STAY);
    (void)close(client);
    stop();
    cr_expect_gt(bury_count, buried_before);
}

static bool found_beside;

static void gather_beside(void) {
    found_beside = reactor_gather(reactor);
}

Test(reactor_gather, is_done_by_one_at_a_time) {
    stage_open(&(struct stage_options){0});
    const int client = settle();
    hold_reactor();
    say(client, STAY);
    after_look = gather_beside;
    cr_expect(reactor_gather(reactor));
    cr_expect_not(found_beside);
    cr_expect_eq(end_count, 0, "that one sees to it");
    release_reactor();
    cr_expect_eq(hear(client), STAY);
    (void)close(client);
    stop();
}

Test(reactor_gather, finds_nobody_before_the_reactor_runs) {
    struct listener_set none = {0};
    struct connection_service service = {0};
    struct reactor *idle = NULL;
    const struct reactor_options options = {.listeners = &none, .service = &service, .max_connections = 1};
    cr_assert_eq(reactor_create(&idle, &options), 0);
    cr_expect_not(reactor_gather(idle));
    reactor_destroy(idle);
}
