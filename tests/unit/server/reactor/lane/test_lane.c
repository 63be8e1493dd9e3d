/* SPDX-License-Identifier: MIT */
/* Leading, stepping out, being deposed: what becomes of a batch, and of those who sleep. */
#include "tests/unit/server/reactor/lane/lane_stage.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

TestSuite(lane, .init = lane_stage_set_up, .fini = lane_stage_tear_down, .timeout = 60);

/* ---- One batch ----------------------------------------------------------------------------------------- */

Test(lane, serves_all_who_are_ready_and_lets_them_wait_again) {
    open_lane(2);
    say_to_all();
    start_workers(2);
    for (int round = 0; round < 100; round++, say_to_all()) {
        await(&served, CLIENTS);
    }
    await(&served, CLIENTS);
}

static atomic_size_t received_count;

static bool receive_before_any_is_served(void *context, struct worker *worker, struct client *client) {
    cr_expect_eq(sem_trywait(&served), -1, "one was served before all are received");
    atomic_fetch_add(&received_count, 1);
    return receive_nothing(context, worker, client);
}

Test(lane, receives_a_whole_batch_before_it_serves_it) {
    open_lane_that_receives(1, receive_before_any_is_served);
    say_to_all();
    start_workers(1);
    await(&served, CLIENTS);
    cr_expect_eq(atomic_load(&received_count), CLIENTS);
}

/* The fault: what its leader had claimed was served only when that leader came back. */
Test(lane, drops_no_batch_whose_leader_steps_out) {
    atomic_store(&stop_at, STOP_STEPPED_OUT);
    open_lane(1);
    say_to_all();
    start_workers(2);
    await(&held, 1);
    await(&served, CLIENTS - 1); /* by the other one */
    (void)sem_post(&go_on);
}

Test(lane, drops_no_batch_whose_leader_steps_out_when_all_were_received) {
    atomic_store(&stop_at, STOP_STEPPED_OUT);
    open_lane_that_receives(2, receive_nothing);
    say_to_all();
    start_workers(2);
    await(&held, 1);
    await(&served, CLIENTS - 1);
    (void)sem_post(&go_on);
}

/* Nobody else is there: the leader comes back to its batch itself. */
Test(lane, goes_on_with_a_single_worker_that_steps_out) {
    atomic_store(&stop_at, STOP_STEPPED_OUT);
    open_lane(2);
    say_to_all();
    start_workers(1);
    await(&held, 1);
    cr_expect_eq(atomic_load(&lane.leaders), 0);
    (void)sem_post(&go_on);
    await(&served, CLIENTS);
    say_to_all();
    await(&served, CLIENTS);
}

/* ---- Stuck leaders ------------------------------------------------------------------------------------- */

Test(lane, serves_the_batch_of_one_who_was_deposed) {
    atomic_store(&stop_at, STOP_SERVING);
    open_lane(1);
    say_to_all();
    start_workers(2);
    await(&held, 1);
    depose_whoever_leads();
    await(&served, CLIENTS - 1);
    (void)sem_post(&go_on);
}

/* It has them in hand; others are served, and nothing is lost when it goes on. */
Test(lane, serves_others_while_one_is_stuck_before_it_shows_its_batch) {
    atomic_store(&stop_at, STOP_CLAIMED);
    open_lane(1);
    say_to_all();
    start_workers(2);
    await(&held, 1);
    depose_whoever_leads();
    expect_item_served();
    (void)sem_post(&go_on);
    await(&served, CLIENTS);
}

/* A waiter that is taken for stuck, but is not, goes on without the lead. */
Test(lane, can_depose_the_one_who_waits) {
    open_lane(1);
    say_to_all();
    start_workers(2);
    await(&served, CLIENTS);
    for (int i = 0; i < 50; i++) {
        depose_whoever_leads();
        say_to_all();
        await(&served, CLIENTS);
    }
    cr_expect_leq(atomic_load(&lane.leaders), 1);
}

/* The fault: nobody knew any more that it slept, and what came into the queue stayed there. */
Test(lane, calls_one_who_was_deposed_in_its_sleep) {
    open_lane(1);
    say_to_all();
    start_workers(1);
    await(&served, CLIENTS);
    for (int i = 0; i < 50; i++) {
        await_sleeper();
        depose_whoever_leads();
        expect_item_served();
    }
}

/* Whoever harvests in a leader's place may take the call along. */
Test(lane, calls_again_for_a_call_that_was_harvested_by_another) {
    open_lane(1);
    say_to_all();
    start_workers(1);
    await(&served, CLIENTS);
    struct client *clients[BATCH_CLIENTS_MAX];
    for (int i = 0; i < 50; i++) {
        await_sleeper();
        cr_expect_eq(lane_harvest(&lane, clients), 0);
        expect_item_served();
    }
}

Test(lane, has_no_more_leaders_than_it_may) {
    atomic_store(&stop_at, STOP_STEPPED_OUT);
    open_lane(1);
    say_to_all();
    start_workers(4);
    await(&held, 1);
    await(&served, CLIENTS - 1);
    for (int i = 0; i < 20; i++) {
        threadpool_call_leader(pool);
        cr_expect_leq(atomic_load(&lane.leaders), 1);
    }
    (void)sem_post(&go_on);
}

/* ---- The end ------------------------------------------------------------------------------------------- */

Test(lane, is_left_by_all_when_it_is_closed) {
    open_lane(2);
    say_to_all();
    start_workers(4);
    await(&served, CLIENTS);
    lane_close(&lane);
    threadpool_stop(pool);
    cr_expect_eq(atomic_load(&lane.leaders), 0);
    say_to_all();
    cr_expect_eq(sem_trywait(&served), -1, "who speaks now is not heard");
}

Test(lane, goes_on_when_workers_are_sent_away) {
    open_lane(2);
    say_to_all();
    start_workers(4);
    static const size_t counts[] = {1, 3, 2, 6, 1};
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        await(&served, CLIENTS);
        cr_assert_eq(threadpool_resize(pool, counts[i]), 0);
        say_to_all();
    }
    await(&served, CLIENTS);
}

/* ---- Memory -------------------------------------------------------------------------------------------- */

/* The fault: all that could ever lead had memory of their own, 1.3 MB of a server that does nothing. */
Test(lane, takes_memory_for_those_only_who_lead) {
    enum { RESIDENT = 1, PAGES_MAX = 4 };
    open_lane(2);
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    size_t count = (LANE_LEADERS_MAX * sizeof *lane.all + page - 1) / page;
    unsigned char *pages = malloc(count);
    say_to_all();
    start_workers(2);
    await(&served, CLIENTS);
    cr_assert_eq(mincore(lane.all, LANE_LEADERS_MAX * sizeof *lane.all, pages), 0);
    size_t resident = 0;
    for (size_t i = 0; i < count; i++) {
        resident += pages[i] & RESIDENT;
    }
    free(pages);
    cr_expect_leq(resident, PAGES_MAX, "%zu of %zu pages", resident, count);
}
