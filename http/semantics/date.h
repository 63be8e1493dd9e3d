/* SPDX-License-Identifier: MIT */
/*
 * Dates as HTTP writes them (RFC 9110 section 5.6.7: one preferred form, and all three are read), as HTML and
 * JSON do (RFC 3339), and as zip archives do.
 *
 * Everything is computed in UTC and in English, whatever the locale and the time zone are; writing takes no
 * lock.
 */
#ifndef LIDO_HTTP_SEMANTICS_DATE_H
#define LIDO_HTTP_SEMANTICS_DATE_H

#include "http/base/view.h"

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

enum {
    DATE_HTTP_LENGTH = 29,
    DATE_HTTP_BYTES = DATE_HTTP_LENGTH + 1,
    DATE_RFC3339_LENGTH = 20,
    DATE_RFC3339_BYTES = DATE_RFC3339_LENGTH + 1
};

/* Write `seconds` since the epoch as an IMF-fixdate: "Sun, 06 Nov 1994 08:49:37 GMT". Years outside of 0 to
 * 9999 give the nearest that can be written. Thread-safe. */
void date_format_http(time_t seconds, char out[DATE_HTTP_BYTES]);

/* Write `seconds` since the epoch as "1994-11-06T08:49:37Z" (RFC 3339 section 5.6, date-time). Returns false,
 * and leaves out as it is, when the year is not one of 0 to 9999: a program would take the nearest date for
 * the exact one. Thread-safe. */
bool date_format_rfc3339(time_t seconds, char out[DATE_RFC3339_BYTES]) __attribute__((warn_unused_result));

/* `seconds` since the epoch as FAT and zip pack them: date in the upper 16 bits, time, to 2 s, in the
 * lower. Of the years 1980 to 2107; other times give the nearest. Thread-safe. */
uint32_t date_pack_fat(time_t seconds);

/* Read an IMF-fixdate, an RFC 850 date or an asctime() date; the day's name may be short or long in each.
 * `now` decides the century of a two-digit year: the date is the last one that lies at most 50 years ahead.
 * Returns whether it is one of them and a real date of the years 0 to 9999 (a leap second counts as the next
 * second, so that the last year has none); *seconds is untouched if not. Thread-safe. */
bool date_parse_http(struct view text, time_t now, time_t *seconds);

/* The current date as text, formatted anew only when the second has changed. All-zero at first; each
 * thread has its own. */
struct date_clock {
    struct timespec now; /* by clock_wall_coarse() */
    char text[DATE_HTTP_BYTES];
};

/* Bring the clock up to date and return its text, which lives until the next call. */
const char *date_clock_read(struct date_clock *clock);

#endif
