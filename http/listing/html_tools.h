/* SPDX-License-Identifier: MIT */
/*
 * What can be done with a listing's page without a script: other orders, other views, a filter, other pages,
 * the download.
 *
 * Each leads to the same folder with another query, and keeps the rest of it. All but the next page are
 * buttons (html_button.h).
 */
#ifndef LIDO_HTTP_LISTING_HTML_TOOLS_H
#define LIDO_HTTP_LISTING_HTML_TOOLS_H

#include "http/listing/form.h"

/* Append the line above the list: totals, the pages in brief, filter, views, download. */
void listing_html_tools_write(struct text *out, const struct listing_page *page);

/* Append the buttons that sort: the head of a table's columns, or a line above the grid. */
void listing_html_tools_write_columns(struct text *out, const struct listing_page *page);
void listing_html_tools_write_sort_line(struct text *out, const struct listing_page *page);

/* Append the ways to the other pages, if there are any. */
void listing_html_tools_write_pages(struct text *out, const struct listing_page *page);

#endif
