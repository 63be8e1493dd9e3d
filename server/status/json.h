/* SPDX-License-Identifier: MIT */
/*
 * A reading as JSON: status.json. README.md here has the names, which are stable. Knows no page. Thread-safe.
 */
#ifndef LIDO_SERVER_STATUS_JSON_H
#define LIDO_SERVER_STATUS_JSON_H

#include "http/base/json_writer.h"
#include "http/base/text.h"
#include "server/status/reading.h"

/* Append all of it. */
void json_write(const struct reading *reading, struct text *out);

/* Its parts in files of their own; NULL without memory. */
json_t *json_windows(const struct measure_snapshot *snapshot);
json_t *json_times(const struct measure_times *times);
json_t *json_series(const struct reading_series *series);

/* A count, a duration, a number with its unit in its name. */
void json_put_count(json_t **object, const char *name, uint64_t number);
void json_put_number(json_t **object, const char *name, double number);
void json_put_seconds(json_t **object, const char *name, uint64_t ns);

#endif
