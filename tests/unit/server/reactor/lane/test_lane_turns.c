/* SPDX-License-Identifier: MIT */
/* Neither the lane nor the queue starves the other, whatever either of them is full of. Turns are counted, not time. */
#include "tests/unit/server/reactor/lane/lane_stage.h"

#include <criterion/criterion.h>

TestSuite(lane_turns, .init = lane_stage_set_up, .fini = lane_stage_tear_down, .timeout = 60);

/* How many clients the only worker has served when it comes to the item. */
struct visit {
    sem_t is_there;
    sem_t may_go;
    size_t served_before;
    bool steps_out; /* as for a file that is not in memory */
};

static struct visit visits[QUEUE_CAPACITY]; /* outlive a test, as the worker may be the last to leave */

static void visit_init(struct visit *visit, bool steps_out) {
    *visit = (struct visit){.steps_out = steps_out};
    cr_assert(sem_init(&visit->is_there, 0, 0) == 0 && sem_init(&visit->may_go, 0, 0) == 0);
}

static void receive_visit(struct worker *worker, void *item) {
    struct visit *visit = item;
    visit->served_before = atomic_load(&served_count);
    if (visit->steps_out) {
        lane_step_out(&lane, worker);
    }
    (void)sem_post(&visit->is_there);
    (void)sem_wait(&visit->may_go);
}

/* The fault: new clients waited until no kept one had anything to say. */
Test(lane_turns, are_had_by_each_item_of_the_queue_although_the_lane_is_never_empty) {
    open_lane(1);
    serve_item = receive_visit;
    speaks_again = true; /* whoever has been served says something at once */
    say_to_all();
    start_workers(1);
    await(&served, 3 * CLIENTS);
    for (size_t i = 0; i < QUEUE_CAPACITY; i++) {
        visit_init(&visits[i], false);
        (void)sem_post(&visits[i].may_go);
    }
    size_t served_before = atomic_load(&served_count);
    submit_items(visits, sizeof visits[0], QUEUE_CAPACITY);
    for (size_t i = 0; i < QUEUE_CAPACITY; i++) {
        await(&visits[i].is_there, 1);
        cr_expect_leq(visits[i].served_before - served_before, (i + 2) * CLIENTS, "%zu for the %zu. item",
                      visits[i].served_before - served_before, i + 1);
    }
    speaks_again = false;
}

/* The fault: kept clients waited until the queue was empty. A worker comes to them after each file that it had to wait
 * for. */
Test(lane_turns, are_had_by_the_lane_after_each_item_that_takes_long) {
    open_lane(1);
    serve_item = receive_visit;
    for (size_t i = 0; i < QUEUE_CAPACITY; i++) {
        visit_init(&visits[i], true);
    }
    start_workers(1);
    submit_items(visits, sizeof visits[0], QUEUE_CAPACITY);
    for (size_t i = 0; i < QUEUE_CAPACITY; i++) {
        await(&visits[i].is_there, 1);
        cr_expect_eq(visits[i].served_before, i * CLIENTS);
        say_to_all();
        let_turn_pass();
        (void)sem_post(&visits[i].may_go);
    }
    await(&served, QUEUE_CAPACITY * CLIENTS);
}
