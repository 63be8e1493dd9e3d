/* SPDX-License-Identifier: MIT */
/*
 * The rows of a listing's page: lines of a table, or tiles of a grid.
 *
 * Called for up to ten thousand rows: no formatted printing, no calendar of the C library.
 */
#ifndef LIDO_HTTP_LISTING_HTML_ROWS_H
#define LIDO_HTTP_LISTING_HTML_ROWS_H

#include "http/listing/form.h"

/* Append the row that leads to the folder above. */
void listing_html_rows_write_up(struct text *out, const struct listing_page *page);

/* Append the row of an entry. */
void listing_html_rows_write(struct text *out, const struct listing_page *page, size_t index);

/* Append what a link to another folder keeps of the page's query: the view, if one was asked for. */
void listing_html_rows_write_view(struct text *out, const struct listing_page *page);

/* Append a link's target: a relative reference to an entry, escaped for an attribute. */
void listing_html_rows_write_reference(struct text *out, const char *name, bool is_folder);

#endif
