/* SPDX-License-Identifier: MIT */
/*
 * The parts of a log line: numbers, seconds, and texts that a client sent, made harmless.
 *
 * By hand, as every request needs a line and snprintf() takes ten times as long. Each writes at `at`, where there is
 * room for it, and returns where it ended. Knows no format; refuses to measure the room. Thread-safe.
 */
#ifndef LIDO_SERVER_LOG_PUT_H
#define LIDO_SERVER_LOG_PUT_H

#include "http/base/view.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Of a text sent by a client, so much is written; what is longer is cut, and ends in "...". */
enum { PUT_TEXT_MAX_BYTES = 900 };

/* Bytes as they are. */
static inline char *put_bytes(char *at, const char *bytes, size_t length) {
    memcpy(at, bytes, length);
    return at + length;
}

/* A string as it is. */
static inline char *put_string(char *at, const char *string) {
    return put_bytes(at, string, strlen(string));
}

/* The last `count` digits of the number. */
static inline char *put_digits(char *at, uint64_t number, size_t count) {
    for (size_t i = count; i > 0; number /= 10) {
        at[--i] = (char)('0' + number % 10);
    }
    return at + count;
}

/* In decimal digits. */
static inline char *put_number(char *at, uint64_t number) {
    size_t count = 1;
    for (uint64_t rest = number; rest >= 10; rest /= 10) {
        count++;
    }
    return put_digits(at, number, count);
}

/* With six decimals, cut. */
char *put_seconds(char *at, int64_t duration_ns);

/* In quotes, with control characters, quotes, backslashes and bytes above 0x7E as \xHH: up to four bytes each.
 * "-" for bytes NULL. */
char *put_quoted(char *at, struct view text);

/* The same without the quotes; "-" for bytes NULL. */
char *put_plain(char *at, struct view text);

/* The same with blanks escaped, too: what may stand between blanks without quotes. */
char *put_word(char *at, struct view text);

/* As a JSON string (RFC 8259 section 7), with what is no UTF-8 as U+FFFD: up to six bytes each. null for bytes
 * NULL, or without memory. */
char *put_json_string(char *at, struct view text);

#endif
