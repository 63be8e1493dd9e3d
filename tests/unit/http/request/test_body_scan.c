/* SPDX-License-Identifier: MIT */
/* The grammar of chunked bodies, row by row; whole requests with bodies are in test_request_bodies.c. */
#include "http/request/body_scan.h"

#include <criterion/criterion.h>
#include <string.h>

TestSuite(body_scan, .timeout = 60);

/* Take the bytes in pieces of `piece` bytes. Returns the outcome; *taken counts the bytes of all pieces. */
static enum body_outcome take(struct body_scan scan, const char *bytes, size_t piece, size_t *taken) {
    size_t length = strlen(bytes);
    enum body_outcome outcome = BODY_MORE;
    *taken = 0;
    while (*taken < length && outcome == BODY_MORE) {
        size_t count = length - *taken < piece ? length - *taken : piece;
        size_t part = 0;
        outcome = body_scan_take(&scan, bytes + *taken, count, &part);
        *taken += part;
    }
    return outcome;
}

Test(body_scan, ends_a_body_of_known_length_behind_its_last_byte) {
    for (size_t piece = 1; piece < 10; piece++) {
        size_t taken = 0;
        cr_expect_eq(take(body_scan_of_length(5), "abcdeGET", piece, &taken), BODY_COMPLETE);
        cr_expect_eq(taken, 5);
        cr_expect_eq(take(body_scan_of_length(UINT64_MAX), "abcde", piece, &taken), BODY_MORE);
        cr_expect_eq(taken, 5);
    }
}

Test(body_scan, reads_what_the_grammar_of_chunks_allows) {
    static const char *const bodies[] = {
        "0\r\n\r\n",
        "3\r\nabc\r\n0\r\n\r\n",
        "a\r\n0\r\n\r\n\r\n0\r\n\r\n00000000000000000000000\r\n\r\n",
        "5;a\r\nabcde\r\n0\r\n\r\n",
        "5; a=b\r\nabcde\r\n0\r\n\r\n",
        "5 \t;\t a \t=\t b\r\nabcde\r\n0 ; c ; d\r\n\r\n",
        "5;a=b ;c=\"d; \\\"\\\\ e\" ; f\r\nabcde\r\n0;g=\"\"\r\n\r\n",
        "0\r\nA: b\r\nC:\r\nD:\te \r\n\r\n",
    };
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
        for (size_t piece = 1; piece < 60; piece++) {
            char bytes[100];
            size_t taken = 0;
            cr_assert(strlen(bodies[i]) + sizeof "GET" < sizeof bytes);
            strcpy(stpcpy(bytes, bodies[i]), "GET");
            cr_expect_eq(take(body_scan_of_chunks(), bytes, piece, &taken), BODY_COMPLETE, "%s", bodies[i]);
            cr_expect_eq(taken, strlen(bodies[i]), "%s", bodies[i]);
        }
    }
}

Test(body_scan, goes_on_until_the_end_has_come) {
    static const char body[] = "5 ; a = \"b\\\"\" ; c\r\nabcde\r\n0\r\nA: b\r\n\r\n";
    for (size_t length = 0; length < sizeof body - 1; length++) {
        struct body_scan scan = body_scan_of_chunks();
        size_t taken = 0;
        cr_expect_eq(body_scan_take(&scan, body, length, &taken), BODY_MORE, "%zu bytes", length);
        cr_expect_eq(taken, length);
    }
}

Test(body_scan, refuses_all_else) {
    static const char *const bodies[] = {
        "\r\n",
        " 5\r\n",
        "+5\r\n",
        "-0\r\n",
        "0x5\r\n",
        "5 \r\n",
        "5\t5\r\n",
        "g\r\n",
        "5\n",
        "5\rx",
        "10000000000000000\r\n",
        "5;\r\n",
        "5;;a\r\n",
        "5;a=\r\n",
        "5;=b\r\n",
        "5;a b\r\n",
        "5;a \r\n",
        "5;a=b c\r\n",
        "5;a=b \r\n",
        "5;a=b=c\r\n",
        "5;a=\"b\r\n",
        "5;a=\"b\\\r\n",
        "5;a=\"b\"c\r\n",
        "5;a=\x01\r\n",
        "5;a=\"\x7f\"\r\n",
        "5;a\n",
        "1\r\nab",
        "1\r\na\n",
        "1\r\na\r0",
        "0\r\n\n",
        "0\r\n\rx",
        "0\r\nA\r\n",
        "0\r\nA : b\r\n",
        "0\r\n: b\r\n",
        "0\r\n A: b\r\n",
        "0\r\nA: b\n",
        "0\r\nA: b\rx",
        "0\r\nA: b\r\n c\r\n",
        "0\r\nA: \x01\r\n",
        "0\r\nA: \x7f\r\n",
    };
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
        for (size_t piece = 1; piece < 20; piece++) {
            size_t taken = 0;
            cr_expect_eq(take(body_scan_of_chunks(), bodies[i], piece, &taken), BODY_MALFORMED, "%s",
                         bodies[i]);
        }
    }
}

/* A size that does not fit must not come out as a small one. */
Test(body_scan, counts_up_to_the_largest_size) {
    struct body_scan scan = body_scan_of_chunks();
    size_t taken = 0;
    cr_expect_eq(body_scan_take(&scan, "fffffffffffffffF\r\nabc", 21, &taken), BODY_MORE);
    cr_expect_eq(taken, 21);
    cr_expect_eq(scan.left, UINT64_MAX - 3);
}
