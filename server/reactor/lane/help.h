/* SPDX-License-Identifier: MIT */
/*
 * When a leader has another worker called to its side: it has been busy for some time and finds a crowd, or what it
 * has claimed will take it long.
 *
 * A call costs some microseconds of two processors, so small batches are served alone. Whoever comes takes from the
 * batch and leads, too; there are never more leaders than processors. Each function is the leader's own and blocks
 * nowhere.
 */
#ifndef LIDO_SERVER_REACTOR_LANE_HELP_H
#define LIDO_SERVER_REACTOR_LANE_HELP_H

#include "server/reactor/lane/lane.h"

#include <stddef.h>
#include <stdint.h>

enum {
    LANE_PATIENCE_NS = 1000 * 1000, /* busy for so long, a leader that finds */
    LANE_CROWD = 8,                 /* so many has help called */
    LANE_LONG_NS = 300 * 1000 /* what it has claimed may take so long, by what such clients took of late */
};

/* To a crowd: call one more leader, if this one has had no pause for LANE_PATIENCE_NS. */
void lane_help_if_busy(struct lane *lane, struct lane_leader *leader, struct worker *worker, int64_t now_ns);

/* With a batch of `count` clients that others can see: call one who takes from it, if it will take long. */
void lane_help_if_long(struct lane *lane, const struct lane_leader *leader, struct worker *worker,
                       size_t count);

/* A batch of `count` clients, at least 1, was served in so long. */
void lane_help_note_batch(struct lane_leader *leader, size_t count, int64_t took_ns);

#endif
