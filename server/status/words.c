/* SPDX-License-Identifier: MIT */
#include "server/status/words.h"

#include "http/pages/human_number.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>

void words_add(struct text *out, const char *format, ...) {
    char *room = text_reserve(out, WORDS_BYTES);
    if (room == NULL) {
        return;
    }
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(room, WORDS_BYTES, format, arguments);
    va_end(arguments);
    out->length += length > 0 && length < WORDS_BYTES ? (size_t)length : 0;
}

void words_add_duration(struct text *out, double seconds) {
    static const struct {
        double below;
        double unit;
        const char *name;
    } steps[] = {
        {0.001, 0.000001, "µs"}, {1, 0.001, "ms"},       {120, 1, "s"},
        {2 * 3600, 60, "min"},   {48 * 3600, 3600, "h"}, {INFINITY, 86400, "d"},
    };
    size_t step = 0;
    while (seconds >= steps[step].below && step + 1 < sizeof steps / sizeof *steps) {
        step++;
    }
    double number = seconds / steps[step].unit;
    words_add(out, number < 9.95 && number >= 0.05 ? "%.1f %s" : "%.0f %s", number, steps[step].name);
}

void words_add_number(struct text *out, double number) {
    if (number >= 9.95) {
        human_number_append(out, (uint64_t)llround(number));
    } else if (number < 0.005) {
        text_append(out, "0");
    } else {
        words_add(out, number < 0.995 ? "%.2f" : "%.1f", number);
    }
}
