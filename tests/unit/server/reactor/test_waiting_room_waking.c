/* SPDX-License-Identifier: MIT */
/* How those who expire come out of the room: epoll reports them, whatever the socket and whoever is quicker.
 * */
#include "http/base/clock.h"
#include "server/reactor/client_watch.h"
#include "server/reactor/waiting_room.h"
#include "tests/unit/server/reactor/guest.h"

#include <criterion/criterion.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

TestSuite(waiting_room_waking, .init = open_room, .fini = clear_room, .timeout = 60);

/* Whether epoll reports the guest once it is registered as a client is, see client_watch.h. */
static bool is_reported(int epoll_fd, int operation, struct guest *guest) {
    bool is_writer = guest->client.waits_for_room;
    struct epoll_event event = {
        .events = is_writer ? EPOLLOUT | EPOLLONESHOT : EPOLLIN | EPOLLRDHUP | EPOLLET,
        .data.ptr = &guest->client,
    };
    cr_assert_eq(epoll_ctl(epoll_fd, operation, guest->client.connection.fd, &event), 0);
    struct epoll_event reported = {0};
    return epoll_wait(epoll_fd, &reported, 1, 0) == 1 && reported.data.ptr == &guest->client;
}

/* Send until nobody takes any more. */
static void fill_up(int fd) {
    static const char bytes[64 * 1024];
    while (send(fd, bytes, sizeof bytes, MSG_DONTWAIT | MSG_NOSIGNAL) > 0) {
    }
}

static const struct {
    const char *name;
    int family;
    bool waits_for_room;
} sockets[] = {
    {"TCP, to read", AF_INET, false},
    {"TCP, to write", AF_INET, true},
    {"UNIX, to read", AF_UNIX, false},
    {"UNIX, to write", AF_UNIX, true},
};

Test(waiting_room_waking, makes_epoll_report_who_expires_after_it_was_registered) {
    for (size_t i = 0; i < sizeof sockets / sizeof sockets[0]; i++) {
        int epoll_fd = epoll_create1(EPOLL_CLOEXEC);
        static struct guest guest;
        connect_guest(&guest, sockets[i].family);
        fill_up(guest.client.connection.fd);
        guest.client.waits_for_room = sockets[i].waits_for_room;
        enter(&guest, CONNECTION_READING, NOW_MS + TICK_MS);
        cr_expect(!is_reported(epoll_fd, EPOLL_CTL_ADD, &guest), "%s: early", sockets[i].name);
        cr_assert(waiting_room_dismiss_longest_idle(&room) == false);
        cr_assert_eq(waiting_room_sweep(&room, NOW_MS + (int64_t)(i + 1) * TICK_MS), 1);
        struct epoll_event reported = {0};
        cr_expect_eq(epoll_wait(epoll_fd, &reported, 1, 0), 1, "%s: not reported", sockets[i].name);
        cr_expect_eq(reported.data.ptr, &guest.client);
        cr_expect_eq(epoll_wait(epoll_fd, &reported, 1, 0), 0, "%s: reported twice", sockets[i].name);
        leave(&guest);
        disconnect_guest(&guest);
        (void)close(epoll_fd);
    }
}

/* The sweep may come between a worker's waiting_room_enter() and its epoll_ctl(). */
Test(waiting_room_waking, makes_epoll_report_who_expires_before_it_is_registered) {
    for (size_t i = 0; i < sizeof sockets / sizeof sockets[0]; i++) {
        int epoll_fd = epoll_create1(EPOLL_CLOEXEC);
        static struct guest guest;
        connect_guest(&guest, sockets[i].family);
        fill_up(guest.client.connection.fd);
        guest.client.waits_for_room = sockets[i].waits_for_room;
        enter(&guest, CONNECTION_READING, NOW_MS);
        cr_assert_eq(waiting_room_sweep(&room, NOW_MS + (int64_t)(i + 1) * TICK_MS), 1);
        cr_expect(is_reported(epoll_fd, EPOLL_CTL_ADD, &guest), "%s: added", sockets[i].name);
        cr_expect(is_reported(epoll_fd, EPOLL_CTL_MOD, &guest), "%s: armed again", sockets[i].name);
        leave(&guest);
        disconnect_guest(&guest);
        (void)close(epoll_fd);
    }
}

Test(waiting_room_waking, lets_who_waited_to_read_be_told_why) {
    static struct guest guest;
    char text[8];
    connect_guest(&guest, AF_INET);
    enter(&guest, CONNECTION_READING, NOW_MS);
    cr_assert_eq(waiting_room_sweep(&room, NOW_MS + TICK_MS), 1);
    cr_expect_eq(recv(guest.client.connection.fd, text, sizeof text, 0), 0, "its input has ended");
    cr_assert_eq(send(guest.client.connection.fd, "408", 3, MSG_NOSIGNAL), 3);
    cr_expect_eq(recv(guest.peer, text, sizeof text, 0), 3, "but not its output");
    cr_expect_eq(recv(guest.peer, text, sizeof text, MSG_DONTWAIT), -1);
}

Test(waiting_room_waking, ends_both_ways_of_who_waited_to_write) {
    static struct guest guest;
    char text[8];
    connect_guest(&guest, AF_INET);
    guest.client.waits_for_room = true;
    enter(&guest, CONNECTION_SENDING, NOW_MS);
    cr_assert_eq(waiting_room_sweep(&room, NOW_MS + TICK_MS), 1);
    cr_expect_eq(recv(guest.peer, text, sizeof text, 0), 0, "the peer sees the end");
    cr_expect_eq(send(guest.client.connection.fd, "more", 4, MSG_NOSIGNAL), -1);
}

/* A worker's side of the room: brings clients in. */
struct bringer {
    pthread_t thread;
    int epoll_fd;
    size_t called_count; /* who expired before they could be given away */
    struct client *clients[CROWD / 2];
};

static void *bring_in(void *argument) {
    struct bringer *bringer = argument;
    for (size_t i = 0; i < CROWD / 2; i++) {
        struct client *client = bringer->clients[i];
        client->connection.phase = i % 3 == 0 ? CONNECTION_IDLE : CONNECTION_READING;
        client->connection.deadline_ms = clock_steady_coarse_ms() + (int64_t)(i * 7 % 300);
        switch (client_watch_wait(bringer->epoll_fd, &room, client, WATCH_FOR_BYTES)) {
        case WATCH_WAITS:
            break;
        case WATCH_CALLED:
            cr_expect(client->connection.expired);
            bringer->called_count++;
            break;
        case WATCH_FAILED:
            cr_expect(false, "guest %zu", i);
            break;
        }
    }
    return NULL;
}

/* Take out whom epoll reports, the way the reactor does. Returns how many. */
static size_t take_out_reported(int epoll_fd) {
    struct epoll_event events[16];
    struct client *clients[16];
    int count = epoll_wait(epoll_fd, events, 16, TICK_MS);
    cr_assert_geq(count, 0);
    size_t claimed_count = client_watch_claim(&table, &room, events, (size_t)count, clients);
    for (size_t i = 0; i < claimed_count; i++) {
        cr_expect(clients[i]->connection.expired);
        cr_expect_leq(clients[i]->connection.deadline_ms, clock_steady_coarse_ms(), "never early");
    }
    return claimed_count;
}

/* Its socket's other end stays open until the test's process ends. */
static struct client *add_client(void) {
    static const struct client_address somebody = {.family = AF_UNIX};
    int ends[2];
    cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends), 0);
    struct client *client = client_table_add(&table, ends[0], &somebody, NULL, 1000);
    cr_assert_not_null(client);
    return client;
}

Test(waiting_room_waking, is_swept_while_threads_enter) {
    static struct bringer bringers[2];
    int epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    waiting_room_deinit(&room);
    cr_assert_eq(waiting_room_init(&room, clock_steady_coarse_ms()), 0);
    for (size_t i = 0; i < 2; i++) {
        bringers[i].epoll_fd = epoll_fd;
        for (size_t j = 0; j < CROWD / 2; j++) {
            bringers[i].clients[j] = add_client();
        }
    }
    for (size_t i = 0; i < 2; i++) {
        cr_assert_eq(pthread_create(&bringers[i].thread, NULL, bring_in, &bringers[i]), 0);
    }
    size_t expired = 0;
    size_t out = 0;
    while (expired < CROWD) {
        expired += waiting_room_sweep(&room, clock_steady_coarse_ms());
        out += take_out_reported(epoll_fd);
    }
    for (size_t i = 0; i < 2; i++) {
        cr_assert_eq(pthread_join(bringers[i].thread, NULL), 0);
        out += bringers[i].called_count;
    }
    while (out < CROWD) {
        out += take_out_reported(epoll_fd);
    }
    cr_expect_eq(expired, CROWD);
    cr_expect_eq(room.count, 0);
}
