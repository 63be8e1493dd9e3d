/* SPDX-License-Identifier: MIT */
/*
 * The rows of a folder's listing: which entries are on the page that was asked for, and in which order.
 *
 * Reads the folder once, in pieces, and looks (stat) only at what is shown or sorted by. Holds no more
 * entries than stand before the end of the page, so that the first page of a huge folder needs little memory.
 * The wing knows rows, orders, queries and forms (form.h); it knows no entity tags and no status codes.
 */
#ifndef LIDO_HTTP_LISTING_LISTING_H
#define LIDO_HTTP_LISTING_LISTING_H

#include "http/base/memory_budget.h"
#include "http/base/time_slice.h"
#include "http/files/beneath.h"
#include "http/files/folder_entry.h"
#include "http/listing/query.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct listing;

/* What there is in the whole folder, as far as the filter lets it through. Entries that cannot be read are
 * counted as long as nobody had to look at them: exact where all rows are on the page. */
struct listing_totals {
    size_t folder_count;
    size_t file_count;
    uint64_t file_bytes;  /* of all files together, if bytes_are_known */
    bool bytes_are_known; /* all files had to be looked at: all are on the page, or sorted by size or time */
};

/* Begin; with LISTING_LIMIT_STANDARD all rows behind the offset are on the page. Takes over folder_fd
 * (open on the folder `path`, "" or "dir/", beneath the root), also on failure; `path` and the query are
 * copied. Returns 0 and sets *out, or a negative errno. Reads nothing yet. */
int listing_open(struct listing **out, const struct beneath *root, int folder_fd, const char *path,
                 const struct listing_query *query, struct memory_budget *budget)
    __attribute__((warn_unused_result));

/* Let it fail with -E2BIG, if it is to be sorted by what has to be looked at (size or time), once it has found more
 * entries than that. Else there is no bound. */
void listing_set_entries_max(struct listing *listing, size_t entries_max);

/* NULL is allowed. */
void listing_close(struct listing *listing);

/* Go on until the rows are there or the slice is over. Returns 0 when they are, -EAGAIN to be called again,
 * or the negative errno that ended it: -ENOMEM when there is no memory, or no budget, left. May wait for a
 * disk. */
int listing_continue(struct listing *listing, struct time_slice slice) __attribute__((warn_unused_result));

/* The rest is valid once listing_continue() has returned 0, and as long as the listing. */

/* The rows of the page, folders first, each with its status. */
const struct folder_entry *listing_rows(const struct listing *listing, size_t *count);

struct listing_totals listing_totals(const struct listing *listing);

/* How many rows there are on all pages: folders and files of the totals. */
size_t listing_row_count(const struct listing *listing);

/* The name of the folder's README.md, README.txt or README, whichever comes first here, in any letter case;
 * NULL for none. Whatever the filter says. */
const char *listing_readme_name(const struct listing *listing);

#endif
