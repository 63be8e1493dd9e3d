/* SPDX-License-Identifier: MIT */
#include "http/base/escape.h"
#include "http/listing/form.h"

static void write_nothing(struct text *out, const struct listing_page *page) {
    (void)out;
    (void)page;
}

/* A ':' is percent-encoded, so that no name looks like a scheme (RFC 3986 section 4.2) and none needs "./"
 * before it. */
static void write_row(struct text *out, const struct listing_page *page, size_t index) {
    const struct folder_entry *entry = &page->rows[index];
    escape_url_path(out, view_of(entry->name));
    text_append(out, entry->is_folder ? "/\n" : "\n");
}

const struct listing_form listing_text = {
    .content_type = "text/plain; charset=utf-8",
    .begin = write_nothing,
    .row = write_row,
    .end = write_nothing,
};
