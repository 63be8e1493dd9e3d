/* SPDX-License-Identifier: MIT */
/*
 * Numbers as the status page and the metrics write them. What comes from a client is not for these: escape it. Not
 * locale-dependent; thread-safe, for different texts.
 */
#ifndef LIDO_SERVER_STATUS_WORDS_H
#define LIDO_SERVER_STATUS_WORDS_H

#include "http/base/text.h"

#include <stddef.h>

enum { WORDS_BYTES = 512 }; /* of one call of words_add(), at most; what is longer is left out */

/* Append as printf(3) does. */
void words_add(struct text *out, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Append a duration for people: "85 µs", "1.2 ms", "340 ms", "12 s", "3 min", "5 h", "9 d". */
void words_add_duration(struct text *out, double seconds);

/* Append a number for people, rounded to what can be read: "0", "0.25", "7.5", "1,234". */
void words_add_number(struct text *out, double number);

#endif
