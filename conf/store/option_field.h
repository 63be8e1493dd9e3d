/* SPDX-License-Identifier: MIT */
/*
 * The field that an option stands for: put a checked value in, write it out as config-file text, release it.
 * `owner` is the struct that the option's scope says: struct config, struct config_site, that of a section.
 *
 * The only place that turns the table's offsets into pointers. Checks nothing: see option_value.h. Private to
 * conf/.
 */
#ifndef LIDO_CONF_STORE_OPTION_FIELD_H
#define LIDO_CONF_STORE_OPTION_FIELD_H

#include "conf/schema/option_table.h"
#include "conf/settings.h"
#include "conf/values/option_value.h"

#include <stdbool.h>

/* What option_field_format() may need: each byte of a value escaped, two quotes and a NUL. */
enum { OPTION_LITERAL_BYTES = 2 * OPTION_VALUE_BYTES + 2 };

/* Put a checked value into the option's field, releasing what was there. Not for lists. Returns 0 or
 * -ENOMEM. */
int option_field_store(const struct config_option *option, const struct option_value *value, void *owner)
    __attribute__((warn_unused_result));

/* Give an empty field the value that another owner has; what it points to goes on belonging to that one. */
void option_field_share(const struct config_option *option, void *owner, const void *from);

/* The field of a list option. Its strings belong to the owner. */
struct string_list *option_field_list(const struct config_option *option, void *owner);
const struct string_list *option_field_const_list(const struct config_option *option, const void *owner);

/* Whether the field has the same value in both owners. Thread-safe. */
bool option_field_is_same(const struct config_option *option, const void *a, const void *b);

/* Release what the field owns. */
void option_field_deinit(const struct config_option *option, void *owner);

/* Write the field's value (of a list: its entry `index`) in config-file syntax. Text is quoted and escaped,
 * so that it reads back as the same value. Thread-safe. */
void option_field_format(const struct config_option *option, const void *owner, size_t index,
                         char text[OPTION_LITERAL_BYTES]);

/* Write `value` in double quotes and escaped. It has less than OPTION_VALUE_BYTES. Thread-safe. */
void option_text_format(const char *value, char text[OPTION_LITERAL_BYTES]);

#endif
