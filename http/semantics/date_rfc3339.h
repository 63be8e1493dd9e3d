/* SPDX-License-Identifier: MIT */
/*
 * Dates as RFC 3339 (the profile of ISO 8601 that HTML and JSON use) writes them: "1994-11-06T08:49:37Z".
 *
 * Always in UTC and with seconds. Refuses what has no such form instead of writing the nearest date, as a
 * reader takes it for exact; date.h has the dates of HTTP itself.
 */
#ifndef LIDO_HTTP_SEMANTICS_DATE_RFC3339_H
#define LIDO_HTTP_SEMANTICS_DATE_RFC3339_H

#include <stdbool.h>
#include <time.h>

enum { DATE_RFC3339_LENGTH = 20, DATE_RFC3339_BYTES = DATE_RFC3339_LENGTH + 1 };

/* Write `seconds` since the epoch (RFC 3339 section 5.6, date-time). Returns false, and leaves out as it is,
 * when the year is not one of 0 to 9999. Takes no lock; thread-safe. */
bool date_format_rfc3339(time_t seconds, char out[DATE_RFC3339_BYTES]) __attribute__((warn_unused_result));

#endif
