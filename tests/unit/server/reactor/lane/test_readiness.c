/* SPDX-License-Identifier: MIT */
/* When clients became ready that nobody saw become so. The clock is the test's, the kernel is asked in the last ones. */
#include "http/base/clock.h"
#include "server/reactor/lane/readiness.h"
#include "tests/support/loopback.h"

#include <assert.h>
#include <criterion/criterion.h>
#include <sys/socket.h>
#include <unistd.h>

TestSuite(readiness, .timeout = 60);

enum { CLIENTS = 4, START_NS = 1000000, GAP_NS = 40000 };
static_assert((int)GAP_NS < (int)CLIENTS * (int)READINESS_ASKING_NS, "the kernel is not asked");

static struct client clients[CLIENTS];
static struct client *const pointers[CLIENTS] = {&clients[0], &clients[1], &clients[2], &clients[3]};
static struct readiness readiness;

static void harvest(size_t count, bool was_watched, int64_t at_ns) {
    struct readiness_harvest found = {
        .clients = pointers, .count = count, .was_watched = was_watched, .at_ns = at_ns};
    readiness_date(&readiness, &found);
}

Test(readiness, is_the_moment_of_the_harvest_while_somebody_sleeps) {
    harvest(0, false, START_NS);
    harvest(CLIENTS, true, START_NS + GAP_NS);
    for (size_t i = 0; i < CLIENTS; i++) {
        cr_expect_eq(clients[i].ready_ns, START_NS + GAP_NS);
    }
}

Test(readiness, is_the_moment_of_the_first_harvest) {
    harvest(1, false, START_NS);
    cr_expect_eq(clients[0].ready_ns, START_NS);
}

Test(readiness, is_spread_over_the_time_since_the_last_harvest) {
    harvest(0, true, START_NS);
    harvest(CLIENTS, false, START_NS + GAP_NS);
    for (size_t i = 0; i < CLIENTS; i++) {
        int64_t expected_ns = START_NS + GAP_NS / CLIENTS * (int64_t)i + GAP_NS / CLIENTS / 2;
        cr_expect_eq(clients[i].ready_ns, expected_ns, "client %zu: %ld", i, (long)clients[i].ready_ns);
    }
}

/* Clients that come at an even pace wait for half of the gap on average: that is what is counted. */
Test(readiness, counts_as_much_waiting_as_there_was) {
    int64_t counted_ns = 0;
    int64_t waited_ns = 0;
    int64_t at_ns = START_NS;
    harvest(0, true, at_ns);
    for (int64_t round = 1; round <= 3; round++) {
        int64_t gap_ns = round * 30000;
        at_ns += gap_ns;
        harvest(CLIENTS - 1, false, at_ns);
        for (int64_t i = 0; i < CLIENTS - 1; i++) {
            counted_ns += at_ns - clients[i].ready_ns;
            waited_ns += gap_ns - (2 * i + 1) * gap_ns / (2 * (CLIENTS - 1));
        }
    }
    cr_expect_eq(counted_ns, waited_ns);
}

Test(readiness, is_never_later_than_a_harvest_that_another_one_has_dated_meanwhile) {
    harvest(1, true, START_NS + GAP_NS);
    harvest(1, false, START_NS);
    cr_expect_eq(clients[0].ready_ns, START_NS);
}

/* ---- The kernel ---------------------------------------------------------------------------------------- */

static int connect_pair(int *ours) {
    int listener = listening_on(AF_INET);
    struct sockaddr_storage address = loopback_address(AF_INET, port_of(listener));
    int theirs = connected_socket(&address);
    *ours = accept(listener, NULL, NULL);
    cr_assert_neq(*ours, -1);
    (void)close(listener);
    return theirs;
}

static int64_t harvest_after_ns(int64_t gap_ns) {
    int64_t now_ns = clock_steady_ns();
    atomic_store(&readiness.harvested_ns, now_ns - gap_ns);
    atomic_store(&readiness.emptied_ns, now_ns - gap_ns);
    harvest(1, false, now_ns);
    return now_ns;
}

/* The kernel begins to note a while after the first socket has asked for it: so it is tried until it does. */
Test(readiness, is_told_by_the_kernel_from_the_second_time_on) {
    int64_t hour_ns = 3600 * CLOCK_NS_PER_S;
    int theirs = connect_pair(&clients[0].connection.fd);
    int64_t half_an_hour_ago_ns = harvest_after_ns(hour_ns) - hour_ns / 2;
    cr_expect_eq(clients[0].ready_ns, half_an_hour_ago_ns, "nothing has come yet");
    cr_expect(clients[0].notes_arrivals);
    int64_t sent_ns = 0;
    int64_t now_ns = 0;
    do {
        char byte = 'x';
        sent_ns = clock_steady_ns();
        cr_assert_eq(send(theirs, &byte, 1, 0), 1);
        cr_assert_eq(recv(clients[0].connection.fd, &byte, 1, MSG_PEEK), 1);
        now_ns = harvest_after_ns(hour_ns);
        cr_assert_eq(recv(clients[0].connection.fd, &byte, 1, 0), 1);
    } while (clients[0].ready_ns == now_ns - hour_ns / 2);
    int64_t slack_ns = CLOCK_NS_PER_MS; /* one clock may be slewed, as by ntpd */
    cr_expect_geq(clients[0].ready_ns, sent_ns - slack_ns);
    cr_expect_leq(clients[0].ready_ns, now_ns);
    (void)close(theirs);
    (void)close(clients[0].connection.fd);
}

Test(readiness, is_no_matter_for_the_kernel_when_a_client_waits_for_room) {
    int theirs = connect_pair(&clients[0].connection.fd);
    clients[0].waits_for_room = true;
    int64_t now_ns = harvest_after_ns(CLOCK_NS_PER_S);
    cr_expect_eq(clients[0].ready_ns, now_ns - CLOCK_NS_PER_S / 2);
    cr_expect_not(clients[0].notes_arrivals);
    (void)close(theirs);
    (void)close(clients[0].connection.fd);
}
