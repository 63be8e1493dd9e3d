/* SPDX-License-Identifier: MIT */
#include "conf/values/value.h"

#include "conf/base/text_check.h"
#include "http/base/ascii.h"

#include <errno.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct unit {
    const char *name;
    uint64_t factor;
};

/* Each largest first, for the way back to text. */
static const struct unit size_units[] = {
    {"G", UINT64_C(1) << 30},
    {"GB", UINT64_C(1) << 30},
    {"GiB", UINT64_C(1) << 30},
    {"M", UINT64_C(1) << 20},
    {"MB", UINT64_C(1) << 20},
    {"MiB", UINT64_C(1) << 20},
    {"k", UINT64_C(1) << 10},
    {"kB", UINT64_C(1) << 10},
    {"kiB", UINT64_C(1) << 10},
    {"", 1},
    {"B", 1},
    {NULL, 0},
};
static const struct unit duration_units[] = {
    {"y", UINT64_C(31536000000)},
    {"w", 604800000},
    {"d", 86400000},
    {"h", 3600000},
    {"m", 60000},
    {"s", 1000},
    {"ms", 1},
    {NULL, 0},
};

/* Reads the digits at the start of `text`; *rest points behind them. A minus sign before them counts as out
 * of range, so that "-1" is not called malformed. */
static enum value_outcome read_digits(const char *text, uint64_t *number, const char **rest) {
    bool is_negative = *text == '-';
    char *end = NULL;
    if (!ascii_is_digit(text[is_negative ? 1 : 0])) {
        return VALUE_MALFORMED;
    }
    errno = 0;
    *number = strtoull(text, &end, 10);
    *rest = end;
    return is_negative || errno == ERANGE ? VALUE_OUT_OF_RANGE : VALUE_OK;
}

static enum value_outcome scale(uint64_t number, const char *unit, const struct unit units[],
                                uint64_t *result) {
    for (const struct unit *u = units; u->name != NULL; u++) {
        if (strcasecmp(u->name, unit) == 0) {
            if (number > UINT64_MAX / u->factor) {
                return VALUE_OUT_OF_RANGE;
            }
            *result = number * u->factor;
            return VALUE_OK;
        }
    }
    return VALUE_MALFORMED;
}

static enum value_outcome parse_scaled(const char *text, const struct unit units[], uint64_t *result) {
    uint64_t number = 0;
    uint64_t scaled = 0;
    const char *unit = NULL;
    enum value_outcome digits = read_digits(text, &number, &unit);
    enum value_outcome outcome = digits == VALUE_MALFORMED ? digits : scale(number, unit, units, &scaled);
    if (outcome == VALUE_OK && digits == VALUE_OK) {
        *result = scaled;
    }
    return outcome == VALUE_OK ? digits : outcome;
}

enum value_outcome value_parse_number(const char *text, uint64_t *number) {
    static const struct unit none[] = {{"", 1}, {NULL, 0}};
    return parse_scaled(text, none, number);
}

enum value_outcome value_parse_size(const char *text, uint64_t *bytes) {
    return parse_scaled(text, size_units, bytes);
}

enum value_outcome value_parse_duration(const char *text, uint64_t *milliseconds) {
    uint64_t bare = 0;
    enum value_outcome outcome = value_parse_number(text, &bare);
    if (outcome == VALUE_MALFORMED) {
        return parse_scaled(text, duration_units, milliseconds);
    }
    if (outcome == VALUE_OUT_OF_RANGE || bare != 0) {
        return *text == '-' ? VALUE_OUT_OF_RANGE : VALUE_UNIT_MISSING;
    }
    *milliseconds = 0;
    return VALUE_OK;
}

bool value_parse_boolean(const char *text, bool *boolean) {
    static const char *const words[] = {"off", "on", "no", "yes", "false", "true", NULL};
    int word = value_parse_word(text, words);
    if (word == -1) {
        return false;
    }
    *boolean = word % 2 == 1;
    return true;
}

int value_parse_word(const char *text, const char *const words[]) {
    for (int i = 0; words[i] != NULL; i++) {
        if (strcasecmp(words[i], text) == 0) {
            return i;
        }
    }
    return -1;
}

static void format_scaled(uint64_t value, const struct unit units[], char text[VALUE_TEXT_BYTES]) {
    const struct unit *unit = units;
    while (value == 0 ? unit->factor != 1 : value % unit->factor != 0) {
        unit++;
    }
    (void)snprintf(text, VALUE_TEXT_BYTES, "%" PRIu64 "%s", value / unit->factor,
                   value == 0 ? "" : unit->name);
}

void value_format_size(uint64_t bytes, char text[VALUE_TEXT_BYTES]) {
    format_scaled(bytes, size_units, text);
}

void value_format_duration(uint64_t milliseconds, char text[VALUE_TEXT_BYTES]) {
    format_scaled(milliseconds, duration_units, text);
}

bool value_check_text(const char *text, const char *expected, struct complaint about) {
    if (strlen(text) >= OPTION_VALUE_BYTES) {
        return complain(about, "'%s' is too long; expected at most %d bytes", show(text).text,
                        OPTION_VALUE_BYTES - 1);
    }
    if (text_has_control(text)) {
        return complain(about, "'%s' holds a control character; expected %s", show(text).text, expected);
    }
    return true;
}
