/* SPDX-License-Identifier: MIT */
/*
 * Buttons that ask for the same folder with another query, without a script.
 *
 * Each is a form (WHATWG HTML section 4.10.22), as whoever copies a tree by its links sends no forms: as
 * links they led wget -m and its like to every folder in every order, view and form.
 */
#ifndef LIDO_HTTP_LISTING_HTML_BUTTON_H
#define LIDO_HTTP_LISTING_HTML_BUTTON_H

#include "http/base/text.h"
#include "http/listing/query.h"

/* Append the fields, which nobody sees, by which a form asks for this query: what it sends takes the place of
 * the page's own query. */
void listing_html_button_write_fields(struct text *out, const struct listing_query *query);

/* Append a form with a button up to its content, and what follows that. The attributes are written as they
 * are; "" for none. */
void listing_html_button_begin(struct text *out, const struct listing_query *query, const char *attributes);
void listing_html_button_end(struct text *out);

#endif
