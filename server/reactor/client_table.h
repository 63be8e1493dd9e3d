/* SPDX-License-Identifier: MIT */
/*
 * The clients that exist: makes them, ends them, and counts them against max_connections.
 *
 * Who waits where, and for what, is not known here. The memory of a client that has ended is used for a later
 * one and not freed before client_table_deinit(), so that whoever comes with a late event finds one; see "Note
 * on generations" in client_turn.h. There are never more than were open at once.
 */
#ifndef LIDO_SERVER_REACTOR_CLIENT_TABLE_H
#define LIDO_SERVER_REACTOR_CLIENT_TABLE_H

#include "server/reactor/client.h"
#include "server/reactor/wakeup.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

/* Each block holds twice as many as the one before: a table that is full of the first client's block costs
 * nothing for the rest, and all together have room for more than there can be descriptors. */
enum { CLIENT_TABLE_BLOCKS = 24, CLIENT_TABLE_FIRST_BLOCK = 64 };

struct client_table {
    size_t maximum;
    const struct wakeup *wakeup; /* of the reactor */
    atomic_size_t count;
    _Atomic(struct client *) gone; /* ended, to be used again */
    struct client *spare;          /* the same, taken off there; the reactor's alone, as is: */
    size_t made_count;             /* how many there is memory for that was used once */
    _Atomic(struct client *)
        blocks[CLIENT_TABLE_BLOCKS]; /* written once each, by the reactor; NULL: not yet */
    atomic_bool watched;             /* the reactor wants to hear of the next client that leaves */
    atomic_size_t high_water;        /* the most clients ever; written by the reactor */
};

/* Start with no client. `wakeup` must outlive the table. */
void client_table_init(struct client_table *table, size_t maximum, const struct wakeup *wakeup);

/* Free all memory. No client is left, and nobody looks at an event any more. */
void client_table_deinit(struct client_table *table);

/* Make a client of an accepted socket. `address`: which it is counted with (NULL: with none), and will
 * leave. Returns NULL when there is no memory; the descriptor and the count stay the caller's then. The reactor's thread only. */
struct client *client_table_add(struct client_table *table, int fd, const struct client_address *from,
                                struct address_count *address, int64_t header_timeout_ms);

/* Close the client's connection and forget it; only by its owner. Thread-safe. */
void client_table_remove(struct client_table *table, struct client *client);

/* The client with this number, of an event: it may have ended, and be another one now. Thread-safe. */
struct client *client_table_find(const struct client_table *table, uint32_t number);

/* Whether another client may be added. */
bool client_table_has_place(const struct client_table *table);

/* How many clients there are. Thread-safe, as the one before. */
size_t client_table_count(const struct client_table *table);

/* The most clients that there ever were. Thread-safe. */
size_t client_table_high_water(const struct client_table *table);

/* Send the wakeup when the next client leaves. One that leaves while this is called may be missed: look again
 * afterwards. The reactor only. */
void client_table_watch(struct client_table *table);

#endif
