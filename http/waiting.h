/* SPDX-License-Identifier: MIT */
/*
 * What a connection keeps while it waits for its client, and its share of the memory that all who wait may take
 * together (connection_service.request_budget).
 *
 * Of a head that is not whole yet no more is kept than its bytes and how far they were looked at; the exchange goes back
 * to the worker. Who waits with a body or an answer under way keeps the exchange. Decides nothing about who has to go
 * when there is not enough memory. One owner at a time, as the connection.
 */
#ifndef LIDO_HTTP_WAITING_H
#define LIDO_HTTP_WAITING_H

#include "http/base/memory_budget.h"
#include "http/exchange.h"

#include <stdbool.h>
#include <stdint.h>

struct held_head;

/* All-zero at first. */
struct waiting {
    struct held_head *head; /* NULL: nothing is held */
    struct memory_share memory;
    int64_t earned_ms; /* by what has come of the request */
};

/* Borrow an exchange, which goes on with the held head if there is one. Returns NULL when there is no memory. */
struct exchange *waiting_take_up(struct waiting *waiting, struct connection_worker *worker,
                                 enum own_pages_access access);

/* Part of a request has come, and its client may take long to send the rest: take a share for what is kept of it, and
 * hold the head, if it is that. Returns false when there is not enough memory: then the request is to be given up. */
bool waiting_hold(struct waiting *waiting, struct exchange *exchange, struct memory_budget *budget)
    __attribute__((warn_unused_result));

/* What comes of a request buys time, a second for each `bytes_per_s` bytes (0: none). Returns how many ms more it has
 * earned by now. */
int64_t waiting_earn_ms(struct waiting *waiting, const struct exchange *exchange, uint64_t bytes_per_s);

/* Let go of what was kept of a request: it is whole, or has come to nothing. */
void waiting_forget_request(struct waiting *waiting);

/* Let the share be what is kept, with this exchange or without one (NULL). */
void waiting_settle(struct waiting *waiting, const struct exchange *exchange, struct memory_budget *budget);

/* Let go of all. */
void waiting_end(struct waiting *waiting);

#endif
