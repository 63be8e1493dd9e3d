/* SPDX-License-Identifier: MIT */
#include "server/roster.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

/* ---- What the linker wraps: memory that runs out on demand ---- */

static bool out_of_memory;

void *__real_calloc(size_t count, size_t bytes);
void *__wrap_calloc(size_t count, size_t bytes);

void *__wrap_calloc(size_t count, size_t bytes) {
    return out_of_memory ? NULL : __real_calloc(count, bytes);
}

/* ---- The roster under test, and its clients ---- */

static const struct connection_service service = {.header_timeout_ms = 1000};
static const struct client_address somebody = {.family = AF_UNIX};
static struct wakeup wakeup;
static struct roster roster;

static void set_up(void) {
    cr_assert_eq(wakeup_open(&wakeup), 0);
    roster_init(&roster, 2, &wakeup);
}

static void tear_down(void) {
    wakeup_close(&wakeup);
}

TestSuite(roster, .init = set_up, .fini = tear_down, .timeout = 20);

/* Adds a client and returns its peer's end of the connection in *peer. */
static struct client *add(int *peer) {
    int ends[2];
    cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends), 0);
    *peer = ends[1];
    return roster_add(&roster, ends[0], &somebody, &service);
}

static bool was_woken(void) {
    struct pollfd fd = {.fd = wakeup.fd, .events = POLLIN};
    return poll(&fd, 1, 0) == 1;
}

Test(roster, counts_those_who_come_and_go) {
    int peers[2];
    struct client *first = add(&peers[0]);
    cr_assert(roster_has_place(&roster));
    struct client *second = add(&peers[1]);
    cr_expect_eq(roster_count(&roster), 2);
    cr_expect_not(roster_has_place(&roster));
    roster_remove(&roster, first);
    cr_expect(roster_has_place(&roster));
    roster_remove(&roster, second);
    cr_expect_eq(roster_count(&roster), 0);
    cr_expect_eq(roster.high_water, 2);
    (void)close(peers[0]);
    (void)close(peers[1]);
}

Test(roster, makes_a_new_client_of_the_socket) {
    int peer = -1;
    struct client *client = add(&peer);
    cr_expect_eq(client->source, SOURCE_CLIENT);
    cr_expect_eq(client->connection.phase, CONNECTION_NEW);
    cr_expect_eq(client->connection.client.family, AF_UNIX);
    cr_expect_not(client->registered);
    roster_remove(&roster, client);
    (void)close(peer);
}

Test(roster, closes_the_connection_of_one_who_leaves) {
    int peer = -1;
    char byte = 0;
    roster_remove(&roster, add(&peer));
    cr_expect_eq(recv(peer, &byte, 1, 0), 0);
    (void)close(peer);
}

Test(roster, wakes_the_reactor_once_when_it_watches) {
    int peers[3];
    struct client *clients[3];
    for (size_t i = 0; i < 3; i++) {
        clients[i] = add(&peers[i]);
    }
    roster_remove(&roster, clients[0]);
    cr_expect_not(was_woken());
    roster_watch(&roster);
    roster_remove(&roster, clients[1]);
    cr_expect(was_woken());
    wakeup_take(&wakeup);
    roster_remove(&roster, clients[2]);
    cr_expect_not(was_woken());
    for (size_t i = 0; i < 3; i++) {
        (void)close(peers[i]);
    }
}

Test(roster, leaves_the_socket_alone_without_memory) {
    int ends[2];
    cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    out_of_memory = true;
    struct client *client = roster_add(&roster, ends[0], &somebody, &service);
    out_of_memory = false;
    cr_expect_null(client);
    cr_expect_eq(roster_count(&roster), 0);
    cr_expect_neq(fcntl(ends[0], F_GETFD), -1);
    (void)close(ends[0]);
    (void)close(ends[1]);
}
