/* SPDX-License-Identifier: MIT */
/*
 * Whose turn it is to touch a client when an event comes: one word of it, which any thread may change, and only
 * by the calls below.
 *
 * Note on turns. The word says what an event means:
 *   TAKEN    the client belongs to a worker, a leader's batch, the queue, or the main thread: an event makes it
 *            CALLED.
 *   CALLED   the same, and something came meanwhile: whoever wants it to wait has to look first, and makes it
 *            TAKEN.
 *   WAITING  it belongs to the room: the event hands it to whoever harvested it, and makes it TAKEN.
 * All changes are single, sequentially consistent operations, so that with any number of harvesters it is handed
 * over once, and no event is lost. An event may be stale, when what it tells of has been read already; then the
 * client is served for nothing, and waits again.
 *
 * Note on generations. Clients are used again, not freed, and an event may come late: to one that a worker has
 * ended meanwhile, or that was moved to another set. What epoll keeps for a client is its number and its
 * generation, which is a part of the word. An event of a generation that is over changes nothing. A number comes
 * back to the same generation after 2^32 clients, an event lives for one epoll_wait(2).
 */
#ifndef LIDO_SERVER_REACTOR_CLIENT_TURN_H
#define LIDO_SERVER_REACTOR_CLIENT_TURN_H

#include "server/reactor/client.h"

#include <stdbool.h>
#include <stdint.h>

/* What an event tells of a client. */
struct client_event {
    uint32_t number;     /* of the client, see client_table_find() */
    uint32_t generation; /* that was registered */
    unsigned seen;       /* bits of client_seen */
};

/* What epoll keeps for the client as it is now (epoll_data_t.u64). By its owner. It is odd, and so no pointer. */
uint64_t client_turn_token(const struct client *client);

/* Whether the data of an event are such a token; else they are a pointer, or 0. */
static inline bool client_turn_is_token(uint64_t token) {
    return (token & 1) != 0;
}

/* Read a token, and what epoll reported with it. */
struct client_event client_turn_event(uint64_t token, uint32_t events);

/* By its owner: give it to the room. Returns false when it was called, and is still the caller's. */
bool client_turn_give(struct client *client) __attribute__((warn_unused_result));

/* By a harvester: an event came. Returns whether it is the caller's now. Thread-safe. */
bool client_turn_take(struct client *client, const struct client_event *event)
    __attribute__((warn_unused_result));

/* By one who holds the lock of the room that it is in: take it although nothing came. Returns whether it is the caller's
 * now; else somebody else has it, or is about to give it to the room. */
bool client_turn_claim(struct client *client) __attribute__((warn_unused_result));

/* By its owner: what epoll has of it is stale from now on, and nothing was seen. It is TAKEN. */
void client_turn_renew(struct client *client);

/* By its owner: what events told of, but of bytes: bits of client_seen. */
unsigned client_turn_seen(const struct client *client);

/* By its owner: the urgent bytes are looked at now. */
void client_turn_forget_urgent(struct client *client);

/* Whose turn it is. */
enum client_turn client_turn_of(const struct client *client);

#endif
