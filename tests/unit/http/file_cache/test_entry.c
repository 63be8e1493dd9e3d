/* SPDX-License-Identifier: MIT */
#include "http/file_cache/entry.h"
#include "tests/unit/support/file_cache.h"
#include "tests/unit/support/memory_faults.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

TestSuite(file_cache_entry, .init = cache_set_up, .fini = cache_tear_down, .timeout = 20);

static bool is_open(int fd) {
    return fcntl(fd, F_GETFD) != -1;
}

static struct resource open_file(const char *path) {
    struct resource file;
    cr_assert_eq(resource_open(&root, path, &file), HTTP_OK);
    return file;
}

static struct file_cache_entry *create(const char *path, struct resource *file, bool with_contents) {
    struct cache_key key = {source.owner, view_of(path)};
    return file_cache_entry_create(&key, file, with_contents ? ENTRY_WITH_CONTENTS : ENTRY_PLAIN);
}

static bool has_text(const struct resource *file, const char *text) {
    return (size_t)file->size == strlen(text) && memcmp(file->contents, text, strlen(text)) == 0;
}

Test(file_cache_entry, has_the_contents_and_closes_the_file) {
    folder_write_text(&folder, "a.txt", "contents");
    struct resource file = open_file("a.txt");
    struct resource before = file;
    struct file_cache_entry *cached = create("a.txt", &file, true);
    cr_assert_not_null(cached);
    cr_expect(has_text(&cached->resource, "contents"));
    cr_expect_eq(cached->resource.fd, -1);
    cr_expect_eq(file.fd, -1);
    cr_expect_not(is_open(before.fd));
    cr_expect_eq(cached->resource.inode, before.inode);
    cr_expect_eq(cached->resource.device, before.device);
    cr_expect_eq(cached->resource.modified.tv_nsec, before.modified.tv_nsec);
    cr_expect_eq(cached->resource.changed.tv_nsec, before.changed.tv_nsec);
    file_cache_entry_release(cached);
}

Test(file_cache_entry, has_contents_also_where_there_are_none) {
    folder_write_text(&folder, "empty", "");
    struct resource file = open_file("empty");
    struct file_cache_entry *cached = create("empty", &file, true);
    cr_assert_not_null(cached);
    cr_expect_not_null(cached->resource.contents);
    cr_expect_eq(cached->resource.size, 0);
    file_cache_entry_release(cached);
}

Test(file_cache_entry, or_has_the_descriptor) {
    folder_write_text(&folder, "a.txt", "contents");
    struct resource file = open_file("a.txt");
    int fd = file.fd;
    struct file_cache_entry *cached = create("a.txt", &file, false);
    cr_assert_not_null(cached);
    cr_expect_eq(read_count, 1, "whether it can be read");
    cr_expect_eq(file.fd, -1, "it has been taken over");
    cr_expect_eq(cached->resource.fd, fd);
    cr_expect_null(cached->resource.contents);
    cr_expect(is_open(fd));
    file_cache_entry_release(cached);
    cr_expect_not(is_open(fd));
}

Test(file_cache_entry, has_a_path_of_its_own) {
    char path[] = "some/path";
    folder_write_text(&folder, "a.txt", "x");
    struct resource file = open_file("a.txt");
    struct cache_key key = {7, {path, 4}}; /* and no NUL of its own behind it */
    path[4] = '\0';
    struct file_cache_entry *cached = file_cache_entry_create(&key, &file, ENTRY_WITH_CONTENTS);
    memset(path, '#', sizeof path - 1);
    cr_assert_not_null(cached);
    cr_expect_str_eq(cached->key.name.bytes, "some");
    cr_expect_eq(cached->key.name.length, 4);
    cr_expect_eq(cached->key.owner, 7);
    cr_expect_eq(cached->resource.contents[0], 'x', "and the contents are behind it");
    file_cache_entry_release(cached);
}

Test(file_cache_entry, lives_until_the_last_hold_is_given_back) {
    folder_write_text(&folder, "a.txt", "x");
    struct resource file = open_file("a.txt");
    int fd = file.fd;
    ptrdiff_t live = memory_live_count();
    struct file_cache_entry *cached = create("a.txt", &file, false);
    cr_expect_eq(file_cache_entry_hold(cached), cached);
    struct resource shared = file_cache_entry_share(file_cache_entry_hold(cached));
    cr_expect_eq(shared.fd, fd);
    cr_expect_eq(shared.cached, cached);
    file_cache_entry_release(cached);
    file_cache_entry_release(cached);
    cr_expect(is_open(fd), "one is left");
    resource_close(&shared);
    cr_expect_eq(shared.fd, -1);
    cr_expect_null(shared.cached);
    cr_expect_not(is_open(fd));
    cr_expect_eq(memory_live_count(), live);
    resource_close(&shared);
    file_cache_entry_release(NULL);
}

Test(file_cache_entry, that_is_handed_over_is_closed_by_its_new_owner_only) {
    folder_write_text(&folder, "a.txt", "x");
    struct resource file = open_file("a.txt");
    struct file_cache_entry *cached = create("a.txt", &file, true);
    struct resource shared = file_cache_entry_share(file_cache_entry_hold(cached));
    struct resource taken = resource_take(&shared);
    cr_expect_eq(shared.fd, -1);
    cr_expect_null(shared.contents);
    cr_expect_null(shared.cached);
    resource_close(&shared);
    file_cache_entry_release(cached);
    cr_expect(has_text(&taken, "x"), "the hold went with it");
    resource_close(&taken);
    cr_expect_null(taken.contents);
}

Test(file_cache_entry, is_read_through_interruptions_and_in_small_pieces) {
    folder_write_text(&folder, "a.txt", "0123456789");
    struct resource file = open_file("a.txt");
    read_interruptions = 3;
    read_at_most = 1;
    struct file_cache_entry *cached = create("a.txt", &file, true);
    cr_assert_not_null(cached);
    cr_expect(has_text(&cached->resource, "0123456789"));
    cr_expect_eq(read_count, 3 + 10 + 1, "the last one meets the end");
    file_cache_entry_release(cached);
}

/* --- what is not as it was said to be ------------------------------------------------------------------- */

static void append(void) {
    folder_write_text(&folder, "a.txt", "0123456789+");
}

static void cut_off(void) {
    folder_truncate(&folder, "a.txt", 5);
}

static void cut_off_all(void) {
    folder_truncate(&folder, "a.txt", 0);
}

static void overwrite(void) {
    await_tick(&folder);
    folder_write_text(&folder, "a.txt", "abcdefghij");
}

static void touch_only(void) {
    await_tick(&folder);
    folder_touch(&folder, "a.txt", 784111777);
}

static void interrupt_and_fail(void) {
    read_interruptions = 1;
    read_error = EIO;
}

Test(file_cache_entry, is_not_made_of_a_file_that_changes_while_it_is_read) {
    static const struct {
        const char *name;
        void (*change)(void);
        size_t at_most; /* of one read */
    } rows[] = {
        {"appended to", append, 0},
        {"cut off", cut_off, 0},
        {"cut off to nothing", cut_off_all, 0},
        {"cut off, read byte by byte", cut_off, 1},
        {"other bytes", overwrite, 0},
        {"other bytes, read byte by byte", overwrite, 1},
        {"another time", touch_only, 0},
        {"unreadable", interrupt_and_fail, 0},
    };
    ptrdiff_t live = memory_live_count();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        folder_write_text(&folder, "a.txt", "0123456789");
        struct resource file = open_file("a.txt");
        struct resource before = file;
        before_read = rows[i].change;
        read_at_most = rows[i].at_most;
        struct file_cache_entry *cached = create("a.txt", &file, true);
        read_error = 0;
        cr_expect(cached == NULL, "%s", rows[i].name);
        cr_expect(file.fd == before.fd && is_open(file.fd), "%s: the file is as it was", rows[i].name);
        cr_expect(file.contents == NULL && file.cached == NULL, "%s: and nothing else", rows[i].name);
        resource_close(&file);
        cr_expect(memory_live_count() == live, "%s", rows[i].name);
    }
}

Test(file_cache_entry, is_not_made_of_a_descriptor_that_cannot_be_read_from) {
    folder_write_text(&folder, "a.txt", "0123456789");
    struct resource file = open_file("a.txt");
    read_error = EIO;
    cr_expect_null(create("a.txt", &file, false));
    cr_expect(is_open(file.fd), "the file is as it was");
    read_error = 0;
    resource_close(&file);
}

Test(file_cache_entry, is_not_made_of_a_file_that_has_changed_before_it_is_read) {
    folder_write_text(&folder, "a.txt", "0123456789");
    struct resource file = open_file("a.txt");
    overwrite();
    cr_expect_null(create("a.txt", &file, true));
    cr_expect(is_open(file.fd));
    resource_close(&file);
}

/* As in /sys: there is less than stat says, and always was. */
Test(file_cache_entry, is_not_made_of_a_file_that_has_less_than_it_says) {
    folder_write_text(&folder, "a.txt", "0123456789");
    struct resource file = open_file("a.txt");
    read_end = 9;
    read_at_most = 9;
    cr_expect_null(create("a.txt", &file, true));
    cr_expect(is_open(file.fd));
    resource_close(&file);
}

/* As in /proc: there is more than stat says, and always was. */
Test(file_cache_entry, is_not_made_of_a_file_that_has_more_than_it_says) {
    struct beneath proc;
    struct resource file;
    cr_assert_eq(beneath_open_root(&proc, "/proc"), 0);
    cr_assert_eq(resource_open(&proc, "version", &file), HTTP_OK);
    cr_expect_eq(file.size, 0);
    cr_expect_null(create("version", &file, true));
    cr_expect(is_open(file.fd));
    resource_close(&file);
    beneath_close_root(&proc);
}

Test(file_cache_entry, is_not_made_without_memory) {
    static const bool with_contents[] = {true, false};
    folder_write_text(&folder, "a.txt", "x");
    for (size_t i = 0; i < 2; i++) {
        struct resource file = open_file("a.txt");
        memory_fail_after(0);
        cr_expect_null(create("a.txt", &file, with_contents[i]));
        cr_expect(memory_stop_failing());
        cr_expect(is_open(file.fd), "the file is as it was");
        resource_close(&file);
    }
}

Test(file_cache_entry, costs_what_it_allocates) {
    folder_truncate(&folder, "a.bin", 10000);
    (void)memory_take_largest();
    struct resource file = open_file("a.bin");
    struct file_cache_entry *cached = create("a.bin", &file, true);
    cr_expect_eq(cached->cost_bytes, memory_take_largest());
    file_cache_entry_release(cached);
    file = open_file("a.bin");
    cached = create("a.bin", &file, false);
    cr_expect_eq(cached->cost_bytes, memory_take_largest());
    file_cache_entry_release(cached);
}
