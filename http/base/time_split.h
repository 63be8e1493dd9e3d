/* SPDX-License-Identifier: MIT */
/*
 * Where the time of one request went: waiting for a worker, for the client, in the worker until the answer was
 * ready, and in the worker to send it.
 *
 * A stopwatch with four sums: each moment belongs to one of them, so that together they are the whole time. It
 * is told the time and asks no clock; who keeps one, and when it runs, is decided elsewhere. Not thread-safe:
 * one owner at a time.
 */
#ifndef LIDO_HTTP_BASE_TIME_SPLIT_H
#define LIDO_HTTP_BASE_TIME_SPLIT_H

#include "http/base/clock.h"

#include <stddef.h>
#include <stdint.h>

enum time_part {
    TIME_WAIT,   /* something could have been done, but no worker did it */
    TIME_CLIENT, /* nothing could be done until the client sent or took something */
    TIME_OPEN,   /* a worker received, parsed, opened, read, and made the head */
    TIME_SEND,   /* a worker sent, and read from the file what it sent */
    TIME_PART_COUNT
};

enum { TIME_SPLIT_SLOW_MS = 1 }; /* what took less was not slow */

/* All-zero: of a request that has not begun. */
struct time_split {
    int64_t mark_ns; /* by clock_steady_ns(): up to then all is summed up; 0: it has not begun */
    int64_t parts_ns[TIME_PART_COUNT];
};

/* A worker turns to the request at `now_ns`, after `waited_ns` in which it could have. What passed before that
 * since it was left, the client took. */
static inline void time_split_resume(struct time_split *split, int64_t now_ns, int64_t waited_ns) {
    int64_t passed_ns = split->mark_ns == 0 ? 0 : now_ns - split->mark_ns - waited_ns;
    split->parts_ns[TIME_CLIENT] += passed_ns > 0 ? passed_ns : 0;
    split->parts_ns[TIME_WAIT] += waited_ns;
    split->mark_ns = now_ns;
}

/* What passed up to `now_ns` was this part. Does nothing before the request has begun. */
static inline void time_split_add(struct time_split *split, enum time_part part, int64_t now_ns) {
    if (split->mark_ns != 0) {
        split->parts_ns[part] += now_ns - split->mark_ns;
        split->mark_ns = now_ns;
    }
}

/* All of it. */
static inline int64_t time_split_total_ns(const struct time_split *split) {
    int64_t total_ns = 0;
    for (size_t i = 0; i < TIME_PART_COUNT; i++) {
        total_ns += split->parts_ns[i];
    }
    return total_ns;
}

/* Who took most of the time: "client", "pool" (no worker was free) or "disk" (the worker was at work: opening,
 * reading, compressing, sending). NULL when it took less than TIME_SPLIT_SLOW_MS. */
static inline const char *time_split_slowest(const struct time_split *split) {
    int64_t client_ns = split->parts_ns[TIME_CLIENT];
    int64_t pool_ns = split->parts_ns[TIME_WAIT];
    int64_t disk_ns = split->parts_ns[TIME_OPEN] + split->parts_ns[TIME_SEND];
    if (client_ns + pool_ns + disk_ns < TIME_SPLIT_SLOW_MS * CLOCK_NS_PER_MS) {
        return NULL;
    }
    if (client_ns >= pool_ns && client_ns >= disk_ns) {
        return "client";
    }
    return pool_ns >= disk_ns ? "pool" : "disk";
}

#endif
