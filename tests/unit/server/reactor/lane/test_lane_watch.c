/* SPDX-License-Identifier: MIT */
/*
 * A worker is stopped at each of its steps: within so many looks of the main thread another one leads, and everybody is
 * answered but those whom the stopped one has in its hands. Looks are counted, not time.
 */
#include "tests/unit/server/reactor/lane/lane_stage.h"

#include <criterion/criterion.h>

enum { HALF = CLIENTS / 2 };

TestSuite(lane_watch, .init = lane_stage_set_up, .fini = lane_stage_tear_down, .timeout = 60);

/* ---- Stopped at each step ------------------------------------------------------------------------------ */

/* Half of the clients have spoken when the worker is stopped; the others speak, and an item comes, when it is. */
static void expect_others_get_on(enum stop_at place, size_t in_hand) {
    static sem_t item_done;
    cr_assert_eq(sem_init(&item_done, 0, 0), 0);
    open_lane_that_receives(2, receive_nothing);
    start_workers_and_stop_one(3, place, HALF);
    say_from(HALF, CLIENTS);
    submit_item(&item_done);
    (void)look_at_lane(LANE_WATCH_NOTICED_LOOKS);
    await(&item_done, 1);
    await(&served, CLIENTS - in_hand);
    (void)sem_post(&go_on);
    await(&served, in_hand);
}

Test(lane_watch, finds_one_who_is_stopped_before_it_waits) {
    expect_others_get_on(STOP_BEFORE_WAITING, 0);
}

Test(lane_watch, finds_one_who_is_stopped_with_its_events) {
    expect_others_get_on(STOP_HARVESTED, HALF);
}

Test(lane_watch, finds_one_who_is_stopped_with_its_clients) {
    expect_others_get_on(STOP_CLAIMED, HALF);
}

Test(lane_watch, finds_one_who_is_stopped_with_a_batch) {
    expect_others_get_on(STOP_IN_BATCH, 0);
}

Test(lane_watch, finds_one_who_is_stopped_while_it_receives) {
    expect_others_get_on(STOP_RECEIVING, 1);
}

Test(lane_watch, finds_one_who_is_stopped_in_a_call_that_nobody_thought_could_block) {
    expect_others_get_on(STOP_SERVING, 1);
}

Test(lane_watch, finds_one_who_is_stopped_before_it_calls_the_next) {
    expect_others_get_on(STOP_BEFORE_CALLING, 1);
}

Test(lane_watch, is_not_needed_for_one_who_steps_out) {
    open_lane(2);
    start_workers_and_stop_one(2, STOP_STEPPED_OUT, HALF);
    say_from(HALF, CLIENTS);
    await(&served, CLIENTS - 1);
    (void)sem_post(&go_on);
    await(&served, 1);
}

/* ---- What no event tells of ---------------------------------------------------------------------------- */

/* The fault: whoever called saw that somebody was called already, and nobody looked at the queue any more. */
Test(lane_watch, calls_again_when_a_call_is_lost_with_one_who_is_stopped) {
    static sem_t done;
    cr_assert_eq(sem_init(&done, 0, 0), 0);
    open_lane(2);
    start_workers(2);
    await_sleeper();
    atomic_store(&stop_at, STOP_HARVESTED);
    submit_item(&done);
    await(&held, 1);
    submit_item(&done);
    (void)look_at_lane(LANE_WATCH_NOTICED_LOOKS);
    await(&done, 2);
    await_waiter(); /* and still it looks as if it were called */
    submit_item(&done);
    (void)look_at_lane(LANE_WATCH_NOTICED_LOOKS);
    await(&done, 1);
    (void)sem_post(&go_on);
}

Test(lane_watch, sends_for_another_when_one_was_stopped_before_it_did) {
    open_lane(2);
    start_workers_and_stop_one(2, STOP_BEFORE_CALLING, CLIENTS);
    cr_assert(is_main_thread_called());
    (void)look_at_lane(LANE_WATCH_NOTICED_LOOKS);
    await(&served, CLIENTS - 1);
    (void)sem_post(&go_on);
    await(&served, 1);
}

/* The fault: it slept until the next event, and nobody served the rest of the batch. */
Test(lane_watch, is_woken_for_the_batch_of_one_who_is_stopped) {
    open_lane(2);
    start_workers_and_stop_one(2, STOP_SERVING, CLIENTS);
    cr_assert(is_main_thread_called());
    cr_expect_geq(look_at_lane(LANE_WATCH_NOTICED_LOOKS), 1);
    await(&served, CLIENTS - 1);
    (void)sem_post(&go_on);
    await(&served, 1);
}

/* Once it looks it need not be called, and one client alone is no batch. */
Test(lane_watch, is_woken_no_more_often_than_it_falls_asleep) {
    open_lane(1);
    start_workers(1);
    await_sleeper();
    say_from(0, 1);
    await(&served, 1);
    cr_expect_not(is_main_thread_called());
    lane_watch_wake(&watch);
    say_to_all();
    await(&served, CLIENTS);
    cr_expect_not(is_main_thread_called());
}

/* ---- Nobody to lead ------------------------------------------------------------------------------------ */

Test(lane_watch, has_the_main_thread_harvest_when_every_worker_is_stopped) {
    struct client *clients[BATCH_CLIENTS_MAX];
    open_lane(2);
    start_workers_and_stop_one(1, STOP_SERVING, HALF);
    say_from(HALF, CLIENTS);
    lane_watch_wake(&watch);
    (void)look_at_lane(LANE_WATCH_NOTICED_LOOKS + 1);
    cr_assert(is_deserted);
    cr_expect_eq(lane_harvest(&lane, clients), CLIENTS - HALF);
    for (size_t i = 0; i < CLIENTS - HALF; i++) {
        cr_expect_eq(lane_wait(&lane, clients[i], WATCH_FOR_BYTES), WATCH_WAITS);
    }
    (void)sem_post(&go_on);
    await(&served, HALF);
}

/* ---- Peace --------------------------------------------------------------------------------------------- */

Test(lane_watch, deposes_nobody_who_sleeps_and_falls_asleep_itself) {
    open_lane(2);
    start_workers(3);
    await_sleeper();
    await(&at_queue, 2);
    lane_watch_wake(&watch);
    cr_expect_eq(look_at_lane(LANE_WATCH_QUIET_LOOKS + 2), 0);
    cr_expect_eq(lane_watch_wait_ms(&watch), -1);
    cr_expect_eq(atomic_load(&lane.leaders), 1);
}

/* What is due has to be looked after, until somebody comes for it. */
Test(lane_watch, stays_awake_while_something_is_left) {
    static sem_t done;
    cr_assert_eq(sem_init(&done, 0, 0), 0);
    open_lane(2);
    start_workers_and_stop_one(1, STOP_SERVING, CLIENTS);
    submit_item(&done);
    (void)look_at_lane(3 * LANE_WATCH_QUIET_LOOKS);
    cr_expect_eq(lane_watch_wait_ms(&watch), LANE_WATCH_LOOK_MS);
    (void)sem_post(&go_on);
    await(&done, 1);
    await(&served, CLIENTS);
    await_sleeper();
    (void)look_at_lane(2 * LANE_WATCH_QUIET_LOOKS);
    cr_expect_eq(lane_watch_wait_ms(&watch), -1);
}
