/* SPDX-License-Identifier: MIT */
/* How the server comes to its end. */
#include "tests/support/deadline.h"
#include "tests/unit/server/reactor/stage.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

TestSuite(reactor_stop, .timeout = 100);

static int connect_and_stay(void) {
    int client = connect_and_say(STAY);
    cr_assert_eq(hear(client), STAY);
    return client;
}

Test(reactor_stop, comes_at_once_when_nobody_is_there) {
    stage_open(&(struct stage_options){0});
    ask_to_stop();
    cr_expect_eq(finish(0), 0);
    cr_expect_eq(stats.accepted, 0);
    cr_expect_eq(stats.cut, 0);
}

Test(reactor_stop, comes_on_either_signal) {
    stage_open(&(struct stage_options){0});
    cr_assert_eq(kill(getpid(), SIGINT), 0);
    cr_expect_eq(finish(0), 0);
}

Test(reactor_stop, closes_the_idle_at_once_and_lets_the_others_finish) {
    stage_open(&(struct stage_options){0});
    int idle = connect_and_stay();
    int busy = connect_and_say(GATE);
    await(&at_gate, 1);
    ask_to_stop();
    await(&queued, 3); /* the idle one, so that the stop is under way */
    cr_expect_eq(connect_error(), ECONNREFUSED);
    cr_expect_eq(sem_trywait(&left_loop), -1, "it waits for the busy one");
    (void)sem_post(&gate);
    cr_expect_eq(hear(busy), GATE, "who was busy gets its answer,");
    cr_expect_eq(hear(busy), EXPIRED, "and is not kept");
    cr_expect_eq(hear(idle), EXPIRED);
    cr_expect_eq(hear(idle), END);
    (void)close(idle);
    (void)close(busy);
    cr_expect_eq(finish(0), 0);
    cr_expect_eq(stats.cut, 0);
}

Test(reactor_stop, serves_those_who_wait_to_be_accepted) {
    enum { CROWD = 64 };
    int crowd[CROWD];
    stage_open(&(struct stage_options){.max_connections = 2, .queue = 1});
    int busy = connect_and_say(GATE);
    await(&at_gate, 1);
    int second = connect_and_say(LEAVE);
    for (size_t i = 0; i < CROWD; i++) {
        crowd[i] = connect_and_say(LEAVE);
    }
    await(&door_closed, 1);
    ask_to_stop();
    while (!service_is_closing()) {
        (void)sched_yield();
    }
    (void)sem_post(&gate);
    cr_expect_eq(hear(busy), GATE);
    cr_expect_eq(hear(second), LEAVE);
    for (size_t i = 0; i < CROWD; i++) {
        cr_expect_eq(hear(crowd[i]), LEAVE, "client %zu", i);
        cr_expect_eq(hear(crowd[i]), END, "client %zu", i);
        (void)close(crowd[i]);
    }
    (void)close(busy);
    (void)close(second);
    cr_expect_eq(finish(0), 0);
    cr_expect_eq(stats.accepted, CROWD + 2);
    cr_expect_eq(stats.cut, 0);
}

/* A listener that stays open while others wait for a place takes nobody new. */
Test(reactor_stop, ends_although_clients_go_on_coming) {
    stage_open(&(struct stage_options){.max_connections = 1, .shutdown_timeout_ms = 500});
    int busy = connect_and_say(GATE);
    await(&at_gate, 1);
    int waiting = connect_and_say(STAY);
    await(&door_closed, 1);
    ask_to_stop();
    await(&left_loop, 1);
    (void)sem_post(&gate);
    cr_expect_eq(hear(busy), GATE);
    (void)close(busy);
    cr_expect_eq(finish(1), 0);
    cr_expect_eq(stats.accepted, 1);
    cr_expect_eq(hear(waiting), RESET);
    (void)close(waiting);
}

Test(reactor_stop, lets_a_transfer_finish) {
    stage_open(&(struct stage_options){0});
    int idle = connect_and_stay();
    int client = connect_and_say(STREAM);
    cr_expect(deadline_wait(client, POLLIN, deadline_in(PATIENCE_MS)));
    ask_to_stop();
    cr_expect_eq(hear(idle), EXPIRED);
    cr_expect_eq(hear_stream(client), STREAM_BYTES);
    (void)close(idle);
    (void)close(client);
    cr_expect_eq(finish(0), 0);
    cr_expect_eq(stats.cut, 0);
}

Test(reactor_stop, tells_the_connections_to_keep_nobody) {
    stage_open(&(struct stage_options){0});
    int idle = connect_and_stay();
    int client = connect_and_say(BEGIN);
    cr_expect(!service_is_closing());
    ask_to_stop();
    cr_expect_eq(hear(idle), EXPIRED);
    cr_expect(service_is_closing());
    (void)close(idle);
    (void)close(client);
    cr_expect_eq(finish(0), 0);
}

Test(reactor_stop, waits_no_longer_than_it_may) {
    stage_open(&(struct stage_options){.shutdown_timeout_ms = 500});
    int client = connect_and_say(STREAM);
    cr_expect(deadline_wait(client, POLLIN, deadline_in(PATIENCE_MS)));
    int64_t begin = clock_now_ms();
    ask_to_stop();
    await(&left_loop, 1);
    int64_t elapsed_ms = clock_now_ms() - begin;
    cr_expect_geq(elapsed_ms, 490);
    cr_expect_leq(elapsed_ms, 20 * 1000);
    cr_expect_eq(finish(1), 0);
    cr_expect_eq(stats.cut, 1);
    (void)close(client);
}

Test(reactor_stop, does_not_wait_when_it_may_not) {
    stage_open(&(struct stage_options){.shutdown_timeout_ms = -1});
    int client = connect_and_say(STREAM);
    cr_expect(deadline_wait(client, POLLIN, deadline_in(PATIENCE_MS)));
    ask_to_stop();
    await(&left_loop, 1);
    cr_expect_eq(finish(1), 0);
    cr_expect_eq(stats.cut, 1);
    (void)close(client);
}

Test(reactor_stop, is_cut_short_by_a_second_signal) {
    stage_open(&(struct stage_options){0});
    int idle = connect_and_stay();
    int client = connect_and_say(STREAM);
    cr_expect(deadline_wait(client, POLLIN, deadline_in(PATIENCE_MS)));
    ask_to_stop();
    cr_expect_eq(hear(idle), EXPIRED); /* so the first one was seen */
    cr_expect_eq(hear(idle), END);
    ask_to_stop();
    await(&left_loop, 1);
    (void)close(idle);
    cr_expect_eq(finish(1), 0);
    cr_expect_eq(stats.cut, 1);
    (void)close(client);
}

Test(reactor_stop, cuts_who_is_with_a_worker_or_in_the_queue_or_waits) {
    stage_open(&(struct stage_options){.queue = 8, .shutdown_timeout_ms = -1});
    int waits = connect_and_say(BEGIN);
    await(&served, 1);
    int works = connect_and_say(GATE);
    await(&at_gate, 1);
    int in_queue = connect_and_say(STAY);
    await(&queued, 3);
    ask_to_stop();
    await(&left_loop, 1);
    (void)sem_post(&gate);
    cr_expect_eq(finish(3), 0);
    cr_expect_eq(stats.cut, 3);
    cr_expect_eq(hear(waits), END);
    cr_expect_eq(hear(works), GATE);
    cr_expect_eq(hear(works), END);
    cr_expect_eq(hear(in_queue), STAY);
    cr_expect_eq(hear(in_queue), END);
    (void)close(waits);
    (void)close(works);
    (void)close(in_queue);
}

Test(reactor_stop, comes_when_a_listener_has_died) {
    stage_open(&(struct stage_options){0});
    cr_assert_eq(shutdown(listener_fd(), SHUT_RDWR), 0);
    cr_expect_eq(finish(0), -EINVAL);
}

Test(reactor_stop, leaves_its_signals_to_the_descriptor) {
    sigset_t blocked;
    struct sigaction action;
    stage_open(&(struct stage_options){0});
    cr_assert_eq(pthread_sigmask(SIG_BLOCK, NULL, &blocked), 0);
    cr_expect_eq(sigismember(&blocked, SIGINT), 1);
    cr_expect_eq(sigismember(&blocked, SIGTERM), 1);
    cr_assert_eq(sigaction(SIGPIPE, NULL, &action), 0);
    cr_expect_eq(action.sa_handler, SIG_IGN);
    ask_to_stop();
    cr_expect_eq(finish(0), 0);
}
