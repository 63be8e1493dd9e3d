/* SPDX-License-Identifier: MIT */
/*
 * How many connections each client address has, so that one of them cannot have them all.
 *
 * An IPv4 address counts by itself, an IPv6 address with its network of 64 bits, as whoever has one of these has all of
 * it; but for link-local ones, which are all in one. UNIX sockets are not counted: who is behind them is not known. A
 * count is made by the reactor, and may be counted down by anybody.
 */
#ifndef LIDO_SERVER_REACTOR_ADDRESS_COUNTS_H
#define LIDO_SERVER_REACTOR_ADDRESS_COUNTS_H

#include "http/transport/client_address.h"

#include <stdbool.h>
#include <stddef.h>

struct address_count;

/* All-zero: none. The reactor's thread alone uses it. */
struct address_counts {
    struct address_count *all; /* a hash table, of uthash.h */
    size_t swept_count;        /* how many were left when those without a connection were last freed */
};

/* Free all. Nobody leaves any more. */
void address_counts_deinit(struct address_counts *counts);

/* Count one more connection of this address, unless it has `maximum` already: then *is_full is set. Returns what
 * address_count_leave() needs; NULL if it is full, is not counted, or there is no memory to count it. */
struct address_count *address_counts_enter(struct address_counts *counts,
                                           const struct client_address *address, size_t maximum,
                                           bool *is_full);

/* How many addresses are kept, those among them that have no connection any more. */
size_t address_counts_size(const struct address_counts *counts);

/* The connection is closed; NULL: it was not counted. Thread-safe. */
void address_count_leave(struct address_count *count);

#endif
