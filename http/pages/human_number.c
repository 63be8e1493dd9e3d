/* SPDX-License-Identifier: MIT */
#include "http/pages/human_number.h"

enum { BITS_PER_UNIT = 10, CHARACTERS_MAX = 26 /* 18,446,744,073,709,551,615 */ };

void human_number_append(struct text *out, uint64_t number) {
    char characters[CHARACTERS_MAX];
    size_t first = CHARACTERS_MAX;
    for (unsigned digits = 0; digits == 0 || number > 0; digits++, number /= 10) {
        if (digits > 0 && digits % 3 == 0) {
            characters[--first] = ',';
        }
        characters[--first] = (char)('0' + number % 10);
    }
    text_append_bytes(out, characters + first, CHARACTERS_MAX - first);
}

void human_number_append_count(struct text *out, uint64_t number, const char *thing) {
    human_number_append(out, number);
    text_append(out, " ");
    text_append(out, thing);
    if (number != 1) {
        text_append(out, "s");
    }
}

/* number / 2^shift, rounded; a half goes up. */
static uint64_t shift_rounding(uint64_t number, unsigned shift) {
    return (number >> shift) + (number >> (shift - 1) & 1);
}

void human_number_append_size(struct text *out, uint64_t bytes) {
    static const char units[][5] = {" B", " KiB", " MiB", " GiB", " TiB", " PiB", " EiB"};
    if (bytes < 1024) {
        text_append_number(out, bytes);
        text_append(out, units[0]);
        return;
    }
    size_t unit = 1;
    unsigned shift = BITS_PER_UNIT;
    while (shift_rounding(bytes, shift) >= 1024) { /* never "1024 KiB" */
        unit++;
        shift += BITS_PER_UNIT;
    }
    uint64_t whole = bytes >> shift;
    uint64_t rest = bytes - (whole << shift); /* less than 2^60: ten times that fits */
    uint64_t tenths = whole * 10 + shift_rounding(rest * 10, shift);
    if (tenths < 100) {
        text_append_number(out, tenths / 10);
        text_append(out, ".");
        text_append_number(out, tenths % 10);
    } else {
        text_append_number(out, shift_rounding(bytes, shift));
    }
    text_append(out, units[unit]);
}
