/* SPDX-License-Identifier: MIT */
#include "server/reactor/waiting_room.h"

#include "http/base/counter.h"
#include "http/transport/transport.h"

#include <assert.h>
#include <utlist.h>

enum {
    LOOKS_MAX = 16,         /* at those that may be idle no more, each a system call with the room locked */
    SLOWEST_LOOKS_MAX = 256 /* at those who wait, for the slowest of them */
};

int waiting_room_init(struct waiting_room *room, int64_t now_ms) {
    *room = (struct waiting_room){.swept_tick = now_ms / WAITING_ROOM_TICK_MS};
    return -pthread_mutex_init(&room->lock, NULL);
}

void waiting_room_deinit(struct waiting_room *room) {
    assert(room->count == 0);
    (void)pthread_mutex_destroy(&room->lock);
}

void waiting_room_set_limits(struct waiting_room *room, const struct waiting_limits *limits) {
    (void)pthread_mutex_lock(&room->lock);
    room->limits = *limits;
    (void)pthread_mutex_unlock(&room->lock);
}

static void put_on(struct client **list, struct client *client) {
    DL_APPEND(*list, client);
    client->list = list;
}

static void take_off(struct client *client) {
    DL_DELETE(*client->list, client); /* NOLINT(clang-analyzer-core.NullDereference): the list's invariant */
    client->list = NULL;
}

/* What those hold who were shut down: it is theirs until they are served. */
static void count_leaving(struct waiting_room *room, struct client *client, bool comes) {
    size_t bytes = client->connection.waiting.memory.bytes;
    size_t before = waiting_room_leaving_bytes(room);
    atomic_store_explicit(&room->leaving_bytes, comes ? before + bytes : before - bytes,
                          memory_order_relaxed);
}

/* Does not change while it waits. */
static enum parked kind_of(const struct client *client) {
    switch (client->connection.phase) {
    case CONNECTION_IDLE:
        return PARKED_IDLE;
    case CONNECTION_SENDING:
        return PARKED_WRITING;
    case CONNECTION_LINGERING:
        return PARKED_LINGERING;
    default:
        return PARKED_READING;
    }
}

static enum waiting_for wheel_of(const struct client *client) {
    switch (client->connection.phase) {
    case CONNECTION_NEW:
        return WAITING_FOR_FIRST_BYTE;
    case CONNECTION_SENDING:
        return WAITING_FOR_TAKING;
    case CONNECTION_LINGERING:
        return WAITING_FOR_END;
    default:
        return WAITING_FOR_REQUEST;
    }
}

static void count_out(struct waiting_room *room, const struct client *client) {
    _Atomic(uint64_t) *parked = &room->parked[kind_of(client)];
    counter_set(parked, counter_read(parked) - 1);
}

/* The first tick at which the deadline has passed, but never one that has been swept already. */
static struct client **slot_for(struct waiting_room *room, const struct client *client) {
    int64_t deadline_ms = client->connection.deadline_ms;
    int64_t tick = (deadline_ms + WAITING_ROOM_TICK_MS - 1) / WAITING_ROOM_TICK_MS;
    tick = tick > room->swept_tick ? tick : room->swept_tick + 1;
    return &room->wheels[wheel_of(client)][tick % WAITING_ROOM_SLOTS];
}

/* Make epoll report the client, now or as soon as it is registered. One that waits to read sees the end of
 * its input, and can still be told why; one that waits to write gets no further. */
static void expire(struct waiting_room *room, struct client *client) {
    take_off(client);
    put_on(&room->expiring, client);
    count_leaving(room, client, true);
    client->connection.expired = true;
    if (client->waits_for_room) {
        transport_end(client->connection.fd);
    } else {
        transport_end_receiving(client->connection.fd);
    }
}

/* Between requests, and the next one has not come. If it has, an event will tell of it, or has already. */
static bool waits_for_nothing(const struct client *client) {
    return connection_is_between_requests(&client->connection) &&
           !transport_has_unread(client->connection.fd);
}

void waiting_room_enter(struct waiting_room *room, struct client *client) {
    bool idle = client->connection.phase == CONNECTION_IDLE;
    (void)pthread_mutex_lock(&room->lock);
    put_on(idle ? &room->idle : slot_for(room, client), client);
    room->count++;
    counter_add(&room->parked[kind_of(client)], 1);
    if (room->closing && waits_for_nothing(client)) {
        expire(room, client);
    }
    (void)pthread_mutex_unlock(&room->lock);
}

void waiting_room_leave(struct waiting_room *room, struct client *const clients[], size_t count) {
    (void)pthread_mutex_lock(&room->lock);
    for (size_t i = 0; i < count; i++) {
        if (clients[i]->list != &room->returned) {
            count_out(room, clients[i]);
        }
        if (clients[i]->list == &room->expiring) {
            count_leaving(room, clients[i], false);
        }
        take_off(clients[i]);
    }
    room->count -= count;
    (void)pthread_mutex_unlock(&room->lock);
}

void waiting_room_hand_back(struct waiting_room *room, struct client *client) {
    (void)pthread_mutex_lock(&room->lock);
    put_on(&room->returned, client);
    room->count++;
    (void)pthread_mutex_unlock(&room->lock);
}

struct client *waiting_room_take_back(struct waiting_room *room) {
    (void)pthread_mutex_lock(&room->lock);
    struct client *all = room->returned;
    struct client *client = NULL;
    DL_FOREACH(all, client) {
        client->list = NULL;
        room->count--;
    }
    room->returned = NULL;
    (void)pthread_mutex_unlock(&room->lock);
    return all;
}

/* Until when the client may wait now; 0: no longer. It may have taken some of what the kernel holds for it since this
 * was last looked at. epoll says that there is room only when a third of a buffer of megabytes is free, for which a
 * slow reader may need longer than the timeout; and says nothing while a lingering one takes its answer. */
static int64_t new_deadline_ms(const struct waiting_room *room, struct client *client, int64_t now_ms) {
    struct connection *connection = &client->connection;
    if (client->waits_for_room) {
        return pace_look(&connection->pace, &room->limits.send, connection->fd, now_ms);
    }
    bool lingers = connection->phase == CONNECTION_LINGERING && connection->queued_bytes > 0;
    int queued = lingers ? transport_queued_bytes(connection->fd) : -1;
    if (queued == -1 || queued >= connection->queued_bytes) {
        return 0;
    }
    connection->queued_bytes = queued;
    return now_ms + room->limits.linger_timeout_ms;
}

static void wait_until(struct waiting_room *room, struct client *client, int64_t deadline_ms) {
    client->connection.deadline_ms = deadline_ms;
    take_off(client);
    put_on(slot_for(room, client), client);
}

static void end_time_of(struct waiting_room *room, struct client *client) {
    counter_add(&room->expired[kind_of(client)], 1);
    expire(room, client);
}

static size_t sweep_slot(struct waiting_room *room, struct client **slot, int64_t now_ms) {
    size_t expired = 0;
    struct client *client = NULL;
    struct client *next = NULL;
    DL_FOREACH_SAFE(*slot, client, next) {
        if (client->connection.deadline_ms > now_ms) {
            continue;
        }
        int64_t deadline_ms = new_deadline_ms(room, client, now_ms);
        if (deadline_ms > 0) {
            wait_until(room, client, deadline_ms);
        } else {
            end_time_of(room, client);
            expired++;
        }
    }
    return expired;
}

/* All idle connections have the same timeout, so that the list is in the order of their deadlines. */
static size_t sweep_idle(struct waiting_room *room, int64_t now_ms) {
    size_t expired = 0;
    while (room->idle != NULL && room->idle->connection.deadline_ms <= now_ms) {
        end_time_of(room, room->idle);
        expired++;
    }
    return expired;
}

size_t waiting_room_sweep(struct waiting_room *room, int64_t now_ms) {
    int64_t now_tick = now_ms / WAITING_ROOM_TICK_MS;
    (void)pthread_mutex_lock(&room->lock);
    size_t expired = sweep_idle(room, now_ms);
    if (now_tick - room->swept_tick > WAITING_ROOM_SLOTS) {
        room->swept_tick = now_tick - WAITING_ROOM_SLOTS; /* once round is enough */
    }
    while (room->swept_tick < now_tick) {
        room->swept_tick++;
        for (size_t what = 0; what < WAITING_FOR_COUNT; what++) {
            expired += sweep_slot(room, &room->wheels[what][room->swept_tick % WAITING_ROOM_SLOTS], now_ms);
        }
    }
    (void)pthread_mutex_unlock(&room->lock);
    return expired;
}

bool waiting_room_dismiss_longest_idle(struct waiting_room *room) {
    (void)pthread_mutex_lock(&room->lock);
    struct client *client = room->idle;
    for (int i = 0; i < LOOKS_MAX && client != NULL && transport_has_unread(client->connection.fd); i++) {
        client = client->next;
    }
    if (client != NULL) {
        expire(room, client);
    }
    (void)pthread_mutex_unlock(&room->lock);
    return client != NULL;
}

/* The one whose deadline comes first, or nearly so if they are many: from the next tick on, once round the wheel. Who is
 * to be met in a later round is only taken if there is no other one. */
static struct client *find_slowest(const struct waiting_room *room, enum waiting_for what) {
    struct client *slowest = NULL;
    int looks = 0;
    for (int64_t i = 1; i <= WAITING_ROOM_SLOTS && looks < SLOWEST_LOOKS_MAX; i++) {
        int64_t tick = room->swept_tick + i;
        struct client *client = NULL;
        DL_FOREACH(room->wheels[what][tick % WAITING_ROOM_SLOTS], client) {
            int64_t deadline_ms = client->connection.deadline_ms;
            if (deadline_ms <= tick * WAITING_ROOM_TICK_MS) {
                return client;
            }
            if (slowest == NULL || deadline_ms < slowest->connection.deadline_ms) {
                slowest = client;
            }
            if (++looks == SLOWEST_LOOKS_MAX) {
                break;
            }
        }
    }
    return slowest;
}

/* For how long it has not got on, but for what it may have taken since it was last looked at. Who has earned time by
 * what it has sent may be ahead of it: 0. */
static int64_t still_for_ms(const struct waiting_room *room, const struct client *client, int64_t now_ms) {
    const struct connection *connection = &client->connection;
    int64_t since_ms = client->waits_for_room ? connection->pace.still_until_ms - room->limits.send.timeout_ms
                                              : connection->deadline_ms - room->limits.header_timeout_ms;
    return now_ms > since_ms ? now_ms - since_ms : 0;
}

/* One who takes its answer is looked at first, and waits on if it has taken some; then it is the next one's turn. */
static struct client *find_still(struct waiting_room *room, enum waiting_for what, int64_t still_ms,
                                 int64_t now_ms) {
    for (int i = 0; i < LOOKS_MAX; i++) {
        struct client *client = find_slowest(room, what);
        if (client == NULL || still_for_ms(room, client, now_ms) < still_ms) {
            return NULL;
        }
        int64_t deadline_ms = client->waits_for_room ? new_deadline_ms(room, client, now_ms) : 0;
        if (deadline_ms == 0 || still_for_ms(room, client, now_ms) >= still_ms) {
            return client;
        }
        wait_until(room, client, deadline_ms);
    }
    return NULL;
}

bool waiting_room_dismiss_slowest(struct waiting_room *room, enum waiting_for what, int64_t still_ms,
                                  int64_t now_ms) {
    (void)pthread_mutex_lock(&room->lock);
    struct client *client = find_still(room, what, still_ms, now_ms);
    if (client != NULL) {
        expire(room, client);
    }
    (void)pthread_mutex_unlock(&room->lock);
    return client != NULL;
}

static void expire_if_for_nothing(struct waiting_room *room, struct client **list) {
    struct client *client = NULL;
    struct client *next = NULL;
    DL_FOREACH_SAFE(*list, client, next) {
        if (waits_for_nothing(client)) {
            expire(room, client);
        }
    }
}

void waiting_room_close(struct waiting_room *room) {
    (void)pthread_mutex_lock(&room->lock);
    room->closing = true;
    expire_if_for_nothing(room, &room->idle);
    for (size_t i = 0; i < WAITING_ROOM_SLOTS; i++) {
        expire_if_for_nothing(room, &room->wheels[WAITING_FOR_FIRST_BYTE][i]);
    }
    (void)pthread_mutex_unlock(&room->lock);
}
