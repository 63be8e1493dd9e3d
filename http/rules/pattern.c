/* SPDX-License-Identifier: MIT */
#include "http/rules/pattern.h"

#include <string.h>

static bool same(const char *a, const char *b, size_t length, bool any_case) {
    if (!any_case) {
        return memcmp(a, b, length) == 0;
    }
    for (size_t i = 0; i < length; i++) {
        if (ascii_lower(a[i]) != ascii_lower(b[i])) {
            return false;
        }
    }
    return true;
}

/* Where the literal begins first in the text, or NULL. */
static const char *find(struct view text, struct view literal, bool any_case) {
    if (!any_case) {
        return memmem(text.bytes, text.length, literal.bytes, literal.length);
    }
    for (size_t i = 0; i + literal.length <= text.length; i++) {
        if (same(text.bytes + i, literal.bytes, literal.length, true)) {
            return text.bytes + i;
        }
    }
    return NULL;
}

static void capture(struct pattern_captures *captures, struct view part) {
    if (captures != NULL && captures->count < PATTERN_CAPTURES_MAX) {
        captures->parts[captures->count++] = part;
    }
}

/* What stands before the first star and behind the last one is fixed. Each piece between two stars is taken
 * where it comes first: a later place would only leave less for the pieces behind it. So nothing is ever
 * tried twice. */
static bool matches(const char *pattern, struct view text, bool any_case, struct pattern_captures *captures) {
    const char *last_star = strrchr(pattern, '*');
    if (last_star == NULL) {
        return text.length == strlen(pattern) && same(text.bytes, pattern, text.length, any_case);
    }
    size_t prefix = strcspn(pattern, "*");
    const char *suffix = last_star + 1;
    size_t suffix_length = strlen(suffix);
    if (text.length < prefix + suffix_length || !same(text.bytes, pattern, prefix, any_case) ||
        !same(text.bytes + text.length - suffix_length, suffix, suffix_length, any_case)) {
        return false;
    }
    struct view rest = {text.bytes + prefix, text.length - prefix - suffix_length};
    const char *piece = pattern + prefix + 1;
    while (piece < suffix) {
        size_t piece_length = strcspn(piece, "*");
        const char *found = find(rest, (struct view){piece, piece_length}, any_case);
        if (found == NULL) {
            return false;
        }
        size_t before = (size_t)(found - rest.bytes);
        capture(captures, (struct view){rest.bytes, before});
        rest = (struct view){found + piece_length, rest.length - before - piece_length};
        piece += piece_length + 1;
    }
    capture(captures, rest);
    return true;
}

bool pattern_matches(const char *pattern, struct view text, struct pattern_captures *captures) {
    if (captures != NULL) {
        captures->count = 0;
    }
    return matches(pattern, text.bytes != NULL ? text : view_of(""), false, captures);
}

bool pattern_is_media_type(const char *pattern) {
    return pattern[0] != '/' && pattern[0] != '*';
}

bool pattern_applies(const char *pattern, const struct pattern_subject *subject) {
    if (!pattern_is_media_type(pattern)) {
        return pattern_matches(pattern, subject->path, NULL);
    }
    return subject->media_type.bytes != NULL && matches(pattern, subject->media_type, true, NULL);
}
