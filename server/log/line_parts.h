/* SPDX-License-Identifier: MIT */
/*
 * What the shapes of a line have in common: who, when, and where the time went. Private to server/log/.
 *
 * Each writes at `at`, where there is room for it, and returns where it ended. Thread-safe.
 */
#ifndef LIDO_SERVER_LOG_LINE_PARTS_H
#define LIDO_SERVER_LOG_LINE_PARTS_H

#include "server/log/line.h"

#include <time.h>

/* The client's name or its address; `line` is where the line begins. */
char *put_client(char *at, const char *line, const struct log_subject *subject);

/* Its address. */
char *put_address(char *at, const struct log_subject *subject);

/* " - - [10/Oct/2000:13:55:36 +0000] ", and what stands in the brackets alone. */
char *put_local_time(char *at, struct log_clock *clock);
char *put_bare_local_time(char *at, struct log_clock *clock);

/* "2000-10-10T13:55:36.123Z" */
char *put_utc(char *at, struct log_clock *clock);

/* Note that the name would stand at at[0 .. length). */
void slots_add(struct log_slots *slots, const char *line, const char *at, size_t length, bool is_json);

/* A line of the owner's. */
char *put_own_line(char *line, const struct log_subject *subject, const struct log_shape *shape,
                   struct log_clock *clock);

#endif
