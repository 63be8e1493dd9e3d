/* SPDX-License-Identifier: MIT */
/*
 * A line of the log as text, made in memory of exactly the promised size, so that AddressSanitizer watches its end.
 * Refuses a line that is not one. There is one at a time, in a plain variable.
 */
#ifndef LIDO_TESTS_UNIT_SERVER_LOG_FORMATTED_H
#define LIDO_TESTS_UNIT_SERVER_LOG_FORMATTED_H

#include "server/log/line.h"

/* The clock that the lines are made with. */
extern struct log_clock log_clock;

/* The line with a NUL behind it; lives until the next one. */
const char *formatted(const struct answer_record *record, enum log_format format);

#endif
