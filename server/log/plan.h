/* SPDX-License-Identifier: MIT */
/*
 * Which logs there are by one config: where each writes, what is in its lines, and for which requests.
 *
 * Made beside the plan before, and shares with it what goes on where it did. Once made it never changes. Private to
 * logs.h, and to whoever reads the config.
 */
#ifndef LIDO_SERVER_LOG_PLAN_H
#define LIDO_SERVER_LOG_PLAN_H

#include "conf/settings.h"
#include "server/log/filter.h"
#include "server/log/line.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct log_writer;
struct names;

struct log_entry {
    struct log_writer *writer; /* held */
    struct log_shape shape;
    struct log_filter filter;
};

struct log_plan {
    bool anonymizes;     /* clients lose what tells one of a network from the other */
    struct names *names; /* held; NULL: clients are not asked for */
    int64_t name_timeout_ns;
    size_t holds;          /* the main thread's business */
    struct log_plan *next; /* of those that are no longer current, see logs.h */
    size_t count;
    struct log_entry entries[];
};

/* Make the plan of a config. What `beside` (NULL: nothing) writes to as well is not opened again. Opening may wait for a
 * disk, but for no reader. Returns 0 and sets *out, the caller's hold; or a negative errno, and *failed is the section
 * whose destination could not be opened, or NULL for access_log itself. */
int log_plan_create(struct log_plan **out, const struct log_plan *beside, const struct config *config,
                    const struct config_rule **failed) __attribute__((warn_unused_result));

/* Take one more hold of it. The main thread only, as the next one. */
struct log_plan *log_plan_hold(struct log_plan *plan);

/* Whether it writes to this log; NULL does not. Thread-safe, while somebody holds it. */
bool log_plan_has(const struct log_plan *plan, const struct log_writer *writer);

/* The same of this one or of any in a list (NULL: there is none). */
bool log_plans_have(const struct log_plan *plan, const struct log_plan *list,
                    const struct log_writer *writer);

/* Give up a hold; NULL is allowed. */
void log_plan_release(struct log_plan *plan);

#endif
