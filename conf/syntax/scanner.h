/* SPDX-License-Identifier: MIT */
/*
 * Cuts the text of a config file into tokens, each with its line; of values, what they mean once quotes,
 * escapes and ${VARIABLES} are resolved. The patterns are in scanner.l, which flex turns into C.
 *
 * Keeps no state outside of its struct and opens no file. Private to conf/.
 */
#ifndef LIDO_CONF_SYNTAX_SCANNER_H
#define LIDO_CONF_SYNTAX_SCANNER_H

#include <stdbool.h>
#include <stddef.h>

enum {
    SCANNER_TEXT_BYTES = 4096,  /* of one value, with its NUL: as PATH_MAX has it */
    SCANNER_ARENA_BYTES = 1024, /* for the state of flex, which takes some 250 */
};

/* Of '=', '{', '}' and ',' the kind is the character. */
enum token_kind {
    TOKEN_END = 0,
    TOKEN_TEXT = 258, /* grammar.y repeats these numbers; Bison's begin here */
    TOKEN_NAME,       /* a text with the '=' behind it; made by the parser */
    TOKEN_MISTAKE,    /* cannot be read */
    TOKEN_INCLUDE,    /* that word, with a text behind it on its line; made by the parser */
};

struct token {
    int kind;
    int line;          /* where it begins, from 1 */
    int equals_line;   /* of a name, where its '=' is */
    const char *start; /* as it is written, in the text of the file */
    size_t length;

    /* Of a text or a name: what it means. Of a mistake: what is wrong and what would be right; NULL when
     * memory ran out. Malloc'ed, the caller's. */
    char *text;
};

struct scanner {
    void *flex;
    struct token token; /* that is being read */
    char text[SCANNER_TEXT_BYTES];
    size_t length; /* of the whole text, of which the first bytes are kept */
    bool is_over;  /* within a comment that is never closed */
    size_t arena_used;
    _Alignas(max_align_t) char arena[SCANNER_ARENA_BYTES];
};

/* Begin at the start of text[0 .. length), behind which two NULs stand. It must stay until the last token is
 * used, and is written to meanwhile. A byte order mark is passed over. Nothing is to be released. */
void scanner_init(struct scanner *scanner, char *text, size_t length);

/* The next token; behind the end that again and again. ${VARIABLES} are looked up with getenv(3). */
struct token scanner_next(struct scanner *scanner);

/* ---- for scanner.l ------------------------------------------------------------------------------------- */

/* A token begins at start[0 .. length). */
void scanner_begin(struct scanner *scanner, int line, const char *start, int length);

/* Append to the text of the token. */
void scanner_add(struct scanner *scanner, const char *text, int length);

/* Append the value of `variable`, which is "${NAME}" or "${NAME:-value}". Returns false if it is not set and
 * names no value for then. */
bool scanner_add_variable(struct scanner *scanner, const char *variable, int length);

/* The token ends before `end`. Returns its kind: a text, or a mistake. */
int scanner_end(struct scanner *scanner, const char *end);

/* Returns TOKEN_MISTAKE. */
__attribute__((format(printf, 2, 3))) int scanner_mistake(struct scanner *scanner, const char *format, ...);

#endif
