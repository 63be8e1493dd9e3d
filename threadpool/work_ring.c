/* SPDX-License-Identifier: MIT */
#include "threadpool/work_ring.h"

#include <errno.h>
#include <stdlib.h>

int work_ring_init(struct work_ring *ring, size_t capacity) {
    *ring = (struct work_ring){.capacity = capacity};
    if (capacity > 0) {
        ring->entries = calloc(capacity, sizeof *ring->entries);
    }
    return capacity == 0 || ring->entries != NULL ? 0 : -ENOMEM;
}

void work_ring_deinit(struct work_ring *ring) {
    free(ring->entries);
}

void work_ring_move(struct work_ring *ring, struct work_ring *empty) {
    assert(empty->depth == 0 && empty->capacity >= ring->capacity);
    while (ring->depth > 0) {
        struct work_queue_entry entry = work_ring_take(ring);
        work_ring_append(empty, entry.item, entry.queued_ns);
    }
    struct work_ring former = *ring;
    *ring = *empty;
    *empty = former;
}
