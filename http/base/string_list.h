/* SPDX-License-Identifier: MIT */
/*
 * A small list that owns its strings: what the config or a site's options name.
 *
 * Not for long lists: each addition may copy the array of pointers. Not thread-safe while it changes.
 */
#ifndef LIDO_HTTP_BASE_STRING_LIST_H
#define LIDO_HTTP_BASE_STRING_LIST_H

#include <stdbool.h>
#include <stddef.h>

/* All-zero: empty. */
struct string_list {
    char **items;
    size_t count;
};

/* Append a copy of `text`. Returns 0, or -ENOMEM with the list unchanged. */
int string_list_add(struct string_list *list, const char *text) __attribute__((warn_unused_result));

/* Append copies of `count` strings. Returns 0, or -ENOMEM with the list grown in part. */
int string_list_add_array(struct string_list *list, char *const *items, size_t count)
    __attribute__((warn_unused_result));

/* Append copies of all of `more`. Returns 0, or -ENOMEM with the list grown in part. */
int string_list_add_all(struct string_list *list, const struct string_list *more)
    __attribute__((warn_unused_result));

/* Append each part of `text` between commas, without the blanks around it; "" gives one empty part. Returns
 * 0, or -ENOMEM with the list grown in part. */
int string_list_split(struct string_list *list, const char *text) __attribute__((warn_unused_result));

/* An order of lists, as of strcmp(3): 0 if both have the same strings in the same order. Thread-safe. */
int string_list_compare(const struct string_list *a, const struct string_list *b);

/* Whether both have the same strings in the same order. Thread-safe. */
bool string_list_is_same(const struct string_list *a, const struct string_list *b);

/* Free what the list owns; it is empty afterwards. */
void string_list_deinit(struct string_list *list);

/* Replace *list by *with, which is empty afterwards. */
void string_list_move(struct string_list *list, struct string_list *with);

#endif
