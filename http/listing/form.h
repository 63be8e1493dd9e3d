/* SPDX-License-Identifier: MIT */
/*
 * The forms in which the rows of a folder are written down: a page, JSON, plain text.
 *
 * A form is written piece by piece: the beginning, each row, the end. Names are escaped for the place where
 * they go; all links are relative (RFC 3986 section 4.2), so that a page works behind a proxy that adds a
 * prefix.
 */
#ifndef LIDO_HTTP_LISTING_FORM_H
#define LIDO_HTTP_LISTING_FORM_H

#include "http/base/text.h"
#include "http/base/view.h"
#include "http/files/media_type.h"
#include "http/listing/listing.h"

#include <stdbool.h>
#include <stddef.h>

/* What is to be written. All is borrowed. */
struct listing_page {
    const char *path; /* of the folder, decoded: "" for the root, or "dir/" */
    const struct listing_query *query;
    size_t limit; /* rows of a page where the query does not say; 0: no bound */
    const struct folder_entry *rows;
    size_t row_count;     /* on this page */
    size_t all_row_count; /* on all pages */
    struct listing_totals totals;
    const struct media_types *media_types;
    const char *readme_name; /* NULL for none to be shown */
    struct view readme;      /* its first bytes, of whatever encoding */
    bool readme_is_cut;      /* there is more of it */
    bool has_download;       /* the folder can be had as an archive */
    const char *server_name; /* "Lido 1.2.3" for the page's foot; NULL: no name and no version */
    bool is_grid;            /* of listing_html: pictures side by side; see listing_html_wants_grid() */
};

/* How many rows a page has at most; 0: no bound. Thread-safe. */
static inline size_t listing_page_limit(const struct listing_page *page) {
    return page->query->limit != LISTING_LIMIT_STANDARD ? page->query->limit : page->limit;
}

/* One form. None of the functions fails but by text->failed. Thread-safe. */
struct listing_form {
    const char *content_type;
    void (*begin)(struct text *out, const struct listing_page *page);
    void (*row)(struct text *out, const struct listing_page *page, size_t index);
    void (*end)(struct text *out, const struct listing_page *page);
};

/* Rows and frame go by page->is_grid, which is the same for all calls of one page. */
extern const struct listing_form listing_html;

/* Whether the page is a grid of pictures: asked for, or, where nothing is, because more than half of the
 * page's files, and at least three, are pictures. Looks at all rows; page->is_grid need not be set.
 * Thread-safe. */
bool listing_html_wants_grid(const struct listing_page *page);

/* An object of these members:
 *   path      of the folder, decoded: "/dir/"
 *   sort      "name", "size" or "time"
 *   order     "asc" or "desc"
 *   offset    how many rows come before the first of this page
 *   limit     how many rows a page has at most; null for no bound
 *   total     how many rows there are on all pages, as far as the filter lets them through
 *   folders   how many of them are folders
 *   files     how many of them are files
 *   bytes     of all files together; null when not all of them have been looked at
 *   next      a relative reference to the page behind this one, as JSON as well; null for none
 *   previous  the same for the page before
 *   entries   the rows, an array of objects:
 *     name        with U+FFFD in place of what is not UTF-8
 *     href        a relative reference, percent-encoded: exact whatever the name; folders with a final slash
 *     type        "folder" or "file"
 *     size        in bytes; null for a folder
 *     modified    as RFC 3339, in UTC with seconds: "2026-11-23T10:00:00Z"; null for years beyond 0 to 9999
 *     media_type  without parameters: "text/html"; null for a folder and for a file that has none
 */
extern const struct listing_form listing_json;

/* One relative reference a line, percent-encoded so that one line is one entry whatever its name, folders
 * with a final slash. */
extern const struct listing_form listing_text;

#endif
