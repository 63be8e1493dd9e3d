/* SPDX-License-Identifier: MIT */
/* Who is taken out of the room although nothing has come for him. */
#include "server/reactor/client_turn.h"
#include "server/reactor/waiting_room.h"

/* Who was handed back has no other owner. Of the others a worker may be about to give one to the room, or have claimed it. */
static bool can_be_had(const struct waiting_room *room, struct client *client) {
    return client->list == &room->returned || client_turn_claim(client);
}

static struct client *find(const struct waiting_room *room, struct client *list) {
    struct client *client = list;
    while (client != NULL && !can_be_had(room, client)) {
        client = client->next;
    }
    return client;
}

struct client *waiting_room_take_any(struct waiting_room *room) {
    (void)pthread_mutex_lock(&room->lock);
    struct client *client = find(room, room->idle);
    client = client != NULL ? client : find(room, room->returned);
    client = client != NULL ? client : find(room, room->expiring);
    for (size_t i = 0; client == NULL && i < WAITING_FOR_COUNT * (size_t)WAITING_ROOM_SLOTS; i++) {
        client = find(room, room->wheels[i / WAITING_ROOM_SLOTS][i % WAITING_ROOM_SLOTS]);
    }
    (void)pthread_mutex_unlock(&room->lock);
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
