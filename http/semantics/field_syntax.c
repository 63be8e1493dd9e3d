/* SPDX-License-Identifier: MIT */
#include "http/semantics/field_syntax.h"

size_t field_syntax_token_length(struct view text) {
    static const bool token[256] = {
        ['!'] = true, ['#'] = true, ['$'] = true, ['%'] = true, ['&'] = true, ['\''] = true, ['*'] = true,
        ['+'] = true, ['-'] = true, ['.'] = true, ['^'] = true, ['_'] = true, ['`'] = true,  ['|'] = true,
        ['~'] = true, ['0'] = true, ['1'] = true, ['2'] = true, ['3'] = true, ['4'] = true,  ['5'] = true,
        ['6'] = true, ['7'] = true, ['8'] = true, ['9'] = true, ['A'] = true, ['B'] = true,  ['C'] = true,
        ['D'] = true, ['E'] = true, ['F'] = true, ['G'] = true, ['H'] = true, ['I'] = true,  ['J'] = true,
        ['K'] = true, ['L'] = true, ['M'] = true, ['N'] = true, ['O'] = true, ['P'] = true,  ['Q'] = true,
        ['R'] = true, ['S'] = true, ['T'] = true, ['U'] = true, ['V'] = true, ['W'] = true,  ['X'] = true,
        ['Y'] = true, ['Z'] = true, ['a'] = true, ['b'] = true, ['c'] = true, ['d'] = true,  ['e'] = true,
        ['f'] = true, ['g'] = true, ['h'] = true, ['i'] = true, ['j'] = true, ['k'] = true,  ['l'] = true,
        ['m'] = true, ['n'] = true, ['o'] = true, ['p'] = true, ['q'] = true, ['r'] = true,  ['s'] = true,
        ['t'] = true, ['u'] = true, ['v'] = true, ['w'] = true, ['x'] = true, ['y'] = true,  ['z'] = true,
    };
    size_t length = 0;
    while (length < text.length && token[(unsigned char)text.bytes[length]]) {
        length++;
    }
    return length;
}

static struct view trim(struct view view) {
    while (view.length > 0 && field_syntax_is_blank(view.bytes[0])) {
        view.bytes++;
        view.length--;
    }
    while (view.length > 0 && field_syntax_is_blank(view.bytes[view.length - 1])) {
        view.length--;
    }
    return view;
}

static size_t find_separator(struct view view, char separator, enum field_quoting quoting) {
    bool is_quoted = false;
    for (size_t i = 0; i < view.length; i++) {
        char c = view.bytes[i];
        if (c == '"') {
            is_quoted = !is_quoted && quoting != FIELD_PLAIN;
        } else if (is_quoted && c == '\\' && quoting == FIELD_QUOTED_STRINGS) {
            i++;
        } else if (!is_quoted && c == separator) {
            return i;
        }
    }
    return view.length;
}

bool field_syntax_take(struct view *rest, char separator, enum field_quoting quoting, struct view *element) {
    if (rest->bytes == NULL) {
        return false;
    }
    size_t length = find_separator(*rest, separator, quoting);
    *element = trim((struct view){rest->bytes, length});
    *rest = length == rest->length ? (struct view){0}
                                   : (struct view){rest->bytes + length + 1, rest->length - length - 1};
    return true;
}

bool field_syntax_is_weight(struct view parameter) {
    return view_starts_with_nocase(parameter, "q=");
}

bool field_syntax_parse_weight(struct view parameter, int *weight) {
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
        if (!ascii_is_digit(parameter.bytes[i])) {
            return false;
        }
        value += (parameter.bytes[i] - '0') * unit;
    }
    if (value > WEIGHT_FULL) {
        return false;
    }
    *weight = value;
    return true;
}
