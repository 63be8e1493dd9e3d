/* SPDX-License-Identifier: MIT */
/*
 * What follows the head of an answer (RFC 9110 section 6.4): nothing, a text, a file, or what a source makes.
 *
 * It owns what it is made of. Which parts of it are sent, and how, is decided by the response. Not
 * thread-safe.
 */
#ifndef LIDO_HTTP_RESPONSE_BODY_H
#define LIDO_HTTP_RESPONSE_BODY_H

#include "http/base/blocking.h"
#include "http/base/memory_budget.h"
#include "http/base/text.h"
#include "http/files/resource.h"
#include "http/response/body_source.h"
#include "http/semantics/range.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum body_kind { BODY_NONE, BODY_TEXT, BODY_FILE, BODY_SOURCE };

/* All-zero but for file.fd = -1: nothing. */
struct body {
    enum body_kind kind;
    const struct blocking
        *blocking;    /* told before a file is read that may have to come from a disk; may be NULL */
    struct text text; /* all of it, or what stands before the parts of a file */
    struct memory_budget *budget; /* that the text has been taken from; NULL for none */
    size_t budget_bytes;
    struct resource file; /* BODY_FILE; also the one that a source has handed out. fd -1 when there is none */
    struct body_source source; /* BODY_SOURCE */
};

/* Release all; nothing is left but, for the next body, the text's memory if there is not much of it. */
void body_clear(struct body *body);

/* The same, with the text's memory. */
void body_deinit(struct body *body);

/* Each of these makes a body of nothing into one of something, which is taken over. The text of the first one
 * is to be written by the caller; that of the second comes with what it has taken from a budget (NULL for
 * none). */
struct text *body_use_text(struct body *body);
void body_take_text(struct body *body, struct text *text, struct memory_budget *budget, size_t budget_bytes);
void body_take_file(struct body *body, struct resource *file);
void body_take_source(struct body *body, const struct body_source *source);

/* How many bytes there are in all. */
off_t body_size(const struct body *body);

/* Append a range of the file to the text. The file must end where the range ends, if it ended there when
 * it was opened. Returns 1 when all of it is there now. Else the text is empty: 0 when there is no memory,
 * or the file has been cut off or has grown; or the negative errno of a file that cannot be read. May wait
 * for a disk. */
int body_read_range(struct body *body, struct byte_range range) __attribute__((warn_unused_result));

/* All that is wanted has been put into the text: release what it came from. */
void body_keep_text(struct body *body);

/* Tell body->blocking before this range of the file is read, unless it is in memory and being told is dear. */
void body_ahead_of_reading(const struct body *body, struct byte_range range);

#endif
