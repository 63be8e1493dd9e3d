/* SPDX-License-Identifier: MIT */
/* Heads with mistakes made at random, the same ones in each run: one answer however the network cuts them. */
#include "http/request/head_scan.h"

#include <criterion/criterion.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

TestSuite(head_scan_fuzz, .timeout = 120);

enum { ROUNDS = 6000, BYTES_MAX = 400, MISTAKES_MAX = 4, STATUS_END = 600 };

static uint64_t random_state;

/* xorshift64: the C library's generators differ from one to the next. Returns a number below `limit`. */
static size_t random_below(size_t limit) {
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (size_t)(random_state % limit);
}

struct sample {
    char bytes[BYTES_MAX];
    size_t length;
};

static const char *const seeds[] = {
    "GET / HTTP/1.0\r\n\r\n",
    "GET /a/b?c=d HTTP/1.1\r\nHost: localhost:8080\r\nAccept: */*\r\n\r\n",
    "\r\n\r\nHEAD /x HTTP/1.1\r\nHost: h\r\n\r\nGET /next HTTP/1.0\r\n\r\n",
    "GET /simple\r\n",
    "POST /p HTTP/1.0\r\nContent-Length: 3\r\nContent-Type: text/plain\r\n\r\nabc",
    "GET /lf HTTP/1.0\nA: b\nC: d\n\n",
    "OPTIONS * HTTP/1.1\r\nHost: h\r\nX: 1\r\nY: 2\r\nZ: 3\r\n\r\n",
    "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "\x16\x03\x01\x02\r\n\x01\xFC\x03\x03\n\n",
    "GET /folded HTTP/1.1\r\nHost: h\r\n folded\r\nNo-Colon\r\n\r\n",
    "\rGET /12345678901234567890123456789012345678901234567890 HTTP/1.0\r\nA: 12345678901234567890\r\r\n\r\n",
};

/* Limits that some samples touch and others do not. */
static const struct head_limits all_limits[] = {
    {.request_line_bytes = 8192, .head_bytes = 16384, .field_count = 100},
    {.request_line_bytes = 24, .head_bytes = 60, .field_count = 2},
    {.request_line_bytes = 14, .head_bytes = 20, .field_count = 1},
    {.request_line_bytes = 60, .head_bytes = 30, .field_count = 3},
    {.request_line_bytes = 1, .head_bytes = 1, .field_count = 0},
};

enum { LIMITS_COUNT = sizeof all_limits / sizeof all_limits[0] };

static void make_mistake(struct sample *sample) {
    static const char telling[] = "\r\n \t:/.HTP10G\0\x7F\x80\xFF?*\r\n\r\n";
    size_t at = random_below(sample->length + 1);
    switch (random_below(4)) {
    case 0: /* another byte */
        if (at < sample->length) {
            sample->bytes[at] = telling[random_below(sizeof telling - 1)];
        }
        break;
    case 1: /* one byte more */
        if (sample->length < BYTES_MAX) {
            memmove(sample->bytes + at + 1, sample->bytes + at, sample->length - at);
            sample->bytes[at] = telling[random_below(sizeof telling - 1)];
            sample->length++;
        }
        break;
    case 2: /* some bytes less */
        if (at < sample->length) {
            size_t count = 1 + random_below(sample->length - at < 5 ? sample->length - at : 5);
            memmove(sample->bytes + at, sample->bytes + at + count, sample->length - at - count);
            sample->length -= count;
        }
        break;
    default: /* the end again */
        if (sample->length + (sample->length - at) <= BYTES_MAX) {
            memcpy(sample->bytes + sample->length, sample->bytes + at, sample->length - at);
            sample->length += sample->length - at;
        }
        break;
    }
}

static void take_seed(struct sample *sample, size_t number) {
    sample->length = strlen(seeds[number]);
    memcpy(sample->bytes, seeds[number], sample->length);
}

/* Scan the first bytes of the sample in memory of just their size: a look behind their end is seen by
 * AddressSanitizer. */
static enum head_verdict scan(struct head_scan *scan, const struct head_limits *limits,
                              const struct sample *sample, size_t length) {
    char *copy = malloc(length > 0 ? length : 1);
    cr_assert_not_null(copy);
    memcpy(copy, sample->bytes, length);
    enum head_verdict verdict = head_scan(scan, limits, copy, length);
    free(copy);
    return verdict;
}

static bool span_equals(struct span a, struct span b) {
    return a.begin == b.begin && a.length == b.length;
}

static bool same_answer(enum head_verdict verdict, const struct head_scan *a, const struct head_scan *b) {
    if (verdict == HEAD_REFUSED) {
        return a->refusal == b->refusal;
    }
    return verdict == HEAD_INCOMPLETE ||
           (a->begin == b->begin && a->end == b->end && span_equals(a->line, b->line) &&
            span_equals(a->method, b->method) && span_equals(a->target, b->target) &&
            a->version_minor == b->version_minor && a->simple == b->simple &&
            a->field_count == b->field_count && a->bare_line_feeds == b->bare_line_feeds);
}

/* A printable form of the sample for messages. */
static const char *show(const struct sample *sample) {
    static char text[4 * BYTES_MAX + 1];
    size_t at = 0;
    for (size_t i = 0; i < sample->length; i++) {
        unsigned char c = (unsigned char)sample->bytes[i];
        bool plain = c > ' ' && c < 0x7F && c != '\\' && c != '%';
        at += (size_t)snprintf(text + at, sizeof text - at, plain ? "%c" : "\\x%02X", c);
    }
    text[at] = '\0';
    return text;
}

/* In two pieces, for each place of the cut, and in pieces of one byte. */
static void expect_same_in_pieces(const struct head_limits *limits, const struct sample *sample,
                                  enum head_verdict whole, const struct head_scan *whole_scan) {
    struct head_scan by_byte = {0};
    enum head_verdict by_byte_verdict = HEAD_INCOMPLETE;
    for (size_t cut = 0; cut <= sample->length; cut++) {
        struct head_scan in_two = {0};
        enum head_verdict verdict = scan(&in_two, limits, sample, cut);
        if (verdict == HEAD_INCOMPLETE) {
            verdict = scan(&in_two, limits, sample, sample->length);
        }
        cr_assert(verdict == whole && same_answer(whole, &in_two, whole_scan),
                  "cut at %zu: %d %d instead of %d %d (limits %zu %zu): %s", cut, (int)verdict,
                  (int)in_two.refusal, (int)whole, (int)whole_scan->refusal, limits->request_line_bytes,
                  limits->head_bytes, show(sample));
        if (by_byte_verdict == HEAD_INCOMPLETE) {
            by_byte_verdict = scan(&by_byte, limits, sample, cut);
        }
    }
    cr_assert(by_byte_verdict == whole && same_answer(whole, &by_byte, whole_scan), "byte by byte: %s",
              show(sample));
}

static bool lies_within(struct span inner, struct span outer) {
    return inner.begin >= outer.begin && inner.begin + inner.length <= outer.begin + outer.length;
}

/* What holds for every head that is let through, and for what llhttp and the log are given. */
static void expect_sound_head(const struct head_limits *limits, const struct sample *sample,
                              const struct head_scan *head) {
    cr_assert(head->begin < head->end && head->end <= sample->length, "%s", show(sample));
    cr_assert(head->end <= limits->head_bytes && head->field_count <= limits->field_count, "%s",
              show(sample));
    cr_assert(head->line.begin == head->begin && head->line.length <= limits->request_line_bytes, "%s",
              show(sample));
    cr_assert(lies_within(head->line, (struct span){head->begin, head->end - head->begin}), "%s",
              show(sample));
    cr_assert(lies_within(head->method, head->line) && head->method.length > 0, "%s", show(sample));
    cr_assert(lies_within(head->target, head->line) && head->target.length > 0, "%s", show(sample));
    cr_assert(sample->bytes[head->end - 1] == '\n', "%s", show(sample));
    size_t lines = 0;
    for (size_t i = head->begin; i < head->end; i++) {
        char c = sample->bytes[i];
        cr_assert(c != '\0' && (c != '\r' || sample->bytes[i + 1] == '\n'), "%s", show(sample));
        lines += c == '\n' ? 1 : 0;
    }
    cr_assert(lines == head->field_count + (head->simple ? 1 : 2), "%s", show(sample));
}

static void check(const struct head_limits *limits, const struct sample *sample, size_t answers[STATUS_END]) {
    struct head_scan whole = {0};
    enum head_verdict verdict = scan(&whole, limits, sample, sample->length);
    expect_same_in_pieces(limits, sample, verdict, &whole);
    if (verdict == HEAD_COMPLETE) {
        expect_sound_head(limits, sample, &whole);
    }
    answers[verdict == HEAD_REFUSED ? (size_t)whole.refusal : (size_t)verdict]++;
}

/* Found by the test below: whole, these got another answer than in pieces. */
Test(head_scan_fuzz, gives_the_answer_that_comes_first) {
    static const struct head_limits limits = {.request_line_bytes = 20, .head_bytes = 40, .field_count = 5};
    static const struct {
        const char *name;
        const char *bytes;
        enum http_status refusal;
    } rows[] = {
        {"a long line that begins no method", ":2345678901234567890 HTTP/1.0\r\n\r\n", HTTP_BAD_REQUEST},
        {"a malformed field beyond the limit", "GET / HTTP/1.0\r\nno colon, and no room for all this\r\n\r\n",
         HTTP_FIELDS_TOO_LARGE},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct sample sample = {.length = strlen(rows[i].bytes)};
        struct head_scan whole = {0};
        memcpy(sample.bytes, rows[i].bytes, sample.length);
        cr_assert(scan(&whole, &limits, &sample, sample.length) == HEAD_REFUSED, "%s", rows[i].name);
        cr_expect(whole.refusal == rows[i].refusal, "%s: %d", rows[i].name, (int)whole.refusal);
        expect_same_in_pieces(&limits, &sample, HEAD_REFUSED, &whole);
    }
}

Test(head_scan_fuzz, gives_one_answer_however_the_bytes_are_cut) {
    size_t answers[STATUS_END] = {0};
    struct sample sample;
    random_state = 0x4C69646F;
    for (size_t i = 0; i < sizeof seeds / sizeof seeds[0]; i++) {
        take_seed(&sample, i);
        for (size_t limits = 0; limits < LIMITS_COUNT; limits++) {
            check(&all_limits[limits], &sample, answers);
        }
    }
    for (size_t round = 0; round < ROUNDS; round++) {
        take_seed(&sample, random_below(sizeof seeds / sizeof seeds[0]));
        for (size_t mistakes = 1 + random_below(MISTAKES_MAX); mistakes > 0; mistakes--) {
            make_mistake(&sample);
        }
        check(&all_limits[random_below(LIMITS_COUNT)], &sample, answers);
    }
    static const size_t expected[] = {HEAD_INCOMPLETE,   HEAD_COMPLETE,
                                      HTTP_BAD_REQUEST,  HTTP_VERSION_NOT_SUPPORTED,
                                      HTTP_URI_TOO_LONG, HTTP_FIELDS_TOO_LARGE};
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        cr_expect(answers[expected[i]] > 20, "only %zu samples got %zu", answers[expected[i]], expected[i]);
    }
}
