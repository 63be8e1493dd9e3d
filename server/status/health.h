/* SPDX-License-Identifier: MIT */
/*
 * Whether the server does its work: for whoever sends it clients, and restarts it.
 *
 * Costs the same however much is going on: it looks at two words. Overload is no illness: a server that has much to do
 * would get less of it done if it were restarted. Thread-safe.
 */
#ifndef LIDO_SERVER_STATUS_HEALTH_H
#define LIDO_SERVER_STATUS_HEALTH_H

#include "http/base/json_writer.h"
#include "http/base/text.h"

#include <stdbool.h>
#include <stddef.h>

struct threadpool;

enum health_state { HEALTH_OK, HEALTH_DEGRADED, HEALTH_DRAINING };

enum { HEALTH_REASONS_MAX = 2 };

struct health {
    enum health_state state;
    const char *reasons[HEALTH_REASONS_MAX]; /* sentences without a full stop; constants */
    size_t reason_count;
};

/* Look. `closing`: the server is about to stop. */
void health_read(struct health *health, const struct threadpool *pool, bool closing);

/* A word: "ok", "degraded", "draining". */
const char *health_name(enum health_state state);

/* "degraded: a worker is stuck ..." and a line feed. */
void health_write_text(const struct health *health, struct text *out);

/* An object: {"status": "ok", "reasons": []}. NULL without memory; the caller's. */
json_t *health_object(const struct health *health) __attribute__((warn_unused_result));
void health_write_json(const struct health *health, struct text *out);

#endif
