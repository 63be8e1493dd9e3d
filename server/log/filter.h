/* SPDX-License-Identifier: MIT */
/*
 * Which requests a log is for: those with certain statuses, for certain paths, or all.
 *
 * Made once of a section of the config, then only read, by all workers at once.
 */
#ifndef LIDO_SERVER_LOG_FILTER_H
#define LIDO_SERVER_LOG_FILTER_H

#include "conf/settings.h"
#include "http/connection.h"

#include <stdbool.h>
#include <stddef.h>

enum { FILTER_STATUS_MAX = 599 };

/* All-zero: all requests. */
struct log_filter {
    bool has_statuses;
    bool statuses[FILTER_STATUS_MAX + 1];
    struct string_list paths; /* patterns (http/rules/pattern.h); empty: all */
};

/* Returns 0, and *filter is the caller's for log_filter_deinit(), or -ENOMEM. */
int log_filter_init(struct log_filter *filter, const struct config_log *settings)
    __attribute__((warn_unused_result));

/* Release what the filter owns. */
void log_filter_deinit(struct log_filter *filter);

/* Whether the log is for this request. Its path counts as it is decoded and without its query; a request that has none
 * matches no pattern. Thread-safe. */
bool log_filter_takes(const struct log_filter *filter, const struct answer_record *record);

#endif
