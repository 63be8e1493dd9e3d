/* SPDX-License-Identifier: MIT */
/*
 * What a config file consists of: settings, pairs, sections that begin and end. Each is given away as soon as
 * it was read; see syntax.h. Private to conf/.
 */
#ifndef LIDO_CONF_SYNTAX_STATEMENT_H
#define LIDO_CONF_SYNTAX_STATEMENT_H

#include "conf/schema/option_table.h"
#include "conf/schema/section_table.h"
#include "conf/settings.h"
#include "http/base/string_list.h"

enum { PLACE_BYTES = 216 };

/* "lido.conf:12"; of an overlong path the end is kept. */
struct place {
    char text[PLACE_BYTES];
};

/* Thread-safe. */
struct place place_of(const char *path, int line);

enum config_statement_kind {
    STATEMENT_OPTION, /* name = value; texts: the values */
    STATEMENT_PAIR,   /* a line of types, or error_page: extension and media type, or status and path */
    STATEMENT_BEGIN,  /* of a section; texts: the titles */
    STATEMENT_END,
    STATEMENT_INCLUDE, /* include "sites/..."; texts: the pattern */
};

struct parser;

struct config_statement {
    enum config_statement_kind kind;
    const struct config_option *option;   /* of STATEMENT_OPTION */
    const struct config_section *section; /* of the others: what begins, ends, or holds the pair */
    struct parser *parser;                /* of STATEMENT_INCLUDE, for syntax_include() */
    struct place where;                   /* of its name; of an end, that of its begin */
    struct string_list texts;
    struct string_list wheres; /* the place of each text; that of the name if there is none */
};

#endif
