/* SPDX-License-Identifier: MIT */
/*
 * What a config file consists of, once its shape has been checked: statements in their order, each with its
 * line.
 *
 * Made by config_syntax.h; the texts point into the file's. Private to conf/.
 */
#ifndef LIDO_CONF_SYNTAX_STATEMENT_H
#define LIDO_CONF_SYNTAX_STATEMENT_H

#include "conf/schema/option_table.h"
#include "conf/schema/section_table.h"

#include <stddef.h>

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

void config_syntax_deinit(struct config_syntax *syntax);

/* Thread-safe. */
struct place place_of(const char *path, int line);

#endif
