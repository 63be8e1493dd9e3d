/* SPDX-License-Identifier: MIT */
/*
 * The steps of grammar.y: what each of its rules does, and how each mistake is worded. For grammar.y alone.
 *
 * Every function that returns bool returns true, or false after a complaint. `next` is the token that
 * follows; any other token that is handed over loses its text.
 */
#ifndef LIDO_CONF_SYNTAX_PARSER_H
#define LIDO_CONF_SYNTAX_PARSER_H

#include "conf/base/complain.h"
#include "conf/syntax/scanner.h"
#include "conf/syntax/statement.h"
#include "conf/syntax/syntax.h"

enum { SCOPES_MAX = 3 }; /* the file, host, a section in it */

/* A line of a file. */
struct mark {
    const char *path;
    int line;
};

/* What statements stand in: the file, or a section. */
struct scope {
    const struct config_section *section; /* NULL: the file */
    struct mark begin;                    /* its name */
    bool is_empty;
    struct mark marks[OPTION_COUNT]; /* where each of its options is set; line 0: not yet */
};

/* What belongs to one file, and not to all that are read for one config. */
struct source {
    const char *path;
    struct scanner scanner;
    struct token ahead;      /* the next token, and */
    struct token behind;     /* the one behind it, by which a text is known to be a name */
    struct token given_back; /* the next token if has_given_back */
    bool has_given_back;
    size_t depth;     /* at which the file begins */
    int mistake_line; /* that was complained of */
};

struct parser {
    struct source *source; /* that is being read */
    struct complaints complaints;
    struct scope scopes[SCOPES_MAX];
    size_t depth;
    struct config_statement statement; /* that is being read */
    struct shown name; /* of its option, its section or its extension, for complaints; "": none is read */
    int line;          /* of its name */
    int text_line;     /* of its last text */
    int brace_line;    /* of the '{' of its list */
    statement_taker *take;
    void *context;
    struct subject subject; /* of a complaint */
    char *error;
    bool in_list;
    bool ran_out;       /* of memory */
    int refused_braces; /* of sections, that were opened and are not to be read */
};

/* Made by Bison. Returns 0; 1 after a complaint, or 2: out of memory. */
int grammar_parse(struct parser *parser);

struct token parser_next(struct parser *parser);

/* Have parser_next() return the token again, which loses its text; NULL: none. */
void parser_put_back(struct parser *parser, struct token *token);

bool parser_begin_setting(struct parser *parser, struct token *name);
bool parser_begin_pair(struct parser *parser, struct token *key);
bool parser_begin_list(struct parser *parser, const struct token *brace);
bool parser_take_text(struct parser *parser, struct token *text);
bool parser_check_end(struct parser *parser, const struct token *next);
bool parser_give(struct parser *parser);

bool parser_begin_head(struct parser *parser, struct token *name, const struct token *next);
bool parser_take_title(struct parser *parser, struct token *title);
bool parser_include(struct parser *parser, struct token *word, struct token *path);
bool parser_begin_section(struct parser *parser, const struct token *brace);
bool parser_end_section(struct parser *parser, const struct token *brace);

/* "line 3", or "sites/a.conf:3" if that is another file than the one that is being read. */
struct place parser_name_mark(const struct parser *parser, struct mark mark);

/* Whether an option or a section of this name may stand here. */
bool parser_may_begin(struct parser *parser, const char *name);

/* Complain, and end the reading with it. */
bool parser_out_of_memory(struct parser *parser);

/* The innermost scope. */
struct scope *parser_scope(struct parser *parser);

/* ---- mistakes ------------------------------------------------------------------------------------------ */

/* For complaints of a line of the file, and of what is called `name` there if that is not NULL. */
struct complaint parser_at(struct parser *parser, int line, const char *name);

/* Complain if the scanner could not read what follows. */
bool complain_of_mistake(struct parser *parser, const struct token *next);

/* The others complain always. */
bool complain_of_name(struct parser *parser, const struct token *name);
bool complain_of_section_as_option(struct parser *parser, const struct token *name,
                                   const struct config_section *section);
bool complain_of_missing_equals(struct parser *parser, const struct token *next);
bool complain_of_title(struct parser *parser, const struct token *title);
bool complain_of_key(struct parser *parser, const struct token *key);
bool complain_of_open_section(struct parser *parser);
bool complain_of_no_name(struct parser *parser, const struct token *next);
bool complain_of_head(struct parser *parser, const struct token *next);
bool complain_of_value(struct parser *parser, const struct token *next);
bool complain_of_list(struct parser *parser, const struct token *next);
bool complain_of_end(struct parser *parser, const struct token *next);

#endif
