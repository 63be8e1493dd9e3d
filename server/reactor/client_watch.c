/* SPDX-License-Identifier: MIT */
#include "server/reactor/client_watch.h"

#include "server/reactor/client_turn.h"

#include <errno.h>
#include <stdint.h>

/* Changing a registration makes epoll look at the socket, so that nothing is missed that came before. Who
 * waits to write is reported once: until it has to wait again, it has room. */
static int arm(int epoll_fd, struct client *client, enum client_watched watched) {
    struct epoll_event event = {
        .events =
            watched == WATCHED_TO_READ ? EPOLLIN | EPOLLPRI | EPOLLRDHUP | EPOLLET : EPOLLOUT | EPOLLONESHOT,
        .data.u64 = client_turn_token(client),
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
    if (!for_room && client_turn_seen(client) != 0) {
        client_turn_forget_urgent(client);
        return WATCH_CALLED;
    }
    enum client_watched watched = for_room ? WATCHED_TO_WRITE : WATCHED_TO_READ;
    bool is_armed = client->watched == WATCHED_TO_READ && what == WATCH_FOR_BYTES;
    client->waits_for_room = for_room;
    waiting_room_enter(room, client);
    if (!is_armed && arm(epoll_fd, client, watched) != 0) {
        waiting_room_leave(room, &client, 1);
        return WATCH_FAILED;
    }
    if (client_turn_give(client)) {
        return WATCH_WAITS;
    }
    waiting_room_leave(room, &client, 1);
    return WATCH_CALLED;
}

size_t client_watch_claim(const struct client_table *table, struct waiting_room *room,
                          const struct epoll_event *events, size_t count, struct client *claimed[]) {
    size_t claimed_count = 0;
    for (size_t i = 0; i < count; i++) {
        if (!client_turn_is_token(events[i].data.u64)) {
            continue;
        }
        struct client_event event = client_turn_event(events[i].data.u64, events[i].events);
        struct client *client = client_table_find(table, event.number);
        if (client_turn_take(client, &event)) {
            claimed[claimed_count++] = client;
        }
    }
    if (claimed_count > 0) {
        waiting_room_leave(room, claimed, claimed_count);
    }
    return claimed_count;
}

/* Another thread may have an event of it at this moment: it is of a generation that is over. */
void client_watch_forget(int epoll_fd, struct client *client) {
    if (client->watched != WATCHED_NOT) {
        (void)epoll_ctl(epoll_fd, EPOLL_CTL_DEL, client->connection.fd, NULL);
        client->watched = WATCHED_NOT;
        client_turn_renew(client);
    }
}
