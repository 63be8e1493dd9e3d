/* SPDX-License-Identifier: MIT */
/*
 * A view: some bytes of a text that somebody else owns. Not terminated by a NUL.
 *
 * Comparisons go by bytes; letter case is that of ASCII only (ascii.h).
 */
#ifndef LIDO_HTTP_BASE_VIEW_H
#define LIDO_HTTP_BASE_VIEW_H

#include "http/base/ascii.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct view {
    const char *bytes; /* NULL when there is nothing, as for a field that was not sent */
    size_t length;
};

static inline struct view view_of(const char *text) {
    return (struct view){.bytes = text, .length = strlen(text)};
}

static inline bool view_equals(struct view view, const char *text) {
    return view.length == strlen(text) && (view.length == 0 || memcmp(view.bytes, text, view.length) == 0);
}

/* Compare without regard to the case of ASCII letters. */
static inline bool view_equals_nocase(struct view view, const char *text) {
    for (size_t i = 0; i < view.length; i++) {
        if (text[i] == '\0' || ascii_lower(view.bytes[i]) != ascii_lower(text[i])) {
            return false;
        }
    }
    return text[view.length] == '\0';
}

static inline bool view_starts_with_nocase(struct view view, const char *prefix) {
    size_t length = strlen(prefix);
    return view.length >= length && view_equals_nocase((struct view){view.bytes, length}, prefix);
}

#endif
