/* SPDX-License-Identifier: MIT */
/* Listing pages as HTML, for tests of what stands in them. */
#ifndef LIDO_TESTS_UNIT_SUPPORT_HTML_PAGE_H
#define LIDO_TESTS_UNIT_SUPPORT_HTML_PAGE_H

#include "http/listing/form.h"

#include <stddef.h>

/* For a suite's .init and .fini. */
void html_page_set_up(void);
void html_page_clean_up(void);

/* A page of a folder "dir/" that holds just these rows, asked for without a query; as its totals say. */
struct listing_page html_page_of(const struct folder_entry *rows, size_t count);

/* Write the whole page. The text lives until the next call. */
const char *html_page_write(const struct listing_page *page);

/* How often `part` stands in `text`. */
size_t html_page_count(const char *text, const char *part);

/* What stands between the first `from` and the next `to` behind it; fails the test when they are not there.
 * Lives until the next call. */
const char *html_page_between(const char *text, const char *from, const char *to);

#endif
