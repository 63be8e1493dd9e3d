/* SPDX-License-Identifier: MIT */
/*
 * Which media types have a charset parameter (RFC 2046 section 4.1.2), and what in a file overrules one that
 * was not meant for it in particular.
 *
 * The parameter wins over what a page says of itself (HTML, section 13.2.3), so that one that is added to all
 * would break those that say otherwise. Pure functions over views; all are thread-safe.
 */
#ifndef LIDO_HTTP_FILES_CHARSET_H
#define LIDO_HTTP_FILES_CHARSET_H

#include "http/base/view.h"

#include <stdbool.h>

/* Whether files of this media type, without parameters, are decoded by the parameter. */
bool charset_is_taken(struct view name);

/* Whether the value of Content-Type has the parameter. */
bool charset_is_named(struct view type);

/* By what files of this type say it themselves: a set of enum content_hints. */
unsigned charset_declarations(struct view name);

#endif
