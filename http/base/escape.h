/* SPDX-License-Identifier: MIT */
/*
 * Untrusted bytes, made safe for the place where they go: HTML (HTML standard, section 13.1), a URL (RFC
 * 3986), JSON (RFC 8259), a terminal (ECMA-48).
 *
 * File names and request texts pass through here and nowhere else before they reach a client or a terminal. All is
 * thread-safe, for texts of different owners.
 */
#ifndef LIDO_HTTP_BASE_ESCAPE_H
#define LIDO_HTTP_BASE_ESCAPE_H

#include "http/base/text.h"

#include <stdbool.h>
#include <stddef.h>

/* Append bytes as HTML text or as the value of a quoted attribute. Bytes that are not UTF-8, control
 * characters and noncharacters become U+FFFD, so that the page is well-formed whatever a file is called;
 * so do those that turn the direction of writing, as with them a name looks like another one. */
void escape_html(struct text *out, struct view bytes);

/* As escape_html(), but directions of writing may turn, lines stay lines and tabs stay tabs, however the
 * lines end: LF, CR LF or CR all become LF. */
void escape_html_lines(struct text *out, struct view bytes);

/* Append bytes as UTF-8, for a writer that does its own escaping, such as that of JSON: each byte that is not
 * part of a well-formed sequence becomes U+FFFD. Control characters stay. */
void escape_utf8(struct text *out, struct view bytes);

/* Replace by a '?' each character of bytes[0 .. length), the caller's, that does something to a terminal or a line of
 * it: control characters, line ends and tabs, too, and those that turn the direction of writing. Returns how many bytes
 * are left. */
size_t escape_terminal(char *bytes, size_t length);

/* Append bytes as UTF-8 that does nothing to a terminal: as escape_utf8(), and then escape_terminal(). */
void escape_terminal_utf8(struct text *out, struct view bytes);

/* Whether escape_terminal() would replace any. */
bool escape_finds_terminal_harm(struct view bytes);

/* Append bytes as path segments of a URL (RFC 3986 section 3.3): everything but unreserved characters and '/'
 * is percent-encoded. */
void escape_url_path(struct text *out, struct view bytes);

/* The byte that the escape ("%2F") at the beginning of a text stands for (RFC 3986 section 2.1), or -1 when
 * there is none that is whole. */
int escape_read(struct view text);

/* Append a query as the client sent it (RFC 3986 section 3.4); bytes that may not stand in a URL are
 * percent-encoded, '%' is kept. */
void escape_url_query(struct text *out, struct view bytes);

#endif
