/* SPDX-License-Identifier: MIT */
/* What a head is and what is none; test_head_scan_cuts.c has how it arrives. */
#include "http/request/head_scan.h"

#include <criterion/criterion.h>
#include <stdlib.h>

TestSuite(head_scan, .timeout = 20);

#define VIEW(literal) \
    { (literal), sizeof(literal) - 1 }
#define HOST "Host: h\r\n"
#define END "\r\n"

static const struct head_limits standard = {
    .request_line_bytes = 8192, .head_bytes = 16384, .field_count = 100};

/* Scan the bytes in memory of just their size: a look behind their end is seen by AddressSanitizer. */
static enum head_verdict scan_all(struct head_scan *scan, const struct head_limits *limits,
                                  struct view bytes) {
    char *copy = malloc(bytes.length > 0 ? bytes.length : 1);
    cr_assert_not_null(copy);
    memcpy(copy, bytes.bytes, bytes.length);
    *scan = (struct head_scan){0};
    enum head_verdict verdict = head_scan(scan, limits, copy, bytes.length);
    free(copy);
    return verdict;
}

static bool span_is(struct view bytes, struct span span, const char *text) {
    return view_equals((struct view){bytes.bytes + span.begin, span.length}, text);
}

Test(head_scan, finds_the_parts_of_a_head) {
    static const struct {
        const char *name;
        struct view head;
        const char *line;
        const char *method;
        const char *target;
        unsigned version_minor;
        size_t field_count;
        bool bare_line_feeds;
    } rows[] = {
        {"RFC 1945 section 5", VIEW("GET / HTTP/1.0" END END), "GET / HTTP/1.0", "GET", "/", 0, 0, false},
        {"RFC 9112 section 3", VIEW("HEAD /a?b HTTP/1.1" END HOST END), "HEAD /a?b HTTP/1.1", "HEAD", "/a?b",
         1, 1, false},
        {"RFC 9110 section 2.5: any minor version", VIEW("GET / HTTP/1.9" END END), "GET / HTTP/1.9", "GET",
         "/", 9, 0, false},
        {"RFC 9112 section 3.2.4", VIEW("OPTIONS * HTTP/1.1" END HOST END), "OPTIONS * HTTP/1.1", "OPTIONS",
         "*", 1, 1, false},
        {"RFC 9112 section 2.2: bare line feeds", VIEW("GET / HTTP/1.0\nA: b\n\n"), "GET / HTTP/1.0", "GET",
         "/", 0, 1, true},
        {"one bare line feed, at the end", VIEW("GET / HTTP/1.0" END "A: b" END "\n"), "GET / HTTP/1.0",
         "GET", "/", 0, 1, true},
        {"RFC 9110 section 5.6.2: any token is a method", VIEW("!#$%&'*+-.^_`|~09azAZ /x HTTP/1.0" END END),
         "!#$%&'*+-.^_`|~09azAZ /x HTTP/1.0", "!#$%&'*+-.^_`|~09azAZ", "/x", 0, 0, false},
        {"any target but spaces and controls", VIEW("GET \"\\^`{|}\xC3\xBC\xFF HTTP/1.0" END END),
         "GET \"\\^`{|}\xC3\xBC\xFF HTTP/1.0", "GET", "\"\\^`{|}\xC3\xBC\xFF", 0, 0, false},
        {"RFC 9110 section 5.5: any value but controls",
         VIEW("GET / HTTP/1.0" END "A:" END "B:\t b \t" END "C::\x80\xFF\"" END END), "GET / HTTP/1.0", "GET",
         "/", 0, 3, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct head_scan scan;
        struct view head = rows[i].head;
        cr_assert(scan_all(&scan, &standard, head) == HEAD_COMPLETE, "%s", rows[i].name);
        cr_expect(scan.begin == 0 && scan.end == head.length, "%s: %zu to %zu", rows[i].name, scan.begin,
                  scan.end);
        cr_expect(span_is(head, scan.line, rows[i].line), "%s: line", rows[i].name);
        cr_expect(span_is(head, scan.method, rows[i].method), "%s: method", rows[i].name);
        cr_expect(span_is(head, scan.target, rows[i].target), "%s: target", rows[i].name);
        cr_expect(scan.version_minor == rows[i].version_minor, "%s: 1.%u", rows[i].name, scan.version_minor);
        cr_expect(scan.field_count == rows[i].field_count, "%s: %zu fields", rows[i].name, scan.field_count);
        cr_expect(scan.bare_line_feeds == rows[i].bare_line_feeds, "%s: line feeds", rows[i].name);
        cr_expect(!scan.simple, "%s: simple", rows[i].name);
    }
}

Test(head_scan, takes_a_simple_request_for_whole_at_the_end_of_its_line) {
    static const struct {
        struct view bytes;
        const char *target;
        size_t end;
    } rows[] = {
        {VIEW("GET /\r\n"), "/", 7},
        {VIEW("GET /\n"), "/", 6},
        {VIEW("GET /a?b\r\nHost: h\r\n\r\n"), "/a?b", 10},
        {VIEW("GET http://h/\r\nGET / HTTP/1.0\r\n\r\n"), "http://h/", 15},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct head_scan scan;
        cr_assert(scan_all(&scan, &standard, rows[i].bytes) == HEAD_COMPLETE, "row %zu", i);
        cr_expect(scan.simple, "row %zu", i);
        cr_expect(span_is(rows[i].bytes, scan.target, rows[i].target), "row %zu", i);
        cr_expect(scan.end == rows[i].end, "row %zu: %zu", i, scan.end);
    }
}

/* RFC 9112 section 2.2. Their bytes count as bytes of the head, so that nobody sends them for ever. */
Test(head_scan, skips_empty_lines_before_the_request_line) {
    static const struct view bytes = VIEW("\r\n\n\r\nGET / HTTP/1.0\r\n\r\nGET /next");
    struct head_scan scan;
    cr_assert_eq(scan_all(&scan, &standard, bytes), HEAD_COMPLETE);
    cr_expect_eq(scan.begin, 5);
    cr_expect_eq(scan.end, 23);
    cr_expect(span_is(bytes, scan.line, "GET / HTTP/1.0"));
    cr_expect(span_is(bytes, scan.target, "/"));
    struct head_limits few = {.request_line_bytes = 100, .head_bytes = 22, .field_count = 1};
    cr_expect_eq(scan_all(&scan, &few, bytes), HEAD_REFUSED);
    cr_expect_eq(scan.refusal, HTTP_FIELDS_TOO_LARGE);
    static const struct view only_empty_lines = VIEW("\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n");
    cr_expect_eq(scan_all(&scan, &few, only_empty_lines), HEAD_REFUSED);
    cr_expect_eq(scan.refusal, HTTP_FIELDS_TOO_LARGE);
}

Test(head_scan, leaves_what_comes_behind_the_head) {
    static const struct view bytes = VIEW("POST / HTTP/1.0\r\nContent-Length: 3\r\n\r\n\0\r\n: :\r\n\r\n");
    struct head_scan scan;
    cr_assert_eq(scan_all(&scan, &standard, bytes), HEAD_COMPLETE);
    cr_expect_eq(scan.end, 38);
    cr_expect_eq(scan.field_count, 1);
}

Test(head_scan, waits_while_a_head_may_still_become_one) {
    static const struct view beginnings[] = {
        VIEW(""),
        VIEW("\r"),
        VIEW("\r\n"),
        VIEW("\r\n\r"),
        VIEW("G"),
        VIEW("GET / HTTP/1.0"),
        VIEW("GET / HTTP/1.0\r"),
        VIEW("GET / HTTP/1.0\r\n"),
        VIEW("GET / HTTP/1.0\r\n\r"),
        VIEW("GET / HTTP/1.0\r\nHost: h"),
        VIEW("GET / HTTP/1.0\r\nHost: h\r\n"),
        VIEW("GET / HTTP/1.0\nHost: h\n"),
        VIEW("POST /"),
    };
    for (size_t i = 0; i < sizeof beginnings / sizeof beginnings[0]; i++) {
        struct head_scan scan;
        cr_expect(scan_all(&scan, &standard, beginnings[i]) == HEAD_INCOMPLETE, "row %zu", i);
    }
}

/* A client that speaks another protocol ends no lines: it must not have to wait for the time limit. */
Test(head_scan, refuses_at_once_what_cannot_begin_a_method) {
    static const struct view beginnings[] = {
        VIEW("\x16\x03\x01\x02"), VIEW("\0"),        VIEW(" "),       VIEW("\x80"),
        VIEW("\r\n\r\n:"),        VIEW("{\"json\""), VIEW("\x05\x01")};
    for (size_t i = 0; i < sizeof beginnings / sizeof beginnings[0]; i++) {
        struct head_scan scan;
        cr_expect(scan_all(&scan, &standard, beginnings[i]) == HEAD_REFUSED, "row %zu", i);
        cr_expect(scan.refusal == HTTP_BAD_REQUEST, "row %zu", i);
    }
}

Test(head_scan, refuses_malformed_request_lines) {
    static const struct {
        const char *rule;
        struct view line;
        enum http_status refusal;
    } rows[] = {
        {"RFC 9112 section 3: no target", VIEW("GET"), HTTP_BAD_REQUEST},
        {"nor behind a space", VIEW("GET "), HTTP_BAD_REQUEST},
        {"two spaces", VIEW("GET  / HTTP/1.0"), HTTP_BAD_REQUEST},
        {"two spaces before the version", VIEW("GET /  HTTP/1.0"), HTTP_BAD_REQUEST},
        {"a space behind the version", VIEW("GET / HTTP/1.0 "), HTTP_BAD_REQUEST},
        {"a space behind the target of a simple request", VIEW("GET / "), HTTP_BAD_REQUEST},
        {"a space before the method", VIEW(" GET / HTTP/1.0"), HTTP_BAD_REQUEST},
        {"a space in the target", VIEW("GET /a b HTTP/1.0"), HTTP_BAD_REQUEST},
        {"a tab instead of a space", VIEW("GET\t/ HTTP/1.0"), HTTP_BAD_REQUEST},
        {"a tab in the target", VIEW("GET /a\tb HTTP/1.0"), HTTP_BAD_REQUEST},
        {"RFC 9112 section 2.2: a bare CR", VIEW("GET /a\rb HTTP/1.0"), HTTP_BAD_REQUEST},
        {"a bare CR before the line end", VIEW("GET / HTTP/1.0\r"), HTTP_BAD_REQUEST},
        {"a bare CR before the method", VIEW("\rGET / HTTP/1.0"), HTTP_BAD_REQUEST},
        {"a NUL", VIEW("GET /a\0b HTTP/1.0"), HTTP_BAD_REQUEST},
        {"a DEL", VIEW("GET /a\x7F HTTP/1.0"), HTTP_BAD_REQUEST},
        {"RFC 9110 section 9.1: a method is a token", VIEW("G(T / HTTP/1.0"), HTTP_BAD_REQUEST},
        {"not ASCII", VIEW("G\xC3\x8BT / HTTP/1.0"), HTTP_BAD_REQUEST},
        {"RFC 1945 section 5: a simple request is a GET", VIEW("HEAD /"), HTTP_BAD_REQUEST},
        {"and written so", VIEW("get /"), HTTP_BAD_REQUEST},
        {"RFC 9112 section 2.3: a lower-case name", VIEW("GET / http/1.0"), HTTP_BAD_REQUEST},
        {"no minor version", VIEW("GET / HTTP/1"), HTTP_BAD_REQUEST},
        {"an empty minor version", VIEW("GET / HTTP/1."), HTTP_BAD_REQUEST},
        {"two digits", VIEW("GET / HTTP/1.10"), HTTP_BAD_REQUEST},
        {"two digits before the dot", VIEW("GET / HTTP/01.0"), HTTP_BAD_REQUEST},
        {"a comma", VIEW("GET / HTTP/1,0"), HTTP_BAD_REQUEST},
        {"a letter", VIEW("GET / HTTP/1.x"), HTTP_BAD_REQUEST},
        {"a letter before the dot", VIEW("GET / HTTP/x.1"), HTTP_BAD_REQUEST},
        {"another protocol", VIEW("GET / ICAP/1.0"), HTTP_BAD_REQUEST},
        {"RFC 9110 section 15.6.6", VIEW("GET / HTTP/2.0"), HTTP_VERSION_NOT_SUPPORTED},
        {"RFC 9113 section 3.4: the preface of HTTP/2", VIEW("PRI * HTTP/2.0"), HTTP_VERSION_NOT_SUPPORTED},
        {"a version that was never written", VIEW("GET / HTTP/0.9"), HTTP_VERSION_NOT_SUPPORTED},
    };
    static const char after[] = END END;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char bytes[128];
        size_t length = rows[i].line.length;
        struct head_scan scan;
        memcpy(bytes, rows[i].line.bytes, length);
        memcpy(bytes + length, after, sizeof after - 1);
        cr_expect(scan_all(&scan, &standard, (struct view){bytes, length + sizeof after - 1}) == HEAD_REFUSED,
                  "%s", rows[i].rule);
        cr_expect(scan.refusal == rows[i].refusal, "%s: %d", rows[i].rule, (int)scan.refusal);
    }
}

/* What request smuggling is made of: two parsers that do not see the same fields. */
Test(head_scan, refuses_malformed_field_lines) {
    static const struct {
        const char *rule;
        struct view line;
    } rows[] = {
        {"RFC 9112 section 5.1: a space before the colon", VIEW("Host : h")},
        {"a tab before the colon", VIEW("Host\t: h")},
        {"RFC 9112 section 5.2: obs-fold with a space", VIEW(" folded")},
        {"obs-fold with a tab", VIEW("\tfolded")},
        {"obs-fold that looks like a field", VIEW(" Content-Length: 5")},
        {"a line of white space", VIEW(" ")},
        {"RFC 9112 section 5: no colon", VIEW("Host")},
        {"no name", VIEW(": h")},
        {"only a colon", VIEW(":")},
        {"a separator in the name", VIEW("Ho(st: h")},
        {"a space in the name", VIEW("Ho st: h")},
        {"a byte above ASCII in the name", VIEW("H\xC3\xB6st: h")},
        {"a NUL in the name", VIEW("Ho\0st: h")},
        {"RFC 9110 section 5.5: a NUL in the value", VIEW("Host: a\0b")},
        {"RFC 9112 section 2.2: a bare CR in the value", VIEW("Host: a\rb")},
        {"a bare CR before the line end", VIEW("Host: a\r")},
        {"a bare CR in the name", VIEW("Ho\rst: a")},
        {"a line that is one CR", VIEW("\r")},
        {"a control character in the value", VIEW("Host: a\x0B")},
        {"an escape character in the value", VIEW("Host: \x1B[0m")},
        {"a DEL in the value", VIEW("Host: \x7F")},
    };
    static const char before[] = "GET / HTTP/1.1\r\nAccept: x\r\n";
    static const char after[] = END HOST END;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char bytes[128];
        size_t length = sizeof before - 1;
        struct head_scan scan;
        memcpy(bytes, before, length);
        memcpy(bytes + length, rows[i].line.bytes, rows[i].line.length);
        length += rows[i].line.length;
        memcpy(bytes + length, after, sizeof after - 1);
        cr_expect(scan_all(&scan, &standard, (struct view){bytes, length + sizeof after - 1}) == HEAD_REFUSED,
                  "%s", rows[i].rule);
        cr_expect(scan.refusal == HTTP_BAD_REQUEST, "%s: %d", rows[i].rule, (int)scan.refusal);
    }
}

Test(head_scan, counts_the_fields_and_the_bytes) {
    static const struct view head = VIEW("GET /12345 HTTP/1.0\r\nA: b\r\nC: d\r\n\r\n"); /* 19 + 2, 6, 6, 2 */
    static const struct {
        const char *name;
        struct head_limits limits;
        enum head_verdict verdict;
        enum http_status refusal;
    } rows[] = {
        {"everything just fits", {19, 35, 2}, HEAD_COMPLETE, 0},
        {"RFC 9112 section 3: request line too long", {18, 35, 2}, HEAD_REFUSED, HTTP_URI_TOO_LONG},
        {"RFC 6585 section 5: head too long", {19, 34, 2}, HEAD_REFUSED, HTTP_FIELDS_TOO_LARGE},
        {"one field too many", {19, 35, 1}, HEAD_REFUSED, HTTP_FIELDS_TOO_LARGE},
        {"both too long: the request line comes first", {18, 10, 0}, HEAD_REFUSED, HTTP_URI_TOO_LONG},
        {"no room for the line end of the request line", {19, 20, 2}, HEAD_REFUSED, HTTP_FIELDS_TOO_LARGE},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct head_scan scan;
        cr_expect(scan_all(&scan, &rows[i].limits, head) == rows[i].verdict, "%s", rows[i].name);
        cr_expect(scan.refusal == rows[i].refusal, "%s: %d", rows[i].name, (int)scan.refusal);
    }
}
