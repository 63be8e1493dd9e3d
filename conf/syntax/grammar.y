/* SPDX-License-Identifier: MIT */
/* The grammar of the config file, with the mistakes that can be made at each place of it; see syntax.h. */
%require "3.8"
%define api.pure full
%define api.prefix {grammar_}
%define api.value.type {struct token}
%param {struct parser *parser}
%expect 0

%code requires {
#include "conf/syntax/parser.h"
}

%code {
#include <stdlib.h>

/* Each step returns false once it has complained: this statement ends, and what follows it is given back. */
#define TRY(step) if (!(step)) { parser_put_back(parser, yychar == GRAMMAR_EMPTY ? NULL : &yylval); YYABORT; }
#define REFUSE(complain) TRY(complain_of_mistake(parser, NEXT) && complain(parser, NEXT))

/* What follows: Bison looks ahead only where it must. */
#define NEXT (yychar == GRAMMAR_EMPTY ? &parser->source->ahead : &yylval)

static int grammar_lex(struct token *token, struct parser *parser) {
    *token = parser_next(parser);
    return token->kind;
}

/* Bison words no mistake: the rules for `error` do. */
static void grammar_error(struct parser *parser, const char *message) {
    (void)parser, (void)message;
}
}

%token TEXT 258 NAME 259 MISTAKE 260 INCLUDE 261
%destructor { free($$.text); } TEXT NAME MISTAKE INCLUDE

%%

statements: %empty
          | statements statement
          | statements error             { REFUSE(complain_of_no_name); }
          ;
statement : setting value                { TRY(parser_check_end(parser, NEXT) && parser_give(parser)); }
          | setting list '}'             { TRY(parser_give(parser)); }
          | setting list error           { REFUSE(complain_of_list); }
          | setting error                { REFUSE(complain_of_value); }
          | section
          | '}'                          { TRY(parser_end_section(parser, &$1)); }
          | INCLUDE TEXT                 { TRY(parser_include(parser, &$1, &$2)); }
          | head error                   { REFUSE(complain_of_head); }
          ;
setting   : NAME                         { TRY(parser_begin_setting(parser, &$1)); }
          | head NAME                    { TRY(parser_begin_pair(parser, &$2)); }
          ;
value     : TEXT                         { TRY(parser_take_text(parser, &$1)); }
          ;
list      : open
          | entries
          | entries ','
          ;
open      : '{'                          { TRY(parser_begin_list(parser, &$1)); }
          ;
entries   : open value
          | entries ',' value
          ;
head      : TEXT                         { TRY(parser_begin_head(parser, &$1, NEXT)); }
          | head TEXT                    { TRY(parser_take_title(parser, &$2)); }
          ;
section   : head '{'                     { TRY(parser_begin_section(parser, &$2)); }
          ;
