/* SPDX-License-Identifier: MIT */
/*
 * The values of a config file, read by libConfuse: quotes, escapes and ${VARIABLES}.
 *
 * libConfuse 3.3 merges sections whose titles are equal, takes one title and no names of the owner's choice,
 * so it gets the values alone, as one list, and config_syntax.h says what each of them is for. It prints
 * nothing. Private to conf/.
 */
#ifndef LIDO_CONF_SYNTAX_UNQUOTE_H
#define LIDO_CONF_SYNTAX_UNQUOTE_H

#include "conf/settings.h"
#include "conf/syntax/statement.h"

/* Read all texts of `syntax`, found in the file at `path`, into *values, in their order. Returns true, or
 * false with one line in `error` and *values empty. Not thread-safe: see config_load_file(). */
bool config_values_read(const char *path, const struct config_syntax *syntax, struct string_list *values,
                        char error[CONFIG_ERROR_BYTES]) __attribute__((warn_unused_result));

#endif
