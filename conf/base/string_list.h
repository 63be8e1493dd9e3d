/* SPDX-License-Identifier: MIT */
/*
 * Growing and freeing a struct config_strings: a small list that owns its strings.
 *
 * An empty list is all zeros. Not for long lists: each addition may copy the array of pointers. Private to
 * conf/.
 */
#ifndef LIDO_CONF_BASE_STRING_LIST_H
#define LIDO_CONF_BASE_STRING_LIST_H

#include "conf/config.h"

/* Append a copy of `text`. Returns 0, or -ENOMEM with the list unchanged. */
int string_list_add(struct config_strings *list, const char *text) __attribute__((warn_unused_result));

/* Append copies of all of `more`. Returns 0, or -ENOMEM with the list grown in part. */
int string_list_add_all(struct config_strings *list, const struct config_strings *more)
    __attribute__((warn_unused_result));

/* Append each part of `text` between commas, without the blanks around it; "" gives one empty part. Returns
 * 0, or -ENOMEM with the list grown in part. */
int string_list_split(struct config_strings *list, const char *text) __attribute__((warn_unused_result));

/* Free what the list owns; it is empty afterwards. */
void string_list_deinit(struct config_strings *list);

/* Replace *list by *with, which is empty afterwards. */
void string_list_move(struct config_strings *list, struct config_strings *with);

#endif
