/* SPDX-License-Identifier: MIT */
/*
 * What one config has otherwise than another: a line for each change, for the log of a reload.
 *
 * Driven by the tables of schema/, as printing is, so that a new option cannot be forgotten. Goes by values, and
 * not by where they stand. Says nothing about whether a change can be made, but names what needs a restart. All
 * configs are complete (config_inherit()) and do not change meanwhile.
 */
#ifndef LIDO_CONF_DIFF_DIFF_H
#define LIDO_CONF_DIFF_DIFF_H

#include "conf/settings.h"

#include <stdbool.h>
#include <stddef.h>

enum { CONFIG_DIFF_LINES_MAX = 200 };

struct config_diff {
    struct string_list lines; /* at most CONFIG_DIFF_LINES_MAX */
    size_t left_off;          /* how many more there would be */
};

/* Compare: "threads 8 -> 16", "+ listen *:9000", "- host example.org", "cache /a.js max_age 1h -> 2h",
 * "host example.org: + redirect /old". Of hosts, only what they do not take over. A long value is clipped. What needs
 * a restart is compared with what the program has begun with, as that is in force. Adds to *diff, which is {0} at first,
 * the caller's for config_diff_deinit() in any case. Returns 0 or -ENOMEM. Thread-safe. */
int config_diff(const struct config *begun, const struct config *before, const struct config *after,
                struct config_diff *diff) __attribute__((warn_unused_result));

/* Free the lines. */
void config_diff_deinit(struct config_diff *diff);

/* The hosts of a config, to find those of another one. */
struct host_index {
    const struct config *config;       /* the caller's, outlives it */
    const struct config_host **sorted; /* by their names */
};

/* Returns 0, for host_index_deinit(), or -ENOMEM. */
int host_index_init(struct host_index *hosts, const struct config *config)
    __attribute__((warn_unused_result));

/* The index of the host that has the names of `like`, in their order; host_count if none has. Thread-safe. */
size_t host_index_find(const struct host_index *hosts, const struct config_host *like);

/* Free it. {0} is allowed. */
void host_index_deinit(struct host_index *hosts);

/* Whether two sites are the same in all that is configured of them, taken over or not. Thread-safe. */
bool config_site_is_same(const struct config_site *a, const struct config_site *b);

#endif
