/* SPDX-License-Identifier: MIT */
/* The fault: the files of sites that were no more stayed in the file cache until others had pushed them out. */
#include "http/file_cache/file_cache.h"
#include "http/site/site.h"
#include "tests/support/deadline.h"
#include "tests/unit/server/sites/opened_sites.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <unistd.h>

enum { FILES = 20 };

static const struct site *last_host(void) {
    return site_of("one");
}

/* One of them is too large for memory, and stays open instead. */
static void fill(const char *root) {
    for (int i = 0; i < FILES; i++) {
        char name[64];
        (void)snprintf(name, sizeof name, "%s/%d", root, i);
        folder_truncate(&folder, name, i == 0 ? 1024 * 1024 : 1000);
    }
}

static void set_up(void) {
    opened_sites_begin();
    clock_ahead_s = 3600;
    fill("www");
    fill("one");
}

TestSuite(sites_forgetting, .init = set_up, .fini = opened_sites_end, .timeout = 60);

static void ask_for_all(const struct site *site) {
    for (int i = 0; i < FILES; i++) {
        char name[64];
        struct resource file = {.fd = -1};
        (void)snprintf(name, sizeof name, "%d", i);
        cr_assert_eq(file_cache_open(site_files(site), name, &file), HTTP_OK);
        resource_close(&file);
    }
}

static void expect_remembered(size_t files, size_t descriptors) {
    struct file_cache_stats stats;
    file_cache_read_stats(sites.cache, &stats);
    cr_expect_eq(stats.files, files, "%zu files instead of %zu", stats.files, files);
    cr_expect_eq(stats.descriptors, descriptors, "%zu descriptors instead of %zu", stats.descriptors,
                 descriptors);
    cr_expect_eq(stats.evictions, 0, "nobody had to make room for others");
}

/* Which of them are there, by what asking again finds. */
static uint64_t misses_of(const struct site *site) {
    struct file_cache_stats before;
    struct file_cache_stats after;
    file_cache_read_stats(sites.cache, &before);
    ask_for_all(site);
    file_cache_read_stats(sites.cache, &after);
    return after.misses - before.misses;
}

Test(sites_forgetting, lose_the_files_of_a_site_that_a_reload_has_changed_and_of_no_other) {
    cr_assert(open_sites("root = www\nhost one { root = one }"), "%s", error);
    ask_for_all(standard_site());
    ask_for_all(last_host());
    expect_remembered(2 * (size_t)FILES, 2);
    turn_to_sites("root = www\nhost one { root = one\n listing = off }");
    expect_remembered(FILES, 1);
    cr_expect_eq(misses_of(standard_site()), 0, "that one has stayed the same");
    cr_expect_eq(misses_of(last_host()), FILES);
    turn_to_sites("root = www");
    expect_remembered(FILES, 1);
    turn_to_sites("root = www\nthreads = 7");
    expect_remembered(FILES, 1);
    turn_to_sites("root = www\nlisting = off");
    expect_remembered(0, 0);
}

static void tell_nobody(void *context, const char *line) {
    (void)context;
    (void)line;
}

Test(sites_forgetting, lose_the_files_of_a_root_that_was_replaced) {
    cr_assert(open_sites("root = www\nhost one { root = one }"), "%s", error);
    ask_for_all(standard_site());
    ask_for_all(last_host());
    cr_assert_eq(rename(folder_path(&folder, "www").text, folder_path(&folder, "old").text), 0);
    folder_mkdir(&folder, "www");
    sites.looked_ms -= 1000;
    sites_look(&sites, tell_nobody, NULL);
    cr_assert(serves(standard_site(), "www"));
    expect_remembered(FILES, 1);
    cr_expect_eq(misses_of(last_host()), 0);
}

static void await_nothing_remembered(void) {
    struct file_cache_stats stats;
    int64_t deadline = deadline_in(PATIENCE_MS);
    do {
        file_cache_read_stats(sites.cache, &stats);
        cr_assert(clock_now_ms() < deadline, "%zu files are left", stats.files);
    } while (stats.files > 0);
}

/* They go on to open files by it. */
Test(sites_forgetting, lose_what_answers_by_the_former_settings_have_left_there) {
    struct generation_holder answer = {0};
    cr_assert(open_sites("root = www"), "%s", error);
    (void)generation_take(&answer, &sites.place);
    ask_for_all(standard_site());
    turn_to_sites("root = www\nlisting = off");
    expect_remembered(0, 0);
    ask_for_all(answer.held->site);
    expect_remembered(FILES, 1);
    generation_leave(&answer, &sites.place);
    await_nothing_remembered(); /* that is an errand */
}

Test(sites_forgetting, have_nothing_to_forget_without_a_cache) {
    cr_assert(open_sites("root = www"), "%s", error);
    ask_for_all(standard_site());
    turn_to_sites("root = one\nfile_cache = off");
    cr_expect_null(sites.cache);
    turn_to_sites("root = www");
    expect_remembered(0, 0);
}
