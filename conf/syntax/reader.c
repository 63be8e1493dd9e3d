/* SPDX-License-Identifier: MIT */
#include "conf/syntax/reader.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void syntax_advance(struct syntax_reader *reader) {
    reader->token = scanner_next(&reader->scanner);
}

struct token syntax_peek(const struct syntax_reader *reader) {
    struct scanner ahead = reader->scanner;
    struct token token = scanner_next(&ahead); /* to blank a comment twice does no harm */
    token.wrong = NULL;                        /* would point into `ahead` */
    return token;
}

bool syntax_complain(struct syntax_reader *reader, int line, const char *format, ...) {
    char message[CONFIG_ERROR_BYTES];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    return complain((struct complaint){place_of(reader->path, line).text, reader->error}, "%s", message);
}

bool syntax_complain_of_mistake(struct syntax_reader *reader, const char *name) {
    return syntax_complain(reader, reader->token.line, "%s: %s", name, reader->token.wrong);
}

struct shown syntax_show(const struct token *token) {
    return show_part(token->start, token->length);
}

bool syntax_is_value(const struct token *token) {
    return token->kind == TOKEN_WORD || token->kind == TOKEN_STRING;
}

const struct syntax_scope *syntax_scope(const struct syntax_reader *reader) {
    return &reader->scopes[reader->depth];
}

/* Tables grow by doubling, as a file may hold thousands of redirects. Returns the table, or NULL with the old
 * one untouched. */
static void *grow(void *table, size_t count, size_t size) {
    bool is_full = (count & (count - 1)) == 0; /* 0, 1, 2, 4, 8 ... */
    return is_full ? realloc(table, (count == 0 ? 1 : 2 * count) * size) : table;
}

static bool complain_of_memory(struct syntax_reader *reader) {
    return complain((struct complaint){reader->path, reader->error}, "out of memory");
}

bool syntax_add_statement(struct syntax_reader *reader, struct config_statement statement) {
    struct config_syntax *syntax = reader->syntax;
    struct config_statement *statements = grow(syntax->statements, syntax->count, sizeof *statements);
    if (!statements) {
        return complain_of_memory(reader);
    }
    statement.depth = reader->depth;
    statement.first = syntax->text_count;
    statement.count = 0;
    syntax->statements = statements;
    statements[syntax->count++] = statement;
    return true;
}

bool syntax_take_text(struct syntax_reader *reader) {
    struct config_syntax *syntax = reader->syntax;
    struct config_text *texts = grow(syntax->texts, syntax->text_count, sizeof *texts);
    if (!texts) {
        return complain_of_memory(reader);
    }
    syntax->texts = texts;
    texts[syntax->text_count++] = (struct config_text){
        .start = reader->token.start, .length = reader->token.length, .line = reader->token.line};
    syntax->statements[syntax->count - 1].count++;
    syntax_advance(reader);
    return true;
}
