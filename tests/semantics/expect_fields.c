/* SPDX-License-Identifier: MIT */
#include "tests/semantics/expect_fields.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>

enum { NAME_BYTES = 64, VALUE_BYTES = 1024 };

/* Whether a list, as in Vary, has this element; its case does not count, nor white space around it. */
static bool is_listed(const char *list, const char *element) {
    size_t length = strlen(element);
    for (const char *at = list + strspn(list, ", \t"); *at != '\0'; at += strspn(at, ", \t")) {
        size_t here = strcspn(at, ",");
        size_t trimmed = here;
        while (trimmed > 0 && (at[trimmed - 1] == ' ' || at[trimmed - 1] == '\t')) {
            trimmed--;
        }
        if (trimmed == length && strncasecmp(at, element, length) == 0) {
            return true;
        }
        at += here;
    }
    return false;
}

/* `pattern` is what stands behind the name and ": ". */
static bool is_as_expected(const char *value, const char *pattern) {
    if (strcmp(pattern, "*") == 0) {
        return true;
    }
    if (pattern[0] == '~') {
        return is_listed(value, pattern + 1);
    }
    if (strncmp(pattern, "!~", 2) == 0) {
        return !is_listed(value, pattern + 2);
    }
    if (strncmp(pattern, "!=", 2) == 0) {
        return strcmp(value, pattern + 2) != 0;
    }
    if (pattern[0] == '^') {
        return strstr(value, pattern + 1) == value;
    }
    return strcmp(value, pattern) == 0;
}

/* A reference without scheme and host says the same (RFC 9110 section 10.2.2), so leave out those of the host
 * asked. */
static const char *shorten_location(const char *value, const char *host) {
    static const char scheme[] = "http://";
    size_t length = host != NULL ? strlen(host) : 0;
    if (length == 0 || strncmp(value, scheme, sizeof scheme - 1) != 0) {
        return value;
    }
    const char *authority = value + sizeof scheme - 1;
    return strncmp(authority, host, length) == 0 && authority[length] == '/' ? authority + length : value;
}

void expect_field(const char *expected, const struct expansion *expansion, struct report *report) {
    char pattern[EXPANDED_BYTES];
    char value[VALUE_BYTES];
    if (expected[0] == '!') {
        if (wire_field(expansion->answer, expected + 1, value, sizeof value) > 0) {
            report_add(report, "%s is there: '%s'", expected + 1, value);
        }
        return;
    }
    char name[NAME_BYTES];
    size_t name_length = strcspn(expected, ":");
    (void)snprintf(name, sizeof name, "%.*s", (int)name_length, expected);
    if (strncmp(expected + name_length, ": ", 2) != 0) {
        report_add(report, "the row cannot be read: %s", expected);
        return;
    }
    if (!expand(expansion, expected + name_length + 2, pattern)) {
        report_add(report, "%s", pattern);
        return;
    }
    if (wire_field(expansion->answer, name, value, sizeof value) == 0) {
        if (strncmp(pattern, "!~", 2) != 0) {
            report_add(report, "no %s (expected '%s')", name, pattern);
        }
        return;
    }
    const char *shown = strcmp(name, "Location") == 0 ? shorten_location(value, expansion->host) : value;
    if (!is_as_expected(shown, pattern)) {
        report_add(report, "%s is '%s' (expected '%s')", name, value, pattern);
    }
}

/* "An origin server with a clock MUST NOT generate a Last-Modified date that is later than the server's time
 * of message origination" (RFC 9110 section 8.8.2.1). */
static void expect_past(const struct wire_answer *answer, time_t date, struct report *report) {
    char value[VALUE_BYTES];
    struct tm parts = {0};
    if (wire_field(answer, "Last-Modified", value, sizeof value) == 0) {
        return;
    }
    if (strptime(value, "%a, %d %b %Y %H:%M:%S GMT", &parts) == NULL || timegm(&parts) > date) {
        report_add(report, "Last-Modified is '%s'", value);
    }
}

void expect_good_form(const struct wire_answer *answer, int minor_version, struct report *report) {
    static const char *const singletons[] = {
        "Date", "Server",        "Content-Length", "Content-Type", "Content-Range",
        "ETag", "Last-Modified", "Location",       "Expires",      "Access-Control-Allow-Origin"};
    char value[VALUE_BYTES];
    struct tm parts = {0};
    for (size_t i = 0; i < sizeof singletons / sizeof *singletons; i++) {
        if (wire_field(answer, singletons[i], value, sizeof value) > 1) {
            report_add(report, "%s stands twice: '%s'", singletons[i], value);
        }
    }
    if (wire_field(answer, "Date", value, sizeof value) == 0) {
        report_add(report, "no Date");
    } else if (strptime(value, "%a, %d %b %Y %H:%M:%S GMT", &parts) == NULL) {
        report_add(report, "Date is '%s'", value);
    } else {
        expect_past(answer, timegm(&parts), report);
    }
    if (answer->chunked && minor_version == 0) {
        report_add(report, "chunks for HTTP/1.0");
    }
    if (answer->status == 204 && wire_field(answer, "Content-Length", value, sizeof value) > 0) {
        report_add(report, "a 204 with Content-Length");
    }
    if (wire_field(answer, "Content-Length", value, sizeof value) > 0 &&
        strspn(value, "0123456789") != strlen(value)) {
        report_add(report, "Content-Length is '%s'", value);
    }
}
