/* SPDX-License-Identifier: MIT */
/*
 * Bytes that nobody vouches for, made safe for the place where they go: HTML, a URL.
 *
 * File names and request texts pass through here and nowhere else before they reach a client.
 */
#ifndef LIDO_HTTP_ESCAPE_H
#define LIDO_HTTP_ESCAPE_H

#include "http/text.h"

/* Append bytes as HTML text or as the value of a quoted attribute. Bytes that are not UTF-8, and control characters,
 * become U+FFFD, so that the page stays well-formed whatever a file is called. */
void escape_html(struct text *out, struct view bytes);

/* Append bytes as path segments of a URL (RFC 3986 section 3.3): everything but unreserved characters and '/' is
 * percent-encoded. */
void escape_url_path(struct text *out, struct view bytes);

/* Append a query as the client sent it; bytes that may not stand in a URL are percent-encoded, '%' is kept. */
void escape_url_query(struct text *out, struct view bytes);

#endif
