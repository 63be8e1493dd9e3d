/* SPDX-License-Identifier: MIT */
/* What is to be done a few times a second, and when nobody needs to be woken for it any more. */
#include "tests/unit/server/reactor/stage.h"

#include <criterion/criterion.h>
#include <unistd.h>

TestSuite(reactor_chores, .timeout = 60);

enum { ROUNDS = 3 };

static sem_t ticked; /* on_tick() was called */
static int calls;    /* the reactor's alone */

static void open_with(bool (*on_tick)(void *context)) {
    static int context;
    cr_assert_eq(sem_init(&ticked, 0, 0), 0);
    stage_open(&(struct stage_options){.on_tick = on_tick, .context = &context});
}

static void await_ticks(int count) {
    for (int i = 0; i < count; i++) {
        (void)sem_wait(&ticked);
    }
}

static void serve_one_client(void) {
    int client = connect_and_say(LEAVE);
    cr_expect_eq(hear(client), LEAVE);
    cr_expect_eq(hear(client), END);
    (void)close(client);
}

static void stop(void) {
    ask_to_stop();
    cr_expect_eq(finish(0), 0);
}

static bool say_that_there_is_more(void *context) {
    (void)context;
    (void)sem_post(&ticked);
    return ++calls <= ROUNDS;
}

Test(reactor_chores, are_done_as_long_as_there_are_any_also_when_all_clients_have_left) {
    open_with(say_that_there_is_more);
    serve_one_client();
    await_ticks(ROUNDS + 1);
    stop();
}

static bool say_that_there_is_nothing(void *context) {
    (void)context;
    (void)sem_post(&ticked);
    return false;
}

Test(reactor_chores, are_done_as_long_as_there_are_clients) {
    open_with(say_that_there_is_nothing);
    int client = connect_and_say(STAY);
    cr_expect_eq(hear(client), STAY);
    await_ticks(ROUNDS);
    (void)close(client);
    stop();
}

/* A client that leaves something to be done, but after it was asked, and is gone before the reactor waits
 * again. The first call comes before anybody is let in. */
static bool let_client_go_after_all_is_said(void *context) {
    (void)context;
    (void)sem_post(&ticked);
    if (++calls == 2) {
        (void)sem_wait(&at_gate);
        (void)sem_post(&gate);
        (void)sem_wait(&served);
    }
    return false;
}

Test(reactor_chores, of_a_client_who_left_meanwhile_are_not_forgotten) {
    open_with(let_client_go_after_all_is_said);
    int client = connect_and_say(PART);
    cr_expect_eq(hear(client), PART);
    cr_expect_eq(hear(client), END);
    await_ticks(3);
    (void)close(client);
    stop();
}

/* The first call comes with any event; the second, within the same tick, for the sake of the waking alone. */
Test(reactor_chores, are_done_for_whoever_wakes_the_reactor_without_a_client) {
    open_with(say_that_there_is_nothing);
    reactor_wake(reactor);
    await_ticks(1);
    reactor_wake(reactor);
    await_ticks(1);
    stop();
}

Test(reactor_chores, are_done_at_each_pulse_without_anybody) {
    static int context;
    cr_assert_eq(sem_init(&ticked, 0, 0), 0);
    stage_open(
        &(struct stage_options){.on_tick = say_that_there_is_nothing, .pulse_ms = 300, .context = &context});
    await_ticks(ROUNDS);
    stop();
}

Test(reactor_chores, are_none_where_there_is_nothing_to_call) {
    stage_open(&(struct stage_options){0});
    serve_one_client();
    serve_one_client();
    stop();
    cr_expect_eq(stats.accepted, 2);
}
