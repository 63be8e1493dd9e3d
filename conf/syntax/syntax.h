/* SPDX-License-Identifier: MIT */
/*
 * Reads a config file into statements: settings "name = value" and "name = { value, value }", sections "name
 * "title" { ... }", and the pairs of error_page and types. The grammar is in grammar.y, what can be wrong in
 * mistakes.c.
 *
 * Complains of the place of the mistake (the line on which a brace was opened, not the end of the file) and
 * tells what would be right. Judges no value. Private to conf/.
 */
#ifndef LIDO_CONF_SYNTAX_SYNTAX_H
#define LIDO_CONF_SYNTAX_SYNTAX_H

#include "conf/settings.h"
#include "conf/syntax/statement.h"

/* Gets each statement, whose shape is right, in the order of the file. Within one scope, an option comes at
 * most once; a section that its file leaves open ends with the file. Returns true; or false once it has
 * complained: the reading goes on. */
typedef bool statement_taker(void *context, const struct config_statement *statement);

/* Read another file in the midst of the first one, while its STATEMENT_INCLUDE is taken: what it holds stands
 * where that statement does. `path` must stay until the reading ends, `text` until the call does. What is
 * wrong in it is noted as that of the first file. Returns true, or false after a complaint: out of memory. */
bool syntax_include(struct parser *parser, const char *path, char *text, size_t length)
    __attribute__((warn_unused_result));

/* Read text[0 .. length), the content of the file at `path`, behind which two NULs stand; it is written to
 * meanwhile. Returns true, or false with all mistakes in `mistakes` and the first one in `error`. Thread-safe
 * as long as nobody changes the environment. */
bool syntax_read(const char *path, char *text, size_t length, statement_taker *take, void *context,
                 struct config_mistakes *mistakes, char error[CONFIG_ERROR_BYTES])
    __attribute__((warn_unused_result));

#endif
