/* SPDX-License-Identifier: MIT */
/*
 * Checks the shape of a config file and cuts it into statements: settings "name = value" and "name = { value,
 * value }", sections "name "title" { ... }", and the pairs of error_page and types. Records on which line
 * everything stands.
 *
 * libConfuse tells where it stumbled; this tells where the mistake is (the line on which a brace was opened,
 * not the end of the file) and what would be right. Looks at no value: libConfuse reads those (see
 * config_values.h), and option_value.h judges them. Private to conf/.
 */
#ifndef LIDO_CONF_SYNTAX_SYNTAX_H
#define LIDO_CONF_SYNTAX_SYNTAX_H

#include "conf/settings.h"
#include "conf/syntax/statement.h"

/* Check `text`, the content of the file at `path`, and fill *syntax, which points into it. Comments in the
 * text are blanked. Returns true, or false with one line in `error`; then *syntax ends before the statement
 * that has the mistake, so that mistakes in values further up can still be found. Release with
 * config_syntax_deinit() either way. */
bool config_syntax_check(const char *path, char *text, struct config_syntax *syntax,
                         char error[CONFIG_ERROR_BYTES]) __attribute__((warn_unused_result));

#endif
