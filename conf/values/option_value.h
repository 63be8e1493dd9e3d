/* SPDX-License-Identifier: MIT */
/*
 * One value of one option, from text: checked against what the option allows and brought into canonical form.
 *
 * Every complaint about a value is worded here, whatever source the value came from. Stores nothing: see
 * option_field.h. Private to conf/.
 */
#ifndef LIDO_CONF_VALUES_OPTION_VALUE_H
#define LIDO_CONF_VALUES_OPTION_VALUE_H

#include "conf/base/complain.h"
#include "conf/schema/option_table.h"
#include "conf/values/value.h"

/* A checked value. Which member counts depends on the option's kind. */
struct option_value {
    uint64_t number;               /* numbers, sizes, durations, booleans, words; 0 for auto */
    char text[OPTION_VALUE_BYTES]; /* the others, in canonical form: "localhost" is "localhost:8080" here */
};

/* Read `text` as a value of `option` (of a list: as one entry). Returns true, or false after a complaint.
 * Thread-safe. */
bool option_value_parse(const struct config_option *option, const char *text, struct option_value *value,
                        struct complaint about) __attribute__((warn_unused_result));

/* Write a number in the notation of the option's kind: "16k", "15s", "8". Thread-safe. */
void option_number_format(const struct config_option *option, uint64_t number, char text[VALUE_TEXT_BYTES]);

#endif
