/* SPDX-License-Identifier: MIT */
/* The complaints of parser.h: what is wrong, and what would be right. */
#include "conf/syntax/parser.h"

#include <stdio.h>
#include <string.h>

struct complaint parser_at(struct parser *parser, int line, const char *name) {
    parser->source->mistake_line = line;
    parser->subject = subject_at(place_of(parser->source->path, line).text, name);
    return (struct complaint){parser->subject.text, parser->error};
}

bool complain_of_mistake(struct parser *parser, const struct token *next) {
    const char *name = parser->name.text[0] != '\0' ? parser->name.text : NULL;
    return next->kind != TOKEN_MISTAKE || complain(parser_at(parser, next->line, name), "%s",
                                                   next->text != NULL ? next->text : "out of memory");
}

static struct shown shown_of(const struct token *token) {
    return show_part(token->start, token->length);
}

/* ---- names --------------------------------------------------------------------------------------------- */

/* The section that has an option of this name, or NULL. */
static const struct config_section *find_holder(const char *name) {
    for (size_t i = 0; i < SECTION_COUNT; i++) {
        if (option_find_among(section_table[i].options, section_table[i].option_count, name) != NULL) {
            return &section_table[i];
        }
    }
    return NULL;
}

static bool complain_of_unknown(struct parser *parser, int line, const char *name) {
    const struct config_section *scope = parser_scope(parser)->section;
    bool is_outer = scope == NULL || section_kind(scope) == SECTION_HOST;
    const struct config_section *holder = find_holder(name);
    const char *meant = section_suggest_within(scope, name);

    if (*name == '"' || *name == '\'') {
        return complain(parser_at(parser, line, NULL),
                        "the name of an option stands without quotes; write name = value");
    }
    if (strcmp(name, "include") == 0) {
        return complain(
            parser_at(parser, line, NULL),
            "include takes the path of a file or a pattern on its line; write include \"sites/*.conf\"");
    }
    if (is_outer && holder != NULL) {
        return complain(parser_at(parser, line, NULL), "'%s' stands within a section; write %s", name,
                        holder->example);
    }
    if (meant != NULL) {
        return complain(parser_at(parser, line, NULL), "unknown option '%s'%s%s; did you mean '%s'?", name,
                        scope != NULL ? " in " : "", scope != NULL ? scope->name : "", meant);
    }
    if (!is_outer) {
        return complain(parser_at(parser, line, NULL), "unknown option '%s' in %s; it may hold %s", name,
                        scope->name, scope->holds);
    }
    return complain(parser_at(parser, line, NULL),
                    "unknown option '%s'; 'lido --check-config' prints all options", name);
}

/* No option or section of this name may stand here. */
bool complain_of_name(struct parser *parser, const struct token *name) {
    const struct scope *scope = parser_scope(parser);
    struct shown shown = shown_of(name);
    bool is_option = option_find(shown.text) != NULL;

    if (!is_option && section_find(shown.text) == NULL) {
        return complain_of_unknown(parser, name->line, shown.text);
    }
    if (is_option && section_kind(scope->section) == SECTION_HOST) {
        return complain(parser_at(parser, name->line, NULL),
                        "%s holds for the whole server; put it outside of host", shown.text);
    }
    return complain(parser_at(parser, name->line, NULL),
                    "%s cannot stand within %s; close the '{' of %s before it", shown.text,
                    scope->section->name, parser_name_mark(parser, scope->begin).text);
}

static bool complain_of_stray(struct parser *parser, int line, const char *what) {
    return complain(parser_at(parser, line, NULL),
                    "'%s' stands without the name of an option; write name = value", what);
}

bool complain_of_open_section(struct parser *parser) {
    const struct scope *scope = parser_scope(parser);
    return complain(parser_at(parser, scope->begin.line, scope->section->name),
                    "the section that '{' opens here is never closed; end it with '}'");
}

bool complain_of_no_name(struct parser *parser, const struct token *next) {
    return complain_of_stray(parser, next->line, shown_of(next).text);
}

/* ---- settings ------------------------------------------------------------------------------------------ */

/* What may stand behind `name =`: the value that follows on its line, or else an example. */
static bool complain_of_equals(struct parser *parser, const struct token *next, const char *name,
                               const char *example) {
    bool has_value = next->kind == TOKEN_TEXT && next->line == parser->line;
    return complain(parser_at(parser, parser->line, NULL), "'=' is missing behind '%s'; write %s = %s", name,
                    name, has_value ? shown_of(next).text : example);
}

bool complain_of_missing_equals(struct parser *parser, const struct token *next) {
    const struct config_option *option = parser->statement.option; /* NULL: in types */
    bool is_extension = option_find(parser->name.text) == NULL && section_find(parser->name.text) == NULL;
    if (option == NULL && is_extension && next->kind == TOKEN_TEXT && next->line == parser->line) {
        return complain_of_equals(parser, next, parser->name.text, "");
    }
    if (option == NULL) {
        return complain(parser_at(parser, parser->line, NULL),
                        "'=' is missing behind '%s'; types (%s) holds lines such as md = "
                        "\"text/markdown\" and ends with '}'",
                        parser->name.text, parser_name_mark(parser, parser_scope(parser)->begin).text);
    }
    if (next->kind == '{' && !option_is_list(option)) {
        return complain(parser_at(parser, parser->line, NULL),
                        "%s is an option, not a section; write %s = %s", option->name, option->name,
                        option_example(option));
    }
    return complain_of_equals(parser, next, option->name, option_example(option));
}

bool complain_of_end(struct parser *parser, const struct token *next) {
    const struct config_option *option = parser->statement.option;
    struct shown shown = shown_of(next);
    bool is_entry = next->kind == ',' || (next->kind == TOKEN_TEXT && !parser_may_begin(parser, shown.text));
    if (is_entry && option != NULL && option_is_list(option)) {
        return complain(parser_at(parser, next->line, option->name),
                        "several values stand in braces; write %s = { \"a\", \"b\" }", option->name);
    }
    if (next->kind == TOKEN_NAME || parser_may_begin(parser, shown.text)) {
        return complain(parser_at(parser, next->line, parser->name.text),
                        "'%s' begins another setting; put it on a line of its own", shown.text);
    }
    return complain(parser_at(parser, next->line, parser->name.text),
                    "'%s' behind the value is too much; put a value with blanks in quotes", shown.text);
}

bool complain_of_value(struct parser *parser, const struct token *next) {
    const struct config_option *option = parser->statement.option;
    if (option == NULL && section_kind(parser->statement.section) == SECTION_TYPES) {
        return complain(parser_at(parser, parser->line, parser->name.text),
                        "the media type is missing; write one such as md = \"text/markdown\"");
    }
    if (option == NULL) {
        return complain(parser_at(parser, parser->line, parser->name.text), "the path is missing; write %s",
                        parser->statement.section->example);
    }
    if (next->kind == TOKEN_NAME && next->line == parser->line && parser->depth == 0) {
        if (next->equals_line != next->line) {
            return complain_of_stray(parser, next->equals_line, "=");
        }
        return complain(parser_at(parser, next->line, parser->name.text),
                        "'=' behind the value is too much; put a value with blanks in quotes");
    }
    if (next->kind == '=' && next->line == parser->line) {
        return complain(parser_at(parser, next->line, NULL), "'=' stands twice; write %s = %s", option->name,
                        option_example(option));
    }
    return complain(parser_at(parser, parser->line, option->name), "the value is missing; write %s = %s",
                    option->name, option_example(option));
}

bool complain_of_list(struct parser *parser, const struct token *next) {
    const char *name = parser->name.text;
    bool is_name = next->kind == TOKEN_NAME || next->kind == '=';
    if (next->kind == TOKEN_TEXT) {
        return complain(parser_at(parser, next->line, name), "a ',' is missing before '%s'",
                        shown_of(next).text);
    }
    if (next->kind == '{' || next->kind == ',' || (is_name && next->line == parser->brace_line)) {
        return complain(parser_at(parser, next->line, name),
                        "'%s' is not expected here; write %s = { \"a\", \"b\" }",
                        is_name ? "=" : shown_of(next).text, name);
    }
    return complain(parser_at(parser, parser->brace_line, name),
                    "the list that '{' opens here is never closed; end it with '}'");
}

/* ---- sections ------------------------------------------------------------------------------------------ */

bool complain_of_section_as_option(struct parser *parser, const struct token *name,
                                   const struct config_section *section) {
    if (section_kind(section) == SECTION_ERROR_PAGE) {
        return complain(parser_at(parser, name->line, section->name), "%s is missing; write %s",
                        section->titles, section->example);
    }
    return complain(parser_at(parser, name->line, NULL), "%s is a section, not an option; write %s",
                    section->name, section->example);
}

/* Behind the name of a section, and perhaps its titles. */
bool complain_of_head(struct parser *parser, const struct token *next) {
    const struct config_section *section = parser->statement.section;
    const struct string_list *titles = &parser->statement.texts;
    if (titles->count == 0 && section->titles_max > 0) {
        return complain(parser_at(parser, parser->line, section->name), "%s is missing; write %s",
                        section->titles, section->example);
    }
    if (section_kind(section) == SECTION_ERROR_PAGE) {
        struct subject name;
        (void)snprintf(name.text, sizeof name.text, "%s %s", section->name, show(titles->items[0]).text);
        return complain_of_equals(parser, next, name.text, "\"/404.html\"");
    }
    if (next->kind == ',' && titles->count > 0) {
        return complain(
            parser_at(parser, next->line, section->name), "',' is not expected before '{'; write %s",
            section->titles_max > 1 ? "host \"a.example\" \"b.example\" { ... }" : section->example);
    }
    const struct config_option *option = option_find(section->name);
    if (option != NULL) {
        return complain(parser_at(parser, parser->line, section->name),
                        "'=' or '{' is missing; write %s = %s, or %s", section->name,
                        show(titles->items[0]).text, section->example);
    }
    return complain(parser_at(parser, parser->line, section->name), "'{' is missing; write %s",
                    section->example);
}

/* One more than the section may have. */
bool complain_of_title(struct parser *parser, const struct token *title) {
    const struct config_section *section = parser->statement.section;
    if (section_kind(section) == SECTION_ERROR_PAGE) {
        return complain_of_head(parser, title);
    }
    if (section->titles_max == 0) {
        return complain(parser_at(parser, title->line, NULL), "%s takes nothing before its '{'; write %s",
                        section->name, section->example);
    }
    return complain(parser_at(parser, title->line, section->name),
                    "'%s' is too much before '{'; expected at most %zu, write another section",
                    shown_of(title).text, section->titles_max);
}

/* A name with its '=' where the '{' of the section should be, or where error_page has a status already. */
bool complain_of_key(struct parser *parser, const struct token *key) {
    const struct config_section *section = parser->statement.section;
    if (section_kind(section) == SECTION_ERROR_PAGE && key->line == parser->line) {
        return complain(parser_at(parser, key->line, NULL),
                        "%s takes one status; write a line for each of them", section->name);
    }
    if (section_kind(section) == SECTION_ERROR_PAGE) {
        return complain_of_head(parser, key);
    }
    if (section->titles_max == 0 && key->line == parser->line) {
        return complain_of_title(parser, key);
    }
    return complain(parser_at(parser, parser->line, section->name), "'{' is missing; write %s",
                    section->example);
}
