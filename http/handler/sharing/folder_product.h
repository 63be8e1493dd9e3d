/* SPDX-License-Identifier: MIT */
/*
 * What has been done for the answers about a folder: its list or its archive, and the bytes of the answer.
 *
 * A body that is long is not kept: its bytes are counted and digested, and it is made anew to be sent. What is kept is
 * charged to a budget. From folder_job_begin_turn() to folder_job_end_turn() it belongs to that thread; once it is done, to
 * all who hold its job, and nobody changes it. Who has a turn, and what a row is, is not known here.
 */
#ifndef LIDO_HTTP_HANDLER_SHARING_FOLDER_PRODUCT_H
#define LIDO_HTTP_HANDLER_SHARING_FOLDER_PRODUCT_H

#include "http/archive/archive.h"
#include "http/base/digest.h"
#include "http/base/memory_budget.h"
#include "http/base/text.h"
#include "http/listing/listing.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include <time.h>

/* Of a longer body only its digest and its length are kept. */
enum { FOLDER_PRODUCT_KEPT_BYTES = 2 * 1024 * 1024 };

/* All-zero but for the budget at first. */
struct folder_product {
    bool is_done;
    int result; /* then: 0 or a negative errno */
    struct listing *listing;
    struct archive *archive;
    struct text body;      /* the rows, as far as they have been written down and not been counted away */
    struct digest *digest; /* of what has been counted away */
    off_t counted_bytes;
    bool has_begun; /* the body is begun */
    size_t written_rows;
    struct text readme;           /* as much of it as is shown */
    bool readme_is_cut;           /* there is more of it */
    time_t changed;               /* the folder, the readme and the rows: the latest of their changes */
    time_t begun;                 /* when it was begun to be read, by the wall clock */
    bool is_grid;                 /* the rows of a page are pictures rather than lines */
    bool depends_on_others;       /* rows may change without any of these times */
    char tag[DIGEST_HEX_BYTES];   /* of all bytes of the body */
    struct memory_budget *budget; /* NULL for none */
    size_t budget_bytes;          /* taken for the body and the readme */
};

/* Free all of it, and give back what was taken. */
void folder_product_deinit(struct folder_product *product);

/* Something in it was changed then. */
void folder_product_note_change(struct folder_product *product, time_t changed);

/* Count the body away if it has become long. Returns 0 or -ENOMEM. */
int folder_product_shorten(struct folder_product *product) __attribute__((warn_unused_result));

/* Keep the budget at what body and readme hold. Returns false when it is used up. */
bool folder_product_take_budget(struct folder_product *product) __attribute__((warn_unused_result));

/* The body is whole: set its tag, the same whether its bytes were kept or counted away. Returns 0 or -ENOMEM. */
int folder_product_finish_body(struct folder_product *product) __attribute__((warn_unused_result));

/* Whether all bytes of the body are there. */
bool folder_product_has_body(const struct folder_product *product);

/* How many there are, or were. */
off_t folder_product_body_bytes(const struct folder_product *product);

#endif
