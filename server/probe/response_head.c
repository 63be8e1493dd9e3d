/* SPDX-License-Identifier: MIT */
#include "server/probe/response_head.h"

#include "http/base/ascii.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

enum { STATUS_NO_CONTENT = 204, STATUS_NOT_MODIFIED = 304, STATUS_FINAL = 200 };

size_t response_head_find_body(const char *bytes, size_t length) {
    const char *end = bytes + length;
    const char *newline = memchr(bytes, '\n', length);
    while (newline != NULL) {
        const char *next = newline + 1;
        if (next < end && *next == '\r') {
            next++;
        }
        if (next < end && *next == '\n') {
            return (size_t)(next + 1 - bytes);
        }
        newline = memchr(newline + 1, '\n', (size_t)(end - newline - 1));
    }
    return 0;
}

/* "HTTP/1.0 200 OK", RFC 9112, 4; the reason may be empty. */
static bool parse_status_line(const char *line, size_t length, int *status) {
    static const char shape[] = "HTTP/d.d ddd";
    if (length < strlen(shape)) {
        return false;
    }
    for (size_t i = 0; i < strlen(shape); i++) {
        if (shape[i] == 'd' ? !ascii_is_digit(line[i]) : line[i] != shape[i]) {
            return false;
        }
    }
    if (length > strlen(shape) && line[strlen(shape)] != ' ') {
        return false;
    }
    *status = (line[9] - '0') * 100 + (line[10] - '0') * 10 + (line[11] - '0');
    return *status >= 100;
}

/* The digits of Content-Length with blanks around them. */
static bool parse_length(const char *value, const char *end, uint64_t *length) {
    while (value < end && (*value == ' ' || *value == '\t')) {
        value++;
    }
    while (value < end && (end[-1] == ' ' || end[-1] == '\t')) {
        end--;
    }
    if (value == end) {
        return false;
    }
    uint64_t number = 0;
    for (; value < end; value++) {
        if (!ascii_is_digit(*value) || number > (UINT64_MAX - 9) / 10) {
            return false;
        }
        number = number * 10 + (uint64_t)(*value - '0');
    }
    *length = number;
    return true;
}

/* Look for Content-Length among the lines; two that differ are as bad as one that cannot be read. */
static bool parse_fields(const char *line, const char *end, uint64_t *length) {
    static const char name[] = "content-length:";
    size_t name_length = strlen(name);
    for (const char *next; line < end; line = next) {
        const char *line_end = memchr(line, '\n', (size_t)(end - line));
        next = line_end != NULL ? line_end + 1 : end;
        line_end = line_end != NULL ? line_end : end;
        if (line_end > line && line_end[-1] == '\r') {
            line_end--;
        }
        if ((size_t)(line_end - line) < name_length || strncasecmp(line, name, name_length) != 0) {
            continue;
        }
        uint64_t before = *length;
        if (!parse_length(line + name_length, line_end, length)) {
            return false;
        }
        if (before != RESPONSE_LENGTH_UNKNOWN && before != *length) {
            return false;
        }
    }
    return true;
}

const char *response_head_parse(const char *bytes, size_t length, struct response_head *head) {
    const char *newline = memchr(bytes, '\n', length);
    size_t line_length = newline != NULL ? (size_t)(newline - bytes) : length;
    const char *fields = newline != NULL ? newline + 1 : bytes + length;
    if (line_length > 0 && bytes[line_length - 1] == '\r') {
        line_length--;
    }

    struct response_head result = {.status_line_size = line_length, .body_length = RESPONSE_LENGTH_UNKNOWN};
    if (!parse_status_line(bytes, line_length, &result.status)) {
        return "the status line is not one of HTTP";
    }
    if (!parse_fields(fields, bytes + length, &result.body_length)) {
        return "Content-Length cannot be understood";
    }
    if (result.status < STATUS_FINAL || result.status == STATUS_NO_CONTENT ||
        result.status == STATUS_NOT_MODIFIED) {
        result.body_length = 0;
    }
    *head = result;
    return NULL;
}
