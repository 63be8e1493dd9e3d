/* SPDX-License-Identifier: MIT */
/* What is remembered, and when it is looked at. Limits: test_file_cache_limits.c; changes:
 * test_file_cache_changes.c. */
#include "http/file_cache/entry.h"
#include "http/file_cache/file_cache.h"
#include "tests/unit/support/file_cache.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

TestSuite(file_cache, .init = cache_set_up, .fini = cache_tear_down, .timeout = 20);

enum { KIB = 1024, LARGE = 100 * KIB, TRUSTED_MS = 1000 };

Test(file_cache, gives_a_small_file_from_memory) {
    folder_write_text(&folder, "dir/a.txt", "contents");
    struct resource first = open_cached("dir/a.txt");
    size_t reads = read_count;
    size_t looks = look_count;
    struct resource second = open_cached("dir/a.txt");
    cr_expect_eq(read_count, reads);
    cr_expect_eq(look_count, looks + 1, "one look, as cheap as can be");
    cr_expect_not_null(second.contents);
    cr_expect_eq(second.contents, first.contents);
    cr_expect_eq(second.fd, -1);
    cr_expect_str_eq(text_of(&second), "contents");
    resource_close(&first);
    cr_expect_str_eq(text_of(&second), "contents", "each has a hold of its own");
    resource_close(&second);
}

Test(file_cache, gives_a_large_file_by_one_descriptor) {
    folder_truncate(&folder, "large", LARGE);
    struct resource first = open_cached("large");
    struct resource second = open_cached("large");
    cr_expect_eq(read_count, 1, "whether it can be read, for both");
    cr_expect_null(first.contents);
    cr_expect_geq(first.fd, 0);
    cr_expect_eq(second.fd, first.fd);
    cr_expect_eq(second.size, LARGE);
    resource_close(&first);
    cr_expect_neq(fcntl(second.fd, F_GETFD), -1);
    resource_close(&second);
    warm_up("large");
}

Test(file_cache, tells_small_from_large_by_the_option) {
    folder_truncate(&folder, "small", 64 * KIB);
    folder_truncate(&folder, "large", 64 * KIB + 1);
    struct resource small = open_cached("small");
    struct resource large = open_cached("large");
    cr_expect_not_null(small.contents);
    cr_expect_null(large.contents);
    cr_expect_not_null(large.cached);
    resource_close(&small);
    resource_close(&large);
}

Test(file_cache, remembers_an_empty_file) {
    folder_write_text(&folder, "empty", "");
    struct resource file = open_cached("empty");
    cr_expect_not_null(file.contents);
    cr_expect(is_remembered("empty", &file));
    resource_close(&file);
}

Test(file_cache, may_be_none_at_all) {
    folder_write_text(&folder, "a.txt", "contents");
    source.cache = NULL;
    for (int i = 0; i < 2; i++) {
        struct resource file = open_cached("a.txt");
        cr_expect_str_eq(text_of(&file), "contents");
        cr_expect_not(is_remembered("a.txt", &file));
        cr_expect_not(file_cache_keeps_heads(&file));
        resource_close(&file);
    }
    struct resource missing = {.fd = -7};
    cr_expect_eq(file_cache_open(&source, "missing", &missing), HTTP_NOT_FOUND);
    cr_expect_eq(missing.fd, -7);
    cr_expect_eq(look_count, 0);
}

static void expect_folder_opened_anew(const char *path) {
    struct resource first = open_cached(path);
    struct resource second = open_cached(path);
    cr_expect(first.is_folder && second.is_folder, "'%s'", path);
    cr_expect(first.cached == NULL && second.cached == NULL, "'%s'", path);
    cr_expect(first.fd >= 0 && second.fd >= 0 && first.fd != second.fd, "'%s'", path);
    resource_close(&first);
    resource_close(&second);
}

Test(file_cache, opens_folders_each_time) {
    static const char *const paths[] = {"", "dir", "dir/"};
    folder_mkdir(&folder, "dir");
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        expect_folder_opened_anew(paths[i]);
    }
    struct file_cache_options options = cache_options();
    options.max_file_bytes = 0; /* so that it would be by descriptor */
    cache_use(options);
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        expect_folder_opened_anew(paths[i]);
    }
}

Test(file_cache, does_not_remember_what_is_not_there) {
    struct resource file = {.fd = -7};
    cr_expect_eq(file_cache_open(&source, "late", &file), HTTP_NOT_FOUND);
    cr_expect_eq(file.fd, -7, "and touches nothing then");
    folder_write_text(&folder, "late", "here I am");
    file = open_cached("late");
    cr_expect_str_eq(text_of(&file), "here I am");
    resource_close(&file);
}

/* The next change might come in the same tick of the file system's clock, and leave no trace. */
Test(file_cache, does_not_remember_a_young_file) {
    folder_write_text(&folder, "a.txt", "x");
    clock_ahead_s = 0;
    stop_wall_clock(&folder, "a.txt");
    struct resource file = open_cached("a.txt");
    cr_expect_not(file_cache_keeps_heads(&file));
    cr_expect_not(is_remembered("a.txt", &file));
    resource_close(&file);
    clock_ahead_s = 1;
    warm_up("a.txt");
    folder_truncate(&folder, "large", LARGE);
    clock_ahead_s = 0;
    stop_wall_clock(&folder, "large");
    file = open_cached("large");
    cr_expect_null(file.cached);
    resource_close(&file);
}

Test(file_cache, has_an_entry_for_each_owner) {
    enum { OTHER = 2 };
    folder_write_text(&folder, "a.txt", "x");
    struct resource one = open_cached("a.txt");
    source.owner = OTHER;
    struct resource two = open_cached("a.txt");
    cr_expect_not_null(one.cached);
    cr_expect_not_null(two.cached);
    cr_expect_neq(one.cached, two.cached);
    cr_expect(is_remembered("a.txt", &two));
    resource_close(&one);
    resource_close(&two);
}

Test(file_cache, forgets_owners_named_in_any_order) {
    uint64_t owners[] = {9, 4, 3, 2};
    struct file_cache_stats stats;
    folder_write_text(&folder, "a.txt", "x");
    for (source.owner = 1; source.owner <= 4; source.owner++) {
        warm_up("a.txt");
    }
    file_cache_let_go(file_cache_forget(source.cache, owners, 4));
    file_cache_read_stats(source.cache, &stats);
    cr_expect_eq(stats.files, 1);
    source.owner = 1;
    cr_expect_eq(expect_as_on_disk("of the other owner", "a.txt"), HTTP_OK);
}

Test(file_cache, has_an_entry_for_each_path) {
    folder_write_text(&folder, "a", "of a");
    folder_write_text(&folder, "b", "of b");
    folder_symlink(&folder, "to-a", "a");
    warm_up("a");
    warm_up("b");
    warm_up("to-a");
    cr_expect_eq(expect_as_on_disk("a", "a"), HTTP_OK);
    cr_expect_eq(expect_as_on_disk("b", "b"), HTTP_OK);
    cr_expect_eq(expect_as_on_disk("a link", "to-a"), HTTP_OK);
}

Test(file_cache, lives_on_in_what_it_gave) {
    folder_write_text(&folder, "a.txt", "contents");
    folder_truncate(&folder, "large", LARGE);
    struct resource small = open_cached("a.txt");
    struct resource large = open_cached("large");
    file_cache_destroy(cache);
    cache = NULL;
    cr_expect_str_eq(text_of(&small), "contents");
    cr_expect_neq(fcntl(large.fd, F_GETFD), -1);
    resource_close(&small);
    resource_close(&large);
    file_cache_destroy(NULL);
}

/* --- when it looks -------------------------------------------------------------------------------------- */

Test(file_cache, opens_each_file_once_a_second_and_goes_on_with_what_it_has) {
    folder_write_text(&folder, "a.txt", "contents");
    folder_truncate(&folder, "large", LARGE);
    struct resource small = open_cached("a.txt");
    struct resource large = open_cached("large");
    pass_time(TRUSTED_MS - 1);
    look_count = 0;
    cr_expect(is_remembered("a.txt", &small) && is_remembered("large", &large));
    cr_expect_eq(look_count, 2);
    pass_time(1);
    cr_expect(is_remembered("a.txt", &small) && is_remembered("large", &large));
    cr_expect_eq(look_count, 2, "opened, which tells more than a look");
    cr_expect(is_remembered("a.txt", &small) && is_remembered("large", &large));
    cr_expect_eq(look_count, 4, "good for another second");
    cr_expect_eq(read_count, 2 + 1, "a byte of the end, too, or one of the large file; but once only");
    resource_close(&small);
    resource_close(&large);
}

Test(file_cache, does_not_look_within_the_time_that_the_owner_gives_it) {
    struct file_cache_options options = cache_options();
    options.check_ms = 300;
    cache_use(options);
    folder_write_text(&folder, "a.txt", "before");
    struct resource before = open_cached("a.txt");
    await_tick(&folder);
    folder_write_text(&folder, "a.txt", "after!");
    pass_time(299);
    cr_expect(is_remembered("a.txt", &before));
    cr_expect_eq(look_count, 0);
    pass_time(1);
    cr_expect_eq(expect_as_on_disk("when it is over", "a.txt"), HTTP_OK);
    cr_expect_eq(look_count, 1);
    resource_close(&before);
}

Test(file_cache, counts_that_time_from_the_last_look) {
    struct file_cache_options options = cache_options();
    options.check_ms = 300;
    cache_use(options);
    folder_write_text(&folder, "a.txt", "contents");
    struct resource file = open_cached("a.txt");
    pass_time(300);
    cr_expect(is_remembered("a.txt", &file));
    pass_time(299);
    cr_expect(is_remembered("a.txt", &file));
    cr_expect_eq(look_count, 1);
    pass_time(1);
    cr_expect(is_remembered("a.txt", &file));
    cr_expect_eq(look_count, 2);
    resource_close(&file);
}

Test(file_cache, may_be_told_not_to_look_for_longer_than_it_trusts_links) {
    struct file_cache_options options = cache_options();
    options.check_ms = 60 * TRUSTED_MS;
    cache_use(options);
    folder_write_text(&folder, "a.txt", "x");
    struct resource file = open_cached("a.txt");
    await_tick(&folder);
    folder_write_text(&folder, "a.txt", "y");
    pass_time(60 * TRUSTED_MS - 1);
    cr_expect(is_remembered("a.txt", &file));
    pass_time(1);
    cr_expect_eq(expect_as_on_disk("when it is over", "a.txt"), HTTP_OK);
    cr_expect_eq(look_count, 0, "opened at once, as that is due, too");
    resource_close(&file);
}

/* --- reading -------------------------------------------------------------------------------------------- */

static void change(void) {
    await_tick(&folder);
    folder_write_text(&folder, "a.txt", "after!");
}

static void remove_it(void) {
    (void)remove(folder_path(&folder, "a.txt").text);
    folder_write_text(&folder, "a.txt", "after, and longer");
}

Test(file_cache, does_not_remember_what_changes_while_it_is_read) {
    folder_write_text(&folder, "a.txt", "before");
    before_read = change;
    struct resource file = open_cached("a.txt");
    cr_expect_not(file_cache_keeps_heads(&file), "it is for this answer alone");
    resource_close(&file);
    file = open_cached("a.txt");
    cr_expect_str_eq(text_of(&file), "after!");
    cr_expect(is_remembered("a.txt", &file));
    resource_close(&file);
}

/* The descriptor still has all of the old file, and nothing says that it is another one's. */
Test(file_cache, finds_out_with_the_next_use_when_a_file_is_replaced_while_it_is_read) {
    folder_write_text(&folder, "a.txt", "before");
    before_read = remove_it;
    struct resource file = open_cached("a.txt");
    cr_expect_str_eq(text_of(&file), "before");
    resource_close(&file);
    cr_expect_eq(expect_as_on_disk("replaced", "a.txt"), HTTP_OK);
}

/* --- heads ---------------------------------------------------------------------------------------------- */

static struct ready_head *make_head(const struct ready_head_use *use, const char *text) {
    struct ready_head *head = ready_head_create(use, view_of(text), &(struct head_dates){0});
    cr_assert_not_null(head);
    return head;
}

Test(file_cache, keeps_heads_with_the_file) {
    struct ready_head_use use = {view_of("a.txt"), CODING_IDENTITY, true};
    struct ready_head_use other = {view_of("a.txt"), CODING_IDENTITY, false};
    folder_write_text(&folder, "a.txt", "x");
    struct resource file = open_cached("a.txt");
    cr_expect_null(file_cache_find_head(&file, &use));
    struct ready_head *head = make_head(&use, "head");
    file_cache_keep_head(&file, head);
    cr_expect_eq(file_cache_find_head(&file, &use), head);
    cr_expect_null(file_cache_find_head(&file, &other));
    file_cache_keep_head(&file, make_head(&use, "a second one of two that came at once"));
    cr_expect_eq(file_cache_find_head(&file, &use), head);
    resource_close(&file);
    file = open_cached("a.txt");
    cr_expect_eq(file_cache_find_head(&file, &use), head);
    resource_close(&file);
}

Test(file_cache, has_no_head_of_another_version) {
    struct ready_head_use use = {view_of("a.txt"), CODING_IDENTITY, true};
    folder_write_text(&folder, "a.txt", "x");
    struct resource before = open_cached("a.txt");
    file_cache_keep_head(&before, make_head(&use, "head"));
    await_tick(&folder);
    folder_write_text(&folder, "a.txt", "y");
    struct resource after = open_cached("a.txt");
    cr_expect_null(file_cache_find_head(&after, &use));
    struct ready_head_use late = {view_of("a.txt"), CODING_IDENTITY, false};
    file_cache_keep_head(&before, make_head(&late, "too late"));
    cr_expect_null(file_cache_find_head(&before, &late), "it has left");
    cr_expect_not_null(file_cache_find_head(&before, &use), "but who sends it still can");
    resource_close(&before);
    resource_close(&after);
}
