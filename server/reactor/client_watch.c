/* SPDX-License-Identifier: MIT */
#include "server/reactor/client_watch.h"

#include "http/transport/transport.h"

#include <assert.h>
#include <errno.h>
#include <stdint.h>

/* --- whose it is ---------------------------------------------------------------------------------------- */

static bool change_turn(struct client *client, int from, int to) {
    return atomic_compare_exchange_strong(&client->turn, &from, to);
}

/* The owner's side: give it to the room. Returns false when it was called, and is still the caller's. */
static bool give(struct client *client) {
    if (change_turn(client, TURN_TAKEN, TURN_WAITING)) {
        return true;
    }
    int called = atomic_exchange(&client->turn, TURN_TAKEN); /* nobody else leaves it */
    assert(called == TURN_CALLED);
    (void)called;
    return false;
}

/* The reactor's side: an event came. Returns whether it is the caller's now. */
static bool take(struct client *client) {
    for (;;) {
        if (change_turn(client, TURN_WAITING, TURN_TAKEN)) {
            return true;
        }
        /* CALLED to CALLED: a mere look would not be in order with what the owner does next */
        if (change_turn(client, TURN_TAKEN, TURN_CALLED) || change_turn(client, TURN_CALLED, TURN_CALLED)) {
            return false;
        }
    }
}

/* --- waiting -------------------------------------------------------------------------------------------- */

/* Changing a registration makes epoll look at the socket, so that nothing is missed that came before. Who
 * waits to write is reported once: until it has to wait again, it has room. */
static int arm(int epoll_fd, struct client *client, enum client_watched watched) {
    struct epoll_event event = {
        .events =
            watched == WATCHED_TO_READ ? EPOLLIN | EPOLLPRI | EPOLLRDHUP | EPOLLET : EPOLLOUT | EPOLLONESHOT,
        .data.ptr = client,
    };
    int operation = client->watched == WATCHED_NOT ? EPOLL_CTL_ADD : EPOLL_CTL_MOD;
    if (epoll_ctl(epoll_fd, operation, client->connection.fd, &event) == -1) {
        return -errno;
    }
    client->watched = watched;
    return 0;
}

enum watch_result client_watch_wait(int epoll_fd, struct waiting_room *room, struct client *client,
                                    enum watch_for what) {
    bool for_room = what == WATCH_FOR_ROOM;
    if (!for_room && atomic_load(&client->seen) != 0) {
        atomic_fetch_and(&client->seen, ~(unsigned)SEEN_URGENT);
        return WATCH_CALLED;
    }
    enum client_watched watched = for_room ? WATCHED_TO_WRITE : WATCHED_TO_READ;
    bool is_armed = client->watched == WATCHED_TO_READ && what == WATCH_FOR_BYTES;
    client->waits_for_room = for_room;
    if (for_room) {
        client->connection.queued_bytes = transport_queued_bytes(client->connection.fd);
    }
    waiting_room_enter(room, client);
    if (!is_armed && arm(epoll_fd, client, watched) != 0) {
        waiting_room_leave(room, &client, 1);
        return WATCH_FAILED;
    }
    if (give(client)) {
        return WATCH_WAITS;
    }
    waiting_room_leave(room, &client, 1);
    return WATCH_CALLED;
}

size_t client_watch_claim(struct waiting_room *room, const struct epoll_event *events, size_t count,
                          struct client *claimed[]) {
    size_t claimed_count = 0;
    for (size_t i = 0; i < count; i++) {
        struct client *client = events[i].data.ptr;
        if (*(const enum event_source *)events[i].data.ptr != SOURCE_CLIENT) {
            continue;
        }
        if ((events[i].events & (EPOLLRDHUP | EPOLLPRI)) != 0) { /* before take(): who is called sees it */
            unsigned end = (events[i].events & EPOLLRDHUP) != 0 ? SEEN_END : 0;
            unsigned urgent = (events[i].events & EPOLLPRI) != 0 ? SEEN_URGENT : 0;
            atomic_fetch_or(&client->seen, end | urgent);
        }
        if (take(client)) {
            claimed[claimed_count++] = client;
        }
    }
    if (claimed_count > 0) {
        waiting_room_leave(room, claimed, claimed_count);
    }
    return claimed_count;
}
