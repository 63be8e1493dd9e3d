/* SPDX-License-Identifier: MIT */
/*
 * Values that say what is logged, where to and how. Each is checked and brought into canonical form. Pure; thread-safe.
 */
#ifndef LIDO_CONF_VALUES_LOG_VALUE_H
#define LIDO_CONF_VALUES_LOG_VALUE_H

#include "conf/values/site_value.h"

/* A format of lines, with its name in lower case: see log_format.h. */
site_value_reader log_value_format __attribute__((warn_unused_result));

/* Where a log goes: see log_destination.h. */
site_value_reader log_value_destination __attribute__((warn_unused_result));

/* Statuses and classes of them, with one blank between: see log_filter.h. */
site_value_reader log_value_statuses __attribute__((warn_unused_result));

#endif
