/* SPDX-License-Identifier: MIT */
/* The files that are read: their tokens, and where to go on behind a mistake. */
#include "conf/syntax/parser.h"

#include <stdlib.h>
#include <string.h>

/* ---- tokens -------------------------------------------------------------------------------------------- */

static bool is_word(const struct token *token, const char *word) {
    return token->kind == TOKEN_TEXT && token->length == strlen(word) &&
           strncmp(token->start, word, token->length) == 0;
}

static void move_ahead(struct parser *parser) {
    parser->source->ahead = parser->source->behind;
    parser->source->behind = scanner_next(&parser->source->scanner);
    if (parser->source->ahead.kind == TOKEN_TEXT && parser->source->behind.kind == '=') {
        parser->source->ahead.kind = TOKEN_NAME;
        parser->source->ahead.equals_line = parser->source->behind.line;
        parser->source->behind = scanner_next(&parser->source->scanner);
    } else if (is_word(&parser->source->ahead, "include") && parser->source->behind.kind == TOKEN_TEXT &&
               parser->source->behind.line == parser->source->ahead.line) {
        parser->source->ahead.kind = TOKEN_INCLUDE;
    }
}

struct token parser_next(struct parser *parser) {
    struct token token = parser->source->has_given_back ? parser->source->given_back : parser->source->ahead;
    if (!parser->source->has_given_back) {
        move_ahead(parser);
    }
    parser->source->has_given_back = false;
    parser->source->given_back.text = NULL;
    return token;
}

void parser_put_back(struct parser *parser, struct token *token) {
    parser->source->has_given_back = token != NULL;
    if (token != NULL) {
        parser->source->given_back = *token;
        token->text = NULL;
    }
}

/* Whether another statement begins here, or the section ends in which the mistake was. */
static bool may_resume(const struct parser *parser, const struct token *token) {
    struct shown shown = show_part(token->start, token->length);
    bool begins =
        token->kind == TOKEN_NAME || token->kind == TOKEN_MISTAKE || token->kind == TOKEN_INCLUDE ||
        (token->kind == TOKEN_TEXT && (section_find(shown.text) != NULL || option_find(shown.text) != NULL));
    return (begins && token->line > parser->source->mistake_line) ||
           (token->kind == '}' && parser->depth > parser->source->depth && !parser->in_list);
}

/* Passes over the rest of the statement that had a mistake, with all that its braces hold: to what may begin
 * another one on a later line, or to the end of its section. */
static void resume(struct parser *parser) {
    struct token token = parser_next(parser);
    while (token.kind != TOKEN_END && (parser->refused_braces > 0 || !may_resume(parser, &token))) {
        if (token.kind == '{') {
            parser->refused_braces++;
        } else if (token.kind == '}' && parser->refused_braces > 0) {
            parser->refused_braces--;
        } else if (token.kind == '}') {
            parser->in_list = false;
        }
        free(token.text);
        token = parser_next(parser);
    }
    parser_put_back(parser, &token);
    parser->refused_braces = 0;
    parser->in_list = false;
    parser->name = show("");
    parser_scope(parser)->is_empty = false;
}

/* ---- files --------------------------------------------------------------------------------------------- */

/* Reads what parser->source is about to its end; sections that are open there end with a complaint. */
static void read_source(struct parser *parser) {
    struct source *source = parser->source;
    int outcome = 0;
    while ((outcome = grammar_parse(parser)) == 1) {
        complaints_note(&parser->complaints, false);
        if (parser->ran_out) {
            return; /* statements may be missing, and what follows means nothing without them */
        }
        resume(parser);
    }
    if (outcome == 2) {
        complaints_note(&parser->complaints, parser_out_of_memory(parser));
    } else if (parser->depth > source->depth) {
        complaints_note(&parser->complaints, complain_of_open_section(parser));
    }
    while (parser->depth > source->depth && !parser->ran_out) {
        char kept[CONFIG_ERROR_BYTES];
        memcpy(kept, parser->error, sizeof kept);
        parser_scope(parser)->is_empty = false;
        (void)parser_end_section(parser, &source->ahead);
        memcpy(parser->error, kept, sizeof kept);
    }
}

bool syntax_include(struct parser *parser, const char *path, char *text, size_t length) {
    struct source *outer = parser->source;
    struct source *source = calloc(1, sizeof *source);
    if (source == NULL) {
        return parser_out_of_memory(parser);
    }
    source->path = path;
    source->depth = parser->depth;
    parser->source = source;
    scanner_init(&source->scanner, text, length);
    source->behind = scanner_next(&source->scanner);
    move_ahead(parser);
    read_source(parser);
    parser->source = outer;
    free(source->given_back.text);
    free(source->ahead.text);
    free(source->behind.text);
    free(source);
    return !parser->ran_out;
}

bool syntax_read(const char *path, char *text, size_t length, statement_taker *take, void *context,
                 struct config_mistakes *mistakes, char error[CONFIG_ERROR_BYTES]) {
    struct source none = {.path = path};
    struct parser *parser = calloc(1, sizeof *parser);
    if (parser == NULL) {
        return complain((struct complaint){path, error}, "out of memory");
    }
    parser->source = &none;
    parser->take = take;
    parser->context = context;
    parser->error = error;
    parser->complaints = (struct complaints){.mistakes = mistakes, .error = error};
    bool read = syntax_include(parser, path, text, length);
    complaints_note(&parser->complaints, read || parser->complaints.count > 0);
    bool right = complaints_end(&parser->complaints);
    string_list_deinit(&parser->statement.texts);
    string_list_deinit(&parser->statement.wheres);
    free(parser);
    return right;
}
