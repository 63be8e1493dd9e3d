/* SPDX-License-Identifier: MIT */
#include "http/request/head_memo.h"

#include <criterion/criterion.h>
#include <string.h>

TestSuite(head_memo, .timeout = 20);

static struct head_memo memo;
static const char head[] = "GET /a HTTP/1.0\r\nHost: b\r\n\r\n";
enum { HEAD_LENGTH = sizeof head - 1 };

static const struct head_scan scan = {.end = HEAD_LENGTH, .version_minor = 0};

static struct request request_of(const char *bytes) {
    return (struct request){.refusal = HTTP_OK,
                            .keep_alive = true,
                            .line = {bytes, 15},
                            .target = {bytes + 4, 2},
                            .host = {bytes + 23, 1}};
}

Test(head_memo, remembers_none_at_first) {
    cr_expect_not(head_memo_matches(&memo, "", 0));
    cr_expect_not(head_memo_matches(&memo, head, HEAD_LENGTH));
}

Test(head_memo, has_views_of_its_own_copy) {
    char bytes[sizeof head];
    memcpy(bytes, head, sizeof head);
    struct request request = request_of(bytes);
    head_memo_keep(&memo, bytes, &scan, &request);
    memset(bytes, 'x', sizeof bytes);
    cr_expect(head_memo_matches(&memo, head, HEAD_LENGTH));
    cr_expect_eq(memo.scan.end, HEAD_LENGTH);
    cr_expect(memo.request.keep_alive);
    cr_expect(view_equals(memo.request.line, "GET /a HTTP/1.0"));
    cr_expect(view_equals(memo.request.target, "/a"));
    cr_expect(view_equals(memo.request.host, "b"));
    cr_expect_null(memo.request.range.bytes);
}

Test(head_memo, matches_the_same_bytes_only_whatever_comes_behind) {
    static const struct {
        const char *bytes;
        bool matches;
    } rows[] = {
        {"GET /a HTTP/1.0\r\nHost: b\r\n\r\n", true},
        {"GET /a HTTP/1.0\r\nHost: b\r\n\r\nGET /b", true},
        {"GET /a HTTP/1.0\r\nHost: b\r\n\r", false},
        {"GET /a HTTP/1.0\r\nHost: c\r\n\r\n", false},
        {"get /a HTTP/1.0\r\nHost: b\r\n\r\n", false},
        {"GET /a HTTP/1.0\r\nHost: b\r\nX: y\r\n\r\n", false},
        {"\r\nGET /a HTTP/1.0\r\nHost: b\r\n\r\n", false},
    };
    struct request request = request_of(head);
    head_memo_keep(&memo, head, &scan, &request);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        cr_expect_eq(head_memo_matches(&memo, rows[i].bytes, strlen(rows[i].bytes)), rows[i].matches, "%s",
                     rows[i].bytes);
    }
}

/* A field that came several times stands elsewhere, joined. */
Test(head_memo, remembers_no_head_with_a_view_of_other_bytes) {
    struct request request = request_of(head);
    head_memo_keep(&memo, head, &scan, &request);
    static const char joined[] = "a, b";
    request.accept = (struct view){joined, 4};
    head_memo_keep(&memo, head, &scan, &request);
    cr_expect_not(head_memo_matches(&memo, head, HEAD_LENGTH), "and forgets the one before");
}

Test(head_memo, remembers_no_head_that_is_too_long) {
    static char longest[HEAD_MEMO_BYTES + 1];
    struct request request = {.line = {longest, 4}, .target = {longest, 1}};
    struct head_scan of_longest = {.end = HEAD_MEMO_BYTES};
    head_memo_keep(&memo, longest, &of_longest, &request);
    cr_expect(head_memo_matches(&memo, longest, HEAD_MEMO_BYTES));
    of_longest.end++;
    head_memo_keep(&memo, longest, &of_longest, &request);
    cr_expect_not(head_memo_matches(&memo, longest, HEAD_MEMO_BYTES + 1));
}
