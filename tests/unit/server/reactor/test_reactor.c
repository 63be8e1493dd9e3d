/* SPDX-License-Identifier: MIT */
/* How clients come, go round and go; see also test_reactor_crowd.c, test_reactor_limits.c and
 * test_reactor_stop.c. */
#include "server/reactor/lane/watch.h"
#include "tests/support/deadline.h"
#include "tests/unit/server/reactor/stage.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

TestSuite(reactor, .timeout = 100);

/* ---- What the linker wraps besides --------------------------------------------------------------------- */

static atomic_size_t accept_failures;
static atomic_size_t rest_count;

enum accept_result __real_listener_accept(const struct listener *listener, int *client_fd,
                                          struct sockaddr_storage *address, socklen_t *length);
enum accept_result __wrap_listener_accept(const struct listener *listener, int *client_fd,
                                          struct sockaddr_storage *address, socklen_t *length);
void __real_threadpool_rest(struct threadpool *resting);
void __wrap_threadpool_rest(struct threadpool *resting);

enum accept_result __wrap_listener_accept(const struct listener *listener, int *client_fd,
                                          struct sockaddr_storage *address, socklen_t *length) {
    enum accept_result result = __real_listener_accept(listener, client_fd, address, length);
    atomic_fetch_add(&accept_failures, result == ACCEPT_ACCEPTED ? 0 : 1);
    return result;
}

void __wrap_threadpool_rest(struct threadpool *resting) {
    atomic_fetch_add(&rest_count, 1);
    __real_threadpool_rest(resting);
}

/* ---- The tests ----------------------------------------------------------------------------------------- */

static void stop(void) {
    ask_to_stop();
    cr_expect_eq(finish(0), 0);
}

Test(reactor, carries_a_client_from_its_coming_to_its_going) {
    stage_open(&(struct stage_options){0});
    int client = connect_and_say(LEAVE);
    cr_expect_eq(hear(client), LEAVE);
    cr_expect_eq(hear(client), END);
    (void)close(client);
    stop();
    cr_expect_eq(stats.accepted, 1);
    cr_expect_eq(stats.open_high_water, 1);
    cr_expect_eq(stats.cut, 0);
}

Test(reactor, brings_a_client_back_as_often_as_it_speaks) {
    stage_open(&(struct stage_options){0});
    int client = connect_client();
    for (int i = 0; i < 100; i++) {
        say(client, STAY);
        cr_assert_eq(hear(client), STAY, "time %d", i);
    }
    say(client, LEAVE);
    cr_expect_eq(hear(client), LEAVE);
    cr_expect_eq(hear(client), END);
    (void)close(client);
    stop();
    cr_expect_eq(stats.accepted, 1);
}

Test(reactor, serves_many_at_once) {
    enum { CLIENTS = 200 };
    int clients[CLIENTS];
    stage_open(&(struct stage_options){.threads = 4, .queue = 512});
    for (int round = 0; round < 3; round++) {
        for (size_t i = 0; i < CLIENTS; i++) {
            if (round == 0) {
                clients[i] = connect_client();
            }
            say(clients[i], round == 2 ? LEAVE : STAY);
        }
        for (size_t i = 0; i < CLIENTS; i++) {
            cr_assert_eq(hear(clients[i]), round == 2 ? LEAVE : STAY, "client %zu, round %d", i, round);
        }
    }
    for (size_t i = 0; i < CLIENTS; i++) {
        cr_expect_eq(hear(clients[i]), END);
        (void)close(clients[i]);
    }
    stop();
    cr_expect_eq(stats.accepted, CLIENTS);
    cr_expect_leq(stats.open_high_water, CLIENTS);
}

Test(reactor, notices_that_a_waiting_client_has_gone) {
    stage_open(&(struct stage_options){.max_connections = 1});
    for (int i = 0; i < 3; i++) { /* there is room for the next one only if the last one was closed */
        int client = connect_and_say(STAY);
        cr_assert_eq(hear(client), STAY, "client %d", i);
        (void)close(client);
    }
    stop();
    cr_expect_eq(stats.accepted, 3);
}

Test(reactor, waits_for_a_client_that_does_not_read) {
    stage_open(&(struct stage_options){0});
    int slow = connect_and_say(STREAM);
    int quick = connect_client();
    cr_expect(deadline_wait(slow, POLLIN, deadline_in(PATIENCE_MS)));
    for (int i = 0; i < 10; i++) { /* the only worker is free while the slow one stands still */
        say(quick, STAY);
        cr_expect_eq(hear(quick), STAY);
    }
    cr_expect_eq(hear_stream(slow), STREAM_BYTES);
    (void)close(slow);
    (void)close(quick);
    stop();
}

Test(reactor, expires_who_says_nothing_in_time) {
    stage_open(&(struct stage_options){.header_timeout_ms = 300});
    int64_t begin = clock_now_ms();
    int client = connect_and_say(BEGIN);
    cr_expect_eq(hear(client), EXPIRED, "it can still be told why");
    int64_t elapsed_ms = clock_now_ms() - begin;
    cr_expect_geq(elapsed_ms, 290);
    cr_expect_eq(hear(client), END);
    (void)close(client);
    stop();
    cr_expect_eq(stats.expired, 1);
}

Test(reactor, puts_who_has_used_its_share_at_the_end_of_the_queue) {
    stage_open(&(struct stage_options){0});
    atomic_store(&rounds, 1);
    int greedy = connect_and_say(AGAIN);
    await(&at_gate, 1);
    await(&queued, 1);
    int modest = connect_and_say(GATE);
    await(&queued, 1);
    (void)sem_post(&gate);
    await(&at_gate, 1); /* the modest one; the greedy one is queued again, and not served yet */
    await(&queued, 1);
    cr_expect_eq(recv(greedy, &(char){0}, 1, MSG_DONTWAIT), -1);
    (void)sem_post(&gate);
    cr_expect_eq(hear(modest), GATE);
    cr_expect_eq(hear(greedy), AGAIN);
    (void)close(greedy);
    (void)close(modest);
    stop();
}

Test(reactor, takes_back_who_has_used_its_share_when_the_queue_is_full) {
    stage_open(&(struct stage_options){.queue = 1});
    atomic_store(&rounds, 1);
    int greedy = connect_and_say(AGAIN);
    await(&at_gate, 1);
    await(&queued, 1);
    int modest = connect_and_say(STAY);
    await(&queued, 1); /* full */
    (void)sem_post(&gate);
    await(&refused, 1);
    cr_expect_eq(hear(modest), STAY);
    cr_expect_eq(hear(greedy), AGAIN);
    (void)close(greedy);
    (void)close(modest);
    stop();
}

/* Let the reactor see all that has happened so far. */
static void let_reactor_look(void) {
    hold_reactor();
    release_reactor();
    hold_reactor();
    release_reactor();
}

/* A client that has waited once is registered for good, so that events come while a worker has it. */
static int kept_client(void) {
    int client = connect_and_say(STAY);
    cr_assert_eq(hear(client), STAY);
    await(&queued, 1);
    await(&served, 1);
    return client;
}

Test(reactor, forgets_nothing_that_a_client_says_while_it_is_served) {
    stage_open(&(struct stage_options){0});
    int client = kept_client();
    for (int i = 0; i < 3; i++) {
        say(client, GATE);
        await(&at_gate, 1);
        say(client, STAY);
        let_reactor_look();
        (void)sem_post(&gate);
        cr_expect_eq(hear(client), GATE);
        cr_expect_eq(hear(client), STAY, "time %d", i);
    }
    (void)close(client);
    stop();
}

Test(reactor, forgets_nothing_when_the_queue_is_full_just_then) {
    stage_open(&(struct stage_options){.queue = 1});
    int client = kept_client();
    say(client, GATE);
    await(&at_gate, 1);
    say(client, STAY);
    let_reactor_look();
    int other = connect_and_say(STAY);
    await(&queued, 1); /* full */
    (void)sem_post(&gate);
    cr_expect_eq(hear(client), GATE);
    cr_expect_eq(hear(other), STAY);
    cr_expect_eq(hear(client), STAY);
    (void)close(client);
    (void)close(other);
    stop();
}

/* Bytes and the end behind them are one event when they come together. */
Test(reactor, sees_the_end_that_came_together_with_bytes) {
    stage_open(&(struct stage_options){0});
    int client = kept_client();
    cr_assert_eq(send(client, &(char){STAY}, 1, MSG_NOSIGNAL | MSG_MORE), 1);
    cr_assert_eq(shutdown(client, SHUT_WR), 0);
    cr_expect_eq(hear(client), STAY);
    cr_expect_eq(hear(client), END);
    (void)close(client);
    stop();
}

/* Events of those who go may be on their way to the reactor. */
Test(reactor, stumbles_over_nobody_who_leaves_as_something_comes) {
    enum { CLIENTS = 32, ROUNDS = 50 };
    int clients[CLIENTS];
    stage_open(&(struct stage_options){.threads = 2});
    for (int round = 0; round < ROUNDS; round++) {
        for (size_t i = 0; i < CLIENTS; i++) {
            clients[i] = connect_and_say(STAY);
        }
        for (size_t i = 0; i < CLIENTS; i++) {
            cr_assert_eq(hear(clients[i]), STAY);
            say(clients[i], LEAVE);
            (void)send(clients[i], "more", 4, MSG_NOSIGNAL);
        }
        for (size_t i = 0; i < CLIENTS; i++) {
            (void)close(clients[i]);
        }
    }
    stop();
    cr_expect_eq(stats.accepted, (uint64_t)CLIENTS * ROUNDS);
    cr_expect_eq(stats.cut, 0, "somebody is left");
}

/* accept(2) makes a socket before it looks whether anybody is there. */
Test(reactor, accepts_no_more_often_than_there_are_clients) {
    enum { CLIENTS = 100 };
    int clients[CLIENTS];
    stage_open(&(struct stage_options){.threads = 2});
    for (size_t i = 0; i < CLIENTS; i++) {
        if (i % 10 == 1) { /* one alone, then nine together */
            hold_reactor();
        }
        clients[i] = connect_and_say(LEAVE);
        if (i % 10 == 9) {
            release_reactor();
        }
    }
    for (size_t i = 0; i < CLIENTS; i++) {
        cr_expect_eq(hear(clients[i]), LEAVE);
        (void)close(clients[i]);
    }
    stop();
    cr_expect_eq(stats.accepted, CLIENTS);
    cr_expect_eq(atomic_load(&accept_failures), 0);
}

Test(reactor, lets_the_pool_get_on_before_it_looks_again) {
    stage_open(&(struct stage_options){0});
    int client = kept_client();
    size_t before = atomic_load(&rest_count);
    say(client, LEAVE);
    cr_expect_eq(hear(client), LEAVE);
    let_reactor_look();
    cr_expect_gt(atomic_load(&rest_count), before);
    (void)close(client);
    stop();
}

Test(reactor, closes_a_client_that_cannot_be_waited_for) {
    stage_open(&(struct stage_options){.max_connections = 1});
    atomic_store(&registration_error, ENOSPC); /* fs.epoll.max_user_watches */
    int unlucky = connect_and_say(STAY);
    cr_expect_eq(hear(unlucky), STAY);
    cr_expect_eq(hear(unlucky), END);
    int lucky = connect_and_say(STAY);
    cr_expect_eq(hear(lucky), STAY);
    (void)close(unlucky);
    (void)close(lucky);
    stop();
}

Test(reactor, sleeps_when_there_is_nobody) {
    stage_open(&(struct stage_options){0});
    int client = connect_and_say(LEAVE);
    cr_expect_eq(hear(client), LEAVE);
    cr_expect_eq(hear(client), END);
    (void)close(client);
    hold_reactor();
    atomic_store(&wait_count, 0);
    release_reactor();
    cr_expect(!deadline_wait(listener_fd(), POLLIN, deadline_in(500)), "nobody knocks for half a second");
    cr_expect_leq(atomic_load(&wait_count), 3 + LANE_WATCH_QUIET_LOOKS);
    stop();
}
