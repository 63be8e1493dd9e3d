/* SPDX-License-Identifier: MIT */
/* More work than the queue takes. */
#include "http/transport/transport.h"
#include "tests/unit/server/reactor/stage.h"

#include <criterion/criterion.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CROWD = 20 };

TestSuite(reactor_crowd, .timeout = 100);

/* ---- What the linker wraps besides --------------------------------------------------------------------- */

static sem_t discarded;    /* posted by each look at what a rejected client has sent */
static int shares_to_come; /* of these looks find more than they may throw away */

enum transport_result __real_transport_discard(int fd, size_t limit);
enum transport_result __wrap_transport_discard(int fd, size_t limit);

enum transport_result __wrap_transport_discard(int fd, size_t limit) {
    bool is_short = shares_to_come > 0;
    shares_to_come -= is_short ? 1 : 0;
    enum transport_result result = is_short ? TRANSPORT_DONE : __real_transport_discard(fd, limit);
    (void)sem_post(&discarded);
    return result;
}

/* ---- The tests ----------------------------------------------------------------------------------------- */

static void stop(void) {
    ask_to_stop();
    cr_expect_eq(finish(0), 0);
}

/* Keep the only worker busy and the only place in the queue taken. */
static void fill_queue(int clients[2]) {
    clients[0] = connect_and_say(GATE);
    await(&at_gate, 1);
    await(&queued, 1);
    clients[1] = connect_and_say(GATE);
    await(&queued, 1);
}

/* Let the two go on, and hear them. */
static void release_queue(const int clients[2]) {
    (void)sem_post(&gate);
    (void)sem_post(&gate);
    for (size_t i = 0; i < 2; i++) {
        cr_expect_eq(hear(clients[i]), GATE);
    }
}

static void close_all(const int clients[], size_t count) {
    for (size_t i = 0; i < count; i++) {
        (void)close(clients[i]);
    }
}

/* The counters when the reactor has seen all that there is to see. */
static struct reactor_stats stats_now(void) {
    struct reactor_stats now;
    hold_reactor();
    release_reactor();
    hold_reactor();
    reactor_read_stats(reactor, &now);
    release_reactor();
    return now;
}

static void expect_overload(int client) {
    for (const char *c = overload; *c != '\0'; c++) {
        cr_assert_eq(hear(client), *c, "'%s'", c);
    }
    cr_expect_eq(hear(client), END);
}

Test(reactor_crowd, closes_the_door_while_the_queue_is_full_and_loses_nobody) {
    int first[2];
    int crowd[CROWD];
    stage_open(&(struct stage_options){.queue = 1});
    fill_queue(first);
    crowd[0] = connect_and_say(LEAVE);
    await(&refused, 1);
    await(&door_closed, 1);
    for (size_t i = 1; i < CROWD; i++) { /* these wait in the kernel's queue */
        crowd[i] = connect_and_say(LEAVE);
    }
    release_queue(first);
    await(&door_opened, 1);
    for (size_t i = 0; i < CROWD; i++) {
        cr_expect_eq(hear(crowd[i]), LEAVE, "client %zu", i);
        cr_expect_eq(hear(crowd[i]), END);
    }
    close_all(first, 2);
    close_all(crowd, CROWD);
    stop();
    cr_expect_eq(stats.accepted, CROWD + 2);
    cr_expect_geq(stats.paused_full, 1);
    cr_expect_eq(stats.rejected, 0);
}

Test(reactor_crowd, accepts_nobody_while_the_queue_is_full) {
    int first[2];
    stage_open(&(struct stage_options){.queue = 1});
    fill_queue(first);
    int refused_one = connect_and_say(LEAVE);
    await(&door_closed, 1);
    int outside = connect_and_say(LEAVE);
    cr_expect_eq(stats_now().accepted, 3);
    release_queue(first);
    cr_expect_eq(hear(refused_one), LEAVE);
    cr_expect_eq(hear(outside), LEAVE);
    close_all(first, 2);
    close_all(&refused_one, 1);
    close_all(&outside, 1);
    stop();
}

Test(reactor_crowd, serves_waiting_clients_that_found_the_queue_full) {
    int first[2];
    int idle[CROWD];
    stage_open(&(struct stage_options){.queue = 1});
    for (size_t i = 0; i < CROWD; i++) {
        idle[i] = connect_and_say(STAY);
        cr_assert_eq(hear(idle[i]), STAY);
        await(&queued, 1);
    }
    fill_queue(first);
    for (size_t i = 0; i < CROWD; i++) {
        say(idle[i], STAY);
    }
    await(&refused, 1);
    release_queue(first);
    for (size_t i = 0; i < CROWD; i++) {
        cr_expect_eq(hear(idle[i]), STAY, "client %zu", i);
    }
    close_all(first, 2);
    close_all(idle, CROWD);
    stop();
}

static size_t told_count;

static void count_told(void *context, const struct connection *connection) {
    const int *expected_family = context;
    cr_expect_eq(connection->client.family, *expected_family);
    told_count++;
}

Test(reactor_crowd, rejects_when_told_so) {
    int first[2];
    int rejected[3];
    int family = AF_INET;
    stage_open(&(struct stage_options){
        .queue = 1, .reject_when_full = true, .on_rejected = count_told, .context = &family});
    fill_queue(first);
    for (size_t i = 0; i < 3; i++) {
        rejected[i] = connect_and_say(LEAVE);
        expect_overload(rejected[i]);
    }
    release_queue(first);
    int client = connect_and_say(LEAVE);
    cr_expect_eq(hear(client), LEAVE, "there is room again");
    struct reactor_stats now = stats_now();
    cr_expect_eq(now.rejected, 3);
    cr_expect_eq(now.paused_full, 0);
    cr_expect_eq(now.accepted, 6);
    cr_expect_eq(told_count, 3);
    close_all(first, 2);
    close_all(rejected, 3);
    close_all(&client, 1);
    stop();
}

Test(reactor_crowd, rejects_nobody_in_the_middle_of_a_request) {
    int first[2];
    stage_open(&(struct stage_options){.queue = 1, .reject_when_full = true});
    int reader = connect_and_say(BEGIN);
    await(&served, 1);
    int idle = connect_and_say(STAY);
    await(&served, 1);
    cr_expect_eq(hear(idle), STAY);
    await(&queued, 2);
    fill_queue(first);
    say(reader, LEAVE);
    await(&refused, 1);
    say(idle, LEAVE);
    expect_overload(idle);
    release_queue(first);
    cr_expect_eq(hear(reader), LEAVE);
    cr_expect_eq(stats_now().rejected, 1);
    close_all(first, 2);
    close_all(&reader, 1);
    close_all(&idle, 1);
    stop();
}

static int kept_client(void) {
    int client = connect_and_say(STAY);
    cr_assert_eq(hear(client), STAY);
    await(&queued, 1);
    await(&served, 1);
    return client;
}

static int fd_to_empty = -1;

static void read_what_it_said(void) {
    char byte = 0;
    cr_assert_eq(recv(fd_to_empty, &byte, 1, 0), 1);
}

/* An event tells of what a worker has read already, together with what came before. */
Test(reactor_crowd, rejects_nobody_who_asks_for_nothing) {
    int first[2];
    stage_open(&(struct stage_options){.queue = 1, .reject_when_full = true});
    int idle = kept_client();
    fd_to_empty = atomic_load(&served_fd);
    fill_queue(first);
    hold_reactor();
    before_submit = read_what_it_said;
    say(idle, STAY);
    release_reactor();
    await(&refused, 1);
    cr_expect_eq(stats_now().rejected, 0);
    cr_expect_eq(recv(idle, &(char){0}, 1, MSG_DONTWAIT), -1, "an answer that nobody asked for");
    say(idle, STAY);
    expect_overload(idle);
    cr_expect_eq(stats_now().rejected, 1);
    release_queue(first);
    close_all(first, 2);
    close_all(&idle, 1);
    stop();
}

Test(reactor_crowd, rejects_nobody_who_only_leaves) {
    int first[2];
    stage_open(&(struct stage_options){.queue = 1, .max_connections = 3, .reject_when_full = true});
    int idle = kept_client();
    fill_queue(first);
    cr_assert_eq(shutdown(idle, SHUT_WR), 0);
    cr_expect_eq(hear(idle), END);
    int next = connect_and_say(LEAVE); /* there is room for it, though no worker is free */
    expect_overload(next);
    cr_expect_eq(stats_now().rejected, 1);
    release_queue(first);
    close_all(first, 2);
    close_all(&idle, 1);
    close_all(&next, 1);
    stop();
}

/* What is left over has had its event. */
Test(reactor_crowd, throws_away_all_that_the_rejected_have_sent) {
    int first[2];
    cr_assert_eq(sem_init(&discarded, 0, 0), 0);
    stage_open(&(struct stage_options){.queue = 1, .reject_when_full = true});
    int client = kept_client();
    fill_queue(first);
    shares_to_come = 3;
    say(client, STAY);
    expect_overload(client);
    await(&discarded, 4);
    release_queue(first);
    close_all(first, 2);
    close_all(&client, 1);
    stop();
}

/* Also when there is room again: the queue is for those who are served. */
Test(reactor_crowd, keeps_the_rejected_away_from_the_queue) {
    enum { SHARES = 5 };
    int first[2];
    cr_assert_eq(sem_init(&discarded, 0, 0), 0);
    stage_open(&(struct stage_options){.queue = 1, .reject_when_full = true});
    int client = kept_client();
    fill_queue(first);
    say(client, STAY);
    expect_overload(client);
    (void)sem_post(&gate);
    cr_expect_eq(hear(first[0]), GATE);
    await(&at_gate, 1); /* the other one; the queue is empty, and the worker busy */
    (void)stats_now();
    while (sem_trywait(&discarded) == 0) {
    }
    hold_reactor();
    shares_to_come = SHARES;
    cr_assert_eq(shutdown(client, SHUT_WR), 0);
    release_reactor();
    await(&discarded, SHARES + 1);
    (void)sem_post(&gate);
    cr_expect_eq(hear(first[1]), GATE);
    close_all(first, 2);
    close_all(&client, 1);
    stop();
}

Test(reactor_crowd, shows_the_rejected_out_who_have_finished_sending) {
    int first[2];
    stage_open(&(struct stage_options){.queue = 1, .max_connections = 3, .reject_when_full = true});
    int client = kept_client();
    fill_queue(first);
    cr_assert_eq(send(client, &(char){STAY}, 1, MSG_NOSIGNAL | MSG_MORE), 1);
    cr_assert_eq(shutdown(client, SHUT_WR), 0);
    expect_overload(client);
    int next = connect_and_say(LEAVE); /* gets in only when the other one is gone, though no worker is free */
    expect_overload(next);
    release_queue(first);
    close_all(first, 2);
    close_all(&client, 1);
    close_all(&next, 1);
    stop();
}

/* Were it a worker's job, those who go would fill the queue, and the next ones would be rejected for it. */
Test(reactor_crowd, shows_the_rejected_out_while_every_worker_is_busy) {
    int first[2];
    stage_open(&(struct stage_options){.queue = 1, .max_connections = 3, .reject_when_full = true});
    fill_queue(first);
    for (size_t i = 0; i < 5; i++) { /* there is room for the next one only if the last one was closed */
        int client = connect_and_say(LEAVE);
        expect_overload(client);
        say(client, LEAVE); /* is thrown away */
        (void)close(client);
    }
    cr_expect_eq(stats_now().rejected, 5);
    release_queue(first);
    close_all(first, 2);
    stop();
}

Test(reactor_crowd, loses_patience_with_the_rejected_who_stay) {
    int first[2];
    int rejected[3];
    stage_open(&(struct stage_options){
        .queue = 1, .max_connections = 3, .reject_when_full = true, .linger_timeout_ms = 200});
    fill_queue(first);
    for (size_t i = 0; i < 3; i++) { /* each can come only when the one before was dropped */
        rejected[i] = connect_and_say(LEAVE);
        expect_overload(rejected[i]);
    }
    release_queue(first);
    close_all(first, 2);
    close_all(rejected, 3);
    stop();
    cr_expect_geq(stats.expired, 2);
}
