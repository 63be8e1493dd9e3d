/* SPDX-License-Identifier: MIT */
/*
 * A text that grows: response heads, listings, error pages.
 *
 * Running out of memory is remembered in the text instead of being reported by each append, so that a caller
 * appends freely and checks once, at the end. (utstring of uthash ends the program instead.) Not
 * thread-safe: one owner at a time.
 */
#ifndef LIDO_HTTP_BASE_TEXT_H
#define LIDO_HTTP_BASE_TEXT_H

#include "http/base/view.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct text {
    char *bytes;
    size_t length;
    size_t capacity;
    bool failed; /* an append found no memory; what is there is incomplete */
};

/* Free what the text holds and make it empty again. An all-zero struct is a valid empty text. */
void text_deinit(struct text *text);

/* Make it empty and forget a failure, but keep the memory for the next use, up to keep_bytes. */
void text_clear(struct text *text, size_t keep_bytes);

/* Make room for `length` more bytes. Returns where they go, or NULL when there is no memory. The caller
 * writes there and adds to text->length. */
char *text_reserve(struct text *text, size_t length);

/* Append bytes, a string, a view, or a number in decimal digits. */
void text_append_bytes(struct text *text, const char *bytes, size_t length);
void text_append(struct text *text, const char *string);
void text_append_view(struct text *text, struct view view);
void text_append_number(struct text *text, uint64_t number);

#endif
