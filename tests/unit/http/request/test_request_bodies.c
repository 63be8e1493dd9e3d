/* SPDX-License-Identifier: MIT */
/* Bodies are read and dropped, up to a limit, and what follows them is the next request. */
#include "tests/unit/support/transcript.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

TestSuite(request_bodies, .timeout = 120);

enum { BODY_LIMIT = 20 };

static const struct request_limits limits = {
    .head = {.request_line_bytes = 200, .head_bytes = 400, .field_count = 10},
    .body_bytes = BODY_LIMIT,
};

struct row {
    const char *name;
    const char *bytes;
    const char *expected;
};

static void expect_rows(const struct row *rows, size_t count) {
    for (size_t i = 0; i < count; i++) {
        expect_transcript(rows[i].name, &limits, rows[i].bytes, strlen(rows[i].bytes), rows[i].expected);
    }
}

#define ROWS(rows) rows, sizeof(rows) / sizeof *(rows)
#define GET "GET / HTTP/1.1\r\nHost: a\r\n"
#define POST "POST / HTTP/1.1\r\nHost: a\r\n"
#define LENGTH(n) "Content-Length: " n "\r\n"
#define CHUNKED "Transfer-Encoding: chunked\r\n"
#define NEXT "GET /2 HTTP/1.0\r\n\r\n"

#define OF(method) "line=\"" method " / HTTP/1.1\" target=\"/\" host=\"a\""
#define OF_LENGTH(n) " content-length=\"" n "\"\n"
#define OF_CHUNKED " transfer-encoding=\"chunked\"\n"
#define KEPT_GET "200 GET 1.1 keep " OF("GET")
#define KEPT_POST "200 OTHER 1.1 keep " OF("POST")
#define THEN_NEXT "200 GET 1.0 close line=\"GET /2 HTTP/1.0\" target=\"/2\"\n"

Test(request_bodies, of_a_length_are_dropped) {
    static const struct row rows[] = {
        {"none", GET LENGTH("0") "\r\n" NEXT, KEPT_GET OF_LENGTH("0") THEN_NEXT},
        {"one byte", GET LENGTH("1") "\r\n\n" NEXT, KEPT_GET OF_LENGTH("1") THEN_NEXT},
        {"at the limit", POST LENGTH("20") "\r\n12345678901234567890" NEXT,
         KEPT_POST OF_LENGTH("20") THEN_NEXT},
        {"leading zeros", POST LENGTH("0000000000000000000000003") "\r\nabc" NEXT,
         KEPT_POST OF_LENGTH("0000000000000000000000003") THEN_NEXT},
        {"that look like a request", POST LENGTH("20") "\r\nGET /3 HTTP/1.0\r\n\r\n\n" NEXT,
         KEPT_POST OF_LENGTH("20") THEN_NEXT},
        {"behind a head with line feeds", "POST / HTTP/1.1\nHost: a\nContent-Length: 3\n\nabc" NEXT,
         KEPT_POST OF_LENGTH("3") THEN_NEXT},
        {"behind a head of HTTP/1.2", "POST / HTTP/1.2\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc" NEXT,
         "200 OTHER 1.2 keep line=\"POST / HTTP/1.2\" target=\"/\" host=\"a\"" OF_LENGTH("3") THEN_NEXT},
        {"and the connection goes on", POST LENGTH("3") "\r\nabc", KEPT_POST OF_LENGTH("3") "closed\n"},
        {"and the client has more to say", POST LENGTH("3") "\r\nabcG",
         KEPT_POST OF_LENGTH("3") "closed within a request\n"},
        {"that come one after the other", POST LENGTH("3") "\r\nabc" POST LENGTH("5") "\r\nabcde" NEXT,
         KEPT_POST OF_LENGTH("3") KEPT_POST OF_LENGTH("5") THEN_NEXT},
        {"the client gives up", POST LENGTH("3") "\r\nab", "closed within a request\n"},
    };
    expect_rows(ROWS(rows));
}

Test(request_bodies, over_the_limit_end_the_connection) {
    static const struct row rows[] = {
        {"one byte", GET LENGTH("21") "\r\n123456789012345678901",
         "413 GET 1.1 close unread " OF("GET") OF_LENGTH("21")},
        {"all that 64 bits can say", GET LENGTH("18446744073709551615") "\r\n",
         "413 GET 1.1 close unread " OF("GET") OF_LENGTH("18446744073709551615")},
        {"for a method that is not offered, that tells more", POST LENGTH("21") "\r\n",
         "200 OTHER 1.1 close unread " OF("POST") OF_LENGTH("21")},
        {"chunked", GET CHUNKED "\r\nb\r\n1234567890a\r\n0\r\n\r\n",
         "413 GET 1.1 close unread " OF("GET") OF_CHUNKED},
        {"chunked, for a method that is not offered", POST CHUNKED "\r\nb\r\n1234567890a\r\n0\r\n\r\n",
         "200 OTHER 1.1 close unread " OF("POST") OF_CHUNKED},
        {"chunked, by its frame alone", GET CHUNKED "\r\n0;abcdefghijklm=n\r\n\r\n",
         "413 GET 1.1 close unread " OF("GET") OF_CHUNKED},
        {"chunked, by its trailers alone", GET CHUNKED "\r\n0\r\nabcdefghijklm: n\r\n\r\n",
         "413 GET 1.1 close unread " OF("GET") OF_CHUNKED},
        {"chunked, and malformed behind the limit", GET CHUNKED "\r\n10\r\n1234567890123456?",
         "413 GET 1.1 close unread " OF("GET") OF_CHUNKED},
    };
    expect_rows(ROWS(rows));
}

Test(request_bodies, in_chunks_are_dropped) {
    static const struct row rows[] = {
        {"none", GET CHUNKED "\r\n0\r\n\r\n" NEXT, KEPT_GET OF_CHUNKED THEN_NEXT},
        {"one chunk", GET CHUNKED "\r\n3\r\nabc\r\n0\r\n\r\n" NEXT, KEPT_GET OF_CHUNKED THEN_NEXT},
        {"two chunks", POST CHUNKED "\r\n1\r\na\r\n02\r\nbc\r\n0\r\n\r\n" NEXT,
         KEPT_POST OF_CHUNKED THEN_NEXT},
        {"at the limit", POST CHUNKED "\r\nA\r\n1234567890\r\n0\r\n\r\n" NEXT,
         KEPT_POST OF_CHUNKED THEN_NEXT},
        {"extensions", GET CHUNKED "\r\n1;a=b\r\nx\r\n0;c\r\n\r\n" NEXT, KEPT_GET OF_CHUNKED THEN_NEXT},
        {"white space in extensions", GET CHUNKED "\r\n1 ;a\t= b\r\nx\r\n0\r\n\r\n" NEXT,
         KEPT_GET OF_CHUNKED THEN_NEXT},
        {"trailers mean nothing", GET CHUNKED "\r\n0\r\nHost: b\r\n\r\n" NEXT, KEPT_GET OF_CHUNKED THEN_NEXT},
        {"with line ends inside", POST CHUNKED "\r\n4\r\n\r\n\n\r\r\n0\r\n\r\n" NEXT,
         KEPT_POST OF_CHUNKED THEN_NEXT},
        {"white space and case of the coding", GET "Transfer-Encoding: \tChunked \r\n\r\n0\r\n\r\n" NEXT,
         KEPT_GET " transfer-encoding=\"Chunked\"\n" THEN_NEXT},
        {"that look like a request", POST CHUNKED "\r\nA\r\nGET / \r\n\r\n\r\n0\r\n\r\n" NEXT,
         KEPT_POST OF_CHUNKED THEN_NEXT},
        {"behind a head with line feeds",
         "POST / HTTP/1.1\nHost: a\nTransfer-Encoding: chunked\n\n0\r\n\r\n" NEXT,
         KEPT_POST OF_CHUNKED THEN_NEXT},
        {"the client gives up", GET CHUNKED "\r\n3\r\nabc\r\n0\r\n\r", "closed within a request\n"},
    };
    expect_rows(ROWS(rows));
}

Test(request_bodies, with_malformed_chunks_are_refused) {
    static const struct row rows[] = {
        {"no number", GET CHUNKED "\r\nx\r\n", "400 GET 1.1 close unread " OF("GET") OF_CHUNKED},
        {"no number at all", GET CHUNKED "\r\n\r\n", "400 GET 1.1 close unread " OF("GET") OF_CHUNKED},
        {"a sign", GET CHUNKED "\r\n+1\r\na\r\n", "400 GET 1.1 close unread " OF("GET") OF_CHUNKED},
        {"a prefix", GET CHUNKED "\r\n0x1\r\na\r\n", "400 GET 1.1 close unread " OF("GET") OF_CHUNKED},
        {"a chunk longer than it says", GET CHUNKED "\r\n1\r\nab\r\n",
         "400 GET 1.1 close unread " OF("GET") OF_CHUNKED},
        {"a chunk shorter than it says", GET CHUNKED "\r\n3\r\na\r\n0\r\n",
         "400 GET 1.1 close unread " OF("GET") OF_CHUNKED},
        {"more than 64 bits", GET CHUNKED "\r\n11111111111111111\r\n",
         "400 GET 1.1 close unread " OF("GET") OF_CHUNKED},
        {"a bare CR in the line of a chunk", GET CHUNKED "\r\n1\rXa\r\n0\r\n\r\n",
         "400 GET 1.1 close unread " OF("GET") OF_CHUNKED},
        {"a bare CR in an extension", GET CHUNKED "\r\n1;a\rXa\r\n0\r\n\r\n",
         "400 GET 1.1 close unread " OF("GET") OF_CHUNKED},
        {"a bare CR behind a chunk", GET CHUNKED "\r\n1\r\na\rX0\r\n\r\n",
         "400 GET 1.1 close unread " OF("GET") OF_CHUNKED},
        {"a bare CR at the end", GET CHUNKED "\r\n0\r\n\rG" NEXT,
         "400 GET 1.1 close unread " OF("GET") OF_CHUNKED},
        {"a bare CR in a trailer", GET CHUNKED "\r\n0\r\nA: b\rX\r\n\r\n",
         "400 GET 1.1 close unread " OF("GET") OF_CHUNKED},
        {"a line feed only", GET CHUNKED "\r\n1\na\r\n0\r\n\r\n",
         "400 GET 1.1 close unread " OF("GET") OF_CHUNKED},
        {"a line feed only at the end", GET CHUNKED "\r\n0\r\n\n" NEXT,
         "400 GET 1.1 close unread " OF("GET") OF_CHUNKED},
        {"a line feed only in a trailer", GET CHUNKED "\r\n0\r\nA: b\n\r\n",
         "400 GET 1.1 close unread " OF("GET") OF_CHUNKED},
        {"a space before the colon of a trailer", GET CHUNKED "\r\n0\r\nA : b\r\n\r\n",
         "400 GET 1.1 close unread " OF("GET") OF_CHUNKED},
        {"a trailer without a name", GET CHUNKED "\r\n0\r\n: b\r\n\r\n",
         "400 GET 1.1 close unread " OF("GET") OF_CHUNKED},
        {"a trailer that goes on with a line before", GET CHUNKED "\r\n0\r\n A: b\r\n\r\n",
         "400 GET 1.1 close unread " OF("GET") OF_CHUNKED},
        {"a method that is not offered", POST CHUNKED "\r\nx\r\n",
         "400 OTHER 1.1 close unread " OF("POST") OF_CHUNKED},
    };
    expect_rows(ROWS(rows));
}

Test(request_bodies, of_doubtful_length_are_refused) {
    static const struct row rows[] = {
        {"length and chunks", GET LENGTH("3") CHUNKED "\r\n0\r\n\r\n", NULL},
        {"chunks and length", GET CHUNKED LENGTH("3") "\r\n0\r\n\r\n", NULL},
        {"two lengths", GET LENGTH("3") LENGTH("4") "\r\nabc", NULL},
        {"the same length twice", GET LENGTH("3") LENGTH("3") "\r\nabc", NULL},
        {"no length and one", GET LENGTH("0") LENGTH("3") "\r\nabc", NULL},
        {"a list of lengths", GET LENGTH("3, 3") "\r\nabc", NULL},
        {"a sign", GET LENGTH("+3") "\r\nabc", NULL},
        {"letters", GET LENGTH("3a") "\r\nabc", NULL},
        {"nothing", GET LENGTH("") "\r\nabc", NULL},
        {"more than 64 bits", GET LENGTH("18446744073709551616") "\r\nabc", NULL},
        {"chunked twice", GET CHUNKED CHUNKED "\r\n0\r\n\r\n", NULL},
        {"chunks in HTTP/1.0", "GET / HTTP/1.0\r\n" CHUNKED "\r\n0\r\n\r\n", NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        for (size_t piece = 0; piece < 3; piece++) {
            static struct transcript transcript;
            transcribe(&transcript, &limits, rows[i].bytes, strlen(rows[i].bytes),
                       (struct cutting){.then = piece});
            bool refused = strncmp(transcript.text, "400 GET 1.", 10) == 0;
            bool ended = strstr(transcript.text, " close unread ") != NULL;
            bool alone = strchr(transcript.text, '\n')[1] == '\0';
            cr_expect(refused && ended && alone, "%s: %s", rows[i].name, transcript.text);
        }
    }
}

/* RFC 9112 asks for 501 (section 6.1) as well as 400 (section 6.3) here. */
Test(request_bodies, in_unknown_codings_are_refused) {
    static const char *const codings[] = {
        "gzip",     "gzip, chunked", "chunked, gzip", "chunked, chunked",
        "identity", "\"chunked\"",   "chunked;q=1",   "",
    };
    for (size_t i = 0; i < sizeof codings / sizeof *codings; i++) {
        static struct transcript transcript;
        char bytes[200];
        int length = snprintf(bytes, sizeof bytes, GET "Transfer-Encoding: %s\r\n\r\n0\r\n\r\n", codings[i]);
        transcribe(&transcript, &limits, bytes, (size_t)length, (struct cutting){0});
        bool refused = strncmp(transcript.text, "501 ", 4) == 0 || strncmp(transcript.text, "400 ", 4) == 0;
        bool ended = strstr(transcript.text, " GET 1.1 close unread ") != NULL;
        cr_expect(refused && ended, "'%s': %s", codings[i], transcript.text);
    }
}

Test(request_bodies, trailers_change_nothing) {
    static const char *const trailers[] = {
        "Connection: close", "Connection: upgrade\r\nUpgrade: h2c",
        "Host: b/c",         "Host: b\r\nHost: c",
        "Expect: bread",     "A:",
        "User-Agent: b",
    };
    for (size_t i = 0; i < sizeof trailers / sizeof *trailers; i++) {
        char bytes[400];
        int length =
            snprintf(bytes, sizeof bytes, GET CHUNKED "\r\n1\r\na\r\n0\r\n%s\r\n\r\n" NEXT, trailers[i]);
        expect_transcript(trailers[i], &default_limits, bytes, (size_t)length, KEPT_GET OF_CHUNKED THEN_NEXT);
    }
}

#define EXPECT "Expect: 100-continue\r\n"
#define EXPECTED " expect=\"100-continue\" content-length=\"3\"\n"

Test(request_bodies, that_wait_for_a_word_are_not_waited_for) {
    static const struct row rows[] = {
        {"a length", GET EXPECT LENGTH("3") "\r\n", "200 GET 1.1 close unread " OF("GET") EXPECTED},
        {"a length, and the body at once", GET EXPECT LENGTH("3") "\r\nabc" NEXT,
         "200 GET 1.1 close unread " OF("GET") EXPECTED},
        {"chunks", GET EXPECT CHUNKED "\r\n",
         "200 GET 1.1 close unread " OF("GET") " expect=\"100-continue\"" OF_CHUNKED},
        {"too much of it", GET EXPECT LENGTH("21") "\r\n",
         "413 GET 1.1 close unread " OF("GET") " expect=\"100-continue\"" OF_LENGTH("21")},
        {"no body", GET EXPECT LENGTH("0") "\r\n" NEXT,
         KEPT_GET " expect=\"100-continue\"" OF_LENGTH("0") THEN_NEXT},
        {"HTTP/1.0 does not wait",
         "GET / HTTP/1.0\r\nConnection: keep-alive\r\n" EXPECT LENGTH("3") "\r\nabc" NEXT,
         "200 GET 1.0 keep line=\"GET / HTTP/1.0\" target=\"/\"" EXPECTED THEN_NEXT},
    };
    expect_rows(ROWS(rows));
}
