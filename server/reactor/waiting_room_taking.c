/* SPDX-License-Identifier: MIT */
/* Who is taken out of the room although nothing has come for him. */
#include "server/reactor/client_turn.h"
#include "server/reactor/waiting_room.h"

struct client *waiting_room_take_any(struct waiting_room *room) {
    struct client *client = room->idle != NULL       ? room->idle
                            : room->returned != NULL ? room->returned
                                                     : room->expiring;
    for (size_t i = 0; client == NULL && i < WAITING_FOR_COUNT * (size_t)WAITING_ROOM_SLOTS; i++) {
        client = room->wheels[i / WAITING_ROOM_SLOTS][i % WAITING_ROOM_SLOTS];
    }
    if (client != NULL) {
        waiting_room_leave(room, &client, 1);
    }
    return client;
}

static bool is_to_be_answered(const struct client *client) {
    return client->connection.phase == CONNECTION_READING; /* 408 */
}

struct client *waiting_room_take_expiring(struct waiting_room *room) {
    (void)pthread_mutex_lock(&room->lock);
    struct client *client = room->expiring;
    while (client != NULL && (is_to_be_answered(client) || !client_turn_claim(client))) {
        client = client->next;
    }
    (void)pthread_mutex_unlock(&room->lock);
    if (client != NULL) {
        waiting_room_leave(room, &client, 1);
    }
    return client;
}
