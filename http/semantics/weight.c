/* SPDX-License-Identifier: MIT */
#include "http/semantics/weight.h"

bool weight_is_meant(struct view parameter) {
    return view_starts_with_nocase(parameter, "q=");
}

bool weight_parse(struct view parameter, int *weight) {
    static const size_t first_decimal = sizeof "q=0." - 1;
    static const size_t length_max = sizeof "q=0.000" - 1;
    if (!view_starts_with_nocase(parameter, "q=0") && !view_starts_with_nocase(parameter, "q=1")) {
        return false;
    }
    if (parameter.length > length_max || (parameter.length >= first_decimal && parameter.bytes[3] != '.')) {
        return false;
    }
    int value = parameter.bytes[2] == '1' ? WEIGHT_FULL : 0;
    int unit = WEIGHT_FULL / 10;
    for (size_t i = first_decimal; i < parameter.length; i++, unit /= 10) {
        char digit = parameter.bytes[i];
        if (digit < '0' || digit > '9') {
            return false;
        }
        value += (digit - '0') * unit;
    }
    if (value > WEIGHT_FULL) {
        return false;
    }
    *weight = value;
    return true;
}
