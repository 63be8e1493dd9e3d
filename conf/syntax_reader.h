/* SPDX-License-Identifier: MIT */
/*
 * The state in which a config file's shape is checked, and the steps that its parts share: next token, complaint,
 * recording. Used by config_syntax.c, syntax_setting.c and syntax_section.c alone.
 */
#ifndef LIDO_CONF_SYNTAX_READER_H
#define LIDO_CONF_SYNTAX_READER_H

#include "conf/complain.h"
#include "conf/config_scanner.h"
#include "conf/config_syntax.h"

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

/* syntax_setting.c: read "= value" or "= { value, ... }" behind the option's name on `line`. Returns false after a
 * complaint. */
bool syntax_read_setting(struct syntax_reader *reader, const struct config_option *option, int line)
    __attribute__((warn_unused_result));

/* syntax_setting.c: the reader stands behind a value of one text on `line`: what may follow on its line. */
bool syntax_check_end(struct syntax_reader *reader, const char *name, int line)
    __attribute__((warn_unused_result));

/* syntax_section.c: read titles and opening brace, or the pair, behind the section's name on `line`. */
bool syntax_read_section(struct syntax_reader *reader, const struct config_section *section, int line)
    __attribute__((warn_unused_result));

/* syntax_section.c: read a line of types; the reader stands at the extension. */
bool syntax_read_type(struct syntax_reader *reader) __attribute__((warn_unused_result));

/* syntax_section.c: the reader stands at '}', within a section. */
bool syntax_end_section(struct syntax_reader *reader) __attribute__((warn_unused_result));

#endif
