/* SPDX-License-Identifier: MIT */
/* `lido --explain`: what can be asked, and what it tells of the request itself. */
#include "tests/integration/tools/explaining.h"

#include <stdio.h>
#include <string.h>

enum { OLD = 1000000000 };

TestSuite(explain_requests, .init = stage_set_up, .fini = stage_tear_down, .timeout = STAGE_TIMEOUT_S);

StageTest(explain_requests, names_a_host_that_a_path_was_taken_for) {
    configure("");
    cr_assert_eq(explain(LIST("docs/about.html")), 0, "%s", lido.err.text);
    expect_step("host: no host sections, one site for all hosts, so for docs");
}

StageTest(explain_requests, asks_with_other_methods_and_fields) {
    configure("cors = on\n");
    folder_write_text(&site, "a.txt", "content");
    cr_assert_eq(explain(LIST("/a.txt", "-I")), 0, "%s", lido.err.text);
    expect_line("Content-Length: 7");
    expect_line("(no body)");
    cr_assert_eq(explain(LIST("/a.txt", "-XDELETE")), 0);
    expect_step("method: none of GET, HEAD, OPTIONS");
    expect_line("HTTP/1.0 405 Method Not Allowed");
    cr_assert_eq(explain(LIST("/a.txt", "-XOPTIONS", "-H", "Origin: https://a.example", "-H",
                              "Access-Control-Request-Method: GET")),
                 0);
    expect_step(
        "OPTIONS: no file is looked for; cors is on, and this asks for a page of another origin (preflight)");
    expect_line("HTTP/1.0 204 No Content");
    cr_assert_eq(explain(LIST("/a.txt", "-H", "Range: bytes=0-2")), 0);
    expect_steps("Range: 1 part: 206", "cors: pages of every origin may read it");
    expect_line("Content-Range: bytes 0-2/7");
    cr_assert_eq(explain(LIST("/a.txt", "-H", "Range: bytes=9-")), 0);
    expect_step("Range: begins behind the end: 416");
    cr_assert_eq(explain(LIST("/a.txt", "-H", "If-None-Match: *")), 0);
    expect_step("If-None-Match: this is the version that the client has: 304");
    expect_line("(no body)");
    cr_assert_eq(explain(LIST("/a.txt", "-H", "If-Match: \"x\"")), 0);
    expect_step("If-Match: this is not the version that is meant: 412");
}

StageTest(explain_requests, tells_that_the_rest_of_a_request_is_missing) {
    static const char *const fields[] = {"Content-Length: 5", "Transfer-Encoding: chunked"};
    configure("");
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        cr_assert_eq(explain(LIST("/", "-XPOST", "-H", fields[i])), 0, "%s", lido.err.text);
        expect_steps("the request announces a body (Content-Length, Transfer-Encoding), which is not sent "
                     "here: the server waits for it, up to header_timeout",
                     "the request cannot be taken: 408 Request Timeout: it did not come whole within "
                     "header_timeout");
        expect_line("HTTP/1.0 408 Request Timeout");
    }
}

StageTest(explain_requests, tells_why_a_request_cannot_be_taken) {
    static const struct {
        const char *arguments[8];
        const char *reason;
    } rows[] = {
        {{"/", "-H", "Host:"}, "400 Bad Request: there is no Host, which HTTP/1.1 asks for"},
        {{"/", "-H", "Host: a/b"}, "400 Bad Request: Host is neither a name nor an address"},
        {{"/", "-H", "Host: a", "-H", "Host: a"}, "400 Bad Request: Host or Content-Length comes twice"},
        {{"/", "-H", "Content-Length: 0x5"}, "400 Bad Request: a line is malformed"},
        {{"/", "-H", "Transfer-Encoding: gzip"},
         "400 Bad Request: Transfer-Encoding stands beside Content-Length, does not end in chunked, or is "
         "not of HTTP/1.1"},
        {{"/", "-H", "Transfer-Encoding: gzip, chunked"},
         "501 Not Implemented: the method is none of HTTP, or Transfer-Encoding is more than chunked"},
        {{"/", "-X", "BREW"},
         "501 Not Implemented: the method is none of HTTP, or Transfer-Encoding is more than chunked"},
        {{"/", "-H", "Expect: more"},
         "417 Expectation Failed: Expect asks for something else than 100-continue"},
        {{"/", "-H", "Content-Length: 2000"}, "413 Content Too Large: its body is larger than max_body"},
        {{"/a-path-that-makes-the-line-longer-than-the-sixty-four-bytes-of-it"},
         "414 URI Too Long: method, URL and version are longer than max_request_line"},
        {{"/", "-H", "A: 1", "-H", "B: 2", "-H", "C: 3"},
         "431 Request Header Fields Too Large: its head is longer than max_head, or has more fields than "
         "max_fields"},
    };
    configure("max_request_line = 64\nmax_fields = 3\nmax_body = 1000\n");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char step[256];
        (void)snprintf(step, sizeof step, "the request cannot be taken: %s", rows[i].reason);
        cr_assert_eq(explain(rows[i].arguments), 0, "%s", lido.err.text);
        expect_step(step);
    }
}

StageTest(explain_requests, does_nothing_to_a_terminal) {
    configure("");
    cr_assert_eq(explain(LIST("/%1b%5bx", "-H", "Accept: \x1B")), 0, "%s", lido.err.text);
    cr_expect_null(strchr(lido.out.text, 0x1B), "%s", lido.out.text);
    expect_no("\x1B");
    cr_assert_eq(explain(LIST("/%C2%9B31mred/%E2%80%AEgpj.exe")), 0, "%s", lido.err.text);
    cr_expect_not_null(strstr(lido.out.text, "the path is /?31mred/?gpj.exe\n"), "%s", lido.out.text);
    expect_no("\xC2\x9B");
    expect_no("\xE2\x80\xAE");
}

StageTest(explain_requests, refuses_mistakes_in_a_line) {
    static const struct {
        const char *arguments[4];
        const char *error;
    } rows[] = {
        {{"/", "-H", "no field"}, "lido: -H: 'no field' is no field; write e.g. -H 'Accept-Encoding: br'\n"},
        {{"/", "-X", "A B"}, "lido: -X: 'A B' is no method; write e.g. -X HEAD\n"},
        {{"https://a/"}, "lido: --explain: 'https://a/': Lido speaks HTTP only; use http://\n"},
        {{"/a b"},
         "lido: --explain: '/a b': blanks and control characters must be percent-encoded, as in %20\n"},
        {{"about.html"},
         "lido: --explain: 'about.html': write /about.html for a path, http://about.html for a host\n"},
        {{"unix:/run/x"},
         "lido: --explain: 'unix:/run/x': a socket has no path: write /path, or http://host/path\n"},
    };
    configure("");
    folder_write_text(&site, "about.html", "content");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        cr_expect_eq(explain(rows[i].arguments), 2, "%s", rows[i].error);
        cr_expect_str_eq(lido.err.text, rows[i].error);
        cr_expect_eq(lido.out.length, 0);
    }
    configure("threads = many\n");
    cr_expect_eq(explain(LIST("/")), 2);
    cr_expect_not_null(strstr(lido.err.text, "lido.conf:3: threads"), "%s", lido.err.text);
}

StageTest(explain_requests, tells_who_may_read_across_origins) {
    configure("cors = {\"https://a.example\"}\n");
    folder_write_text(&site, "a.txt", "content");
    cr_assert_eq(explain(LIST("/a.txt")), 0, "%s", lido.err.text);
    expect_step("cors: no Origin: only pages of the origins in cors may read it, when they name theirs");
    cr_assert_eq(explain(LIST("/a.txt", "-H", "Origin: https://a.example")), 0);
    expect_step("cors: pages of this origin may read it");
    cr_assert_eq(explain(LIST("/a.txt", "-H", "Origin: https://b.example")), 0);
    expect_step("cors: pages of this origin may not read it");
}

StageTest(explain_requests, tells_why_a_precondition_does_not_keep_an_answer_back) {
    static const struct {
        const char *field;
        const char *step;
    } rows[] = {
        {"If-None-Match: \"x\"", "If-None-Match: names no tag of this"},
        {"If-Match: *", "If-Match: names this version"},
        {"If-Modified-Since: today", "If-Modified-Since: is no date, and does not count"},
        {"If-Modified-Since: Fri, 01 Jan 2999 00:00:00 GMT",
         "If-Modified-Since: lies ahead of now, and does not count"},
        {"If-Modified-Since: Sat, 01 Jan 2000 00:00:00 GMT", "If-Modified-Since: this has changed since"},
        {"If-Unmodified-Since: Fri, 01 Jan 2999 00:00:00 GMT",
         "If-Unmodified-Since: this has not changed since"},
        {"If-Unmodified-Since: today", "If-Unmodified-Since: is no date, and does not count"},
    };
    configure("");
    folder_write_text(&site, "a.txt", "content");
    folder_touch(&site, "a.txt", OLD);
    folder_write_text(&site, "undated.txt", "content");
    folder_touch(&site, "undated.txt", 0);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        cr_assert_eq(explain(LIST("/a.txt", "-H", rows[i].field)), 0, "%s", lido.err.text);
        expect_step(rows[i].step);
        expect_line("HTTP/1.0 200 OK");
    }
    cr_assert_eq(explain(LIST("/undated.txt", "-H", rows[4].field)), 0);
    expect_step("If-Modified-Since: there is no Last-Modified to compare it with");
}
