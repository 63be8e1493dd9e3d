/* SPDX-License-Identifier: MIT */
/*
 * What the pages that the server writes itself have in common: their frame, their style, and what browsers
 * are told about them (Content Security Policy Level 3).
 *
 * Style, script and icons are files of this folder, compiled in (embed.cmake), so that a page is whole in one
 * answer. What is on a page is not known here: the caller fills the frame and escapes what it puts there.
 */
#ifndef LIDO_HTTP_PAGES_PAGE_H
#define LIDO_HTTP_PAGES_PAGE_H

#include "http/base/text.h"

/* Values of Content-Security-Policy: the page's own style and script, known by their digests, and nothing
 * else. */
extern const char page_security_policy_listing[];
extern const char page_security_policy_error[];
extern const char page_security_policy_status[]; /* its script may ask its own server */

/* Append a page's beginning, up to where its title goes. */
void page_open(struct text *out);

/* Append what follows the title: the style, and the icons, which stand ready as "#i-<name>". */
void page_begin_listing(struct text *out);
void page_begin_error(struct text *out);
void page_begin_status(struct text *out);

/* Append a page's end. server_name stands in the foot; NULL for none. */
void page_end_listing(struct text *out, const char *server_name);
void page_end_error(struct text *out, const char *server_name);
void page_end_status(struct text *out);

/* Append an icon by its name. */
void page_write_icon(struct text *out, const char *name);

#endif
