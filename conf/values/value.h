/* SPDX-License-Identifier: MIT */
/*
 * The notation of single values: numbers, sizes, durations, yes or no, one of a few words; and back to text.
 *
 * Pure and thread-safe. Knows no option: ranges are checked by who knows them. Private to conf/.
 */
#ifndef LIDO_CONF_VALUES_VALUE_H
#define LIDO_CONF_VALUES_VALUE_H

#include "conf/base/complain.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    VALUE_TEXT_BYTES = 32,     /* of a number with its unit */
    OPTION_VALUE_BYTES = 4096, /* of any value: a path, as PATH_MAX has it, with its NUL */
};

enum value_outcome {
    VALUE_OK,
    VALUE_MALFORMED,
    VALUE_OUT_OF_RANGE, /* well-formed, but negative or past 64 bits */
    VALUE_UNIT_MISSING, /* a duration that is a bare number other than 0 */
};

/* Decimal digits alone. *number is untouched unless VALUE_OK. */
enum value_outcome value_parse_number(const char *text, uint64_t *number);

/* Bytes: digits, then nothing, k, M or G (powers of 1024, in either case), then nothing, B or iB. */
enum value_outcome value_parse_size(const char *text, uint64_t *bytes);

/* Milliseconds: digits, then ms, s, m (minutes), h, d, w (7 d) or y (365 d), in either case; 0 needs no
 * unit. */
enum value_outcome value_parse_duration(const char *text, uint64_t *milliseconds);

/* on, yes, true; off, no, false; in either case. Returns whether `text` is one of them. */
bool value_parse_boolean(const char *text, bool *boolean);

/* The index of `text` among `words` (ended by NULL; letter case does not count), or -1. */
int value_parse_word(const char *text, const char *const words[]);

/* The shortest exact text, which parses to the same value: 16384 -> "16k", 15000 -> "15s". */
void value_format_size(uint64_t bytes, char text[VALUE_TEXT_BYTES]);
void value_format_duration(uint64_t milliseconds, char text[VALUE_TEXT_BYTES]);

/* Check what holds for every text: shorter than OPTION_VALUE_BYTES, and no control character in it. Returns
 * true, or false after a complaint that names what is `expected`. */
bool value_check_text(const char *text, const char *expected, struct complaint about)
    __attribute__((warn_unused_result));

#endif
