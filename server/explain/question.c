/* SPDX-License-Identifier: MIT */
#include "server/explain/question.h"

#include "http/base/ascii.h"
#include "server/probe/url.h"

#include <stdio.h>
#include <string.h>

enum { HOST_BYTES = 280 };

static bool complain(char error[SERVER_ERROR_BYTES], const char *option, const char *value, const char *why) {
    (void)snprintf(error, SERVER_ERROR_BYTES, "%s: '%.200s' %s", option, value, why);
    return false;
}

/* Read the URL. Without a host in it, *host is empty: that is for the first site. */
static bool read_url(const char *text, struct url *url, char host[HOST_BYTES],
                     char error[SERVER_ERROR_BYTES]) {
    char with_host[sizeof url->target + sizeof "http://localhost"];
    bool has_host = text[0] != '/' && strcmp(text, "*") != 0;
    if (!has_host) {
        (void)snprintf(with_host, sizeof with_host, "http://localhost%s", text[0] == '/' ? text : "");
    }
    const char *complaint =
        strlen(text) < sizeof url->target ? url_parse(has_host ? text : with_host, url) : "is too long";
    if (complaint != NULL) {
        (void)snprintf(error, SERVER_ERROR_BYTES, "--explain: '%.200s': %s", text, complaint);
        return false;
    }
    if (url->is_unix) {
        return complain(error, "--explain", text, "has no path: write /path, or http://host/path");
    }
    host[0] = '\0';
    if (has_host) {
        url_format_host(url, host);
    } else if (text[0] == '*') {
        (void)snprintf(url->target, sizeof url->target, "*");
    }
    return true;
}

static size_t name_length(const char *field) {
    return strcspn(field, ":;");
}

static bool is_name(const char *text, size_t length) {
    bool is_right = length > 0;
    for (size_t i = 0; i < length; i++) {
        is_right =
            is_right && text[i] > ' ' && text[i] <= '~' && strchr("\"(),/:;<=>?@[\\]{}", text[i]) == NULL;
    }
    return is_right;
}

static bool check_fields(const struct explain_question *question, char error[SERVER_ERROR_BYTES]) {
    for (size_t i = 0; i < question->field_count; i++) {
        const char *field = question->fields[i];
        size_t length = name_length(field);
        bool is_empty = field[length] == ';' && field[length + 1] == '\0';
        if (!is_name(field, length) || (field[length] != ':' && !is_empty)) {
            return complain(error, "-H", field, "is no field; write e.g. -H 'Accept-Encoding: br'");
        }
        if (strpbrk(field, "\r\n") != NULL) {
            return complain(error, "-H", field, "has more than one line");
        }
    }
    return true;
}

static bool names_host(const char *field) {
    return name_length(field) == strlen("Host") &&
           view_equals_nocase((struct view){field, name_length(field)}, "Host");
}

static void write_field(struct text *request, const char *field) {
    size_t length = name_length(field);
    const char *value = field + length + 1;
    value += strspn(value, " \t");
    if (field[length] == ':' && *value == '\0') {
        return;
    }
    text_append_bytes(request, field, length);
    text_append(request, ": ");
    text_append(request, value);
    text_append(request, "\r\n");
}

static bool is_host_given(const struct explain_question *question) {
    for (size_t i = 0; i < question->field_count; i++) {
        if (names_host(question->fields[i])) {
            return true;
        }
    }
    return false;
}

bool explain_question_write(const struct explain_question *question, struct text *request,
                            char error[SERVER_ERROR_BYTES]) {
    struct url url;
    char host[HOST_BYTES];
    const char *method = question->method != NULL ? question->method : question->head ? "HEAD" : "GET";
    if (!is_name(method, strlen(method))) {
        return complain(error, "-X", method, "is no method; write e.g. -X HEAD");
    }
    if (!read_url(question->url, &url, host, error) || !check_fields(question, error)) {
        return false;
    }
    text_append(request, method);
    text_append(request, " ");
    text_append(request, url.target);
    text_append(request, " HTTP/1.1\r\n");
    if (!is_host_given(question)) {
        text_append(request, "Host: ");
        text_append(request, host);
        text_append(request, "\r\n");
    }
    for (size_t i = 0; i < question->field_count; i++) {
        write_field(request, question->fields[i]);
    }
    text_append(request, "\r\n");
    return true;
}
