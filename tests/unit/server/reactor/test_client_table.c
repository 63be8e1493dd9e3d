/* SPDX-License-Identifier: MIT */
#include "server/reactor/client_table.h"
#include "server/reactor/client_turn.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

/* ---- What the linker wraps: memory that runs out on demand, and the end of a client's ------------------ */

static bool out_of_memory;
static const void *looked_for;
static bool is_freed; /* what was looked for */

void *__real_calloc(size_t count, size_t bytes);
void *__wrap_calloc(size_t count, size_t bytes);

void *__wrap_calloc(size_t count, size_t bytes) {
    return out_of_memory ? NULL : __real_calloc(count, bytes);
}

void __real_free(void *memory);
void __wrap_free(void *memory);

void __wrap_free(void *memory) {
    is_freed = is_freed || (memory != NULL && memory == looked_for);
    __real_free(memory);
}

static void look_for(const struct client *client) {
    looked_for = client;
    is_freed = false;
}

/* ---- The table under test, and its clients ------------------------------------------------------------ */

static const struct client_address somebody = {.family = AF_UNIX};
static struct wakeup wakeup;
static struct client_table table;

static void set_up(void) {
    cr_assert_eq(wakeup_open(&wakeup), 0);
    client_table_init(&table, 2, &wakeup);
}

static void tear_down(void) {
    client_table_deinit(&table);
    wakeup_close(&wakeup);
}

TestSuite(client_table, .init = set_up, .fini = tear_down, .timeout = 20);

/* Adds a client and returns its peer's end of the connection in *peer. */
static struct client *add(int *peer) {
    int ends[2];
    cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends), 0);
    *peer = ends[1];
    return client_table_add(&table, ends[0], &somebody, NULL, 1000);
}

static bool was_woken(void) {
    struct pollfd fd = {.fd = wakeup.fd, .events = POLLIN};
    return poll(&fd, 1, 0) == 1;
}

Test(client_table, counts_those_who_come_and_go) {
    int peers[2];
    struct client *first = add(&peers[0]);
    cr_assert(client_table_has_place(&table));
    struct client *second = add(&peers[1]);
    cr_expect_eq(client_table_count(&table), 2);
    cr_expect_not(client_table_has_place(&table));
    client_table_remove(&table, first);
    cr_expect(client_table_has_place(&table));
    client_table_remove(&table, second);
    cr_expect_eq(client_table_count(&table), 0);
    cr_expect_eq(table.high_water, 2);
    (void)close(peers[0]);
    (void)close(peers[1]);
}

Test(client_table, makes_a_new_client_of_the_socket) {
    int peer = -1;
    struct client *client = add(&peer);
    cr_expect_eq(client->connection.phase, CONNECTION_NEW);
    cr_expect_eq(client->connection.client.family, AF_UNIX);
    cr_expect_eq(client->watched, WATCHED_NOT);
    cr_expect_eq(client_turn_of(client), TURN_TAKEN);
    client_table_remove(&table, client);
    (void)close(peer);
}

Test(client_table, closes_the_connection_of_one_who_leaves) {
    int peer = -1;
    char byte = 0;
    client_table_remove(&table, add(&peer));
    cr_expect_eq(recv(peer, &byte, 1, 0), 0);
    (void)close(peer);
}

Test(client_table, wakes_the_reactor_once_when_it_watches) {
    int peers[3];
    struct client *clients[3];
    for (size_t i = 0; i < 3; i++) {
        clients[i] = add(&peers[i]);
    }
    client_table_remove(&table, clients[0]);
    cr_expect_not(was_woken());
    client_table_watch(&table);
    client_table_remove(&table, clients[1]);
    cr_expect(was_woken());
    wakeup_take(&wakeup);
    client_table_remove(&table, clients[2]);
    cr_expect_not(was_woken());
    for (size_t i = 0; i < 3; i++) {
        (void)close(peers[i]);
    }
}

Test(client_table, leaves_the_socket_alone_without_memory) {
    int ends[2];
    cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    out_of_memory = true;
    struct client *client = client_table_add(&table, ends[0], &somebody, NULL, 1000);
    out_of_memory = false;
    cr_expect_null(client);
    cr_expect_eq(client_table_count(&table), 0);
    cr_expect_neq(fcntl(ends[0], F_GETFD), -1);
    (void)close(ends[0]);
    (void)close(ends[1]);
}

/* ---- Used again ---------------------------------------------------------------------------------------- */

/* A worker may be about to look at an event of one that another worker ends. */
Test(client_table, frees_nobody_before_the_end) {
    int peer = -1;
    char byte = 0;
    struct client *client = add(&peer);
    client->watched = WATCHED_TO_READ;
    look_for(client);
    client_table_remove(&table, client);
    cr_expect_eq(client_table_count(&table), 0, "its place is free, however");
    cr_expect_eq(recv(peer, &byte, 1, 0), 0, "and it sees the end");
    cr_expect_not(is_freed);
    client_table_deinit(&table);
    cr_expect(is_freed, "the first of its block");
    (void)close(peer);
}

Test(client_table, uses_the_memory_of_who_has_left_for_who_comes) {
    int peers[2];
    struct client *first = add(&peers[0]);
    uint32_t number = first->number;
    uint64_t token = client_turn_token(first);
    first->watched = WATCHED_TO_WRITE;
    first->waits_for_room = true;
    first->rejected = true;
    first->connection.expired = true;
    client_table_remove(&table, first);
    struct client *second = add(&peers[1]);
    cr_expect_eq(second, first);
    cr_expect_eq(second->number, number);
    cr_expect_neq(client_turn_token(second), token, "or it would get the events of the other one");
    cr_expect_eq(second->watched, WATCHED_NOT);
    cr_expect_not(second->waits_for_room || second->rejected || second->connection.expired);
    cr_expect_eq(second->connection.phase, CONNECTION_NEW);
    cr_expect_eq(table.made_count, 1);
    client_table_remove(&table, second);
    (void)close(peers[0]);
    (void)close(peers[1]);
}

Test(client_table, finds_each_by_its_number) {
    enum { MANY = 5 * CLIENT_TABLE_FIRST_BLOCK };
    static struct client *clients[MANY];
    table.maximum = MANY;
    for (size_t i = 0; i < MANY; i++) {
        clients[i] = client_table_add(&table, -1, &somebody, NULL, 1000);
        cr_assert_not_null(clients[i]);
        cr_expect_eq(clients[i]->number, i);
    }
    for (size_t i = 0; i < MANY; i++) {
        cr_expect_eq(client_table_find(&table, (uint32_t)i), clients[i], "%zu", i);
        client_table_remove(&table, clients[i]);
    }
    client_table_deinit(&table);
}

enum { LEAVERS = 4, CLIENTS_EACH = 2000 };

static void *let_go(void *argument) {
    struct client **clients = argument;
    for (size_t i = 0; i < CLIENTS_EACH; i++) {
        client_table_remove(&table, clients[i]);
    }
    return NULL;
}

/* Whoever sees a free place finds the memory for it, too. */
Test(client_table, needs_no_more_memory_than_for_the_maximum_while_many_go_at_once) {
    static struct client *clients[LEAVERS][CLIENTS_EACH];
    pthread_t leavers[LEAVERS];
    size_t all = (size_t)LEAVERS * CLIENTS_EACH;
    table.maximum = all;
    for (size_t i = 0; i < all; i++) {
        clients[i / CLIENTS_EACH][i % CLIENTS_EACH] = client_table_add(&table, -1, &somebody, NULL, 1000);
    }
    for (size_t i = 0; i < LEAVERS; i++) {
        cr_assert_eq(pthread_create(&leavers[i], NULL, let_go, clients[i]), 0);
    }
    for (size_t came = 0; came < all;) {
        if (client_table_has_place(&table)) {
            cr_assert_not_null(client_table_add(&table, -1, &somebody, NULL, 1000));
            came++;
        }
    }
    for (size_t i = 0; i < LEAVERS; i++) {
        cr_assert_eq(pthread_join(leavers[i], NULL), 0);
    }
    cr_expect_eq(client_table_count(&table), all);
    cr_expect_eq(table.made_count, all);
    client_table_deinit(&table);
}
