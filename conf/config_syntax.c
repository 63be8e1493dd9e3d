/* SPDX-License-Identifier: MIT */
#include "conf/config_syntax.h"

#include "conf/complain.h"
#include "conf/config_scanner.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct reader {
    const char *path;
    struct scanner scanner;
    struct token token; /* the next one that is not used yet */
    struct config_syntax *syntax;
    char *error;
};

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

__attribute__((format(printf, 3, 4))) static bool complain_at(struct reader *reader, int line,
                                                              const char *format, ...) {
    char message[CONFIG_ERROR_BYTES];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    return complain(reader->error, place_of(reader->path, line).text, "%s", message);
}

static void advance(struct reader *reader) {
    reader->token = scanner_next(&reader->scanner);
}

static bool is_value(const struct token *token) {
    return token->kind == TOKEN_WORD || token->kind == TOKEN_STRING;
}

static struct shown show_token(const struct token *token) {
    return show_part(token->start, token->length);
}

/* The scanner can read no further, within a setting. */
static bool complain_of_mistake(struct reader *reader, const struct config_option *option) {
    return complain_at(reader, reader->token.line, "%s: %s", option->name, reader->token.wrong);
}

static bool complain_of_missing_value(struct reader *reader, const struct config_syntax_setting *setting) {
    return complain_at(reader, setting->line, "%s: the value is missing; write %s = %s",
                       setting->option->name, setting->option->name, setting->option->standard);
}

/* The reader stands behind a single value: what may follow on its line, and a value that was really the next
 * name. */
static bool check_end_of_setting(struct reader *reader, const struct config_syntax_setting *setting) {
    const struct token *next = &reader->token;
    const char *name = setting->option->name;
    int value_line = setting->value_lines[0];

    if (next->kind == TOKEN_EQUALS && value_line > setting->line) {
        return complain_of_missing_value(reader, setting);
    }
    if (next->line != value_line || next->kind == TOKEN_END) {
        return true; /* whatever it is, it is no part of this setting */
    }
    if (next->kind == TOKEN_MISTAKE) {
        return complain_of_mistake(reader, setting->option);
    }
    if (next->kind == TOKEN_COMMA && option_is_list(setting->option)) {
        return complain_at(reader, next->line,
                           "%s: several values stand in braces; write %s = { \"a\", \"b\" }", name, name);
    }
    return complain_at(reader, next->line,
                       "%s: '%s' behind the value is too much; put a value with blanks in quotes", name,
                       show_token(next).text);
}

static bool read_single(struct reader *reader, struct config_syntax_setting *setting) {
    if (!is_value(&reader->token)) {
        return complain_of_missing_value(reader, setting);
    }
    setting->value_lines[0] = reader->token.line;
    setting->value_count = 1;
    advance(reader);
    return check_end_of_setting(reader, setting);
}

/* The reader stands within a list, at something that does not belong there. `missing_comma`: behind a value. */
static bool complain_of_list(struct reader *reader, const struct config_option *option, int open_line,
                             bool missing_comma) {
    struct token stray = reader->token;
    if (stray.kind == TOKEN_MISTAKE) {
        return complain_of_mistake(reader, option);
    }
    if (missing_comma && is_value(&stray)) {
        advance(reader);
        if (reader->token.kind != TOKEN_EQUALS) {
            return complain_at(reader, stray.line, "%s: a ',' is missing before '%s'", option->name,
                               show_token(&stray).text);
        }
    } else if (stray.kind == TOKEN_OPEN || stray.kind == TOKEN_COMMA ||
               (stray.kind == TOKEN_EQUALS && stray.line == open_line)) {
        return complain_at(reader, stray.line, "%s: '%s' is not expected here; write %s = { \"a\", \"b\" }",
                           option->name, show_token(&stray).text, option->name);
    }
    return complain_at(reader, open_line, "%s: the list that '{' opens here is never closed; end it with '}'",
                       option->name);
}

/* The reader stands at the opening brace. A comma before the closing one is fine, as in C. */
static bool read_list(struct reader *reader, struct config_syntax_setting *setting) {
    const struct config_option *option = setting->option;
    int open_line = reader->token.line;
    if (!option_is_list(option)) {
        return complain_at(reader, open_line, "%s takes one value, not a list; remove the braces",
                           option->name);
    }
    advance(reader);
    while (reader->token.kind != TOKEN_CLOSE) {
        if (!is_value(&reader->token)) {
            return complain_of_list(reader, option, open_line, false);
        }
        if (setting->value_count == OPTION_ENTRIES_MAX) {
            return complain_at(reader, reader->token.line,
                               "%s: the list is too long; expected at most %d entries", option->name,
                               OPTION_ENTRIES_MAX);
        }
        setting->value_lines[setting->value_count++] = reader->token.line;
        advance(reader);
        if (reader->token.kind == TOKEN_COMMA) {
            advance(reader);
        } else if (reader->token.kind != TOKEN_CLOSE) {
            return complain_of_list(reader, option, open_line, true);
        }
    }
    advance(reader);
    return true;
}

static bool complain_of_name(struct reader *reader, const char *name) {
    int line = reader->token.line;
    const struct config_option *meant = option_suggest(name);
    if (reader->token.kind == TOKEN_STRING) {
        return complain_at(reader, line, "the name of an option stands without quotes; write name = value");
    }
    if (meant) {
        return complain_at(reader, line, "unknown option '%s'; did you mean '%s'?", name, meant->name);
    }
    return complain_at(reader, line, "unknown option '%s'; 'lido --check-config' prints all options", name);
}

static bool complain_of_no_name(struct reader *reader) {
    const struct token *token = &reader->token;
    if (token->kind == TOKEN_MISTAKE) {
        return complain_at(reader, token->line, "%s", token->wrong);
    }
    if (token->kind == TOKEN_CLOSE) {
        return complain_at(reader, token->line, "'}' closes no list; remove it");
    }
    return complain_at(reader, token->line, "'%s' stands without the name of an option; write name = value",
                       show_token(token).text);
}

static const struct config_syntax_setting *find_setting(const struct config_syntax *syntax,
                                                        const struct config_option *option) {
    for (size_t i = 0; i < syntax->count; i++) {
        if (syntax->settings[i].option == option) {
            return &syntax->settings[i];
        }
    }
    return NULL;
}

/* Reads the name and the equals sign. Returns what is named, or NULL after a complaint. */
static const struct config_option *read_name(struct reader *reader) {
    if (!is_value(&reader->token)) {
        (void)complain_of_no_name(reader);
        return NULL;
    }
    struct shown name = show_token(&reader->token);
    int line = reader->token.line;
    const struct config_option *option = option_find(name.text);
    if (!option) {
        (void)complain_of_name(reader, name.text);
        return NULL;
    }
    const struct config_syntax_setting *earlier = find_setting(reader->syntax, option);
    if (earlier) {
        (void)complain_at(reader, line, "%s is set twice; line %d sets it already, keep one of them",
                          option->name, earlier->line);
        return NULL;
    }
    advance(reader);
    if (reader->token.kind == TOKEN_MISTAKE) {
        (void)complain_of_mistake(reader, option);
        return NULL;
    }
    if (reader->token.kind != TOKEN_EQUALS) {
        (void)complain_at(reader, line, "'=' is missing behind '%s'; write %s = %s", option->name,
                          option->name, option->standard);
        return NULL;
    }
    return option;
}

static bool read_setting(struct reader *reader) {
    int line = reader->token.line;
    const struct config_option *option = read_name(reader);
    if (!option) {
        return false;
    }
    advance(reader);
    if (reader->token.kind == TOKEN_MISTAKE) {
        return complain_of_mistake(reader, option);
    }
    assert(reader->syntax->count < OPTION_COUNT); /* for no option stands twice */
    struct config_syntax_setting *setting = &reader->syntax->settings[reader->syntax->count];
    *setting = (struct config_syntax_setting){.option = option, .line = line};
    if (!(reader->token.kind == TOKEN_OPEN ? read_list(reader, setting) : read_single(reader, setting))) {
        return false;
    }
    reader->syntax->count++;
    return true;
}

bool config_syntax_check(const char *path, char *text, struct config_syntax *syntax,
                         char error[CONFIG_ERROR_BYTES]) {
    struct reader reader = {.path = path, .syntax = syntax};
    reader.error = error;
    syntax->count = 0;
    scanner_init(&reader.scanner, text);
    advance(&reader);
    while (reader.token.kind != TOKEN_END) {
        char *start = reader.token.start;
        if (!read_setting(&reader)) {
            *start = '\0';
            return false;
        }
    }
    return true;
}
