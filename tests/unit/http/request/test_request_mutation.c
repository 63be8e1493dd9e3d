/* SPDX-License-Identifier: MIT */
/* Requests that are slightly wrong in every way that chance finds: whatever the reader makes of them, it
 * makes the same of them however the network cuts them, and no sanitizer complains. The same in each run. */
#include "tests/unit/support/transcript.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#ifndef MUTANTS
#define MUTANTS 4000 /* as many as take a few seconds */
#endif

enum { MUTANT_BYTES = 2048, CHANGES_MAX = 4, FULL_SIZE = MUTANT_BYTES / 2 };

TestSuite(request_mutation, .timeout = 600);

#define GET "GET / HTTP/1.1\r\nHost: a\r\n"
#define CHUNKED "Transfer-Encoding: chunked\r\n"

static const char *const corpus[] = {
    "GET / HTTP/1.0\r\n\r\n",
    "GET /a/b%20c?d=e HTTP/1.1\r\nHost: localhost:8080\r\nUser-Agent: Mozilla/5.0 (X11)\r\nAccept: */*\r\n\r\n",
    "HEAD / HTTP/1.1\r\nHost: a\r\nIf-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT\r\nConnection: close\r\n\r\n",
    "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\nGET /2\r\n",
    "GET /simple\r\n",
    "\r\n\r\nGET / HTTP/1.2\nHost: a\nReferer: http://b/\n\n",
    GET "Content-Length: 5\r\n\r\nhello" GET "\r\n",
    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 20\r\n\r\nGET / HTTP/1.0\r\n\r\n\r\nGET /3 HTTP/1.0\r\n\r\n",
    GET CHUNKED "\r\n5\r\nhello\r\nA\r\n0123456789\r\n0\r\n\r\n" GET "\r\n",
    GET CHUNKED "\r\n1;a=b\r\nx\r\n0\r\nTrailer: c\r\n\r\nGET / HTTP/1.0\r\n\r\n",
    "PUT / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\nabc",
    "CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n\x16\x03\x01",
    GET "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n" GET "\r\n",
    GET "Connection: keep-alive, Upgrade\r\nUpgrade: websocket\r\nContent-Length: 2\r\n\r\nab" GET "\r\n",
    "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "\x16\x03\x01\x02\x05\x01\x01\x01\xfc\x03\x03",
    GET "X-A: \t b \t\r\nX-B:\r\nX-C: \xc3\xbc\r\n\r\n" GET "Connection: close\r\n\r\n",
};

static const char interesting[] = "\r\n\0 \t:;,/?#%.=\"\x80\xff\x7f\x01"
                                  "0159aAxZ+-";

enum { CORPUS_COUNT = sizeof corpus / sizeof corpus[0], INTERESTING_COUNT = sizeof interesting - 1 };

struct mutant {
    size_t length;
    char bytes[MUTANT_BYTES];
};

static size_t pick(uint64_t *random, size_t count) {
    return (size_t)(next_random(random) >> 11) % count;
}

static void replace(struct mutant *mutant, size_t at, size_t removed, const char *added,
                    size_t added_length) {
    size_t rest = mutant->length - at - removed;
    if (mutant->length - removed + added_length > sizeof mutant->bytes) {
        return;
    }
    memmove(mutant->bytes + at + added_length, mutant->bytes + at + removed, rest);
    memcpy(mutant->bytes + at, added, added_length);
    mutant->length = at + added_length + rest;
}

/* Repeat some bytes a few times, which makes numbers, names, lines and lists of them long. */
static void repeat(struct mutant *mutant, size_t at, uint64_t *random) {
    char copy[MUTANT_BYTES];
    size_t most = mutant->length - at;
    size_t length = 1 + pick(random, most < 40 ? most : 40);
    memcpy(copy, mutant->bytes + at, length);
    for (size_t times = 1 + pick(random, 8); times > 0 && mutant->length < FULL_SIZE; times--) {
        replace(mutant, at, 0, copy, length);
    }
}

static void change(struct mutant *mutant, uint64_t *random) {
    const char *other = corpus[pick(random, CORPUS_COUNT)];
    const char *c = &interesting[pick(random, INTERESTING_COUNT)];
    if (mutant->length == 0) {
        replace(mutant, 0, 0, other, strlen(other));
        return;
    }
    size_t at = pick(random, mutant->length);
    size_t few = 1 + pick(random, mutant->length - at < 20 ? mutant->length - at : 20);
    switch (pick(random, 7)) {
    case 0:
        mutant->bytes[at] = (char)((unsigned char)mutant->bytes[at] ^ (1U << pick(random, 8)));
        break;
    case 1:
        replace(mutant, at, 1, c, 1);
        break;
    case 2:
        replace(mutant, at, 0, c, 1);
        break;
    case 3:
        replace(mutant, at, few, "", 0);
        break;
    case 4:
        repeat(mutant, at, random);
        break;
    case 5: /* go on as another one does */
        other += pick(random, strlen(other));
        replace(mutant, at, mutant->length - at, other, strlen(other));
        break;
    default: /* stop here */
        replace(mutant, at, mutant->length - at, "", 0);
        break;
    }
}

static void fail_with(const struct mutant *mutant, const char *limits_name, const char *whole,
                      const char *pieces) {
    char text[4 * MUTANT_BYTES + 1];
    size_t length = 0;
    for (size_t i = 0; i < mutant->length; i++) {
        length +=
            (size_t)snprintf(text + length, sizeof text - length, "\\x%02x", (unsigned char)mutant->bytes[i]);
    }
    cr_assert_fail("%s with %s limits: whole\n%sin pieces\n%s", text, limits_name, whole, pieces);
}

static void check(const struct mutant *mutant, const struct request_limits *limits, const char *name,
                  uint64_t *random) {
    static struct transcript whole;
    static struct transcript pieces;
    const struct cutting cuttings[] = {
        {.then = 1}, {.seed = next_random(random)}, {.first = 1 + pick(random, mutant->length)}};
    transcribe(&whole, limits, mutant->bytes, mutant->length, (struct cutting){0});
    for (size_t i = 0; i < sizeof cuttings / sizeof *cuttings; i++) {
        transcribe(&pieces, limits, mutant->bytes, mutant->length, cuttings[i]);
        if (strcmp(whole.text, pieces.text) != 0) {
            fail_with(mutant, name, whole.text, pieces.text);
        }
    }
}

Test(request_mutation, makes_no_difference_between_whole_and_cut) {
    static const struct request_limits tight_limits = {
        .head = {.request_line_bytes = 30, .head_bytes = 60, .field_count = 3},
        .body_bytes = 12,
    };
    uint64_t random = 20261123;
    for (int i = 0; i < MUTANTS; i++) {
        struct mutant mutant = {.length = 0};
        const char *parent = corpus[pick(&random, CORPUS_COUNT)];
        replace(&mutant, 0, 0, parent, strlen(parent));
        for (size_t changes = pick(&random, CHANGES_MAX + 1); changes > 0; changes--) {
            change(&mutant, &random);
        }
        if (mutant.length > 0) {
            check(&mutant, &default_limits, "default", &random);
            check(&mutant, &tight_limits, "tight", &random);
        }
    }
}
