/* SPDX-License-Identifier: MIT */
#include "http/semantics/status.h"

#include <criterion/criterion.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

TestSuite(status, .timeout = 10);

static const struct {
    enum http_status status;
    int code;
} listed[] = {
#define X(name, code, reason, sentence) {HTTP_##name, (code)},
    HTTP_STATUS_LIST(X)
#undef X
};

enum { LISTED_COUNT = sizeof listed / sizeof listed[0] };

Test(status, has_the_code_and_the_reason_that_are_registered) {
    static const struct {
        const char *rule;
        enum http_status status;
        int code;
        const char *reason;
    } rows[] = {
        {"RFC 9110 section 15.3.1", HTTP_OK, 200, "OK"},
        {"RFC 9110 section 15.4.2", HTTP_MOVED_PERMANENTLY, 301, "Moved Permanently"},
        {"RFC 9110 section 15.4.5", HTTP_NOT_MODIFIED, 304, "Not Modified"},
        {"RFC 9110 section 15.5.1", HTTP_BAD_REQUEST, 400, "Bad Request"},
        {"RFC 9110 section 15.5.4", HTTP_FORBIDDEN, 403, "Forbidden"},
        {"RFC 9110 section 15.5.5", HTTP_NOT_FOUND, 404, "Not Found"},
        {"RFC 9110 section 15.5.6", HTTP_METHOD_NOT_ALLOWED, 405, "Method Not Allowed"},
        {"RFC 9110 section 15.5.9", HTTP_REQUEST_TIMEOUT, 408, "Request Timeout"},
        {"RFC 9110 section 15.5.14", HTTP_CONTENT_TOO_LARGE, 413, "Content Too Large"},
        {"RFC 9110 section 15.5.15", HTTP_URI_TOO_LONG, 414, "URI Too Long"},
        {"RFC 9110 section 15.5.18", HTTP_EXPECTATION_FAILED, 417, "Expectation Failed"},
        {"RFC 6585 section 5", HTTP_FIELDS_TOO_LARGE, 431, "Request Header Fields Too Large"},
        {"RFC 9110 section 15.6.1", HTTP_INTERNAL_SERVER_ERROR, 500, "Internal Server Error"},
        {"RFC 9110 section 15.6.2", HTTP_NOT_IMPLEMENTED, 501, "Not Implemented"},
        {"RFC 9110 section 15.6.4", HTTP_SERVICE_UNAVAILABLE, 503, "Service Unavailable"},
        {"RFC 9110 section 15.6.6", HTTP_VERSION_NOT_SUPPORTED, 505, "HTTP Version Not Supported"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        cr_expect((int)rows[i].status == rows[i].code, "%s: %d", rows[i].rule, (int)rows[i].status);
        cr_expect_str_eq(http_status_reason(rows[i].status), rows[i].reason, "%s: '%s'", rows[i].rule,
                         http_status_reason(rows[i].status));
    }
}

Test(status, stands_in_the_list_once_and_in_order) {
    for (size_t i = 1; i < LISTED_COUNT; i++) {
        cr_expect(listed[i - 1].code < listed[i].code, "%d after %d", listed[i].code, listed[i - 1].code);
    }
}

static bool is_plain_text(const char *text) {
    for (; *text != '\0'; text++) {
        if (*text < ' ' || *text > '~' || strchr("&<>\"'", *text) != NULL) {
            return false;
        }
    }
    return true;
}

/* Reasons go into the status line, both into pages, and neither is escaped on the way. */
Test(status, has_texts_that_need_no_escaping) {
    for (size_t i = 0; i < LISTED_COUNT; i++) {
        cr_expect(is_plain_text(http_status_reason(listed[i].status)), "%d", listed[i].code);
        cr_expect(is_plain_text(http_status_sentence(listed[i].status)), "%d", listed[i].code);
    }
}

Test(status, has_a_line_that_begins_an_answer) {
    for (size_t i = 0; i < LISTED_COUNT; i++) {
        char line[128];
        (void)snprintf(line, sizeof line, "HTTP/1.0 %d %s\r\n", listed[i].code,
                       http_status_reason(listed[i].status));
        cr_expect_str_eq(http_status_line(listed[i].status), line, "%d", listed[i].code);
    }
}

Test(status, has_a_sentence_wherever_a_page_is_made) {
    for (size_t i = 0; i < LISTED_COUNT; i++) {
        const char *sentence = http_status_sentence(listed[i].status);
        bool has_page = listed[i].code >= 300 && listed[i].status != HTTP_NOT_MODIFIED;
        cr_expect((sentence[0] != '\0') == has_page, "%d: '%s'", listed[i].code, sentence);
        cr_expect(!has_page || sentence[strlen(sentence) - 1] == '.', "%d: '%s'", listed[i].code, sentence);
    }
}

Test(status, has_texts_even_for_a_code_that_is_not_listed) {
    cr_expect_str_eq(http_status_reason((enum http_status)299), "Unknown");
    cr_expect_str_eq(http_status_sentence((enum http_status)299), "");
    cr_expect_str_eq(http_status_line((enum http_status)299), "HTTP/1.0 500 Unknown\r\n");
}
