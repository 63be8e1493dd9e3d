/* SPDX-License-Identifier: MIT */
#include "server/explain/question.h"

#include "http/base/ascii.h"
#include "server/probe/url.h"

#include <stdio.h>
#include <string.h>

enum { HOST_BYTES = 280 };

struct asked {
    char host[HOST_BYTES];
    struct view target; /* path and query, of the URL */
    bool needs_slash;   /* which is not in the URL */
};

static bool complain(char error[SERVER_ERROR_BYTES], const char *option, const char *value, const char *why) {
    (void)snprintf(error, SERVER_ERROR_BYTES, "%s: '%.200s' %s", option, value, why);
    return false;
}

/* Raw bytes of UTF-8 may stand in a target, as browsers and curl send them; what ends a request line may not. */
static bool is_sendable(struct view target) {
    for (size_t i = 0; i < target.length; i++) {
        if ((unsigned char)target.bytes[i] <= ' ' || target.bytes[i] == 0x7F) {
            return false;
        }
    }
    return true;
}

static bool has_scheme(const char *text, const char *scheme) {
    return view_starts_with_nocase(view_of(text), scheme);
}

/* Read what stands before the path. */
static const char *read_host(const char *text, size_t length, struct url *url) {
    char authority[sizeof url->host + sizeof "http://[]:65535"];
    if (length >= sizeof authority) {
        return "the host is too long";
    }
    memcpy(authority, text, length);
    authority[length] = '\0';
    if (strstr(authority, "://") != NULL && !has_scheme(text, "http:") && !has_scheme(text, "https:")) {
        return "only http:// can be explained";
    }
    const char *complaint = url_parse(authority, url);
    return complaint == NULL && url->is_unix ? "a socket has no path: write /path, or http://host/path"
                                             : complaint;
}

/* "about.html" would be a host: more likely its slash was forgotten. */
static bool is_bare_name(const char *text, size_t length, const struct url *url) {
    return text[length] != '/' && url->has_default_port && !has_scheme(text, "http:");
}

/* Where the path begins, or what stands in its place. */
static size_t host_length(const char *text) {
    const char *scheme_end = strstr(text, "://");
    size_t length = strcspn(text, "/?#");
    if (scheme_end != NULL && length > (size_t)(scheme_end - text)) {
        length = (size_t)(scheme_end - text) + strlen("://");
        length += strcspn(text + length, "/?#");
    }
    return has_scheme(text, "unix:") ? strlen(text) : length;
}

/* Read the URL: its host, empty for the first site, and what is asked for there, however long: that the server refuses what
 * is too long is to be explained, too. */
static bool read_url(const char *text, struct asked *asked, char error[SERVER_ERROR_BYTES]) {
    struct url url = {.is_unix = false};
    bool is_asterisk = strcmp(text, "*") == 0;
    size_t length = is_asterisk ? 0 : host_length(text);
    const char *complaint = text[0] == '\0' ? "nothing is asked for: write /path, or http://host/path"
                            : length > 0    ? read_host(text, length, &url)
                                            : NULL;
    asked->target = (struct view){text + length, strcspn(text + length, "#")};
    asked->needs_slash = !is_asterisk && (asked->target.length == 0 || asked->target.bytes[0] != '/');
    asked->host[0] = '\0';
    if (complaint == NULL && !is_sendable(asked->target)) {
        complaint = "blanks and control characters must be percent-encoded, as in %20";
    }
    if (complaint != NULL) {
        (void)snprintf(error, SERVER_ERROR_BYTES, "--explain: '%.200s': %s", text, complaint);
        return false;
    }
    if (length > 0 && is_bare_name(text, length, &url)) {
        (void)snprintf(error, SERVER_ERROR_BYTES,
                       "--explain: '%.80s': write /%.80s for a path, http://%.80s for a host", text, text,
                       text);
        return false;
    }
    if (length > 0) {
        url_format_host(&url, asked->host);
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
    struct asked asked;
    const char *method = question->method != NULL ? question->method : question->head ? "HEAD" : "GET";
    if (!is_name(method, strlen(method))) {
        return complain(error, "-X", method, "is no method; write e.g. -X HEAD");
    }
    if (!read_url(question->url, &asked, error) || !check_fields(question, error)) {
        return false;
    }
    text_append(request, method);
    text_append(request, asked.needs_slash ? " /" : " ");
    text_append_view(request, asked.target);
    text_append(request, " HTTP/1.1\r\n");
    if (!is_host_given(question)) {
        text_append(request, "Host: ");
        text_append(request, asked.host);
        text_append(request, "\r\n");
    }
    for (size_t i = 0; i < question->field_count; i++) {
        write_field(request, question->fields[i]);
    }
    text_append(request, "\r\n");
    return true;
}
