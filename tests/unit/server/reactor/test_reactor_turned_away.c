/* SPDX-License-Identifier: MIT */
/* Clients that were answered 503 and go on sending are the main thread's: they hold up nobody. Its turns are counted, not
 * time. */
#include "http/transport/transport.h"
#include "tests/unit/server/reactor/stage.h"

#include <criterion/criterion.h>
#include <unistd.h>

enum { CROWD = 20 };

TestSuite(reactor_turned_away, .timeout = 100);

/* ---- What the linker wraps besides --------------------------------------------------------------------- */

static atomic_bool
    goes_on_sending; /* whoever was turned away has always sent more than is thrown away in a turn */
static atomic_size_t discard_count;

enum transport_result __real_transport_discard(int fd, size_t limit);
enum transport_result __wrap_transport_discard(int fd, size_t limit);

enum transport_result __wrap_transport_discard(int fd, size_t limit) {
    atomic_fetch_add(&discard_count, 1);
    return atomic_load(&goes_on_sending) ? TRANSPORT_DONE : __real_transport_discard(fd, limit);
}

/* ---- The tests ----------------------------------------------------------------------------------------- */

static int crowd[CROWD];
static int first[2];

/* Keep the only worker busy and the only place in the queue taken, and have a crowd turned away. */
static void turn_crowd_away(void) {
    stage_open(&(struct stage_options){.queue = 1, .reject_when_full = true});
    first[0] = connect_and_say(GATE);
    await(&at_gate, 1);
    first[1] = connect_and_say(GATE);
    await(&queued, 2);
    atomic_store(&goes_on_sending, true);
    for (size_t i = 0; i < CROWD; i++) {
        crowd[i] = connect_and_say(STAY);
        cr_assert_eq(hear(crowd[i]), overload[0]);
    }
}

static void let_the_two_go_on(void) {
    (void)sem_post(&gate);
    (void)sem_post(&gate);
    cr_expect_eq(hear(first[0]), GATE);
    cr_expect_eq(hear(first[1]), GATE);
}

static void stop(void) {
    atomic_store(&goes_on_sending, false);
    for (size_t i = 0; i < CROWD; i++) {
        (void)close(crowd[i]);
    }
    (void)close(first[0]);
    (void)close(first[1]);
    ask_to_stop();
    cr_expect_eq(finish(0), 0);
}

static size_t turns;
static size_t discards;

static void note_turns(void) {
    turns = atomic_load(&wait_count) - turns;
    discards = atomic_load(&discard_count) - discards;
}

/* They never come to an end, and yet a newcomer is queued within one turn of the main thread, in which each of them was
 * looked at once. */
Test(reactor_turned_away, clients_that_go_on_sending_hold_up_no_newcomer) {
    turn_crowd_away();
    let_the_two_go_on();
    hold_reactor();
    int newcomer = connect_and_say(GATE);
    turns = atomic_load(&wait_count);
    discards = atomic_load(&discard_count);
    before_submit = note_turns;
    release_reactor();
    await(&at_gate, 2); /* the second of the two, too */
    cr_expect_leq(turns, 1);
    cr_expect_leq(discards, CROWD);
    cr_expect_gt(discards, 0, "they went on");
    (void)sem_post(&gate);
    cr_expect_eq(hear(newcomer), GATE);
    (void)close(newcomer);
    stop();
}
