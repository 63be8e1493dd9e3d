/* SPDX-License-Identifier: MIT */
#include "http/semantics/field_syntax.h"

static bool is_blank(char c) {
    return c == ' ' || c == '\t';
}

static struct view trim(struct view view) {
    while (view.length > 0 && is_blank(view.bytes[0])) {
        view.bytes++;
        view.length--;
    }
    while (view.length > 0 && is_blank(view.bytes[view.length - 1])) {
        view.length--;
    }
    return view;
}

static size_t find_separator(struct view view, char separator, enum list_quoting quoting) {
    bool is_quoted = false;
    for (size_t i = 0; i < view.length; i++) {
        char c = view.bytes[i];
        if (c == '"') {
            is_quoted = !is_quoted && quoting != LIST_PLAIN;
        } else if (is_quoted && c == '\\' && quoting == LIST_QUOTED_STRINGS) {
            i++;
        } else if (!is_quoted && c == separator) {
            return i;
        }
    }
    return view.length;
}

bool list_take(struct view *rest, char separator, enum list_quoting quoting, struct view *element) {
    if (rest->bytes == NULL) {
        return false;
    }
    size_t length = find_separator(*rest, separator, quoting);
    *element = trim((struct view){rest->bytes, length});
    *rest = length == rest->length ? (struct view){0}
                                   : (struct view){rest->bytes + length + 1, rest->length - length - 1};
    return true;
}
