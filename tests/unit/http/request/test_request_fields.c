/* SPDX-License-Identifier: MIT */
/* Linked with support_memory_faults.c and its --wrap for malloc, calloc, realloc, strdup and free. */
#include "http/request/fields.h"
#include "http/request/parser.h"
#include "tests/unit/support/memory_faults.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct request_fields fields;
static struct request request;

static void set_up(void) {
    request_fields_begin(&fields);
    request = (struct request){.refusal = HTTP_OK};
}

static void tear_down(void) {
    request_fields_deinit(&fields);
    if (memory_live_count() != 0) {
        (void)fputs("memory was lost\n", stderr);
        abort(); /* Criterion does not count an assertion in .fini */
    }
}

TestSuite(request_fields, .init = set_up, .fini = tear_down, .timeout = 20);

static void take(const char *name, const char *value) {
    request_fields_open(&fields, view_of(name), &request);
    if (value[0] != '\0') {
        request_fields_extend(&fields, value, strlen(value)); /* of an empty value there is no piece */
    }
    request_fields_close(&fields);
}

static void expect_view(const char *label, struct view view, const char *value) {
    if (value == NULL) {
        cr_expect(view.bytes == NULL && view.length == 0, "%s: '%.*s'", label, (int)view.length, view.bytes);
    } else {
        cr_expect(view.bytes != NULL && view_equals(view, value), "%s: '%.*s' instead of '%s'", label,
                  (int)view.length, view.bytes != NULL ? view.bytes : "", value);
    }
}

struct row {
    const char *name;
    struct view *place;
    const char *twice; /* what it is when "one" and "two" were sent; NULL: a mistake */
};

/* Each name with the place where it belongs; a static initialiser, as `request` is static. */
static const struct row rows[] = {
    {"Host", &request.host, NULL},
    {"Expect", &request.expect, "one"},
    {"If-Match", &request.preconditions.if_match, "one, two"},
    {"If-None-Match", &request.preconditions.if_none_match, "one, two"},
    {"If-Modified-Since", &request.preconditions.if_modified_since, "one, two"},
    {"If-Unmodified-Since", &request.preconditions.if_unmodified_since, "one, two"},
    {"If-Range", &request.if_range, "one, two"},
    {"Range", &request.range, "one, two"},
    {"Accept", &request.accept, "one, two"},
    {"Accept-Encoding", &request.accept_encoding, "one, two"},
    {"Origin", &request.origin, "one, two"},
    {"Access-Control-Request-Method", &request.access_control_request_method, "one, two"},
    {"Access-Control-Request-Headers", &request.access_control_request_headers, "one, two"},
    {"Referer", &request.referer, "one"},
    {"User-Agent", &request.user_agent, "one"},
    {"Content-Length", &request.content_length, NULL},
    {"Transfer-Encoding", &request.transfer_encoding, "one, two"},
};
enum { ROW_COUNT = sizeof rows / sizeof rows[0] };

Test(request_fields, go_where_they_belong) {
    cr_assert_eq(ROW_COUNT, REQUEST_FIELDS_COUNT);
    for (size_t i = 0; i < ROW_COUNT; i++) {
        take(rows[i].name, rows[i].name); /* each a value of its own */
    }
    for (size_t i = 0; i < ROW_COUNT; i++) {
        expect_view(rows[i].name, *rows[i].place, rows[i].name);
    }
    cr_expect_not(fields.repeated);
    cr_expect_not(fields.failed);
}

Test(request_fields, have_names_in_any_letter_case) {
    take("hOST", "a");
    take("IF-NONE-MATCH", "b");
    take("accept-encoding", "c");
    expect_view("Host", request.host, "a");
    expect_view("If-None-Match", request.preconditions.if_none_match, "b");
    expect_view("Accept-Encoding", request.accept_encoding, "c");
}

Test(request_fields, that_nobody_asks_for_leave_no_trace) {
    static const char *const names[] = {
        "",        "Hos",  "Hostt",           "Host ",        "X-Host",
        "X-Range", "Rang", "Accept-Language", "If-Non-Match", "Accept-Encodin"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        take(names[i], "value");
        for (size_t k = 0; k < ROW_COUNT; k++) {
            expect_view(names[i], *rows[k].place, NULL);
        }
    }
}

/* RFC 9110 sections 5.2 and 5.3; RFC 9112 sections 3.2 (Host) and 6.3 (framing). */
Test(request_fields, that_come_twice_mean_what_their_kind_says) {
    for (size_t i = 0; i < ROW_COUNT; i++) {
        set_up();
        take(rows[i].name, "one");
        cr_expect_not(fields.repeated, "%s", rows[i].name);
        take(rows[i].name, "two");
        cr_expect_eq(fields.repeated, rows[i].twice == NULL, "%s", rows[i].name);
        expect_view(rows[i].name, *rows[i].place, rows[i].twice != NULL ? rows[i].twice : "one");
        cr_expect_not(fields.failed, "%s", rows[i].name);
    }
}

Test(request_fields, that_come_empty_have_come) {
    take("Host", "");
    take("Range", "");
    expect_view("Host", request.host, "");
    expect_view("Range", request.range, "");
    take("Host", "a");
    cr_expect(fields.repeated, "an empty Host counts");
    take("Range", "bytes=0-1");
    expect_view("Range", request.range, ", bytes=0-1");
}

Test(request_fields, are_joined_in_their_order_however_many_come) {
    take("If-None-Match", "\"a\"");
    take("Accept-Encoding", "br");
    take("If-None-Match", "\"b\" \t");
    take("X-Other", "x");
    take("Accept-Encoding", "gzip;q=0");
    take("If-None-Match", "W/\"c\"");
    take("If-None-Match", "\"d\"");
    expect_view("If-None-Match", request.preconditions.if_none_match, "\"a\", \"b\", W/\"c\", \"d\"");
    expect_view("Accept-Encoding", request.accept_encoding, "br, gzip;q=0");
}

Test(request_fields, keep_no_white_space_behind_their_value) {
    static const struct {
        const char *given;
        const char *value;
    } cases[] = {{"a ", "a"}, {"a \t \t", "a"}, {"a b\t", "a b"}, {" \t", ""}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        set_up();
        take("User-Agent", cases[i].given);
        expect_view(cases[i].given, request.user_agent, cases[i].value);
    }
}

Test(request_fields, come_in_pieces) {
    static const char value[] = "one, two";
    request_fields_open(&fields, view_of("Accept"), &request);
    for (size_t i = 0; i < strlen(value); i++) {
        expect_view("Accept", request.accept, NULL);
        request_fields_extend(&fields, value + i, 1);
    }
    request_fields_close(&fields);
    expect_view("Accept", request.accept, value);
    cr_expect_eq(request.accept.bytes, value, "a copy");
}

/* The pieces of one that nobody asks for, and a trailer's, whose name is not even shown. */
Test(request_fields, do_not_take_what_belongs_to_others) {
    take("Accept", "a");
    take("X-Accept", "b");
    request_fields_extend(&fields, "c", 1);
    request_fields_close(&fields);
    expect_view("Accept", request.accept, "a");
    take("Range", "a"); /* the last one of the head */
    request_fields_extend(&fields, "c", 1);
    request_fields_close(&fields);
    expect_view("Range", request.range, "a");
    request_fields_open(&fields, view_of("User-Agent"), &request);
    request_fields_extend(&fields, "d", 1);
    request_fields_close(&fields);
    expect_view("User-Agent", request.user_agent, "d");
}

Test(request_fields, of_the_last_request_are_forgotten) {
    take("Host", "a");
    take("Host", "b");
    take("Accept", "a");
    take("Accept", "b");
    cr_expect(fields.repeated);
    set_up();
    cr_expect_not(fields.repeated);
    take("Host", "c");
    take("Accept", "c");
    take("Accept", "d");
    cr_expect_not(fields.repeated);
    expect_view("Accept", request.accept, "c, d");
}

Test(request_fields, cannot_be_joined_without_memory_and_say_so) {
    static char piece[1500]; /* more than a text's first capacity, so that each join needs memory */
    memset(piece, 'a', sizeof piece - 1);
    for (size_t successes = 0; successes < 2; successes++) {
        set_up();
        take("Accept", piece);
        memory_fail_after(successes);
        take("Accept", piece);
        take("Accept", piece);
        cr_expect(memory_stop_failing(), "%zu", successes);
        cr_expect(fields.failed, "%zu", successes);
        take("Accept", "b"); /* what comes afterwards is no reason to think all is well, or to crash */
        cr_expect(fields.failed, "%zu", successes);
        request_fields_begin(&fields);
        cr_expect_not(fields.failed, "%zu", successes);
    }
}

/* --- as the parser uses them ---------------------------------------------------------------------------- */

static enum http_status parse(struct request_parser *parser, const char *head) {
    static const struct head_limits limits = {
        .request_line_bytes = 100, .head_bytes = 4000, .field_count = 20};
    struct head_scan scan = {0};
    struct request_body body;
    cr_assert_eq(head_scan(&scan, &limits, head, strlen(head)), HEAD_COMPLETE, "%s", head);
    request = (struct request){.version_minor = scan.version_minor};
    return request_parser_take_head(parser, &scan, head, &request, &body);
}

Test(request_fields, of_a_whole_head_are_taken) {
    struct request_parser *parser = request_parser_create();
    cr_assert_not_null(parser);
    cr_expect_eq(parse(parser,
                       "GET / HTTP/1.1\r\nHost: a\r\nRange: bytes=0-0\r\naccept: a\r\nAccept:\t b \r\n"
                       "Accept: c\r\n\r\n"),
                 HTTP_OK);
    expect_view("Accept", request.accept, "a, b, c");
    expect_view("Range", request.range, "bytes=0-0");
    cr_expect_eq(parse(parser, "GET / HTTP/1.0\n\n"), HTTP_OK);
    expect_view("Accept", request.accept, NULL);
    expect_view("Range", request.range, NULL);
    cr_expect_eq(parse(parser, "GET / HTTP/1.1\nHost: a\nAccept: d\nAccept:\nAccept: e\n\n"), HTTP_OK);
    expect_view("bare line feeds", request.accept, "d, , e");
    request_parser_destroy(parser);
}

/* RFC 9112 section 3.2: "more than one Host header field line" */
Test(request_fields, of_which_there_must_be_one_are_refused_twice) {
    static const char *const heads[] = {
        "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n",
        "GET / HTTP/1.0\r\nHost: a\r\nhost: b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost:\r\nHost: b\r\n\r\n",
        "GET / HTTP/1.0\r\nContent-Length: 0\r\nContent-Length: 0\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
    };
    struct request_parser *parser = request_parser_create();
    cr_assert_not_null(parser);
    for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++) {
        enum http_status status = parse(parser, heads[i]);
        cr_expect_eq(status, HTTP_BAD_REQUEST, "%s%d", heads[i], (int)status);
    }
    request_parser_destroy(parser);
}

Test(request_fields, without_memory_make_the_server_unavailable) {
    static const char head[] = "GET / HTTP/1.1\r\nHost: a\r\nRange: bytes=0-0\r\nRange: bytes=1-1\r\n\r\n";
    struct request_parser *parser = request_parser_create();
    cr_assert_not_null(parser);
    memory_fail_after(0);
    enum http_status status = parse(parser, head);
    cr_expect(memory_stop_failing());
    cr_expect_eq(status, HTTP_SERVICE_UNAVAILABLE, "%d", (int)status);
    cr_expect_eq(parse(parser, head), HTTP_OK);
    request_parser_destroy(parser);
}
