/* SPDX-License-Identifier: MIT */
/*
 * An array of strings that a module copies from its options and keeps. Made once, then only read.
 */
#ifndef LIDO_HTTP_BASE_STRING_ARRAY_H
#define LIDO_HTTP_BASE_STRING_ARRAY_H

#include <stddef.h>

/* All-zero: empty. */
struct string_array {
    char **items;
    size_t count;
};

/* Fill an empty array with copies. Returns 0, or -ENOMEM with the array empty. */
int string_array_copy(struct string_array *array, char *const *items, size_t count)
    __attribute__((warn_unused_result));

/* Free what it holds; it is empty afterwards. */
void string_array_deinit(struct string_array *array);

#endif
