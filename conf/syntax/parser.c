/* SPDX-License-Identifier: MIT */
#include "conf/syntax/parser.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct scope *parser_scope(struct parser *parser) {
    return &parser->scopes[parser->depth];
}

static bool is_in(struct parser *parser, enum config_section_kind kind) {
    const struct config_section *section = parser_scope(parser)->section;
    return section != NULL && section_kind(section) == kind;
}

static bool is_error_page(const struct parser *parser) {
    return section_kind(parser->statement.section) == SECTION_ERROR_PAGE;
}

bool parser_out_of_memory(struct parser *parser) {
    parser->ran_out = true;
    return complain((struct complaint){parser->source->path, parser->error}, "out of memory");
}

/* ---- statements ---------------------------------------------------------------------------------------- */

static void begin_statement(struct parser *parser, struct config_statement statement,
                            const struct token *name) {
    string_list_deinit(&parser->statement.texts);
    string_list_deinit(&parser->statement.wheres);
    parser->statement = statement;
    parser->statement.where = place_of(parser->source->path, name->line);
    parser->name = show_part(name->start, name->length);
    parser->line = name->line;
    parser_scope(parser)->is_empty = false;
}

bool parser_take_text(struct parser *parser, struct token *text) {
    struct config_statement *statement = &parser->statement;
    bool fits = statement->texts.count < OPTION_ENTRIES_MAX;
    bool taken = fits && string_list_add(&statement->texts, text->text) == 0 &&
                 string_list_add(&statement->wheres, place_of(parser->source->path, text->line).text) == 0;
    free(text->text);
    text->text = NULL;
    parser->text_line = text->line;
    if (!fits) {
        return complain(parser_at(parser, text->line, parser->name.text),
                        "the list is too long; expected at most %d entries", OPTION_ENTRIES_MAX);
    }
    return taken || parser_out_of_memory(parser);
}

bool parser_give(struct parser *parser) {
    struct config_statement *statement = &parser->statement;
    if (statement->texts.count == 0 && string_list_add(&statement->wheres, statement->where.text) != 0) {
        return parser_out_of_memory(parser);
    }
    parser->name = show("");
    parser->in_list = false;
    return parser->take(parser->context, statement);
}

/* ---- settings ------------------------------------------------------------------------------------------ */

/* The option of this name that may stand here, or NULL. */
static const struct config_option *find_option(struct parser *parser, const char *name) {
    const struct config_section *section = parser_scope(parser)->section;
    if (section != NULL && !is_in(parser, SECTION_HOST)) {
        return option_find_among(section->options, section->option_count, name);
    }
    const struct config_option *option = option_find(name);
    return option != NULL && (section == NULL || option->scope != OPTION_OF_SERVER) ? option : NULL;
}

static const struct config_section *find_section(struct parser *parser, const char *name) {
    const struct config_section *section = section_find(name);
    bool is_of_server =
        section == &section_table[SECTION_HOST] || section == &section_table[SECTION_ACCESS_LOG];
    bool fits = parser->depth == 0 || (is_in(parser, SECTION_HOST) && !is_of_server);
    return fits ? section : NULL;
}

struct place parser_name_mark(const struct parser *parser, struct mark mark) {
    struct place place = place_of(mark.path, mark.line);
    if (mark.path == parser->source->path) {
        (void)snprintf(place.text, sizeof place.text, "line %d", mark.line);
    }
    return place;
}

bool parser_may_begin(struct parser *parser, const char *name) {
    return find_option(parser, name) != NULL || find_section(parser, name) != NULL;
}

static bool begin_option(struct parser *parser, const struct config_option *option,
                         const struct token *name) {
    const struct config_section *section = parser_scope(parser)->section;
    const struct config_option *first =
        section != NULL && section->options != NULL ? section->options : option_table;
    struct mark *mark = &parser_scope(parser)->marks[option - first];
    if (mark->line != 0) {
        return complain(parser_at(parser, name->line, NULL),
                        "%s is set twice; %s sets it already, keep one of them", option->name,
                        parser_name_mark(parser, *mark).text);
    }
    *mark = (struct mark){parser->source->path, name->line};
    begin_statement(parser, (struct config_statement){.kind = STATEMENT_OPTION, .option = option}, name);
    return true;
}

bool parser_begin_setting(struct parser *parser, struct token *name) {
    struct shown shown = show_part(name->start, name->length);
    const struct config_section *scope = parser_scope(parser)->section;
    const struct config_option *option = find_option(parser, shown.text);
    const struct config_section *section = find_section(parser, shown.text);

    if (is_in(parser, SECTION_TYPES)) {
        begin_statement(parser, (struct config_statement){.kind = STATEMENT_PAIR, .section = scope}, name);
        return parser_take_text(parser, name);
    }
    free(name->text);
    name->text = NULL;
    if (option != NULL) {
        return begin_option(parser, option, name);
    }
    return section != NULL ? complain_of_section_as_option(parser, name, section)
                           : complain_of_name(parser, name);
}

/* The applier has the files read, within this call. */
bool parser_include(struct parser *parser, struct token *word, struct token *path) {
    begin_statement(parser, (struct config_statement){.kind = STATEMENT_INCLUDE, .parser = parser}, word);
    free(word->text);
    word->text = NULL;
    return parser_take_text(parser, path) && parser_check_end(parser, &parser->source->ahead) &&
           parser_give(parser);
}

/* error_page 404 =, behind its first word. */
bool parser_begin_pair(struct parser *parser, struct token *key) {
    if (!is_error_page(parser) || parser->statement.texts.count > 0) {
        bool complained = complain_of_key(parser, key);
        free(key->text);
        return complained;
    }
    parser->statement.kind = STATEMENT_PAIR;
    return parser_take_text(parser, key);
}

bool parser_begin_list(struct parser *parser, const struct token *brace) {
    const struct config_option *option = parser->statement.option;
    parser->brace_line = brace->line;
    parser->in_list = true;
    if (option == NULL) {
        return complain_of_value(parser, brace);
    }
    return option_is_list(option) ||
           complain(parser_at(parser, brace->line, NULL), "%s takes one value, not a list; remove the braces",
                    option->name);
}

/* What may follow a value on its line: in a section, where several settings may share a line, the next
 * one. */
bool parser_check_end(struct parser *parser, const struct token *next) {
    bool follows = next->line == parser->text_line && next->kind != TOKEN_END;
    bool begins =
        next->kind == '}' || next->kind == TOKEN_NAME || next->kind == TOKEN_INCLUDE ||
        (next->kind == TOKEN_TEXT && section_find(show_part(next->start, next->length).text) != NULL);
    return !follows || (begins && parser->depth > 0) ||
           (complain_of_mistake(parser, next) && complain_of_end(parser, next));
}

/* ---- sections ------------------------------------------------------------------------------------------ */

bool parser_begin_head(struct parser *parser, struct token *name, const struct token *next) {
    struct shown shown = show_part(name->start, name->length);
    const struct config_option *option = find_option(parser, shown.text);
    const struct config_section *section = find_section(parser, shown.text);

    free(name->text);
    name->text = NULL;
    if (option != NULL && section == NULL) {
        return begin_option(parser, option, name) && complain_of_mistake(parser, next) &&
               complain_of_missing_equals(parser, next);
    }
    if (section == NULL && !is_in(parser, SECTION_TYPES)) {
        return complain_of_name(parser, name);
    }
    begin_statement(parser, (struct config_statement){.kind = STATEMENT_BEGIN, .section = section}, name);
    return section != NULL || (complain_of_mistake(parser, next) && complain_of_missing_equals(parser, next));
}

bool parser_take_title(struct parser *parser, struct token *title) {
    if (parser->statement.texts.count < parser->statement.section->titles_max) {
        return parser_take_text(parser, title);
    }
    bool complained = complain_of_title(parser, title);
    free(title->text);
    return complained;
}

bool parser_begin_section(struct parser *parser, const struct token *brace) {
    const struct config_section *section = parser->statement.section;
    if (is_error_page(parser) || (section->titles_max > 0 && parser->statement.texts.count == 0)) {
        parser->refused_braces = 1;
        return complain_of_head(parser, brace);
    }
    parser->depth++; /* within SCOPES_MAX: only host holds sections, and no host */
    *parser_scope(parser) =
        (struct scope){.section = section, .begin = {parser->source->path, parser->line}, .is_empty = true};
    return parser_give(parser);
}

bool parser_end_section(struct parser *parser, const struct token *brace) {
    struct scope scope = *parser_scope(parser);
    if (parser->depth == parser->source->depth) {
        return complain(parser_at(parser, brace->line, NULL), "'}' closes no list and no section; remove it");
    }
    parser->depth--;
    struct token name = {
        .line = scope.begin.line, .start = scope.section->name, .length = strlen(scope.section->name)};
    begin_statement(parser, (struct config_statement){.kind = STATEMENT_END, .section = scope.section},
                    &name);
    bool given = parser_give(parser);
    return scope.is_empty ? complain(parser_at(parser, scope.begin.line, NULL), "%s is empty; it may hold %s",
                                     scope.section->name, scope.section->holds)
                          : given;
}

/* ---- files --------------------------------------------------------------------------------------------- */

struct place place_of(const char *path, int line) {
    enum { PATH_SHOWN_MAX = PLACE_BYTES - 16 };
    struct place place;
    size_t length = strlen(path);
    bool clipped = length > PATH_SHOWN_MAX;
    (void)snprintf(place.text, sizeof place.text, "%s%s:%d", clipped ? "..." : "",
                   clipped ? path + length - PATH_SHOWN_MAX : path, line);
    replace_controls(place.text);
    return place;
}
