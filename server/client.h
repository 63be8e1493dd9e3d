/* SPDX-License-Identifier: MIT */
/*
 * A client as the server keeps it: its HTTP connection, and where it stands while it waits.
 *
 * A client belongs, at every moment, to exactly one of: the reactor (it waits, or is about to be queued), the queue, one
 * worker. Ownership moves with the pointer, and only the owner touches it.
 */
#ifndef LIDO_SERVER_CLIENT_H
#define LIDO_SERVER_CLIENT_H

#include "http/connection.h"

#include <stdbool.h>

/* What epoll can point to. It is the first member of everything that is registered. */
enum event_source { SOURCE_LISTENER, SOURCE_CLIENT, SOURCE_SIGNALS, SOURCE_WAKE };

struct client {
    enum event_source source; /* always SOURCE_CLIENT */
    bool registered;          /* with epoll; happens when it has to wait for the first time */
    bool waits_for_room;      /* waits to write; otherwise to read */
    int queued_bytes;         /* that the kernel held for it when last looked at, see SIOCOUTQ in tcp(7) */
    bool rejected;            /* told 503; only its going is waited for */
    struct client **list;     /* the head of the list that it is on; NULL when on none */
    struct client *prev;      /* for utlist.h; guarded by the lock of that list */
    struct client *next;
    struct connection connection;
};

#endif
