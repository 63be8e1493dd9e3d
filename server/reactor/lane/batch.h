/* SPDX-License-Identifier: MIT */
/*
 * What one leader has claimed and nobody has begun to serve: an array with one writer, from which any worker may
 * take. Knows no epoll and no pool.
 *
 * Ownership: a client in a batch belongs to whoever takes it, and to nobody before; each is taken once. The word
 * says how many there are and which is next, and a count of the batches before, so that one who looked at an old
 * batch cannot take from a new one.
 */
#ifndef LIDO_SERVER_REACTOR_LANE_BATCH_H
#define LIDO_SERVER_REACTOR_LANE_BATCH_H

#include "server/reactor/client.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { BATCH_CLIENTS_MAX = 32 };

/* All-zero at first: empty. */
struct batch {
    _Atomic(uint64_t) word; /* bits 0 to 15 how many, 16 to 31 the next, 32 to 63 which batch it is */
    _Atomic(struct client *) clients[BATCH_CLIENTS_MAX];
};

/* Let others see a batch; the one before must be empty. Its leader only. */
void batch_publish(struct batch *batch, struct client *const clients[], size_t count);

/* Begin a batch that batch_append() fills; the one before must be empty. Its leader only. */
void batch_begin(struct batch *batch);

/* Let others see one more client, at most BATCH_CLIENTS_MAX of a batch. Its leader only. */
void batch_append(struct batch *batch, struct client *client);

/* Take the next client; it is the caller's. Returns NULL when there is none. Thread-safe. */
struct client *batch_take(struct batch *batch);

/* Whether there is one left. Sequentially consistent, as the other two. Thread-safe. */
bool batch_has_left(const struct batch *batch);

#endif
