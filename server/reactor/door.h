/* SPDX-License-Identifier: MIT */
/*
 * The door: whether new clients are let in. It closes for a reason and opens when the last reason is gone, so
 * that the server neither spins on a listener that it cannot serve nor forgets to come back to it.
 *
 * Accepts nobody itself and knows no client. The main thread only; nothing blocks.
 */
#ifndef LIDO_SERVER_REACTOR_DOOR_H
#define LIDO_SERVER_REACTOR_DOOR_H

#include "server/listen/listener.h"

#include <stdbool.h>

/* Why nobody is let in, each a bit. */
enum door_reason {
    DOOR_QUEUE_FULL = 1 << 0,  /* until the queue has room */
    DOOR_CONNECTIONS = 1 << 1, /* max_connections are open; until one closes */
    DOOR_RESOURCES = 1 << 2,   /* no descriptors or memory; until one closes, or a moment has passed */
};

struct door {
    int epoll_fd;
    struct listener_set *listeners; /* NULL when closed for good */
    struct door_listener *entries;  /* what epoll points to, one per listener */
    unsigned reasons;
};

/* Register all listeners with epoll(7), the door open. The set stays the caller's, and must stay as it is
 * until door_deinit(). Returns 0 or a negative errno; door_deinit() is due in either case. */
int door_init(struct door *door, int epoll_fd, struct listener_set *listeners)
    __attribute__((warn_unused_result));

/* Close the listening sockets for good, and free. Doing it again does nothing, nor does what is called
 * afterwards. */
void door_deinit(struct door *door);

/* Turn to the next set, of which the present one is the former (server/listen/succession.h); it takes the place of the
 * present one, with this backlog, and *next is {0} then. Not while events are dealt with, as they point to listeners.
 * Returns 0, or a negative errno and all is as before. */
int door_turn_to(struct door *door, struct listener_set *next, int backlog)
    __attribute__((warn_unused_result));

/* Close the leaving ones at which nobody waits any more. Returns whether any are left. Not while events are dealt
 * with. */
bool door_close_leaving(struct door *door);

/* Report no clients from now on. Returns whether the reason is new. */
bool door_close_for(struct door *door, enum door_reason reason);

/* Take a reason away, and report clients again if it was the last. */
void door_reopen(struct door *door, enum door_reason reason);

/* The listener behind the data of an epoll event with SOURCE_LISTENER; until door_deinit(). */
const struct listener *door_listener_of(const void *source);

#endif
