/* SPDX-License-Identifier: MIT */
/*
 * One line of the access log: the common or combined log format of the NCSA and Apache servers, with the
 * seconds taken at its end; the latter with where these went; or a JSON object. Nothing that a client sent gets
 * into a line unescaped. Nothing is written to a file here.
 */
#ifndef LIDO_SERVER_LOG_LINE_H
#define LIDO_SERVER_LOG_LINE_H

#include "conf/settings.h"
#include "http/connection.h"

#include <stddef.h>
#include <time.h>

/* Enough for any line: what is longer of a request line or a field is cut, and ends in "...". */
enum { LOG_LINE_BYTES = 28 * 1024 };

/* The time as the log writes it, made anew when the second has changed. All-zero at first; one per thread. */
struct log_clock {
    time_t seconds;
    enum log_format format;
    size_t length;
    char text[40];
};

/* Write the line with its line feed. All formats but JSON: address, two dashes, [local time], "request line",
 * status, bytes of the body, but for common "referer" and "user agent", seconds, and with timed the parts of these
 * by name; control characters, quotes, backslashes and bytes above 0x7E are written as \xHH. JSON: an object (RFC
 * 8259) with the same and UTC; lido(1) has its names. Returns its length. Thread-safe. */
size_t log_line_format(char line[LOG_LINE_BYTES], const struct answer_record *record, enum log_format format,
                       struct log_clock *clock);

#endif
