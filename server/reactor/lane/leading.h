/* SPDX-License-Identifier: MIT */
/*
 * Who leads in a lane, and how one who should is called: the part of it that knows no clients. See "Note on leadership"
 * and "Note on wake-ups" in lane.h, which declares what others may call of it. Private to lane/.
 */
#ifndef LIDO_SERVER_REACTOR_LANE_LEADING_H
#define LIDO_SERVER_REACTOR_LANE_LEADING_H

#include "server/reactor/lane/lane.h"

#include <stdbool.h>

/* Who leads when somebody has left. */
enum lane_leaving { LANE_DID_NOT_LEAD, LANE_OTHERS_LEAD, LANE_NOBODY_LEADS };

/* The worker's place; NULL: it can never lead. Thread-safe. */
struct lane_leader *lane_leader_of(const struct lane *lane, const struct worker *worker);

/* Lead, unless so many do already. Returns whether the worker leads now. By the worker itself. */
bool lane_enter(struct lane *lane, struct lane_leader *leader);

/* Lead no more. By the worker itself, or by the watch in its place. */
enum lane_leaving lane_leave(struct lane *lane, struct lane_leader *leader);

#endif
