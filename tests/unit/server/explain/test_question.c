/* SPDX-License-Identifier: MIT */
#include "server/explain/question.h"

#include <criterion/criterion.h>
#include <string.h>

static struct text request;
static char error[SERVER_ERROR_BYTES];

static void tear_down(void) {
    text_deinit(&request);
}

TestSuite(question, .fini = tear_down, .timeout = 60);

enum { FIELDS_MAX = 3 };

static const struct {
    const char *url;
    const char *method;
    bool head;
    const char *fields[FIELDS_MAX];
    const char *request;
} requests[] = {
    {"/a?b#c", NULL, false, {NULL}, "GET /a?b HTTP/1.1\r\nHost: \r\n\r\n"},
    {"*", "OPTIONS", false, {NULL}, "OPTIONS * HTTP/1.1\r\nHost: \r\n\r\n"},
    {"http://a:81/b", NULL, true, {NULL}, "HEAD /b HTTP/1.1\r\nHost: a:81\r\n\r\n"},
    {"http://[::1]/", "PUT", true, {NULL}, "PUT / HTTP/1.1\r\nHost: [::1]\r\n\r\n"},
    {"a/b", NULL, false, {NULL}, "GET /b HTTP/1.1\r\nHost: a\r\n\r\n"},
    {"a:81", NULL, false, {NULL}, "GET / HTTP/1.1\r\nHost: a:81\r\n\r\n"},
    {"http://a?b", NULL, false, {NULL}, "GET /?b HTTP/1.1\r\nHost: a\r\n\r\n"},
    {"HTTP://a", NULL, false, {NULL}, "GET / HTTP/1.1\r\nHost: a\r\n\r\n"},
    {"/a?to=http://b/c", NULL, false, {NULL}, "GET /a?to=http://b/c HTTP/1.1\r\nHost: \r\n\r\n"},
    {"a/b?to=http://b/c", NULL, false, {NULL}, "GET /b?to=http://b/c HTTP/1.1\r\nHost: a\r\n\r\n"},
    {"/\xC3\xBC", NULL, false, {NULL}, "GET /\xC3\xBC HTTP/1.1\r\nHost: \r\n\r\n"},
    {"/", NULL, false, {"A: 1", "B:2", "A:  3"}, "GET / HTTP/1.1\r\nHost: \r\nA: 1\r\nB: 2\r\nA: 3\r\n\r\n"},
    {"/", NULL, false, {"A:", "B;", "C: ;"}, "GET / HTTP/1.1\r\nHost: \r\nB: \r\nC: ;\r\n\r\n"},
    {"/", NULL, false, {"hOST: x"}, "GET / HTTP/1.1\r\nhOST: x\r\n\r\n"},
    {"http://a/", NULL, false, {"Host:"}, "GET / HTTP/1.1\r\n\r\n"},
    {"/", NULL, false, {"Hosts: x"}, "GET / HTTP/1.1\r\nHost: \r\nHosts: x\r\n\r\n"},
};

static size_t count_fields(const char *const fields[FIELDS_MAX]) {
    size_t count = 0;
    while (count < FIELDS_MAX && fields[count] != NULL) {
        count++;
    }
    return count;
}

Test(question, becomes_the_request_that_curl_would_send) {
    for (size_t i = 0; i < sizeof requests / sizeof requests[0]; i++) {
        struct explain_question question = {
            .url = requests[i].url,
            .method = requests[i].method,
            .fields = requests[i].fields,
            .field_count = count_fields(requests[i].fields),
            .head = requests[i].head,
        };
        text_clear(&request, SIZE_MAX);
        cr_assert(explain_question_write(&question, &request, error), "%s: %s", requests[i].url, error);
        text_append_bytes(&request, "", 1);
        cr_expect_str_eq(request.bytes, requests[i].request);
    }
}

static const struct {
    const char *url;
    const char *method;
    const char *field;
    const char *error;
} mistakes[] = {
    {"/", "A B", "A: 1", "-X: 'A B' is no method; write e.g. -X HEAD"},
    {"/", "", "A: 1", "-X: '' is no method; write e.g. -X HEAD"},
    {"/", NULL, "A", "-H: 'A' is no field; write e.g. -H 'Accept-Encoding: br'"},
    {"/", NULL, "A ; b", "-H: 'A ; b' is no field; write e.g. -H 'Accept-Encoding: br'"},
    {"/", NULL, "A; b", "-H: 'A; b' is no field; write e.g. -H 'Accept-Encoding: br'"},
    {"/", NULL, ": b", "-H: ': b' is no field; write e.g. -H 'Accept-Encoding: br'"},
    {"/", NULL, "A: b\r\nC: d", "-H: 'A: b\r\nC: d' has more than one line"},
    {"/a b", NULL, "A: 1",
     "--explain: '/a b': blanks and control characters must be percent-encoded, as in %20"},
    {"/a\x7F", NULL, "A: 1",
     "--explain: '/a\x7F': blanks and control characters must be percent-encoded, as in %20"},
    {"https://a/", NULL, "A: 1", "--explain: 'https://a/': Lido speaks HTTP only; use http://"},
    {"unix:/a", NULL, "A: 1", "--explain: 'unix:/a': a socket has no path: write /path, or http://host/path"},
    {"", NULL, "A: 1", "--explain: '': nothing is asked for: write /path, or http://host/path"},
    {"ftp://a/", NULL, "A: 1", "--explain: 'ftp://a/': only http:// can be explained"},
    {"a.html", NULL, "A: 1", "--explain: 'a.html': write /a.html for a path, http://a.html for a host"},
    {"a.html?b/c", NULL, "A: 1",
     "--explain: 'a.html?b/c': write /a.html?b/c for a path, http://a.html?b/c for a host"},
};

Test(question, is_refused_with_what_would_be_right) {
    for (size_t i = 0; i < sizeof mistakes / sizeof mistakes[0]; i++) {
        struct explain_question question = {.url = mistakes[i].url,
                                            .method = mistakes[i].method,
                                            .fields = &mistakes[i].field,
                                            .field_count = 1};
        cr_expect_not(explain_question_write(&question, &request, error), "%s", mistakes[i].error);
        cr_expect_str_eq(error, mistakes[i].error);
        cr_expect_eq(request.length, 0);
    }
}

Test(question, may_be_longer_than_the_server_takes) {
    static char url[10 * 1000];
    struct explain_question question = {.url = url};
    memset(url, 'x', sizeof url - 1);
    cr_expect_not(explain_question_write(&question, &request, error));
    cr_expect_not_null(strstr(error, "the host is too long"), "%s", error);
    url[0] = '/';
    cr_expect(explain_question_write(&question, &request, error), "%s", error);
    cr_expect_gt(request.length, sizeof url);
}
