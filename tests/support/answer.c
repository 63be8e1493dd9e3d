/* SPDX-License-Identifier: MIT */
#include "tests/support/answer.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static bool complain(struct answer *answer, const char *format, ...) __attribute__((format(printf, 2, 3)));

static bool complain(struct answer *answer, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(answer->malformed, sizeof answer->malformed, format, arguments);
    va_end(arguments);
    return false;
}

size_t answer_find_head(const char *bytes, size_t size) {
    const char *end = size > 0 ? memmem(bytes, size, "\r\n\r\n", 4) : NULL;
    return end != NULL ? (size_t)(end - bytes) + 4 : 0;
}

/* Replace the CRLF pairs by NULs; a CR or LF by itself, a NUL or another control character is a fault. */
static bool split_lines(struct answer *answer) {
    for (size_t i = 0; i < answer->head_size; i++) {
        unsigned char byte = (unsigned char)answer->head[i];
        if (byte == '\r' && i + 1 < answer->head_size && answer->head[i + 1] == '\n') {
            answer->head[i] = answer->head[i + 1] = '\0';
            i++;
        } else if ((byte < ' ' && byte != '\t') || byte == 0x7f) {
            return complain(answer, "control character %#x at byte %zu of the head", byte, i);
        }
    }
    return true;
}

static bool read_status_line(struct answer *answer) {
    const char *line = answer->head;
    if (strncmp(line, "HTTP/1.0 ", 9) != 0) {
        return complain(answer, "status line '%.80s' is not of HTTP/1.0", line);
    }
    if (!isdigit((unsigned char)line[9]) || !isdigit((unsigned char)line[10]) ||
        !isdigit((unsigned char)line[11]) || line[12] != ' ' || line[13] == '\0') {
        return complain(answer, "status line '%.80s' lacks code or reason", line);
    }
    answer->status = (int)strtol(line + 9, NULL, 10);
    return true;
}

/* The line after this one; an empty string ends them. */
static const char *next_line(const char *line) {
    return line + strlen(line) + 2;
}

static bool is_token(const char *text, size_t length) {
    for (size_t i = 0; i < length; i++) {
        if (!isalnum((unsigned char)text[i]) && strchr("!#$%&'*+-.^_`|~", text[i]) == NULL) {
            return false;
        }
    }
    return length > 0;
}

/* A list may be cut into lines (RFC 9110 section 5.3); cookies are a case of their own. */
static bool may_stand_twice(const char *line) {
    return strncasecmp(line, "Vary:", strlen("Vary:")) == 0 ||
           strncasecmp(line, "Set-Cookie:", strlen("Set-Cookie:")) == 0;
}

static bool check_fields(struct answer *answer) {
    for (const char *line = next_line(answer->head); *line != '\0'; line = next_line(line)) {
        size_t name_length = strcspn(line, ":");
        if (line[name_length] == '\0' || !is_token(line, name_length)) {
            return complain(answer, "field line '%.80s' has no proper name", line);
        }
        for (const char *later = next_line(line); *later != '\0'; later = next_line(later)) {
            if (strncasecmp(later, line, name_length + 1) == 0 && !may_stand_twice(line)) {
                return complain(answer, "field '%.*s' stands twice", (int)name_length, line);
            }
        }
    }
    return true;
}

static bool read_content_length(struct answer *answer) {
    const char *value = answer_field(answer, "Content-Length");
    if (value == NULL) {
        return true;
    }
    if (*value == '\0' || strspn(value, "0123456789") != strlen(value)) {
        return complain(answer, "Content-Length '%.80s' is not a number", value);
    }
    answer->content_length = strtoll(value, NULL, 10);
    return true;
}

bool answer_read_head(struct answer *answer, const char *bytes, size_t size) {
    answer->status = 0;
    answer->content_length = -1;
    answer->body_size = 0;
    answer->body[0] = '\0';
    answer->malformed[0] = '\0';
    if (size >= sizeof answer->head) {
        return complain(answer, "head of %zu bytes", size);
    }
    memcpy(answer->head, bytes, size);
    answer->head[size] = '\0';
    answer->head_size = size;
    return split_lines(answer) && read_status_line(answer) && check_fields(answer) &&
           read_content_length(answer);
}

bool answer_has_body(const struct answer *answer) {
    return answer->status >= 200 && answer->status != 204 && answer->status != 304;
}

const char *answer_field(const struct answer *answer, const char *name) {
    size_t name_length = strlen(name);
    for (const char *line = next_line(answer->head); *line != '\0'; line = next_line(line)) {
        if (strncasecmp(line, name, name_length) == 0 && line[name_length] == ':') {
            return line + name_length + 1 + strspn(line + name_length + 1, " \t");
        }
    }
    return NULL;
}

bool answer_field_is(const struct answer *answer, const char *name, const char *value) {
    const char *given = answer_field(answer, name);
    return given != NULL && strcmp(given, value) == 0;
}

bool answer_field_lists(const struct answer *answer, const char *name, const char *element) {
    const char *at = answer_field(answer, name);
    size_t length = strlen(element);
    while (at != NULL && *at != '\0') {
        at += strspn(at, ", \t");
        size_t here = strcspn(at, ", \t");
        if (here == length && strncasecmp(at, element, length) == 0) {
            return true;
        }
        at += here;
    }
    return false;
}
