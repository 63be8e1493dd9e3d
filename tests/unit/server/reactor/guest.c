/* SPDX-License-Identifier: MIT */
#include "tests/unit/server/reactor/guest.h"

#include "tests/support/loopback.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

struct waiting_room room;
struct client_table table;

void seat(struct client *client, unsigned block) {
    client->number = CLIENT_TABLE_FIRST_BLOCK * ((1U << block) - 1);
    atomic_store(&table.blocks[block], client);
}

void open_room(void) {
    cr_assert_eq(waiting_room_init(&room, NOW_MS), 0);
}

static void clear(struct client *const *list) {
    while (*list != NULL) {
        struct client *client = *list;
        waiting_room_leave(&room, &client, 1);
    }
}

void clear_room(void) {
    clear(&room.idle);
    clear(&room.returned);
    clear(&room.expiring);
    for (size_t i = 0; i < WAITING_FOR_COUNT * (size_t)WAITING_ROOM_SLOTS; i++) {
        clear(&room.wheels[i / WAITING_ROOM_SLOTS][i % WAITING_ROOM_SLOTS]);
    }
    waiting_room_deinit(&room);
}

void connect_guest(struct guest *guest, int family) {
    int fds[2];
    if (family == AF_UNIX) {
        cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
    } else {
        struct sockaddr_storage address = loopback_address(family, 0);
        int listener = listening_socket(&address);
        address = loopback_address(family, port_of(listener));
        fds[1] = connected_socket(&address);
        fds[0] = accept(listener, NULL, NULL);
        (void)close(listener);
    }
    cr_assert_eq(fcntl(fds[0], F_SETFL, O_NONBLOCK), 0);
    *guest = (struct guest){.client = {.connection = {.fd = fds[0]}}, .peer = fds[1]};
}

void disconnect_guest(struct guest *guest) {
    (void)close(guest->client.connection.fd);
    (void)close(guest->peer);
}

void enter(struct guest *guest, enum connection_phase phase, int64_t deadline_ms) {
    guest->client.connection.phase = phase;
    guest->client.connection.deadline_ms = deadline_ms;
    waiting_room_enter(&room, &guest->client);
}

void leave(struct guest *guest) {
    struct client *client = &guest->client;
    waiting_room_leave(&room, &client, 1);
}

void arrive(struct guest *guest, enum connection_phase phase, int64_t deadline_ms) {
    connect_guest(guest, AF_UNIX);
    enter(guest, phase, deadline_ms);
}

bool has_expired(const struct guest *guest) {
    struct pollfd socket = {.fd = guest->client.connection.fd, .events = POLLRDHUP};
    bool is_shut = poll(&socket, 1, 0) == 1;
    cr_assert_eq(is_shut, guest->client.connection.expired, "shut down and expired go together");
    return is_shut;
}
