/* SPDX-License-Identifier: MIT */
/*
 * When a leader has another worker called to its side: it has been busy for some time and finds a crowd, or what it
 * has claimed will take it long.
 *
 * A call costs time of two processors (tests/bench/NOTES.md), so small batches are served alone. Whoever comes takes
 * from the batch and leads, too, and lingers for a moment when there is nothing left: while one serves, the clients
 * that were served ask again, and a processor that has nothing to do is slow to be woken. Nobody lingers where harvests
 * are large, as the processors are busy then, and two would make small harvests of it, nor where one leader is enough.
 * There are never more leaders than processors. Each function is the leader's own and blocks nowhere.
 */
#ifndef LIDO_SERVER_REACTOR_LANE_HELP_H
#define LIDO_SERVER_REACTOR_LANE_HELP_H

#include "server/reactor/lane/lane.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    LANE_PATIENCE_NS = 1000 * 1000, /* busy for so long, a leader that finds */
    LANE_CROWD = 8,                 /* so many has help called */
    LANE_LONG_NS = 300 * 1000, /* what it has claimed may take so long, by what such clients took of late */
    LANE_LINGER_MS = 1,
    LANE_SMALL_HARVEST = 4, /* clients, on average of late: one leader is enough */
    LANE_LARGE_HARVEST = 20
};

/* To a crowd: call one more leader, if this one has had no pause for LANE_PATIENCE_NS. */
void lane_help_if_busy(struct lane *lane, struct lane_leader *leader, struct worker *worker, int64_t now_ns);

/* With a batch of `count` clients that others can see: call one who takes from it, if it will take long. */
void lane_help_if_long(struct lane *lane, const struct lane_leader *leader, struct worker *worker,
                       size_t count);

/* A batch of `count` clients, at least 1, was served in so long. */
void lane_help_note_batch(struct lane_leader *leader, size_t count, int64_t took_ns);

/* A harvest has brought so many, at least 1. By any leader. */
void lane_help_note_harvest(struct lane *lane, size_t count);

/* Whether a leader that is not the last may sleep for LANE_LINGER_MS. */
bool lane_help_may_linger(const struct lane *lane);

#endif
