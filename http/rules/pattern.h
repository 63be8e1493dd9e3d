/* SPDX-License-Identifier: MIT */
/*
 * Patterns of sections in the config: which paths, or which media types, they are for.
 *
 * A '*' stands for any number of any bytes, '/' included; all else for itself. A pattern that begins with '/'
 * or '*' is for paths ("/assets/x.js": decoded, normalised, from the root of the site); any other is for
 * media types (those of images: "image/" and a star). Pure; no regular expressions, linear in practice and at
 * worst the product of both lengths.
 */
#ifndef LIDO_HTTP_RULES_PATTERN_H
#define LIDO_HTTP_RULES_PATTERN_H

#include "http/base/view.h"

#include <stdbool.h>
#include <stddef.h>

enum { PATTERN_CAPTURES_MAX = 9 };

/* What each '*' stood for, in order; the first PATTERN_CAPTURES_MAX of them. */
struct pattern_captures {
    struct view parts[PATTERN_CAPTURES_MAX];
    size_t count;
};

/* What a pattern is compared with. */
struct pattern_subject {
    struct view path;       /* with its first slash */
    struct view media_type; /* without parameters; bytes NULL when it is not known */
};

/* Whether `text` matches the pattern, which counts letter case. The last '*' takes as much as it can, the
 * others as little. `captures` may be NULL. Thread-safe. */
bool pattern_matches(const char *pattern, struct view text, struct pattern_captures *captures);

/* Whether the pattern is one for media types. */
bool pattern_is_media_type(const char *pattern);

/* Compare with path or media type (any letter case), whichever the pattern is for. Thread-safe. */
bool pattern_applies(const char *pattern, const struct pattern_subject *subject);

#endif
