/* SPDX-License-Identifier: MIT */
#include "http/response/ready_head.h"
#include "http/semantics/date.h"
#include "tests/unit/support/memory_faults.h"

#include <criterion/criterion.h>
#include <string.h>

TestSuite(ready_head, .timeout = 20);

#define DATE "Sun, 06 Nov 1994 08:49:37 GMT"
#define NOUGHT "Thu, 01 Jan 1970 00:00:00 GMT"
enum { NOW = 784111777 };

static struct ready_head *make(const char *path, enum content_coding coding, bool keep_alive,
                               const char *head, struct head_dates dates) {
    struct ready_head_use use = {view_of(path), coding, keep_alive};
    struct ready_head *made = ready_head_create(&use, view_of(head), &dates);
    cr_assert_not_null(made);
    return made;
}

static struct ready_head *make_for(const char *path, enum content_coding coding, bool keep_alive) {
    return make(path, coding, keep_alive, "head", (struct head_dates){0});
}

Test(ready_head, is_found_for_the_use_that_it_was_made_for_and_no_other) {
    static const struct {
        const char *name, *path;
        enum content_coding coding;
        bool keep_alive;
        bool found;
    } rows[] = {
        {"the same", "a/b.js", CODING_GZIP, true, true},
        {"another end of the connection", "a/b.js", CODING_GZIP, false, false},
        {"another coding", "a/b.js", CODING_BROTLI, true, false},
        {"no coding", "a/b.js", CODING_IDENTITY, true, false},
        {"another path as long", "a/c.js", CODING_GZIP, true, false},
        {"the beginning of the path", "a/b", CODING_GZIP, true, false},
        {"a longer path", "a/b.js2", CODING_GZIP, true, false},
        {"the root", "", CODING_GZIP, true, false},
    };
    struct ready_head *head = make_for("a/b.js", CODING_GZIP, true);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct ready_head_use use = {view_of(rows[i].path), rows[i].coding, rows[i].keep_alive};
        cr_expect(ready_head_find(head, &use) == (rows[i].found ? head : NULL), "%s", rows[i].name);
    }
    ready_heads_destroy(head);
}

Test(ready_head, is_found_anywhere_in_a_list) {
    struct ready_head *first = make_for("", CODING_IDENTITY, true);
    struct ready_head *second = make_for("index.html", CODING_IDENTITY, true);
    struct ready_head *third = make_for("", CODING_IDENTITY, false);
    first->next = second;
    second->next = third;
    cr_expect_eq(ready_head_find(first, &first->use), first);
    cr_expect_eq(ready_head_find(first, &second->use), second);
    cr_expect_eq(ready_head_find(first, &third->use), third);
    cr_expect_null(ready_head_find(second, &first->use), "it is not behind it");
    cr_expect_null(ready_head_find(NULL, &first->use));
    ready_heads_destroy(first);
    cr_expect_eq(memory_live_count(), 0, "the whole list goes");
}

Test(ready_head, keeps_copies) {
    char path[] = "a.txt";
    char text[] = "HTTP/1.0 200 OK\r\n\r\n";
    struct text out = {0};
    struct ready_head *head = make(path, CODING_IDENTITY, true, text, (struct head_dates){0});
    memset(path, 'x', sizeof path - 1);
    memset(text, 'x', sizeof text - 1);
    struct ready_head_use use = {view_of("a.txt"), CODING_IDENTITY, true};
    cr_expect_eq(ready_head_find(head, &use), head);
    ready_head_append(head, DATE, NOW, &out);
    cr_expect_eq(out.length, strlen("HTTP/1.0 200 OK\r\n\r\n"));
    cr_expect(memcmp(out.bytes, "HTTP/1.0 200 OK\r\n\r\n", out.length) == 0);
    text_deinit(&out);
    ready_heads_destroy(head);
}

#define BOTH "x\r\nDate: " NOUGHT "\r\nExpires: " NOUGHT "\r\n\r\n"

Test(ready_head, is_sent_with_the_dates_of_the_moment) {
    static const size_t date_at = sizeof "x\r\nDate: " - 1;
    static const size_t expires_at = sizeof "x\r\nDate: " NOUGHT "\r\nExpires: " - 1;
    static const struct {
        const char *name;
        bool date, expires;
        time_t fresh_s;
        const char *sent;
    } rows[] = {
        {"no dates", false, false, 0, BOTH},
        {"Date", true, false, 0, "x\r\nDate: " DATE "\r\nExpires: " NOUGHT "\r\n\r\n"},
        {"Expires at once", true, true, 0, "x\r\nDate: " DATE "\r\nExpires: " DATE "\r\n\r\n"},
        {"Expires after a second", true, true, 1,
         "x\r\nDate: " DATE "\r\nExpires: Sun, 06 Nov 1994 08:49:38 GMT\r\n\r\n"},
        {"Expires after a year", true, true, 365 * 86400,
         "x\r\nDate: " DATE "\r\nExpires: Mon, 06 Nov 1995 08:49:37 GMT\r\n\r\n"},
        {"a time of freshness without Expires", true, false, 60,
         "x\r\nDate: " DATE "\r\nExpires: " NOUGHT "\r\n\r\n"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct head_dates dates = {rows[i].date ? date_at : 0, rows[i].expires ? expires_at : 0,
                                   rows[i].fresh_s};
        struct ready_head *head = make("", CODING_IDENTITY, true, BOTH, dates);
        struct text out = {0};
        text_append(&out, "before");
        ready_head_append(head, DATE, NOW, &out);
        text_append_bytes(&out, "", 1);
        cr_assert_not(out.failed);
        cr_expect(strcmp(out.bytes + strlen("before"), rows[i].sent) == 0 && out.bytes[0] == 'b', "%s: %s",
                  rows[i].name, out.bytes);
        text_deinit(&out);
        ready_heads_destroy(head);
    }
}

Test(ready_head, does_not_keep_the_dates_of_the_time_before) {
    struct head_dates dates = {sizeof "x\r\nDate: " - 1, 0, 0};
    struct ready_head *head = make("", CODING_IDENTITY, true, BOTH, dates);
    struct text out = {0};
    ready_head_append(head, DATE, NOW, &out);
    cr_expect_eq(head->length, sizeof BOTH - 1);
    cr_expect(memcmp(head->bytes, BOTH, head->length) == 0, "others may be sending it at the same time");
    text_deinit(&out);
    ready_heads_destroy(head);
}

Test(ready_head, costs_what_it_allocates) {
    static char text[3000];
    memset(text, 'h', sizeof text - 1);
    (void)memory_take_largest();
    struct ready_head *head = make("a/rather/long/path", CODING_IDENTITY, true, text, (struct head_dates){0});
    cr_expect_eq(ready_head_cost(head), memory_take_largest());
    ready_heads_destroy(head);
}

Test(ready_head, is_not_made_without_memory) {
    struct ready_head_use use = {view_of("a"), CODING_IDENTITY, true};
    struct head_dates dates = {0};
    memory_fail_after(0);
    cr_expect_null(ready_head_create(&use, view_of("head"), &dates));
    cr_expect(memory_stop_failing());
}

Test(ready_head, makes_the_text_fail_when_there_is_no_memory_to_send_it) {
    struct ready_head *head = make_for("a", CODING_IDENTITY, true);
    struct text out = {0};
    memory_fail_after(0);
    ready_head_append(head, DATE, NOW, &out);
    cr_expect(memory_stop_failing());
    cr_expect(out.failed);
    cr_expect_eq(out.length, 0);
    text_deinit(&out);
    ready_heads_destroy(head);
}
