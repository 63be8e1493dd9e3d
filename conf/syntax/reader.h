/* SPDX-License-Identifier: MIT */
/*
 * The state in which a config file's shape is checked, and the steps that its parts share: next token,
 * complaint, recording. Used by config_syntax.c, syntax_setting.c and syntax_section.c alone; knows neither
 * of them.
 */
#ifndef LIDO_CONF_SYNTAX_READER_H
#define LIDO_CONF_SYNTAX_READER_H

#include "conf/base/complain.h"
#include "conf/syntax/scanner.h"
#include "conf/syntax/statement.h"

enum { SCOPES_MAX = 3 }; /* the file, host, a section in it */

/* What statements stand in: the file, or a section. */
struct syntax_scope {
    const struct config_section *section; /* NULL: the file */
    int line;                             /* of the section's name */
    size_t first_statement;
};

struct syntax_reader {
    const char *path;
    struct scanner scanner;
    struct token token; /* the next one that is not used yet */
    struct config_syntax *syntax;
    struct syntax_scope scopes[SCOPES_MAX];
    size_t depth; /* of the innermost scope in `scopes` */
    char *error;
};

/* Use the token and go to the next. */
void syntax_advance(struct syntax_reader *reader);

/* The token behind the next one, without using any. */
struct token syntax_peek(const struct syntax_reader *reader);

/* Returns false, always. */
__attribute__((format(printf, 3, 4))) bool syntax_complain(struct syntax_reader *reader, int line,
                                                           const char *format, ...);

/* The scanner can read no further, within what is called `name`. Returns false, always. */
bool syntax_complain_of_mistake(struct syntax_reader *reader, const char *name);

struct shown syntax_show(const struct token *token);

bool syntax_is_value(const struct token *token);

/* The innermost scope. */
const struct syntax_scope *syntax_scope(const struct syntax_reader *reader);

/* Record a statement without texts. Returns false after a complaint. */
bool syntax_add_statement(struct syntax_reader *reader, struct config_statement statement)
    __attribute__((warn_unused_result));

/* Give the last statement the token as one more text, and use it. Returns false after a complaint. */
bool syntax_take_text(struct syntax_reader *reader) __attribute__((warn_unused_result));

#endif
