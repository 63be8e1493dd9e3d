/* SPDX-License-Identifier: MIT */
/*
 * Items that can wait until nothing else is to be done, and how many may be worked on at once.
 *
 * They come in their turn, one at least each LATER_WORK_DUE_NS, however much else there is: so none waits for ever.
 * Knows no lock and no thread; the queue guards it. Private to threadpool/.
 */
#ifndef LIDO_THREADPOOL_LATER_WORK_H
#define LIDO_THREADPOOL_LATER_WORK_H

#include "threadpool/work_ring.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { LATER_WORK_DUE_NS = 20 * 1000 * 1000 };

/* All-zero: no room and no places. */
struct later_work {
    struct work_ring ring;
    size_t places; /* how many items may be worked on at once; may become less than are taken */
    size_t taken_places;
    int64_t due_ns; /* of the oldest item, by clock_steady_ns(); means something while there is one */
};

/* Let an item wait, behind the others or before them; returns whether there was room. */
static inline bool later_work_put(struct later_work *later, void *item, bool is_next, int64_t now_ns) {
    if (work_ring_room(&later->ring) == 0) {
        return false;
    }
    if (later->ring.depth == 0) {
        later->due_ns = now_ns + LATER_WORK_DUE_NS;
    }
    if (is_next) {
        work_ring_prepend(&later->ring, item, now_ns);
    } else {
        work_ring_append(&later->ring, item, now_ns);
    }
    return true;
}

static inline bool later_work_has_place(const struct later_work *later) {
    return later->taken_places < later->places;
}

/* Whether an item waits, and has a place. */
static inline bool later_work_is_ready(const struct later_work *later) {
    return later->ring.depth > 0 && later_work_has_place(later);
}

/* Take the oldest item; there must be one. The caller takes its place, or not. */
static inline struct work_queue_entry later_work_take(struct later_work *later, int64_t now_ns) {
    later->due_ns = now_ns + LATER_WORK_DUE_NS;
    return work_ring_take(&later->ring);
}

#endif
