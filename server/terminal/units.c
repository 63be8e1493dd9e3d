/* SPDX-License-Identifier: MIT */
#include "server/terminal/units.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* Three digits that count, of a number below 999.5. */
static void format_three(double number, const char *unit, char text[UNITS_BYTES]) {
    int behind = 0;
    if (number < 9.995) {
        behind = 2;
    } else if (number < 99.95) {
        behind = 1;
    }
    (void)snprintf(text, UNITS_BYTES, "%.*f %s", behind, number, unit);
}

void units_format_duration(double seconds, char text[UNITS_BYTES]) {
    static const struct {
        double below; /* in its own unit */
        double unit_s;
        const char *name;
    } long_units[] = {{119.5, 1, "s"}, {119.5, 60, "min"}, {47.5, 3600, "h"}, {1e9, 86400, "d"}};
    if (seconds < 5e-9) {
        (void)snprintf(text, UNITS_BYTES, "0");
    } else if (seconds < 999.5e-6) {
        format_three(seconds * 1e6, "us", text);
    } else if (seconds < 999.5e-3) {
        format_three(seconds * 1e3, "ms", text);
    } else if (seconds < 9.995) {
        format_three(seconds, "s", text);
    } else {
        size_t i = 0;
        while (i < 3 && seconds / long_units[i].unit_s >= long_units[i].below) {
            i++;
        }
        (void)snprintf(text, UNITS_BYTES, "%.0f %s", seconds / long_units[i].unit_s, long_units[i].name);
    }
}

/* Put a comma before each group of three digits. */
static void group(char text[UNITS_BYTES]) {
    size_t length = strlen(text);
    for (size_t at = length; at > 3 && length + 1 < UNITS_BYTES; length++) {
        at -= 3;
        memmove(text + at + 1, text + at, length - at + 1);
        text[at] = ',';
    }
}

void units_format_number(double number, char text[UNITS_BYTES]) {
    int behind = 0;
    bool is_whole = number < 1e15 && number == (double)(int64_t)number;
    if (!is_whole && number < 0.995) {
        behind = 2;
    } else if (!is_whole && number < 9.95) {
        behind = 1;
    }
    (void)snprintf(text, UNITS_BYTES, "%.*f", behind, number);
    if (behind == 0) {
        group(text);
    }
}

void units_format_size(double bytes, char text[UNITS_BYTES]) {
    static const char *const units[] = {"B", "kB", "MB", "GB", "TB", "PB", "EB"};
    size_t unit = 0;
    while (bytes >= 999.5 && unit + 1 < sizeof units / sizeof units[0]) {
        bytes /= 1000;
        unit++;
    }
    if (unit == 0) {
        (void)snprintf(text, UNITS_BYTES, "%.0f B", bytes);
    } else {
        format_three(bytes, units[unit], text);
    }
}
