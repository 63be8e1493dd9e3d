/* SPDX-License-Identifier: MIT */
/*
 * An answer about a folder that is under way: it may take longer than a worker's turn, so that it is kept
 * from one turn to the next. One owner at a time.
 */
#ifndef LIDO_HTTP_HANDLER_FOLDER_WORK_H
#define LIDO_HTTP_HANDLER_FOLDER_WORK_H

#include "http/archive/archive.h"
#include "http/base/memory_budget.h"
#include "http/base/text.h"
#include "http/listing/listing.h"

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

/* All-zero: nothing is under way. */
struct folder_work {
    bool is_under_way; /* something below is set */
    struct listing *listing;
    struct archive *archive;
    struct text body; /* the rows, as far as they have been written down */
    bool has_begun;   /* to write down */
    size_t written_rows;
    struct text readme; /* what is shown of it */
    bool readme_is_cut;
    time_t changed; /* the folder, the readme and the rows: the latest of their changes */
    bool is_grid;   /* the rows of a page are pictures rather than lines */
    struct memory_budget *budget;
    size_t budget_bytes; /* taken for the body and the readme */
};

/* Release all that it holds; it is all-zero again. */
void folder_work_clear(struct folder_work *work);

#endif
