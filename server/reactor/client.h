/* SPDX-License-Identifier: MIT */
/*
 * A client as the server keeps it: its HTTP connection, and where it stands while it waits.
 *
 * A client belongs, at every moment, to exactly one of: the reactor (it waits, or is about to be queued), the
 * queue, one worker. Ownership moves with the pointer, and only the owner touches it, but for `turn` and
 * `seen`.
 */
#ifndef LIDO_SERVER_REACTOR_CLIENT_H
#define LIDO_SERVER_REACTOR_CLIENT_H

#include "http/connection.h"

#include <stdatomic.h>
#include <stdbool.h>

/* What epoll can point to. It is the first member of everything that is registered. */
enum event_source { SOURCE_LISTENER, SOURCE_CLIENT, SOURCE_SIGNALS, SOURCE_WAKE };

/* See "Note on turns" in client_watch.h. */
enum client_turn { TURN_TAKEN, TURN_CALLED, TURN_WAITING };

/* What events told of, but of bytes. See the notes in client_watch.h. */
enum client_seen { SEEN_END = 1 << 0, SEEN_URGENT = 1 << 1 };

/* How it is registered with epoll, which happens when it has to wait for the first time. */
enum client_watched { WATCHED_NOT, WATCHED_TO_READ, WATCHED_TO_WRITE };

struct client {
    enum event_source source; /* always SOURCE_CLIENT */
    atomic_int turn;          /* of client_watch, as the next two */
    atomic_uint seen;         /* bits of client_seen */
    enum client_watched watched;
    bool waits_for_room;  /* waits to write; otherwise to read */
    bool rejected;        /* has been answered 503, and is about to be closed */
    struct client **list; /* the head of the list that it is on; NULL when on none */
    struct client *prev;  /* for utlist.h; guarded by the lock of that list */
    struct client *next;
    struct connection connection;
};

#endif
