/* SPDX-License-Identifier: MIT */
/*
 * Cuts the text of a config file into tokens, each with its line, and blanks the comments in place.
 *
 * It follows the notation of libConfuse, which gets the text afterwards, but refuses what libConfuse 3.3
 * passes over in silence: characters that it drops ("8*" reads as 8), a comment that is never closed and
 * swallows the rest, a string that runs on over several lines, ${VARIABLES} that are not set. Comments are
 * blanked because libConfuse counts lines wrongly behind a '#' comment and takes a comment within a list for
 * a mistake. Private to conf/.
 */
#ifndef LIDO_CONF_SYNTAX_SCANNER_H
#define LIDO_CONF_SYNTAX_SCANNER_H

#include "conf/settings.h"

enum token_kind {
    TOKEN_END,
    TOKEN_WORD,   /* without quotes */
    TOKEN_STRING, /* with them */
    TOKEN_EQUALS,
    TOKEN_OPEN,  /* { */
    TOKEN_CLOSE, /* } */
    TOKEN_COMMA,
    TOKEN_MISTAKE, /* nothing can be read from here on */
};

struct token {
    enum token_kind kind;
    int line;          /* where it begins, from 1 */
    char *start;       /* in the text; a string with its quotes */
    size_t length;     /* in bytes */
    const char *wrong; /* TOKEN_MISTAKE: what is wrong and what would be right, in the scanner or constant */
};

struct scanner {
    char *cursor;
    int line;
    char message[CONFIG_ERROR_BYTES];
};

/* Begin at the start of `text`, which must stay until the last token is used. A byte order mark is blanked.
 * */
void scanner_init(struct scanner *scanner, char *text);

/* The next token; TOKEN_END again and again at the end. ${VARIABLES} are looked up with getenv(3), as
 * libConfuse will. */
struct token scanner_next(struct scanner *scanner);

#endif
