/* SPDX-License-Identifier: MIT */
#include "conf/syntax/setting.h"

#include <stdio.h>

/* How a name is followed in a section, where several settings may share a line: `max_age = 1y immutable =
 * on`. */
static bool begins_statement(const struct syntax_reader *reader) {
    char name[SHOWN_BYTES];
    if (reader->depth == 0) {
        return false;
    }
    if (reader->token.kind == TOKEN_CLOSE) {
        return true;
    }
    (void)snprintf(name, sizeof name, "%s", syntax_show(&reader->token).text);
    return syntax_is_value(&reader->token) &&
           (syntax_peek(reader).kind == TOKEN_EQUALS || section_find(name) != NULL);
}

bool syntax_check_end(struct syntax_reader *reader, const char *name, int line) {
    const struct token *next = &reader->token;
    if (next->line != line || next->kind == TOKEN_END || begins_statement(reader)) {
        return true; /* whatever it is, it is no part of this setting */
    }
    if (next->kind == TOKEN_MISTAKE) {
        return syntax_complain_of_mistake(reader, name);
    }
    return syntax_complain(reader, next->line,
                           "%s: '%s' behind the value is too much; put a value with blanks in quotes", name,
                           syntax_show(next).text);
}

static bool complain_of_missing_value(struct syntax_reader *reader, const struct config_option *option,
                                      int line) {
    return syntax_complain(reader, line, "%s: the value is missing; write %s = %s", option->name,
                           option->name, option_example(option));
}

static bool read_single(struct syntax_reader *reader, const struct config_option *option, int line) {
    int value_line = reader->token.line;
    if (!syntax_is_value(&reader->token)) {
        return complain_of_missing_value(reader, option, line);
    }
    /* The value was really the name of what follows. */
    if ((value_line > line || reader->depth > 0) && syntax_peek(reader).kind == TOKEN_EQUALS) {
        return complain_of_missing_value(reader, option, line);
    }
    if (!syntax_take_text(reader)) {
        return false;
    }
    if (reader->token.kind == TOKEN_COMMA && reader->token.line == value_line && option_is_list(option)) {
        return syntax_complain(reader, value_line,
                               "%s: several values stand in braces; write %s = { \"a\", \"b\" }",
                               option->name, option->name);
    }
    return syntax_check_end(reader, option->name, value_line);
}

/* The reader stands within a list, at something that does not belong there. `missing_comma`: behind a value.
 * */
static bool complain_of_list(struct syntax_reader *reader, const struct config_option *option, int open_line,
                             bool missing_comma) {
    struct token stray = reader->token;
    if (stray.kind == TOKEN_MISTAKE) {
        return syntax_complain_of_mistake(reader, option->name);
    }
    if (missing_comma && syntax_is_value(&stray)) {
        syntax_advance(reader);
        if (reader->token.kind != TOKEN_EQUALS) {
            return syntax_complain(reader, stray.line, "%s: a ',' is missing before '%s'", option->name,
                                   syntax_show(&stray).text);
        }
    } else if (stray.kind == TOKEN_OPEN || stray.kind == TOKEN_COMMA ||
               (stray.kind == TOKEN_EQUALS && stray.line == open_line)) {
        return syntax_complain(reader, stray.line,
                               "%s: '%s' is not expected here; write %s = { \"a\", \"b\" }", option->name,
                               syntax_show(&stray).text, option->name);
    }
    return syntax_complain(reader, open_line,
                           "%s: the list that '{' opens here is never closed; end it with '}'", option->name);
}

/* The reader stands at the opening brace. A comma before the closing one is fine, as in C. */
static bool read_list(struct syntax_reader *reader, const struct config_option *option) {
    const struct config_statement *statement = &reader->syntax->statements[reader->syntax->count - 1];
    int open_line = reader->token.line;
    if (!option_is_list(option)) {
        return syntax_complain(reader, open_line, "%s takes one value, not a list; remove the braces",
                               option->name);
    }
    syntax_advance(reader);
    while (reader->token.kind != TOKEN_CLOSE) {
        if (!syntax_is_value(&reader->token)) {
            return complain_of_list(reader, option, open_line, false);
        }
        if (statement->count == OPTION_ENTRIES_MAX) {
            return syntax_complain(reader, reader->token.line,
                                   "%s: the list is too long; expected at most %d entries", option->name,
                                   OPTION_ENTRIES_MAX);
        }
        if (!syntax_take_text(reader)) {
            return false;
        }
        if (reader->token.kind == TOKEN_COMMA) {
            syntax_advance(reader);
        } else if (reader->token.kind != TOKEN_CLOSE) {
            return complain_of_list(reader, option, open_line, true);
        }
    }
    syntax_advance(reader);
    return true;
}

/* The reader stands behind the name. */
static bool read_equals(struct syntax_reader *reader, const struct config_option *option, int line) {
    if (reader->token.kind == TOKEN_MISTAKE) {
        return syntax_complain_of_mistake(reader, option->name);
    }
    if (reader->token.kind == TOKEN_OPEN && !option_is_list(option)) {
        return syntax_complain(reader, line, "%s is an option, not a section; write %s = %s", option->name,
                               option->name, option_example(option));
    }
    if (reader->token.kind != TOKEN_EQUALS) {
        return syntax_complain(reader, line, "'=' is missing behind '%s'; write %s = %s", option->name,
                               option->name, option_example(option));
    }
    syntax_advance(reader);
    return reader->token.kind != TOKEN_MISTAKE || syntax_complain_of_mistake(reader, option->name);
}

bool syntax_read_setting(struct syntax_reader *reader, const struct config_option *option, int line) {
    struct config_statement statement = {.kind = STATEMENT_OPTION, .option = option, .line = line};
    if (!read_equals(reader, option, line) || !syntax_add_statement(reader, statement)) {
        return false;
    }
    return reader->token.kind == TOKEN_OPEN ? read_list(reader, option) : read_single(reader, option, line);
}
