/* SPDX-License-Identifier: MIT */
#include "conf/syntax/section.h"

#include "conf/syntax/setting.h"

static bool complain_of_section(struct syntax_reader *reader, const struct config_section *section,
                                int line) {
    if (reader->token.kind == TOKEN_MISTAKE) {
        return syntax_complain_of_mistake(reader, section->name);
    }
    return syntax_complain(reader, line, "%s: %s is missing; write %s", section->name, section->titles,
                           section->example);
}

/* ---- error_page 404 = "/404.html" ---------------------------------------------------------------------- */

static bool read_error_page(struct syntax_reader *reader, const struct config_section *section, int line) {
    struct config_statement statement = {.kind = STATEMENT_PAIR, .section = section, .line = line};
    if (!syntax_is_value(&reader->token)) {
        return complain_of_section(reader, section, line);
    }
    struct shown status = syntax_show(&reader->token);
    if (!syntax_add_statement(reader, statement) || !syntax_take_text(reader)) {
        return false;
    }
    if (reader->token.kind == TOKEN_MISTAKE) {
        return syntax_complain_of_mistake(reader, section->name);
    }
    if (syntax_is_value(&reader->token) && syntax_peek(reader).kind == TOKEN_EQUALS &&
        reader->token.line == line) {
        return syntax_complain(reader, line, "%s takes one status; write a line for each of them",
                               section->name);
    }
    if (reader->token.kind != TOKEN_EQUALS) {
        return syntax_complain(reader, line, "'=' is missing behind '%s %s'; write %s", section->name,
                               status.text, section->example);
    }
    syntax_advance(reader);
    if (reader->token.kind == TOKEN_MISTAKE) {
        return syntax_complain_of_mistake(reader, section->name);
    }
    int value_line = reader->token.line;
    if (!syntax_is_value(&reader->token) || syntax_peek(reader).kind == TOKEN_EQUALS) {
        return syntax_complain(reader, line, "%s: the path is missing; write %s", section->name,
                               section->example);
    }
    return syntax_take_text(reader) && syntax_check_end(reader, section->name, value_line);
}

/* ---- a line of types ----------------------------------------------------------------------------------- */

bool syntax_read_type(struct syntax_reader *reader) {
    const struct syntax_scope *scope = syntax_scope(reader);
    int line = reader->token.line;
    struct shown extension = syntax_show(&reader->token);
    struct config_statement statement = {.kind = STATEMENT_PAIR, .section = scope->section, .line = line};

    if (!syntax_add_statement(reader, statement) || !syntax_take_text(reader)) {
        return false;
    }
    if (reader->token.kind == TOKEN_MISTAKE) {
        return syntax_complain_of_mistake(reader, extension.text);
    }
    if (reader->token.kind != TOKEN_EQUALS) {
        return syntax_complain(reader, line,
                               "'=' is missing behind '%s'; types (line %d) holds lines such as md = "
                               "\"text/markdown\" and ends with '}'",
                               extension.text, scope->line);
    }
    syntax_advance(reader);
    if (reader->token.kind == TOKEN_MISTAKE) {
        return syntax_complain_of_mistake(reader, extension.text);
    }
    int value_line = reader->token.line;
    if (!syntax_is_value(&reader->token) || syntax_peek(reader).kind == TOKEN_EQUALS) {
        return syntax_complain(reader, line,
                               "%s: the media type is missing; write one such as md = \"text/markdown\"",
                               extension.text);
    }
    return syntax_take_text(reader) && syntax_check_end(reader, extension.text, value_line);
}

/* ---- sections in braces -------------------------------------------------------------------------------- */

static bool read_titles(struct syntax_reader *reader, const struct config_section *section, int line) {
    size_t count = 0;
    for (; syntax_is_value(&reader->token); count++) {
        if (count > 0 && syntax_peek(reader).kind == TOKEN_EQUALS) {
            return true; /* an option: the brace is missing */
        }
        if (count == section->titles_max && count == 0) {
            return syntax_complain(reader, reader->token.line, "%s takes nothing before its '{'; write %s",
                                   section->name, section->example);
        }
        if (count == section->titles_max) {
            return syntax_complain(
                reader, reader->token.line,
                "%s: '%s' is too much before '{'; expected at most %zu, write another section", section->name,
                syntax_show(&reader->token).text, section->titles_max);
        }
        if (!syntax_take_text(reader)) {
            return false;
        }
    }
    if (reader->token.kind == TOKEN_COMMA && count > 0) {
        return syntax_complain(
            reader, reader->token.line, "%s: ',' is not expected before '{'; write %s", section->name,
            section->titles_max > 1 ? "host \"a.example\" \"b.example\" { ... }" : section->example);
    }
    return count > 0 || section->titles_max == 0 || complain_of_section(reader, section, line);
}

bool syntax_read_section(struct syntax_reader *reader, const struct config_section *section, int line) {
    struct config_statement statement = {.kind = STATEMENT_BEGIN, .section = section, .line = line};
    if (reader->token.kind == TOKEN_EQUALS && section_kind(section) != SECTION_ERROR_PAGE) {
        return syntax_complain(reader, line, "%s is a section, not an option; write %s", section->name,
                               section->example);
    }
    if (section_kind(section) == SECTION_ERROR_PAGE) {
        return read_error_page(reader, section, line);
    }
    if (!syntax_add_statement(reader, statement) || !read_titles(reader, section, line)) {
        return false;
    }
    if (reader->token.kind == TOKEN_MISTAKE) {
        return syntax_complain_of_mistake(reader, section->name);
    }
    if (reader->token.kind != TOKEN_OPEN) {
        return syntax_complain(reader, line, "%s: '{' is missing; write %s", section->name, section->example);
    }
    syntax_advance(reader);
    reader->depth++; /* within SCOPES_MAX: only host holds sections, and no host */
    reader->scopes[reader->depth] =
        (struct syntax_scope){.section = section, .line = line, .first_statement = reader->syntax->count};
    return true;
}

bool syntax_end_section(struct syntax_reader *reader) {
    const struct syntax_scope *scope = syntax_scope(reader);
    struct config_statement statement = {
        .kind = STATEMENT_END, .section = scope->section, .line = reader->token.line};
    if (scope->first_statement == reader->syntax->count) {
        return syntax_complain(reader, scope->line, "%s is empty; it may hold %s", scope->section->name,
                               scope->section->holds);
    }
    syntax_advance(reader);
    reader->depth--;
    return syntax_add_statement(reader, statement);
}
