/* SPDX-License-Identifier: MIT */
#include "server/reactor/lane/batch.h"

#include <assert.h>

enum { PART_BITS = 16, PART_MASK = (1 << PART_BITS) - 1, TURN_SHIFT = 2 * PART_BITS };
static_assert((int)BATCH_CLIENTS_MAX <= (int)PART_MASK, "a batch fits into its word");

static size_t count_of(uint64_t word) {
    return word & PART_MASK;
}

static size_t next_of(uint64_t word) {
    return word >> PART_BITS & PART_MASK;
}

void batch_publish(struct batch *batch, struct client *const clients[], size_t count) {
    assert(!batch_has_left(batch) && count <= BATCH_CLIENTS_MAX);
    for (size_t i = 0; i < count; i++) {
        atomic_store_explicit(&batch->clients[i], clients[i], memory_order_relaxed);
    }
    uint64_t turn = (atomic_load_explicit(&batch->word, memory_order_relaxed) >> TURN_SHIFT) + 1;
    atomic_store(&batch->word, turn << TURN_SHIFT | count);
}

void batch_begin(struct batch *batch) {
    batch_publish(batch, NULL, 0);
}

void batch_append(struct batch *batch, struct client *client) {
    uint64_t word = atomic_load(&batch->word);
    assert(count_of(word) < BATCH_CLIENTS_MAX);
    atomic_store_explicit(&batch->clients[count_of(word)], client, memory_order_relaxed);
    (void)atomic_fetch_add(&batch->word, 1); /* the others change another part of it */
}

/* What is read of a batch that is over meanwhile is thrown away: the exchange fails then. */
struct client *batch_take(struct batch *batch) {
    uint64_t word = atomic_load(&batch->word);
    while (next_of(word) < count_of(word)) {
        struct client *client = atomic_load_explicit(&batch->clients[next_of(word)], memory_order_relaxed);
        if (atomic_compare_exchange_weak(&batch->word, &word, word + ((uint64_t)1 << PART_BITS))) {
            return client;
        }
    }
    return NULL;
}

bool batch_has_left(const struct batch *batch) {
    uint64_t word = atomic_load(&batch->word);
    return next_of(word) < count_of(word);
}
