/* SPDX-License-Identifier: MIT */
/*
 * One line of the access log: the common or combined log format of the NCSA and Apache servers, with the
 * seconds taken at its end. Nothing that a client sent gets into a line unescaped. Nothing is written to a
 * file here.
 */
#ifndef LIDO_SERVER_LOG_LINE_H
#define LIDO_SERVER_LOG_LINE_H

#include "http/connection.h"

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

/* Enough for any line: what is longer of a request line or a field is cut, and ends in "...". */
enum { LOG_LINE_BYTES = 12 * 1024 };

/* The local time as the log writes it, made anew when the second has changed. All-zero at first; one per
 * thread. */
struct log_clock {
    time_t seconds;
    size_t length;
    char text[40];
};

/* Write the line with its line feed: address, two dashes, [time], "request line", status, bytes of the body,
 * with `combined` "referer" and "user agent", and seconds. Control characters, quotes, backslashes and bytes
 * above 0x7E are written as \xHH. Returns its length. Thread-safe. */
size_t log_line_format(char line[LOG_LINE_BYTES], const struct answer_record *record, bool combined,
                       struct log_clock *clock);

#endif
