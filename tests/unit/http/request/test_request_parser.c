/* SPDX-License-Identifier: MIT */
/* What only a caller of the parser itself can see; the rules of requests are tested with request_reader. */
#include "http/request/parser.h"

#include <criterion/criterion.h>
#include <string.h>

TestSuite(request_parser, .timeout = 60);

static const struct head_limits limits = {.request_line_bytes = 100, .head_bytes = 1000, .field_count = 10};
static struct request_parser *parser;
static struct request request;
static struct request_body body;

static void set_up(void) {
    parser = request_parser_create();
    cr_assert(parser != NULL);
}

static void tear_down(void) {
    request_parser_destroy(parser);
}

static enum http_status take_head(const char *head) {
    struct head_scan scan = {0};
    enum head_verdict verdict = head_scan(&scan, &limits, head, strlen(head));
    cr_assert_eq(verdict, HEAD_COMPLETE, "%s", head);
    request = (struct request){.version_minor = scan.version_minor};
    return request_parser_take_head(parser, &scan, head, &request, &body);
}

Test(request_parser, says_what_follows_the_head, .init = set_up, .fini = tear_down) {
    cr_expect_eq(take_head("GET / HTTP/1.0\r\n\r\n"), HTTP_OK);
    cr_expect_not(body.exists);
    cr_expect_eq(take_head("GET / HTTP/1.0\r\nContent-Length: 0\r\n\r\n"), HTTP_OK);
    cr_expect_not(body.exists);
    cr_expect_eq(take_head("GET / HTTP/1.0\r\nContent-Length: 18446744073709551615\r\n\r\n"), HTTP_OK);
    cr_expect(body.exists && !body.chunked && body.length == UINT64_MAX);
    cr_expect_eq(take_head("GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"), HTTP_OK);
    cr_expect(body.exists && body.chunked);
}

Test(request_parser, gives_views_into_the_head_and_copies_nothing, .init = set_up, .fini = tear_down) {
    static const char head[] = "\r\nGET / HTTP/1.1\r\nHost:\t a.b \r\nReferer: c\r\n\r\n";
    cr_assert_eq(take_head(head), HTTP_OK);
    cr_expect_eq(request.host.bytes, strstr(head, "a.b"));
    cr_expect_eq(request.host.length, 3);
    cr_expect_eq(request.referer.bytes, strstr(head, "c\r\n"));
    cr_expect_eq(request.referer.length, 1);
}

Test(request_parser, starts_anew_with_each_head, .init = set_up, .fini = tear_down) {
    cr_assert_eq(take_head("PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"), HTTP_OK);
    cr_expect_eq(take_head("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n"), HTTP_BAD_REQUEST);
    cr_expect_eq(take_head("HEAD / HTTP/1.1\r\nHost: b\r\nContent-Length: 1\r\n\r\n"), HTTP_OK);
    cr_expect_eq(request.method, REQUEST_HEAD);
    cr_expect(view_equals(request.host, "b"));
    cr_expect(request.keep_alive && body.exists && !body.chunked && body.length == 1);
}

Test(request_parser, says_what_is_wrong, .init = set_up, .fini = tear_down) {
    static const struct {
        const char *head;
        enum request_mistake mistake;
    } rows[] = {
        {"GET / HTTP/1.1\r\n\r\n", REQUEST_HOST_MISSING},
        {"GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", REQUEST_HOST_MALFORMED},
        {"GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", REQUEST_FIELD_REPEATED},
        {"GET / HTTP/1.0\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n", REQUEST_FIELD_REPEATED},
        {"GET / HTTP/1.0\r\nContent-Length: x\r\n\r\n", REQUEST_MALFORMED},
        {"GET / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", REQUEST_LENGTH_DOUBTFUL},
        {"GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n", REQUEST_LENGTH_DOUBTFUL},
        {"GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, gzip\r\n\r\n", REQUEST_LENGTH_DOUBTFUL},
        {"GET / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
         REQUEST_LENGTH_DOUBTFUL},
        {"GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n",
         REQUEST_LENGTH_DOUBTFUL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        cr_expect_eq(take_head(rows[i].head), HTTP_BAD_REQUEST, "%s", rows[i].head);
        cr_expect_eq(request.mistake, rows[i].mistake, "%s%d", rows[i].head, (int)request.mistake);
    }
}

Test(request_parser, names_its_library) {
    static const char name[] = "llhttp ";
    cr_expect(strncmp(request_parser_library(), name, sizeof name - 1) == 0, "%s", request_parser_library());
}
