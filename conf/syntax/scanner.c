/* SPDX-License-Identifier: MIT */
#include "conf/syntax/scanner.h"

#include "conf/base/complain.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char byte_order_mark[] = "\xef\xbb\xbf";

/* What cannot be part of a word without quotes: libConfuse's own marks and blanks. */
static const char word_ends[] = " #\"'\t\n\r={}()+,*";

static struct token token_at(const struct scanner *scanner, enum token_kind kind) {
    return (struct token){.kind = kind, .line = scanner->line, .start = scanner->cursor};
}

static struct token mistake(struct token token, const char *wrong) {
    token.kind = TOKEN_MISTAKE;
    token.wrong = wrong;
    return token;
}

static struct token take(struct scanner *scanner, struct token token, size_t length) {
    token.length = length;
    scanner->cursor += length;
    return token;
}

void scanner_init(struct scanner *scanner, char *text) {
    *scanner = (struct scanner){.cursor = text, .line = 1};
    if (strncmp(text, byte_order_mark, strlen(byte_order_mark)) == 0) {
        memset(text, ' ', strlen(byte_order_mark));
    }
}

static void blank_line_comment(struct scanner *scanner) {
    size_t length = strcspn(scanner->cursor, "\n");
    memset(scanner->cursor, ' ', length);
    scanner->cursor += length;
}

/* Returns false if the comment has no end. Line ends are kept, so that libConfuse counts the same lines. */
static bool blank_block_comment(struct scanner *scanner) {
    char *end = strstr(scanner->cursor + 2, "*/");
    if (!end) {
        return false;
    }
    for (end += 2; scanner->cursor < end; scanner->cursor++) {
        if (*scanner->cursor == '\n') {
            scanner->line++;
        } else {
            *scanner->cursor = ' ';
        }
    }
    return true;
}

/* Moves to the next token. Returns false at a comment that has no end. */
static bool skip_blanks(struct scanner *scanner) {
    for (;;) {
        const char *c = scanner->cursor;
        if (*c == '\n') {
            scanner->line++;
            scanner->cursor++;
        } else if (*c == ' ' || *c == '\t' || *c == '\r') {
            scanner->cursor++;
        } else if (*c == '#' || (c[0] == '/' && c[1] == '/')) {
            blank_line_comment(scanner);
        } else if (c[0] == '/' && c[1] == '*') {
            if (!blank_block_comment(scanner)) {
                return false;
            }
        } else {
            return true;
        }
    }
}

static bool is_set_variable(const char *name, size_t length) {
    char *copy = strndup(name, length);
    bool is_set = copy && getenv(copy);
    free(copy);
    return is_set;
}

/* Checks ${NAME} or ${NAME:-text} at `start`, within double quotes. Returns its length, or 0 with *wrong set.
 * */
static size_t check_variable(struct scanner *scanner, const char *start, const char **wrong) {
    static const char name_characters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_";
    const char *name = start + 2;
    size_t name_length = strspn(name, name_characters);
    const char *behind = name + name_length;
    size_t rest = strcspn(behind, "}\"\r\n");

    if (behind[rest] != '}' || name_length == 0 || (rest != 0 && strncmp(behind, ":-", 2) != 0)) {
        *wrong = "'${' begins a variable; write ${NAME} or ${NAME:-text}, or \\$ for a plain '$'";
        return 0;
    }
    if (rest == 0 && !is_set_variable(name, name_length)) {
        (void)snprintf(
            scanner->message, sizeof scanner->message,
            "the environment variable %s is not set; set it, or write ${%s:-text} with a text for then",
            show_part(name, name_length).text, show_part(name, name_length).text);
        *wrong = scanner->message;
        return 0;
    }
    return (size_t)(behind + rest + 1 - start);
}

static struct token scan_double_quoted(struct scanner *scanner, struct token token) {
    const char *c = token.start + 1;
    while (*c != '"') {
        size_t step = 1;
        if (*c == '\0' || *c == '\n') {
            return mistake(token, "the closing quote \" is missing on this line");
        }
        if (c[0] == '$' && c[1] == '{') {
            step = check_variable(scanner, c, &token.wrong);
            if (step == 0) {
                return mistake(token, token.wrong);
            }
        } else if (*c == '\\') {
            /* libConfuse would make control characters of \n, \033 and the like, which no value may hold. */
            if (isalnum((unsigned char)c[1])) {
                (void)snprintf(scanner->message, sizeof scanner->message,
                               "'\\%c' means nothing here; write \\\\ for a plain '\\'", c[1]);
                return mistake(token, scanner->message);
            }
            step = c[1] == '\0' || c[1] == '\n' || c[1] == '\r' ? 1 : 2;
        }
        c += step;
    }
    return take(scanner, token, (size_t)(c + 1 - token.start));
}

static struct token scan_single_quoted(struct scanner *scanner, struct token token) {
    const char *c = token.start + 1;
    while (*c != '\'') {
        if (*c == '\0' || *c == '\n') {
            return mistake(token, "the closing quote ' is missing on this line");
        }
        c += *c == '\\' && (c[1] == '\\' || c[1] == '\'') ? 2 : 1;
    }
    return take(scanner, token, (size_t)(c + 1 - token.start));
}

static struct token scan_word(struct scanner *scanner, struct token token) {
    size_t length = strcspn(token.start, word_ends);
    char end = token.start[length];

    if (length == 0 && end == '+' && token.start[1] == '=') {
        return mistake(token, "'+=' is not offered; write the whole list after '='");
    }
    if (length == 0) {
        (void)snprintf(scanner->message, sizeof scanner->message,
                       "'%c' is allowed in quotes only; put the whole value in quotes", end);
        return mistake(token, scanner->message);
    }
    if (token.start[length - 1] == '$' && end == '{') {
        return mistake(token, "a variable such as ${NAME} stands in double quotes: \"${NAME}\"");
    }
    if (token.start[length - 1] == ';') {
        return mistake(token, "a setting ends without ';'; remove it, or put the value in quotes");
    }
    if (end == '#') {
        return mistake(token, "'#' begins a comment; put a blank before it, or the whole value in quotes");
    }
    return take(scanner, token, length);
}

struct token scanner_next(struct scanner *scanner) {
    if (!skip_blanks(scanner)) {
        return mistake(token_at(scanner, TOKEN_MISTAKE),
                       "the comment that begins here with /* is never closed by */");
    }
    struct token token = token_at(scanner, TOKEN_END);
    switch (*scanner->cursor) {
    case '\0':
        return token;
    case '=':
        token.kind = TOKEN_EQUALS;
        return take(scanner, token, 1);
    case '{':
        token.kind = TOKEN_OPEN;
        return take(scanner, token, 1);
    case '}':
        token.kind = TOKEN_CLOSE;
        return take(scanner, token, 1);
    case ',':
        token.kind = TOKEN_COMMA;
        return take(scanner, token, 1);
    case '"':
        token.kind = TOKEN_STRING;
        return scan_double_quoted(scanner, token);
    case '\'':
        token.kind = TOKEN_STRING;
        return scan_single_quoted(scanner, token);
    default:
        token.kind = TOKEN_WORD;
        return scan_word(scanner, token);
    }
}
