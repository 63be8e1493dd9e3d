/* SPDX-License-Identifier: MIT */
/*
 * A client as the server keeps it: its HTTP connection, and where it stands while it waits.
 *
 * A client belongs, at every moment, to exactly one of: the room (it waits), the main thread (it is about to be
 * queued), the queue, a leader's batch, one worker. Ownership moves with the pointer, and only the owner touches
 * it, but for `turn`.
 */
#ifndef LIDO_SERVER_REACTOR_CLIENT_H
#define LIDO_SERVER_REACTOR_CLIENT_H

#include "http/connection.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/* What epoll of the main thread can point to, but for clients (client_turn.h): the first member of everything
 * that is registered. */
enum event_source { SOURCE_LISTENER, SOURCE_SIGNALS, SOURCE_WAKE, SOURCE_LANE };

/* See "Note on turns" in client_turn.h. */
enum client_turn { TURN_TAKEN, TURN_CALLED, TURN_WAITING };

/* What events told of, but of bytes. See the notes in client_watch.h. */
enum client_seen { SEEN_END = 1 << 0, SEEN_URGENT = 1 << 1 };

/* How it is registered with epoll, which happens when it has to wait for the first time. */
enum client_watched { WATCHED_NOT, WATCHED_TO_READ, WATCHED_TO_WRITE };

struct address_count;

struct client {
    _Atomic(uint64_t) turn; /* of client_turn.h */
    uint32_t number;        /* in the client_table */
    enum client_watched watched;
    bool waits_for_room;           /* waits to write; otherwise to read */
    struct address_count *address; /* which it is counted with, or NULL */
    bool rejected;                 /* has been answered 503, and is about to be closed */
    bool notes_arrivals;           /* the kernel was told to, see readiness.h */
    int64_t ready_ns;     /* since when it could be served, as long as it is not; 0: since it was queued */
    struct client **list; /* the head of the list that it is on; NULL when on none */
    struct client *prev;  /* for utlist.h; guarded by the lock of that list */
    struct client *next;
    struct connection connection;
};

#endif
