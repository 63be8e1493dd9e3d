/* SPDX-License-Identifier: MIT */
#include "tests/support/stage.h"

#include <string.h>

static void set_up_site(void) {
    stage_set_up();
    folder_write_text(&site, "index.html", "content");
    folder_write_text(&site, "canary", "this must not be answered");
    serve(NULL);
}

TestSuite(malformed, .init = set_up_site, .fini = stage_tear_down, .timeout = STAGE_TIMEOUT_S);

#define BYTES(literal) literal, sizeof(literal) - 1
#define GET_1_1 "GET / HTTP/1.1\r\nHost: a\r\n"

/* What each of them smuggles, if the server reads the request in another way than the one in front of it. */
static const char canary[] = "GET /canary HTTP/1.1\r\nHost: a\r\n\r\n";
enum { CANARY_BYTES = sizeof canary - 1 };

struct row {
    const char *name;
    const char *bytes;
    size_t size;
};

/* Send the row and the canary in one piece. Returns the status of the one answer to both. */
static int ask_and_expect_the_end(const struct row *row) {
    char bytes[1024];
    struct client client;
    cr_assert(row->size + CANARY_BYTES <= sizeof bytes);
    client_connect(&client, lido.port);
    memcpy(bytes, row->bytes, row->size);
    memcpy(bytes + row->size, canary, CANARY_BYTES);
    client_send_bytes(&client, bytes, row->size + CANARY_BYTES);
    client_read_answer(&client, "GET", &answer);
    cr_assert(!answer_field_lists(&answer, "Connection", "keep-alive"), "%s: kept", row->name);
    enum client_end end = client_read_to_end(&client);
    cr_assert(client.length == 0, "%s: a second answer", row->name);
    cr_assert(end == CLIENT_CLOSED, "%s: reset", row->name);
    client_close(&client);
    return answer.status;
}

static void expect_400_and_the_end(const struct row *rows, size_t count) {
    for (size_t i = 0; i < count; i++) {
        int status = ask_and_expect_the_end(&rows[i]);
        cr_assert(status == 400, "%s: status %d", rows[i].name, status);
    }
}

StageTest(malformed, framing_is_400_and_ends_the_connection) {
    static const struct row rows[] = {
        {"the same length twice", BYTES(GET_1_1 "Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc")},
        {"two lengths", BYTES(GET_1_1 "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabc")},
        {"a list of lengths", BYTES(GET_1_1 "Content-Length: 3, 3\r\n\r\nabc")},
        {"length and coding",
         BYTES(GET_1_1 "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")},
        {"coding and length",
         BYTES(GET_1_1 "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n")},
        {"coding in 1.0", BYTES("GET / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")},
        {"chunked twice",
         BYTES(GET_1_1 "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")},
        {"vertical tab before chunked", BYTES(GET_1_1 "Transfer-Encoding: \x0b"
                                                      "chunked\r\n\r\n0\r\n\r\n")},
        {"negative length", BYTES(GET_1_1 "Content-Length: -1\r\n\r\n")},
        {"signed length", BYTES(GET_1_1 "Content-Length: +1\r\n\r\na")},
        {"empty length", BYTES(GET_1_1 "Content-Length:\r\n\r\n")},
        {"length in hex", BYTES(GET_1_1 "Content-Length: 0x3\r\n\r\nabc")},
        {"length with a space", BYTES(GET_1_1 "Content-Length: 1 0\r\n\r\n")},
        {"length of 2^64", BYTES(GET_1_1 "Content-Length: 18446744073709551616\r\n\r\n")},
        {"length of 2^64 + 3", BYTES(GET_1_1 "Content-Length: 18446744073709551619\r\n\r\nabc")},
        {"length of 30 digits", BYTES(GET_1_1 "Content-Length: 100000000000000000000000000000\r\n\r\n")},
    };
    expect_400_and_the_end(rows, sizeof rows / sizeof *rows);
}

/* RFC 9112: 501 for a coding that is not understood (section 6.1), 400 where the end cannot be known (6.3). A
 * field of two lines is the list that it would be in one. */
StageTest(malformed, codings_other_than_chunked_end_the_connection) {
    static const struct row not_understood[] = {
        {"gzip first", BYTES(GET_1_1 "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n")},
        {"gzip first, in two lines",
         BYTES(GET_1_1 "Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")},
    };
    static const struct row endless[] = {
        {"unknown", BYTES(GET_1_1 "Transfer-Encoding: magic\r\n\r\n")},
        {"identity", BYTES(GET_1_1 "Transfer-Encoding: identity\r\n\r\n")},
        {"chunked not last, in two lines",
         BYTES(GET_1_1 "Transfer-Encoding: chunked\r\nTransfer-Encoding: gzip\r\n\r\n0\r\n\r\n")},
        {"chunked not last", BYTES(GET_1_1 "Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n")},
        {"chunked in quotes", BYTES(GET_1_1 "Transfer-Encoding: \"chunked\"\r\n\r\n0\r\n\r\n")},
        {"chunked and more", BYTES(GET_1_1 "Transfer-Encoding: chunked1\r\n\r\n0\r\n\r\n")},
        {"chunked twice in a list", BYTES(GET_1_1 "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n")},
        {"empty", BYTES(GET_1_1 "Transfer-Encoding:\r\n\r\n")},
    };
    for (size_t i = 0; i < sizeof not_understood / sizeof *not_understood; i++) {
        int status = ask_and_expect_the_end(&not_understood[i]);
        cr_assert_eq(status, 501, "%s: status %d", not_understood[i].name, status);
    }
    expect_400_and_the_end(endless, sizeof endless / sizeof *endless);
}

StageTest(malformed, fields_are_400_and_end_the_connection) {
    static const struct row rows[] = {
        {"bare CR in a value", BYTES(GET_1_1 "A: b\rc\r\n\r\n")},
        {"bare CR before a line end", BYTES(GET_1_1 "A: b\r\r\n\r\n")},
        {"bare CR as line end", BYTES(GET_1_1 "A: b\rContent-Length: 3\r\n\r\nabc")},
        {"NUL in a value", BYTES(GET_1_1 "A: b\0c\r\n\r\n")},
        {"NUL in a name", BYTES(GET_1_1 "A\0: b\r\n\r\n")},
        {"control character in a value", BYTES(GET_1_1 "A: b\x01\r\n\r\n")},
        {"DEL in a value", BYTES(GET_1_1 "A: b\x7f\r\n\r\n")},
        {"space before the colon", BYTES(GET_1_1 "Content-Length : 3\r\n\r\nabc")},
        {"tab before the colon", BYTES(GET_1_1 "Content-Length\t: 3\r\n\r\nabc")},
        {"folded value", BYTES(GET_1_1 "A: b\r\n c\r\n\r\n")},
        {"folded value with a tab", BYTES(GET_1_1 "A: b\r\n\tContent-Length: 3\r\n\r\nabc")},
        {"space before the first field", BYTES("GET / HTTP/1.1\r\n Host: a\r\n\r\n")},
        {"empty name", BYTES(GET_1_1 ": b\r\n\r\n")},
        {"line without a colon", BYTES(GET_1_1 "no colon\r\n\r\n")},
        {"slash in a name", BYTES(GET_1_1 "a/b: c\r\n\r\n")},
        {"UTF-8 in a name", BYTES(GET_1_1 "gr\xc3\xbcn: c\r\n\r\n")},
        {"no Host in 1.1", BYTES("GET / HTTP/1.1\r\n\r\n")},
        {"two Hosts", BYTES("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n")},
        {"two Hosts in 1.0", BYTES("GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n")},
        {"Host with a space", BYTES("GET / HTTP/1.1\r\nHost: a b\r\n\r\n")},
        {"Host with a path", BYTES("GET / HTTP/1.1\r\nHost: a/b\r\n\r\n")},
    };
    expect_400_and_the_end(rows, sizeof rows / sizeof *rows);
}

StageTest(malformed, targets_are_400_and_end_the_connection) {
    static const struct row rows[] = {
        {"escape cut short", BYTES("GET /% HTTP/1.1\r\nHost: a\r\n\r\n")},
        {"escape with one digit", BYTES("GET /%4 HTTP/1.1\r\nHost: a\r\n\r\n")},
        {"escape without digits", BYTES("GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n")},
        {"escape with a sign", BYTES("GET /%+1 HTTP/1.1\r\nHost: a\r\n\r\n")},
        {"%00", BYTES("GET /index.html%00 HTTP/1.1\r\nHost: a\r\n\r\n")},
        {"%00 in the middle", BYTES("GET /index.html%00.png HTTP/1.1\r\nHost: a\r\n\r\n")},
        {"NUL", BYTES("GET /index.html\0 HTTP/1.1\r\nHost: a\r\n\r\n")},
        {"control character", BYTES("GET /\x01 HTTP/1.1\r\nHost: a\r\n\r\n")},
        {"tab", BYTES("GET /\t HTTP/1.1\r\nHost: a\r\n\r\n")},
        {"bare CR", BYTES("GET /\r HTTP/1.1\r\nHost: a\r\n\r\n")},
        {"DEL", BYTES("GET /\x7f HTTP/1.1\r\nHost: a\r\n\r\n")},
        {"space", BYTES("GET /a b HTTP/1.1\r\nHost: a\r\n\r\n")},
        {"fragment", BYTES("GET /#top HTTP/1.1\r\nHost: a\r\n\r\n")},
        {"relative", BYTES("GET index.html HTTP/1.1\r\nHost: a\r\n\r\n")},
        {"relative with dots", BYTES("GET ../index.html HTTP/1.1\r\nHost: a\r\n\r\n")},
        {"backslash first", BYTES("GET \\index.html HTTP/1.1\r\nHost: a\r\n\r\n")},
        {"query alone", BYTES("GET ?a HTTP/1.1\r\nHost: a\r\n\r\n")},
        {"another scheme", BYTES("GET ftp://a/ HTTP/1.1\r\nHost: a\r\n\r\n")},
        {"file scheme", BYTES("GET file:///etc/passwd HTTP/1.1\r\nHost: a\r\n\r\n")},
        {"scheme without a host", BYTES("GET http:///index.html HTTP/1.1\r\nHost: a\r\n\r\n")},
        {"none", BYTES("GET  HTTP/1.1\r\nHost: a\r\n\r\n")},
    };
    expect_400_and_the_end(rows, sizeof rows / sizeof *rows);
}

StageTest(malformed, starts_are_400_and_end_the_connection) {
    static const struct row rows[] = {
        {"TLS client hello", BYTES("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\x80\x0a\x0d\x12\x34")},
        {"SSH", BYTES("SSH-2.0-OpenSSH_9.2p1\r\n")},
        {"an answer", BYTES("HTTP/1.0 200 OK\r\n\r\n")},
        {"NULs", BYTES("\0\0\0\0")},
        {"high bytes", BYTES("\xff\xfe\xfd\r\n\r\n")},
        {"a colon", BYTES(": /\r\n\r\n")},
        {"bare CR as line end", BYTES("GET / HTTP/1.0\rHost: a\r\n\r\n")},
        {"NUL after the version", BYTES("GET / HTTP/1.0\0\r\n\r\n")},
    };
    expect_400_and_the_end(rows, sizeof rows / sizeof *rows);
}

/* A browser told to use https waits for the server's word; it must not have to wait for a time-out. */
StageTest(malformed, tls_handshake_is_refused_without_waiting_for_the_end_of_a_line) {
    static const char hello[] = "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03";
    struct client client;
    client_connect(&client, lido.port);
    client_send_bytes(&client, hello, sizeof hello - 1);
    client_read_answer(&client, "GET", &answer);
    cr_assert(answer.status == 400, "status %d", answer.status);
    client_expect_end(&client);
    client_close(&client);
}
