/* SPDX-License-Identifier: MIT */
/*
 * What has been done towards an answer about a folder, to be kept from one turn of a worker to the next.
 * Sends nothing and knows no field. One owner at a time.
 */
#ifndef LIDO_HTTP_HANDLER_FOLDER_WORK_H
#define LIDO_HTTP_HANDLER_FOLDER_WORK_H

#include "http/archive/archive.h"
#include "http/base/digest.h"
#include "http/base/memory_budget.h"
#include "http/base/text.h"
#include "http/listing/listing.h"

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

/* All-zero: nothing is under way. */
struct folder_work {
    bool is_under_way; /* the request takes work on a folder; something below may be set */
    unsigned turns;    /* of workers, up to now */
    struct listing *listing;
    struct archive *archive;
    struct text body; /* the rows, as far as they have been written down and not been counted away */
    struct digest
        *digest; /* of what has been counted away: too long to be kept, it is made anew to be sent */
    off_t counted_bytes;
    bool has_begun; /* the body is begun */
    size_t written_rows;
    struct text readme; /* as much of it as is shown */
    bool readme_is_cut; /* there is more of it */
    time_t changed;     /* the folder, the readme and the rows: the latest of their changes */
    bool is_grid;       /* the rows of a page are pictures rather than lines */
    struct memory_budget *budget;
    size_t budget_bytes; /* taken for the body and the readme */
};

/* Whether it should go on before other work begins: until it has turned out to be long. Then all that is long takes
 * turns. */
bool folder_work_goes_first(const struct folder_work *work);

/* Release all that it holds; it is all-zero again. */
void folder_work_clear(struct folder_work *work);

#endif
