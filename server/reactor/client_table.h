/* SPDX-License-Identifier: MIT */
/*
 * The clients that exist: makes them, ends them, and counts them against max_connections.
 *
 * Who waits where, and for what, is not known here.
 */
#ifndef LIDO_SERVER_REACTOR_CLIENT_TABLE_H
#define LIDO_SERVER_REACTOR_CLIENT_TABLE_H

#include "server/reactor/client.h"
#include "server/reactor/wakeup.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

struct client_table {
    size_t maximum;
    const struct wakeup *wakeup; /* of the reactor */
    atomic_size_t count;
    _Atomic(struct client *) gone; /* ended, but the reactor may still have events of theirs */
    atomic_bool watched;           /* the reactor wants to hear of the next client that leaves */
    size_t high_water;             /* the most clients ever; the reactor's alone */
};

/* Start with no client. `wakeup` must outlive the table. */
void client_table_init(struct client_table *table, size_t maximum, const struct wakeup *wakeup);

/* Make a client of an accepted socket. Returns NULL when there is no memory; the descriptor stays the
 * caller's then. The reactor's thread only. */
struct client *client_table_add(struct client_table *table, int fd, const struct client_address *from,
                                const struct connection_service *service);

/* Close the client's connection and free it; only by its owner. Thread-safe. One that is registered with
 * epoll is freed by client_table_reap(). */
void client_table_remove(struct client_table *table, struct client *client);

/* Free those who are gone. The reactor only, when it has no events any more that point to them. */
void client_table_reap(struct client_table *table);

/* Whether another client may be added. */
bool client_table_has_place(const struct client_table *table);

/* How many clients there are. Thread-safe, as the one before. */
size_t client_table_count(const struct client_table *table);

/* Send the wakeup when the next client leaves. One that leaves while this is called may be missed: look again
 * afterwards. The reactor only. */
void client_table_watch(struct client_table *table);

#endif
