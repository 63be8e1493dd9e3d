/* SPDX-License-Identifier: MIT */
/*
 * What a request target means: decoded once, normalised, and never above the root.
 *
 * Pure text: whether anything exists under the path is not known here. Sources: RFC 9112 section 3.2 (forms),
 * RFC 3986 sections 2.1 (percent-encoding) and 5.2.4 (dot segments).
 */
#ifndef LIDO_HTTP_SEMANTICS_TARGET_H
#define LIDO_HTTP_SEMANTICS_TARGET_H

#include "http/base/view.h"
#include "http/semantics/status.h"

#include <stdbool.h>
#include <stddef.h>

/* PATH_MAX: a longer path cannot be opened. */
enum { TARGET_PATH_BYTES = 4096 };

struct target {
    bool asterisk;         /* "*": the server as a whole */
    struct view authority; /* of the absolute form; bytes NULL otherwise */
    struct view query;     /* without its '?'; bytes NULL when there is none. Points into the request */
    size_t length;         /* of path */
    /* Decoded, normalised, NUL-terminated, relative to the root: "", "a/b", "dir/". */
    char path[TARGET_PATH_BYTES];
};

/* Read a target in origin form ("/a?b"), absolute form ("http://host/a?b") or asterisk form ("*"). Returns
 * HTTP_OK and fills *target, or what the client has to be told: HTTP_BAD_REQUEST (malformed: a bad escape, a
 * NUL even if escaped, a fragment, another scheme), HTTP_NOT_FOUND (well-formed, but no file can have that
 * name: an encoded slash, a path too long to open). Thread-safe. */
enum http_status target_parse(struct view text, struct target *target) __attribute__((warn_unused_result));

/* Whether a name is that of a dot-file: it begins with one dot or two, and not with three. */
bool target_is_dot_name(const char *name);

/* The first segment of a path as above that names a dot-file, or NULL. "/.well-known/" at the top does not
 * count (RFC 8615). */
const char *target_find_hidden(const char *path);

/* The next one behind a segment, or NULL. */
const char *target_find_hidden_behind(const char *segment);

#endif
