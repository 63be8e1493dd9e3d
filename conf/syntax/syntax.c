/* SPDX-License-Identifier: MIT */
#include "conf/syntax/syntax.h"

#include "conf/base/complain.h"
#include "conf/syntax/reader.h"
#include "conf/syntax/section.h"
#include "conf/syntax/setting.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- names --------------------------------------------------------------------------------------------- */

/* What may be named in a scope: options from a table, and perhaps sections. */
struct vocabulary {
    const struct config_option *options;
    size_t count;
    bool whole_server;
    bool sections;
};

static struct vocabulary vocabulary_of(const struct config_section *section) {
    if (!section || section_kind(section) == SECTION_HOST) {
        return (struct vocabulary){option_table, OPTION_COUNT, section == NULL, true};
    }
    return (struct vocabulary){section->options, section->option_count, false, false};
}

/* An option of this name that stands in sections, and in which. */
static const struct config_section *find_holder(const char *name) {
    for (size_t i = 0; i < SECTION_COUNT; i++) {
        if (option_find_among(section_table[i].options, section_table[i].option_count, name)) {
            return &section_table[i];
        }
    }
    return NULL;
}

/* In the file or a host. */
static bool complain_of_unknown(struct syntax_reader *reader, const char *name) {
    const struct syntax_scope *scope = syntax_scope(reader);
    struct vocabulary vocabulary = vocabulary_of(scope->section);
    int line = reader->token.line;
    const struct config_section *holder = find_holder(name);
    const char *meant = section_suggest_within(scope->section, name);

    if (reader->token.kind == TOKEN_STRING) {
        return syntax_complain(reader, line,
                               "the name of an option stands without quotes; write name = value");
    }
    if (vocabulary.sections && holder) {
        return syntax_complain(reader, line, "'%s' stands within a section; write %s", name, holder->example);
    }
    if (meant) {
        return syntax_complain(reader, line, "unknown option '%s'%s%s; did you mean '%s'?", name,
                               scope->section ? " in " : "", scope->section ? scope->section->name : "",
                               meant);
    }
    if (!vocabulary.sections) {
        return syntax_complain(reader, line, "unknown option '%s' in %s; it may hold %s", name,
                               scope->section->name, scope->section->holds);
    }
    return syntax_complain(reader, line, "unknown option '%s'; 'lido --check-config' prints all options",
                           name);
}

/* What is named exists, but not in this scope. */
static bool complain_of_misplaced(struct syntax_reader *reader, const char *name) {
    const struct syntax_scope *scope = syntax_scope(reader);
    bool in_host = section_kind(scope->section) == SECTION_HOST;
    if (in_host && option_find(name)) {
        return syntax_complain(reader, reader->token.line,
                               "%s holds for the whole server; put it outside of host", name);
    }
    return syntax_complain(reader, reader->token.line,
                           "%s cannot stand within %s; close the '{' of line %d before it", name,
                           scope->section->name, scope->line);
}

static bool complain_of_no_name(struct syntax_reader *reader) {
    const struct token *token = &reader->token;
    if (token->kind == TOKEN_MISTAKE) {
        return syntax_complain(reader, token->line, "%s", token->wrong);
    }
    if (token->kind == TOKEN_CLOSE) {
        return syntax_complain(reader, token->line, "'}' closes no list and no section; remove it");
    }
    return syntax_complain(reader, token->line,
                           "'%s' stands without the name of an option; write name = value",
                           syntax_show(token).text);
}

/* The statement that sets the option in the present scope already, or NULL. */
static const struct config_statement *find_earlier(const struct syntax_reader *reader,
                                                   const struct config_option *option) {
    const struct config_syntax *syntax = reader->syntax;
    for (size_t i = syntax_scope(reader)->first_statement; i < syntax->count; i++) {
        if (syntax->statements[i].depth == reader->depth && syntax->statements[i].option == option) {
            return &syntax->statements[i];
        }
    }
    return NULL;
}

/* ---- statements ---------------------------------------------------------------------------------------- */

static bool read_option(struct syntax_reader *reader, const struct config_option *option) {
    int line = reader->token.line;
    const struct config_statement *earlier = find_earlier(reader, option);
    if (earlier) {
        return syntax_complain(reader, line, "%s is set twice; line %d sets it already, keep one of them",
                               option->name, earlier->line);
    }
    syntax_advance(reader);
    return syntax_read_setting(reader, option, line);
}

/* The reader stands at a name. */
static bool read_named(struct syntax_reader *reader) {
    const struct config_section *scope_section = syntax_scope(reader)->section;
    struct vocabulary vocabulary = vocabulary_of(scope_section);
    struct shown name = syntax_show(&reader->token);
    int line = reader->token.line;
    const struct config_option *option = option_find_among(vocabulary.options, vocabulary.count, name.text);
    const struct config_section *section = section_find(name.text);

    if (option && (option->scope != OPTION_OF_SERVER || vocabulary.whole_server)) {
        return read_option(reader, option);
    }
    if (section && vocabulary.sections && !(scope_section && section_kind(section) == SECTION_HOST)) {
        syntax_advance(reader);
        return syntax_read_section(reader, section, line);
    }
    if (option || section || (!vocabulary.sections && option_find(name.text))) {
        return complain_of_misplaced(reader, name.text);
    }
    return complain_of_unknown(reader, name.text);
}

static bool read_statement(struct syntax_reader *reader) {
    const struct syntax_scope *scope = syntax_scope(reader);
    if (reader->token.kind == TOKEN_END) {
        return syntax_complain(reader, scope->line,
                               "%s: the section that '{' opens here is never closed; end it with '}'",
                               scope->section->name);
    }
    if (reader->token.kind == TOKEN_CLOSE && reader->depth > 0) {
        return syntax_end_section(reader);
    }
    if (!syntax_is_value(&reader->token)) {
        return complain_of_no_name(reader);
    }
    bool in_types = scope->section && section_kind(scope->section) == SECTION_TYPES;
    return in_types ? syntax_read_type(reader) : read_named(reader);
}

bool config_syntax_check(const char *path, char *text, struct config_syntax *syntax,
                         char error[CONFIG_ERROR_BYTES]) {
    struct syntax_reader reader = {.path = path, .syntax = syntax};
    reader.error = error;
    *syntax = (struct config_syntax){.count = 0};
    scanner_init(&reader.scanner, text);
    syntax_advance(&reader);
    while (reader.token.kind != TOKEN_END || reader.depth > 0) {
        size_t count = syntax->count;
        if (!read_statement(&reader)) {
            syntax->text_count = syntax->count > count ? syntax->statements[count].first : syntax->text_count;
            syntax->count = count;
            return false;
        }
    }
    return true;
}
