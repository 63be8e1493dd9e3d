/* SPDX-License-Identifier: MIT */
/*
 * A bounded ring of pointers, first in, first out, each with the time at which it came.
 *
 * Knows no lock and no thread: whoever has one guards it. Private to threadpool/.
 */
#ifndef LIDO_THREADPOOL_WORK_RING_H
#define LIDO_THREADPOOL_WORK_RING_H

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct work_queue_entry {
    void *item;
    int64_t queued_ns; /* by clock_steady_ns() */
};

struct work_ring {
    struct work_queue_entry *entries; /* owned */
    size_t capacity;
    size_t head; /* the oldest entry */
    size_t depth;
};

/* Make an empty ring for `capacity` items; with 0 it is always full. Returns 0 or -ENOMEM. */
int work_ring_init(struct work_ring *ring, size_t capacity) __attribute__((warn_unused_result));

/* Free it. Items left in it are forgotten. */
void work_ring_deinit(struct work_ring *ring);

/* Exchange the memory of two rings, of which the other is empty and not smaller; the items stay in the first. */
void work_ring_move(struct work_ring *ring, struct work_ring *empty);

static inline size_t work_ring_room(const struct work_ring *ring) {
    return ring->capacity - ring->depth;
}

/* There must be room. */
static inline void work_ring_append(struct work_ring *ring, void *item, int64_t queued_ns) {
    assert(ring->depth < ring->capacity);
    size_t to_the_end = ring->capacity - ring->head;
    size_t depth = ring->depth++;
    size_t tail = depth < to_the_end ? ring->head + depth : depth - to_the_end;
    ring->entries[tail] = (struct work_queue_entry){.item = item, .queued_ns = queued_ns};
}

/* Put an item before the oldest; there must be room. */
static inline void work_ring_prepend(struct work_ring *ring, void *item, int64_t queued_ns) {
    assert(ring->depth < ring->capacity);
    ring->head = ring->head > 0 ? ring->head - 1 : ring->capacity - 1;
    ring->depth++;
    ring->entries[ring->head] = (struct work_queue_entry){.item = item, .queued_ns = queued_ns};
}

/* Take the oldest; there must be one. */
static inline struct work_queue_entry work_ring_take(struct work_ring *ring) {
    assert(ring->depth > 0);
    struct work_queue_entry oldest = ring->entries[ring->head];
    ring->head = ring->head + 1 < ring->capacity ? ring->head + 1 : 0;
    ring->depth--;
    return oldest;
}

#endif
