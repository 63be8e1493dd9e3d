/* SPDX-License-Identifier: MIT */
/*
 * What the query of a folder's URL asks for: which rows, in which order, in which form.
 *
 *     ?sort=name|size|time  order=asc|desc  limit=N  offset=N  filter=TEXT  view=list|grid
 *     format=html|json|text  download=tar|zip
 *
 * The query is read as a form sends it (application/x-www-form-urlencoded, WHATWG URL section 5.1).
 * Parameters of other names mean nothing here; of one that comes twice the first counts.
 */
#ifndef LIDO_HTTP_LISTING_QUERY_H
#define LIDO_HTTP_LISTING_QUERY_H

#include "http/base/text.h"
#include "http/base/view.h"

#include <stdbool.h>
#include <stddef.h>

enum {
    LISTING_LIMIT_STANDARD = 0,    /* rows of a page: as the owner has set it, or all of them */
    LISTING_LIMIT_MAX = 100000,    /* more are taken as so many */
    LISTING_OFFSET_MAX = 10000000, /* no page begins behind it: more is not understood */
    LISTING_FILTER_BYTES = 512     /* enough for 128 characters */
};

enum listing_sort { LISTING_BY_NAME, LISTING_BY_SIZE, LISTING_BY_TIME };
enum listing_view { LISTING_VIEW_AUTO, LISTING_VIEW_LIST, LISTING_VIEW_GRID };
/* ZIP is not understood without zlib. */
enum listing_download { LISTING_NO_DOWNLOAD, LISTING_DOWNLOAD_TAR, LISTING_DOWNLOAD_ZIP };
enum listing_format { LISTING_AS_ACCEPTED, LISTING_HTML, LISTING_JSON, LISTING_TEXT };

struct listing_query {
    enum listing_sort sort;
    bool descending;
    size_t limit;  /* rows, 1 .. LISTING_LIMIT_MAX, or LISTING_LIMIT_STANDARD */
    size_t offset; /* rows before the first one */
    enum listing_view view;
    enum listing_format format;
    enum listing_download download; /* the folder as an archive */
    /* Only names that contain this, whatever the case of ASCII letters; "" for all. */
    char filter[LISTING_FILTER_BYTES + 1];
    const char *misread; /* the first parameter with a value that it cannot have; NULL for none */
};

/* Read a query (bytes NULL: none). Returns whether it is understood; false when a parameter above has a value
 * that it cannot have. *query is valid in any case, with the standard in place of what is not understood.
 * Thread-safe. */
bool listing_query_parse(struct view text, struct listing_query *query) __attribute__((warn_unused_result));

/* Append a sentence that says which values the parameter has that was not understood. Nothing where all
 * was. */
void listing_query_explain(struct text *out, const struct listing_query *query);

/* Append a relative reference to the folder itself that asks for this: "?sort=size&order=desc", with only
 * what is not the standard, always in the same order; "./" when that is nothing. The bytes need escape_html()
 * in a page. */
void listing_query_write(struct text *out, const struct listing_query *query);

#endif
