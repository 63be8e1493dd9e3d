/* SPDX-License-Identifier: MIT */
/*
 * Which statuses a log is for: "404", "5xx", or several of them with blanks between.
 *
 * Pure; thread-safe.
 */
#ifndef LIDO_CONF_VALUES_LOG_FILTER_H
#define LIDO_CONF_VALUES_LOG_FILTER_H

#include <stdbool.h>
#include <stddef.h>

/* Whether word[0 .. length) is a status or a class of them. */
bool log_filter_is_status(const char *word, size_t length);

/* Whether `statuses`, as log_value_statuses() (log_value.h) has accepted it, names the status. */
bool log_filter_names(const char *statuses, int status);

#endif
