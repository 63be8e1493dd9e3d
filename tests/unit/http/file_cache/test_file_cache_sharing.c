/* SPDX-License-Identifier: MIT */
/* One look at a file for many requests, and a word ahead of what may block. */
#include "http/base/clock.h"
#include "http/file_cache/entry.h"
#include "http/file_cache/file_cache.h"
#include "tests/unit/support/file_cache.h"

#include <criterion/criterion.h>

TestSuite(file_cache_sharing, .init = cache_set_up, .fini = cache_tear_down, .timeout = 20);

static size_t looks_of_open(int64_t received_ns) {
    size_t before = look_count;
    source.received_ns = received_ns;
    struct resource file = open_cached("a.txt");
    resource_close(&file);
    return look_count - before;
}

Test(file_cache_sharing, looks_once_for_requests_that_had_come_before_the_look) {
    folder_write_text(&folder, "a.txt", "contents");
    warm_up("a.txt");
    int64_t received_ns = clock_steady_ns();
    cr_expect_eq(looks_of_open(received_ns), 1);
    cr_expect_eq(looks_of_open(received_ns), 0);
    cr_expect_eq(looks_of_open(received_ns - 1), 0, "an earlier one");
    cr_expect_eq(looks_of_open(clock_steady_ns()), 1, "one that has come since");
}

Test(file_cache_sharing, looks_for_each_whose_time_is_not_known) {
    folder_write_text(&folder, "a.txt", "contents");
    warm_up("a.txt");
    cr_expect_eq(looks_of_open(clock_steady_ns()), 1);
    cr_expect_eq(looks_of_open(0), 1);
    cr_expect_eq(looks_of_open(0), 1);
}

/* The look of another file proves nothing. */
Test(file_cache_sharing, looks_at_each_file) {
    folder_write_text(&folder, "a.txt", "contents");
    folder_write_text(&folder, "b.txt", "contents");
    warm_up("a.txt");
    warm_up("b.txt");
    int64_t received_ns = clock_steady_ns();
    cr_expect_eq(looks_of_open(received_ns), 1);
    size_t before = look_count;
    struct resource other = open_cached("b.txt");
    resource_close(&other);
    cr_expect_eq(look_count, before + 1);
}

Test(file_cache_sharing, shows_an_edit_with_the_next_request) {
    folder_write_text(&folder, "a.txt", "contents");
    warm_up("a.txt");
    cr_expect_eq(looks_of_open(clock_steady_ns()), 1);
    folder_write_text(&folder, "a.txt", "other contents");
    source.received_ns = clock_steady_ns();
    struct resource file = open_cached("a.txt");
    cr_expect_str_eq(text_of(&file), "other contents");
    resource_close(&file);
}

/* ---- A word ahead -------------------------------------------------------------------------------------- */

static size_t told_count;

static void count_told(void *context, enum blocking_kind kind) {
    (void)context;
    cr_expect_eq(kind, BLOCKING_FILE);
    told_count++;
}

static const struct blocking told = {.ahead = count_told};

Test(file_cache_sharing, tells_before_it_opens_and_not_when_it_remembers) {
    folder_write_text(&folder, "a.txt", "contents");
    source.blocking = &told;
    struct resource first = open_cached("a.txt");
    cr_expect_gt(told_count, 0);
    struct file_cache_entry *entry = first.cached;
    told_count = 0;
    entry->stat_may_block = false;
    struct resource second = open_cached("a.txt");
    cr_expect_eq(told_count, 0);
    entry->stat_may_block = true; /* as on a network */
    struct resource third = open_cached("a.txt");
    cr_expect_eq(told_count, 1);
    resource_close(&first);
    resource_close(&second);
    resource_close(&third);
}

Test(file_cache_sharing, tells_each_time_without_a_cache) {
    folder_write_text(&folder, "a.txt", "contents");
    source.cache = NULL;
    source.blocking = &told;
    for (size_t i = 1; i <= 2; i++) {
        struct resource file = open_cached("a.txt");
        resource_close(&file);
        cr_expect_eq(told_count, i);
    }
}

Test(file_cache_sharing, tells_before_it_asks_for_what_is_not_there) {
    struct resource missing = {.fd = -1};
    source.blocking = &told;
    cr_expect_eq(file_cache_open(&source, "missing", &missing), HTTP_NOT_FOUND);
    cr_expect_eq(told_count, 1);
}
