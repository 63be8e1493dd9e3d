/* SPDX-License-Identifier: MIT */
/*
 * Which forms of a page a client wants: the Accept field (RFC 9110 section 12.5.1), as far as it names media
 * types in so many words.
 *
 * A range with an asterisk does not count: everybody sends one. Pure functions over views.
 */
#ifndef LIDO_HTTP_SEMANTICS_NEGOTIATION_H
#define LIDO_HTTP_SEMANTICS_NEGOTIATION_H

#include "http/base/view.h"

#include <stdbool.h>

/* The weight that the field gives to a media type, in thousandths (field_syntax.h): the highest of the elements
 * that name it, or WEIGHT_NOT_NAMED. Parameters other than the weight do not matter; a malformed weight is
 * none. Thread-safe. */
int accept_weight(struct view accept, const char *media_type);

/* Whether it names HTML (text/html or application/xhtml+xml with a weight above 0): what a browser sends when
 * it goes to a page, and not when a script or a style asks for a file. Thread-safe. */
bool accept_names_html(struct view accept);

/* Whether it prefers a media type to HTML: names it, and HTML not at all or with a lower weight. Thread-safe.
 * */
bool accept_prefers(struct view accept, const char *media_type);

#endif
