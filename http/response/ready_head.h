/* SPDX-License-Identifier: MIT */
/*
 * The head of a 200 (RFC 9110 section 15.3.1) that was made once and is sent again: all of it but the two
 * dates, which are put in each time.
 *
 * It says what it was made for; whether the file is still the same is not its business (file_cache.h). Never
 * changes after it was made, but for `next`, which belongs to the list that it is put on.
 */
#ifndef LIDO_HTTP_RESPONSE_READY_HEAD_H
#define LIDO_HTTP_RESPONSE_READY_HEAD_H

#include "http/base/text.h"
#include "http/base/view.h"
#include "http/semantics/content_coding.h"

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

/* What a head depends on besides the version of the file and the rules of its site. */
struct ready_head_use {
    struct view path; /* of the target: the owner's rules go by it, and one file may have several */
    enum content_coding coding;
    bool keep_alive;
};

/* Where in a head the dates stand: offsets of DATE_HTTP_LENGTH bytes each; 0 for one that is not there. */
struct head_dates {
    size_t date_at;
    size_t expires_at;
    time_t fresh_s; /* Expires is so much later than Date */
};

struct ready_head {
    struct ready_head *next;
    struct ready_head_use use; /* its path is a copy */
    struct head_dates dates;
    size_t length;
    char bytes[]; /* the head, then the path */
};

/* Copy a head. Returns NULL when there is no memory. */
struct ready_head *ready_head_create(const struct ready_head_use *use, struct view head,
                                     const struct head_dates *dates) __attribute__((warn_unused_result));

/* Free it and all behind it. NULL is allowed. */
void ready_heads_destroy(struct ready_head *head);

/* The one for this use among it and those behind it; NULL for none. Thread-safe. */
const struct ready_head *ready_head_find(const struct ready_head *head, const struct ready_head_use *use);

/* How much memory it takes. */
size_t ready_head_cost(const struct ready_head *head);

/* Append the head, as it is sent at `now`, which is `date` as text. Thread-safe. */
void ready_head_append(const struct ready_head *head, const char *date, time_t now, struct text *out);

#endif
