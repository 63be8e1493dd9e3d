/* SPDX-License-Identifier: MIT */
/* What a token means; how it is cut is in scanner.l. */
#include "conf/syntax/scanner.h"

#include "conf/base/complain.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { VARIABLE_NAME_BYTES = 256 };

void scanner_begin(struct scanner *scanner, int line, const char *start, int length) {
    scanner->token = (struct token){.line = line, .start = start, .length = (size_t)length};
    scanner->length = 0;
    scanner->text[0] = '\0';
}

static void add(struct scanner *scanner, const char *text, size_t length) {
    if (scanner->length < SCANNER_TEXT_BYTES) {
        (void)snprintf(scanner->text + scanner->length, SCANNER_TEXT_BYTES - scanner->length, "%.*s",
                       (int)length, text);
    }
    scanner->length += length;
}

void scanner_add(struct scanner *scanner, const char *text, int length) {
    add(scanner, text, (size_t)length);
}

bool scanner_add_variable(struct scanner *scanner, const char *variable, int length) {
    char name[VARIABLE_NAME_BYTES];
    size_t name_length = strcspn(variable, ":}") - strlen("${");
    (void)snprintf(name, sizeof name, "%.*s", (int)name_length, variable + strlen("${"));
    const char *value = name_length < sizeof name ? getenv(name) : NULL;
    bool has_fallback = variable[strlen("${") + name_length] == ':';

    if (value != NULL) {
        add(scanner, value, strlen(value));
    } else if (has_fallback) {
        const char *fallback = variable + strlen("${") + name_length + strlen(":-");
        add(scanner, fallback, (size_t)(variable + length - strlen("}") - fallback));
    } else {
        (void)scanner_mistake(
            scanner,
            "the environment variable %s is not set; set it, or write ${%s:-text} with a text for then",
            show(name).text, show(name).text);
    }
    return value != NULL || has_fallback;
}

int scanner_end(struct scanner *scanner, const char *end) {
    if (scanner->length >= SCANNER_TEXT_BYTES) {
        return scanner_mistake(scanner, "'%s' is too long; expected at most %d bytes",
                               show(scanner->text).text, SCANNER_TEXT_BYTES - 1);
    }
    scanner->token.length = (size_t)(end - scanner->token.start);
    scanner->token.text = strdup(scanner->text);
    return scanner->token.text != NULL ? TOKEN_TEXT : TOKEN_MISTAKE;
}

int scanner_mistake(struct scanner *scanner, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    if (vasprintf(&scanner->token.text, format, arguments) == -1) {
        scanner->token.text = NULL;
    }
    va_end(arguments);
    return TOKEN_MISTAKE;
}
