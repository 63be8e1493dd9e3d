/* SPDX-License-Identifier: MIT */
/* Heads, and what becomes of them; limits, bodies, pipelining and faults have test files of their own. */
#include "http/request/reader.h"
#include "tests/unit/support/socket_pair.h"
#include "tests/unit/support/transcript.h"

#include <criterion/criterion.h>
#include <string.h>
#include <sys/socket.h>

TestSuite(request_reader, .timeout = 60);

struct row {
    const char *name;
    const char *bytes;
    size_t size;
    const char *expected;
};

#define BYTES(literal) literal, sizeof(literal) - 1
#define HOST "Host: a\r\n"

static void expect_rows(const struct row *rows, size_t count) {
    for (size_t i = 0; i < count; i++) {
        expect_transcript(rows[i].name, &default_limits, rows[i].bytes, rows[i].size, rows[i].expected);
    }
}

Test(request_reader, reads_whole_requests) {
    static const struct row rows[] = {
        {"HTTP/1.0", BYTES("GET / HTTP/1.0\r\n\r\n"),
         "200 GET 1.0 close line=\"GET / HTTP/1.0\" target=\"/\"\n"},
        {"HTTP/1.0 that goes on", BYTES("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n"),
         "200 GET 1.0 keep line=\"GET / HTTP/1.0\" target=\"/\"\nclosed\n"},
        {"HTTP/1.1", BYTES("GET /a?b HTTP/1.1\r\n" HOST "\r\n"),
         "200 GET 1.1 keep line=\"GET /a?b HTTP/1.1\" target=\"/a?b\" host=\"a\"\nclosed\n"},
        {"HTTP/1.1 that ends", BYTES("GET / HTTP/1.1\r\n" HOST "connection: CLOSE\r\n\r\n"),
         "200 GET 1.1 close line=\"GET / HTTP/1.1\" target=\"/\" host=\"a\"\n"},
        {"to close wins over going on",
         BYTES("GET / HTTP/1.0\r\nConnection: close\r\nConnection: keep-alive\r\n\r\n"),
         "200 GET 1.0 close line=\"GET / HTTP/1.0\" target=\"/\"\n"},
        {"any HTTP/1.x is read as 1.1", BYTES("GET / HTTP/1.2\r\n" HOST "\r\n"),
         "200 GET 1.2 keep line=\"GET / HTTP/1.2\" target=\"/\" host=\"a\"\nclosed\n"},
        {"HTTP/1.9 that ends", BYTES("GET / HTTP/1.9\r\n" HOST "Connection: close\r\n\r\n"),
         "200 GET 1.9 close line=\"GET / HTTP/1.9\" target=\"/\" host=\"a\"\n"},
        {"HEAD", BYTES("HEAD / HTTP/1.0\r\n\r\n"),
         "200 HEAD 1.0 close line=\"HEAD / HTTP/1.0\" target=\"/\"\n"},
        {"OPTIONS", BYTES("OPTIONS * HTTP/1.0\r\n\r\n"),
         "200 OPTIONS 1.0 close line=\"OPTIONS * HTTP/1.0\" target=\"*\"\n"},
        {"a method that is not offered", BYTES("DELETE /a HTTP/1.1\r\n" HOST "\r\n"),
         "200 OTHER 1.1 keep line=\"DELETE /a HTTP/1.1\" target=\"/a\" host=\"a\"\nclosed\n"},
        {"absolute form", BYTES("GET http://a/b HTTP/1.1\r\n" HOST "\r\n"),
         "200 GET 1.1 keep line=\"GET http://a/b HTTP/1.1\" target=\"http://a/b\" host=\"a\"\nclosed\n"},
        {"UTF-8 in the target", BYTES("GET /\xc3\xbc HTTP/1.0\r\n\r\n"),
         "200 GET 1.0 close line=\"GET /\\xc3\\xbc HTTP/1.0\" target=\"/\\xc3\\xbc\"\n"},
        {"empty lines ahead", BYTES("\r\n\r\n\nGET / HTTP/1.0\r\n\r\n"),
         "200 GET 1.0 close line=\"GET / HTTP/1.0\" target=\"/\"\n"},
        {"line feeds only", BYTES("GET /a HTTP/1.1\nHost: a\nUser-Agent: nc\n\n"),
         "200 GET 1.1 keep line=\"GET /a HTTP/1.1\" target=\"/a\" host=\"a\" user-agent=\"nc\"\nclosed\n"},
        {"line feeds here and there", BYTES("GET /a HTTP/1.0\r\nHost: a\nReferer: b\r\n\n"),
         "200 GET 1.0 close line=\"GET /a HTTP/1.0\" target=\"/a\" host=\"a\" referer=\"b\"\n"},
    };
    expect_rows(rows, sizeof rows / sizeof *rows);
}

Test(request_reader, reads_simple_requests) {
    static const struct row rows[] = {
        {"CRLF", BYTES("GET /a\r\n"), "200 GET simple close line=\"GET /a\" target=\"/a\"\n"},
        {"line feed", BYTES("GET /\n"), "200 GET simple close line=\"GET /\" target=\"/\"\n"},
        {"with more behind it", BYTES("GET /\r\nGET /b\r\n"),
         "200 GET simple close line=\"GET /\" target=\"/\"\n"},
        {"another method", BYTES("HEAD /\r\n"), "400 HEAD 1.0 close unread\n"},
        {"with a space behind it", BYTES("GET / \r\n"), "400 GET 1.0 close unread\n"},
        {"no target", BYTES("GET\r\n"), "400 GET 1.0 close unread\n"},
        {"unfinished", BYTES("GET /"), "closed within a request\n"},
    };
    expect_rows(rows, sizeof rows / sizeof *rows);
}

#define LINE "line=\"GET / HTTP/1.0\" target=\"/\""

Test(request_reader, finds_the_fields_that_matter) {
    static const struct row rows[] = {
        {"all of them",
         BYTES("GET / HTTP/1.0\r\nHOST: a.b:80\r\nexpect: x\r\nIf-Modified-Since: d\r\nRefErer: http://c/\r\n"
               "User-Agent: e (f; g)\r\nContent-Length: 0\r\nX-Host: no\r\nHos: no\r\nHosts: no\r\n\r\n"),
         "200 GET 1.0 close " LINE " host=\"a.b:80\" expect=\"x\" if-modified-since=\"d\" "
         "referer=\"http://c/\" user-agent=\"e (f; g)\" content-length=\"0\"\n"},
        {"empty ones are there", BYTES("GET / HTTP/1.0\r\nReferer:\r\nUser-Agent:  \r\nHost:\t\r\n\r\n"),
         "200 GET 1.0 close " LINE " host=\"\" referer=\"\" user-agent=\"\"\n"},
        {"empty ones are there, with line feeds", BYTES("GET / HTTP/1.0\nReferer:\nUser-Agent:  \n\n"),
         "200 GET 1.0 close " LINE " referer=\"\" user-agent=\"\"\n"},
        {"white space around a value is no part of it",
         BYTES("GET / HTTP/1.0\r\nUser-Agent: \t a b \t \r\nReferer:c\r\nHost: a \r\n\r\n"),
         "200 GET 1.0 close " LINE " host=\"a\" referer=\"c\" user-agent=\"a b\"\n"},
        {"nor with line feeds", BYTES("GET / HTTP/1.0\nUser-Agent: \t a b \t \nReferer:c\nHost: a \n\n"),
         "200 GET 1.0 close " LINE " host=\"a\" referer=\"c\" user-agent=\"a b\"\n"},
        {"bytes above ASCII", BYTES("GET / HTTP/1.0\r\nUser-Agent: \xc3\xbc\xff\r\n\r\n"),
         "200 GET 1.0 close " LINE " user-agent=\"\\xc3\\xbc\\xff\"\n"},
    };
    expect_rows(rows, sizeof rows / sizeof *rows);
}

#define LINE_1_1 "line=\"GET / HTTP/1.1\" target=\"/\""

Test(request_reader, has_the_rules_of_host_and_expect) {
    static const struct row rows[] = {
        {"HTTP/1.1 without Host", BYTES("GET / HTTP/1.1\r\n\r\n"), "400 GET 1.1 close unread " LINE_1_1 "\n"},
        {"an empty one will do", BYTES("GET / HTTP/1.1\r\nHost:\r\nConnection: close\r\n\r\n"),
         "200 GET 1.1 close " LINE_1_1 " host=\"\"\n"},
        {"a path is no host", BYTES("GET / HTTP/1.0\r\nHost: a/b\r\n\r\n"),
         "400 GET 1.0 close unread " LINE " host=\"a/b\"\n"},
        {"white space inside", BYTES("GET / HTTP/1.0\r\nHost: a b\r\n\r\n"),
         "400 GET 1.0 close unread " LINE " host=\"a b\"\n"},
        {"two of them", BYTES("GET / HTTP/1.0\r\nHost: a\r\nhost: a\r\n\r\n"),
         "400 GET 1.0 close unread " LINE " host=\"a\"\n"},
        {"an empty one counts when there are two", BYTES("GET / HTTP/1.0\r\nHost:\r\nHost: a\r\n\r\n"),
         "400 GET 1.0 close unread " LINE " host=\"\"\n"},
        {"of fields that decide nothing the first counts",
         BYTES("GET / HTTP/1.0\r\nReferer: a\r\nCookie: c\r\nReferer: b\r\nCookie: c\r\n\r\n"),
         "200 GET 1.0 close " LINE " referer=\"a\"\n"},
        {"an expectation without a body", BYTES("GET / HTTP/1.1\r\n" HOST "Expect: 100-Continue\r\n\r\n"),
         "200 GET 1.1 keep " LINE_1_1 " host=\"a\" expect=\"100-Continue\"\nclosed\n"},
        {"an unknown expectation", BYTES("GET / HTTP/1.1\r\n" HOST "Expect: bread\r\n\r\n"),
         "417 GET 1.1 close unread " LINE_1_1 " host=\"a\" expect=\"bread\"\n"},
        {"HTTP/1.0 knows no expectations", BYTES("GET / HTTP/1.0\r\nExpect: bread\r\n\r\n"),
         "200 GET 1.0 close " LINE " expect=\"bread\"\n"},
    };
    expect_rows(rows, sizeof rows / sizeof *rows);
}

Test(request_reader, refuses_what_is_no_request_for_this_server) {
    static const struct row rows[] = {
        {"an unknown method", BYTES("FETCH / HTTP/1.0\r\n\r\n"),
         "501 GET 1.0 close unread line=\"FETCH / HTTP/1.0\" target=\"/\"\n"},
        {"a method in small letters", BYTES("get / HTTP/1.0\r\n\r\n"),
         "501 GET 1.0 close unread line=\"get / HTTP/1.0\" target=\"/\"\n"},
        {"a method of another protocol", BYTES("DESCRIBE / HTTP/1.0\r\n\r\n"),
         "501 GET 1.0 close unread line=\"DESCRIBE / HTTP/1.0\" target=\"/\"\n"},
        {"the preface of HTTP/2", BYTES("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), "505 GET 1.0 close unread\n"},
        {"HTTP/2.0", BYTES("GET / HTTP/2.0\r\n\r\n"), "505 GET 1.0 close unread\n"},
        {"a TLS handshake", BYTES("\x16\x03\x01\x02\x00\x01\x00\x01"), "400 GET 1.0 close unread\n"},
        {"a bare CR in a value", BYTES("GET / HTTP/1.0\r\nA: b\rc\r\n\r\n"), "400 GET 1.0 close unread\n"},
        {"a NUL in a value", BYTES("GET / HTTP/1.0\r\nA: b\0c\r\n\r\n"), "400 GET 1.0 close unread\n"},
        {"space before a colon", BYTES("GET / HTTP/1.0\r\nA : b\r\n\r\n"), "400 GET 1.0 close unread\n"},
        {"a folded field", BYTES("GET / HTTP/1.0\r\nA: b\r\n c\r\n\r\n"), "400 GET 1.0 close unread\n"},
        {"a target without a slash", BYTES("GET a/b HTTP/1.0\r\n\r\n"),
         "400 GET 1.0 close unread line=\"GET a/b HTTP/1.0\" target=\"a/b\"\n"},
    };
    expect_rows(rows, sizeof rows / sizeof *rows);
}

/* RFC 9110 section 9.3.2: no content is sent in answer to HEAD, so this is known even of heads that make no
 * sense. */
Test(request_reader, knows_that_a_refused_request_is_head) {
    static const struct row rows[] = {
        {"a bad field", BYTES("HEAD / HTTP/1.0\r\nA : b\r\n\r\n"), "400 HEAD 1.0 close unread\n"},
        {"a version", BYTES("HEAD / HTTP/2.0\r\n\r\n"), "505 HEAD 1.0 close unread\n"},
        {"two lengths", BYTES("HEAD / HTTP/1.0\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n"),
         "400 HEAD 1.0 close unread line=\"HEAD / HTTP/1.0\" target=\"/\" content-length=\"1\"\n"},
        {"no Host", BYTES("HEAD / HTTP/1.1\r\n\r\n"),
         "400 HEAD 1.1 close unread line=\"HEAD / HTTP/1.1\" target=\"/\"\n"},
        {"another method", BYTES("HEADS / HTTP/2.0\r\n\r\n"), "505 GET 1.0 close unread\n"},
        {"no space behind it", BYTES("HEAD\0 / HTTP/1.0\r\n\r\n"), "400 GET 1.0 close unread\n"},
    };
    expect_rows(rows, sizeof rows / sizeof *rows);
}

Test(request_reader, never_goes_on_after_an_offer_to_leave_http) {
    static const struct row rows[] = {
        {"CONNECT", BYTES("CONNECT a:443 HTTP/1.1\r\n" HOST "\r\n\x16\x03\x01"),
         "200 OTHER 1.1 close line=\"CONNECT a:443 HTTP/1.1\" target=\"a:443\" host=\"a\"\n"},
        {"CONNECT that would go on", BYTES("CONNECT a:443 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"),
         "200 OTHER 1.0 close line=\"CONNECT a:443 HTTP/1.0\" target=\"a:443\"\n"},
        {"an upgrade is declined, and the next request is HTTP",
         BYTES("GET / HTTP/1.1\r\n" HOST "Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
               "GET /2 HTTP/1.1\r\n" HOST "\r\n"),
         "200 GET 1.1 keep " LINE_1_1 " host=\"a\"\n"
         "200 GET 1.1 keep line=\"GET /2 HTTP/1.1\" target=\"/2\" host=\"a\"\nclosed\n"},
        {"an upgrade with a body",
         BYTES("GET / HTTP/1.1\r\n" HOST "Connection: Upgrade\r\nUpgrade: h2c\r\nContent-Length: 3\r\n\r\nabc"
               "GET /2 HTTP/1.1\r\n" HOST "\r\n"),
         "200 GET 1.1 keep " LINE_1_1 " host=\"a\" content-length=\"3\"\n"
         "200 GET 1.1 keep line=\"GET /2 HTTP/1.1\" target=\"/2\" host=\"a\"\nclosed\n"},
    };
    expect_rows(rows, sizeof rows / sizeof *rows);
}

Test(request_reader, closes_in_the_middle_or_between_requests) {
    static const struct row rows[] = {
        {"nothing at all", BYTES(""), "closed\n"},
        {"empty lines", BYTES("\r\n\n"), "closed\n"},
        {"half an empty line", BYTES("\r\n\r"), "closed within a request\n"},
        {"a letter behind empty lines", BYTES("\r\n\nG"), "closed within a request\n"},
        {"half a line", BYTES("GE"), "closed within a request\n"},
        {"half a head", BYTES("GET / HTTP/1.0\r\nHost"), "closed within a request\n"},
        {"all but the last byte", BYTES("GET / HTTP/1.0\r\n\r"), "closed within a request\n"},
    };
    expect_rows(rows, sizeof rows / sizeof *rows);
}

/* ---- What no event will tell of ------------------------------------------------------------------------ */

/* A request of exactly `size` bytes, which must be more than its own; returns false for those that cannot be.
 * */
static bool write_request(char *bytes, size_t size) {
    static const char begin[] = "GET / HTTP/1.1\r\nHost: a\r\nA: ";
    static const char end[] = "\r\n\r\n";
    if (size <= sizeof begin - 1 + sizeof end - 1) {
        return false;
    }
    memset(bytes, 'a', size);
    memcpy(bytes, begin, sizeof begin - 1);
    memcpy(bytes + size - (sizeof end - 1), end, sizeof end - 1);
    return true;
}

static bool is_empty(int fd) {
    char byte = 0;
    return recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == -1;
}

/* Events are edges: what is left unread in the socket when a connection waits is left for good. A buffer that
 * was filled to the last byte by a whole request looks like all that there was. */
Test(request_reader, never_leaves_bytes_behind_without_saying_that_it_may) {
    enum { SIZE_MAXIMUM = 4200 };
    static char bytes[SIZE_MAXIMUM];
    size_t filled_count = 0;
    struct socket_pair pair;
    struct request request;
    socket_pair_open(&pair);
    for (size_t size = 1; size < SIZE_MAXIMUM; size++) {
        if (!write_request(bytes, size)) {
            continue;
        }
        struct request_reader *reader = request_reader_create(&default_limits);
        socket_pair_send(&pair, bytes, size);
        socket_pair_send_text(&pair, "GET / HTTP/1.1\r\nHost: b\r\n\r\n");
        for (int i = 0; i < 2; i++) {
            cr_assert_eq(request_reader_read(reader, pair.ours, &request), READ_REQUEST, "%zu bytes", size);
            request_reader_next(reader);
            bool says_so = request_reader_has_bytes(reader) || request_reader_was_filled(reader);
            cr_assert(says_so || is_empty(pair.ours), "%zu bytes, request %d", size, i);
            filled_count += request_reader_was_filled(reader) && !request_reader_has_bytes(reader) ? 1 : 0;
        }
        cr_assert_eq(request_reader_read(reader, pair.ours, &request), READ_MORE, "%zu bytes", size);
        cr_assert_not(request_reader_was_filled(reader), "%zu bytes: nothing is left", size);
        request_reader_destroy(reader);
    }
    cr_expect_gt(filled_count, 0, "no request was of a buffer's size");
    socket_pair_close(&pair);
}

Test(request_reader, forgets_a_filled_buffer_with_the_client) {
    static char bytes[64 * 1024];
    struct socket_pair pair;
    struct request request;
    struct request_reader *reader = request_reader_create(&default_limits);
    socket_pair_open(&pair);
    memset(bytes, '\n', sizeof bytes);
    socket_pair_send_text(&pair, "GET /\n");
    socket_pair_send(&pair, bytes, sizeof bytes);
    cr_assert_eq(request_reader_read(reader, pair.ours, &request), READ_REQUEST);
    cr_assert(request_reader_was_filled(reader));
    request_reader_reset(reader);
    cr_expect_not(request_reader_was_filled(reader));
    socket_pair_close(&pair);
    request_reader_destroy(reader);
}
