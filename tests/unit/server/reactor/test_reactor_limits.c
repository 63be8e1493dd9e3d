/* SPDX-License-Identifier: MIT */
/* As many clients as there may be, and no more descriptors. */
#include "server/reactor/state.h"
#include "tests/support/deadline.h"
#include "tests/unit/server/reactor/stage.h"
#include "tests/unit/support/limits/descriptor_limit.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <unistd.h>

enum { DESCRIPTORS = 96, PAUSES = 5 };

TestSuite(reactor_limits, .timeout = 100);

static void stop(void) {
    ask_to_stop();
    cr_expect_eq(finish(0), 0);
}

static int connect_and_stay(void) {
    int client = connect_and_say(STAY);
    cr_assert_eq(hear(client), STAY);
    return client;
}

static bool still_answers(int client) {
    say(client, STAY);
    return hear(client) == STAY;
}

/* ---- max_connections ----------------------------------------------------------------------------------- */

Test(reactor_limits, lets_the_longest_idle_give_way) {
    stage_open(&(struct stage_options){.max_connections = 2});
    int first = connect_and_stay();
    int second = connect_and_stay();
    int third = connect_and_stay();
    cr_expect_eq(hear(first), EXPIRED);
    cr_expect_eq(hear(first), END);
    cr_expect(still_answers(second));
    cr_expect(still_answers(third));
    (void)close(first);
    (void)close(second);
    (void)close(third);
    stop();
    cr_expect_eq(stats.gave_way, 1);
    cr_expect_eq(stats.paused_connections, 1);
    cr_expect_eq(stats.open_high_water, 2);
}

static bool becomes_watched(void) {
    int64_t deadline = deadline_in(PATIENCE_MS);
    while (!atomic_load(&reactor->clients.watched) && clock_now_ms() < deadline) {
        (void)poll(NULL, 0, 1);
    }
    return atomic_load(&reactor->clients.watched);
}

/* One leaves, another one takes its place, and only then the first one tells: that is not the last to leave. */
Test(reactor_limits, waits_on_when_the_place_of_one_who_left_is_taken) {
    stage_open(&(struct stage_options){.max_connections = 1});
    int first = connect_and_say(GATE);
    await(&at_gate, 1);
    int second = connect_and_say(STAY);
    await(&door_closed, 1);
    cr_expect(becomes_watched()); /* just after the door is closed */
    atomic_store(&reactor->clients.watched, false);
    reactor_wake(reactor);
    cr_expect(becomes_watched(), "it would not be told of others");
    (void)sem_post(&gate);
    (void)close(first);
    cr_expect_eq(hear(second), STAY);
    (void)close(second);
    stop();
}

Test(reactor_limits, makes_nobody_give_way_before_somebody_comes) {
    stage_open(&(struct stage_options){.max_connections = 2});
    int first = connect_and_stay();
    int second = connect_and_stay();
    cr_expect(still_answers(first));
    cr_expect(still_answers(second));
    (void)close(first);
    (void)close(second);
    stop();
    cr_expect_eq(stats.gave_way, 0);
    cr_expect_eq(stats.paused_connections, 0);
}

Test(reactor_limits, lets_one_give_way_that_becomes_idle_only_later) {
    stage_open(&(struct stage_options){.max_connections = 1});
    int first = connect_and_say(GATE);
    await(&at_gate, 1);
    int second = connect_and_say(STAY);
    await(&door_closed, 1); /* and nobody was idle then */
    (void)sem_post(&gate);
    cr_expect_eq(hear(first), GATE);
    cr_expect_eq(hear(first), EXPIRED);
    cr_expect_eq(hear(second), STAY);
    (void)close(first);
    (void)close(second);
    stop();
    cr_expect_eq(stats.gave_way, 1);
}

/* The longest idle of all is often the very one whose next request has just come. */
Test(reactor_limits, does_not_take_for_idle_who_has_just_spoken) {
    stage_open(&(struct stage_options){.max_connections = 2});
    int first = connect_and_stay();
    int first_fd = atomic_load(&served_fd);
    int busy = connect_and_say(GATE);
    await(&at_gate, 1); /* nobody harvests now */
    hold_reactor();
    say(first, STAY);
    int second = connect_and_say(STAY);
    cr_assert(deadline_wait(first_fd, POLLIN, deadline_in(PATIENCE_MS)));
    cr_assert(deadline_wait(listener_fd(), POLLIN, deadline_in(PATIENCE_MS)));
    release_reactor();
    await(&door_closed, 1);
    (void)sem_post(&gate);
    cr_expect_eq(hear(first), STAY, "it is answered first");
    cr_expect_eq(hear(busy), GATE);
    cr_expect_eq(hear(second), STAY);
    (void)close(first);
    (void)close(busy);
    (void)close(second);
    stop();
}

Test(reactor_limits, opens_the_door_as_soon_as_anybody_has_left) {
    stage_open(&(struct stage_options){.max_connections = 1});
    int first = connect_and_say(BEGIN); /* in a request, so it does not give way */
    int second = connect_and_say(STAY);
    await(&door_closed, 1);
    (void)close(first);
    await(&door_opened, 1);
    cr_expect_eq(hear(second), STAY);
    (void)close(second);
    stop();
    cr_expect_eq(stats.gave_way, 0);
    cr_expect_eq(stats.accepted, 2);
}

Test(reactor_limits, serves_a_crowd_one_after_another) {
    enum { CROWD = 30 };
    int clients[CROWD];
    stage_open(&(struct stage_options){.max_connections = 3});
    for (size_t i = 0; i < CROWD; i++) {
        clients[i] = connect_and_say(LEAVE);
    }
    for (size_t i = 0; i < CROWD; i++) {
        cr_expect_eq(hear(clients[i]), LEAVE, "client %zu", i);
        (void)close(clients[i]);
    }
    stop();
    cr_expect_eq(stats.accepted, CROWD);
    cr_expect_leq(stats.open_high_water, 3);
}

/* ---- Descriptors --------------------------------------------------------------------------------------- */

/* Not all above the first that was free: Boxfort may have one of its own there. */
static bool is_used_up[DESCRIPTORS];

static void use_up_descriptors(void) {
    int fd = -1;
    descriptor_limit_set(DESCRIPTORS);
    while ((fd = open("/dev/null", O_RDONLY | O_CLOEXEC)) != -1) {
        is_used_up[fd] = true;
    }
    cr_assert_eq(errno, EMFILE);
}

static void free_descriptors(void) {
    for (int fd = 0; fd < DESCRIPTORS; fd++) {
        if (is_used_up[fd]) {
            (void)close(fd);
        }
    }
}

static int unconnected_client(void) {
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    cr_assert_neq(fd, -1);
    return fd;
}

Test(reactor_limits, pauses_without_spinning_while_descriptors_lack_and_goes_on_then) {
    stage_open(&(struct stage_options){0});
    int client = unconnected_client();
    use_up_descriptors();
    connect_socket(client);
    say(client, STAY);
    await(&door_closed, 1);
    size_t waits_before = atomic_load(&wait_count);
    await(&door_closed, PAUSES); /* it tries again now and then, */
    size_t waits = atomic_load(&wait_count) - waits_before;
    cr_expect_leq(waits, 4 * PAUSES, "but %zu times is too often", waits);
    free_descriptors();
    cr_expect_eq(hear(client), STAY);
    (void)close(client);
    stop();
    cr_expect_geq(stats.paused_resources, PAUSES);
    cr_expect_eq(stats.accepted, 1);
}

Test(reactor_limits, lets_the_longest_idle_give_way_when_descriptors_lack) {
    stage_open(&(struct stage_options){0});
    int second = unconnected_client();
    int first = connect_and_stay();
    use_up_descriptors();
    connect_socket(second);
    say(second, STAY);
    cr_expect_eq(hear(first), EXPIRED);
    cr_expect_eq(hear(second), STAY);
    free_descriptors();
    (void)close(first);
    (void)close(second);
    stop();
    cr_expect_geq(stats.gave_way, 1);
    cr_expect_geq(stats.paused_resources, 1);
    cr_expect_eq(stats.open_high_water, 1);
}
