/* SPDX-License-Identifier: MIT */
/*
 * Checks the shape of a config file and cuts it into statements: settings "name = value" and "name = { value, value }",
 * sections "name "title" { ... }", and the pairs of error_page and types. Records on which line everything stands.
 *
 * libConfuse tells where it stumbled; this tells where the mistake is (the line on which a brace was opened, not
 * the end of the file) and what would be right. Looks at no value: libConfuse reads those (see config_values.h), and
 * option_value.h judges them. Private to conf/.
 */
#ifndef LIDO_CONF_CONFIG_SYNTAX_H
#define LIDO_CONF_CONFIG_SYNTAX_H

#include "conf/config.h"
#include "conf/option_table.h"
#include "conf/section_table.h"

enum { PLACE_BYTES = 216 };

/* "lido.conf:12"; of an overlong path the end is kept. */
struct place {
    char text[PLACE_BYTES];
};

/* A value as it is written, with its quotes. */
struct config_text {
    const char *start; /* in the text that was checked; no NUL behind it */
    size_t length;
    int line;
};

enum config_statement_kind {
    STATEMENT_OPTION, /* name = value; texts: the values */
    STATEMENT_PAIR,   /* a line of types, or error_page: extension and media type, or status and path */
    STATEMENT_BEGIN,  /* of a section; texts: the titles */
    STATEMENT_END,
};

struct config_statement {
    enum config_statement_kind kind;
    const struct config_option *option;   /* of STATEMENT_OPTION */
    const struct config_section *section; /* of the others: what begins, ends, or holds the pair */
    int line;
    size_t depth; /* 0: outside of sections; of begin and end, that of what surrounds the section */
    size_t first; /* of its texts */
    size_t count;
};

/* A file in its order. Within one scope, an option stands at most once. */
struct config_syntax {
    struct config_statement *statements;
    size_t count;
    struct config_text *texts;
    size_t text_count;
};

/* Check `text`, the content of the file at `path`, and fill *syntax, which points into it. Comments in the text are
 * blanked. Returns true, or false with one line in `error`; then *syntax ends before the statement that has the mistake,
 * so that mistakes in values further up can still be found. Release with config_syntax_deinit() either way. */
bool config_syntax_check(const char *path, char *text, struct config_syntax *syntax,
                         char error[CONFIG_ERROR_BYTES]) __attribute__((warn_unused_result));

void config_syntax_deinit(struct config_syntax *syntax);

/* Thread-safe. */
struct place place_of(const char *path, int line);

#endif
