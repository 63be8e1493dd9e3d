/* SPDX-License-Identifier: MIT */
#include "http/files/resource.h"
#include "http/files/version.h"
#include "tests/support/folder.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static struct folder folder;

static void set_up(void) {
    folder_create(&folder);
    folder_write_text(&folder, "file", "hello");
}

static void tear_down(void) {
    folder_remove(&folder);
}

TestSuite(file_version, .init = set_up, .fini = tear_down, .timeout = 20);

static const struct file_version version = {
    .file = {.device = 1, .inode = 2}, .size = 3, .modified = {4, 5}, .changed = {6, 7}};

Test(file_version, differs_in_each_of_its_parts) {
    static const struct {
        const char *name;
        struct file_version other;
        bool equal;
    } rows[] = {
        {"the same", {{1, 2}, 3, {4, 5}, {6, 7}}, true},
        {"device", {{9, 2}, 3, {4, 5}, {6, 7}}, false},
        {"inode", {{1, 9}, 3, {4, 5}, {6, 7}}, false},
        {"size", {{1, 2}, 9, {4, 5}, {6, 7}}, false},
        {"modified, seconds", {{1, 2}, 3, {9, 5}, {6, 7}}, false},
        {"modified, nanoseconds", {{1, 2}, 3, {4, 9}, {6, 7}}, false},
        {"changed, seconds", {{1, 2}, 3, {4, 5}, {9, 7}}, false},
        {"changed, nanoseconds", {{1, 2}, 3, {4, 5}, {6, 9}}, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        cr_expect_eq(file_version_equals(&version, &rows[i].other), rows[i].equal, "%s", rows[i].name);
        cr_expect_eq(file_version_equals(&rows[i].other, &version), rows[i].equal, "%s", rows[i].name);
    }
}

Test(file_version, is_taken_from_a_resource) {
    struct resource resource = {
        .fd = -1, .size = 3, .modified = {4, 5}, .changed = {6, 7}, .device = 1, .inode = 2};
    struct file_version taken = file_version_of(&resource);
    cr_expect(file_version_equals(&version, &taken));
}

static struct file_version stat_version(int fd) {
    struct stat status;
    cr_assert_eq(fstat(fd, &status), 0);
    return (struct file_version){.file = {.device = status.st_dev, .inode = status.st_ino},
                                 .size = status.st_size,
                                 .modified = status.st_mtim,
                                 .changed = status.st_ctim};
}

Test(file_version, is_current_until_the_file_changes) {
    int fd = open(folder_path(&folder, "file").text, O_RDONLY | O_CLOEXEC);
    cr_assert_neq(fd, -1);
    struct file_version found = stat_version(fd);
    cr_expect(file_version_is_current(&found, fd));
    folder_truncate(&folder, "file", 4);
    cr_expect_not(file_version_is_current(&found, fd), "size");
    found = stat_version(fd);
    folder_touch(&folder, "file", 1000000);
    cr_expect_not(file_version_is_current(&found, fd), "modified");
    cr_assert_eq(close(fd), 0);
}

/* Each part by itself, as a change of the file changes several at once. */
Test(file_version, is_not_current_if_one_part_differs) {
    int fd = open(folder_path(&folder, "file").text, O_RDONLY | O_CLOEXEC);
    cr_assert_neq(fd, -1);
    struct file_version found = stat_version(fd);
    struct file_version others[] = {found, found, found, found, found};
    others[0].file.device++;
    others[1].file.inode++;
    others[2].size++;
    others[3].modified.tv_sec++;
    others[4].changed.tv_sec++;
    cr_expect(file_version_is_current(&found, fd));
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        cr_expect_not(file_version_is_current(&others[i], fd), "part %zu", i);
    }
    cr_assert_eq(close(fd), 0);
}

Test(file_version, is_not_that_of_another_file) {
    folder_write_text(&folder, "other", "hello");
    int fd = open(folder_path(&folder, "file").text, O_RDONLY | O_CLOEXEC);
    int other = open(folder_path(&folder, "other").text, O_RDONLY | O_CLOEXEC);
    cr_assert(fd != -1 && other != -1);
    struct file_version found = stat_version(fd);
    cr_expect_not(file_version_is_current(&found, other));
    cr_expect_not(file_version_is_current(&found, -1), "nothing is open");
    cr_assert_eq(close(fd), 0);
    cr_assert_eq(close(other), 0);
}

Test(file_version, is_settled_when_the_tick_of_its_change_is_over) {
    static const struct {
        const char *name;
        struct timespec changed;
        struct timespec now;
        bool settled;
    } rows[] = {
        {"just now", {1000, 500}, {1000, 500}, false},
        {"20 ms ago", {1000, 500}, {1000, 20000500}, false},
        {"a little more", {1000, 500}, {1000, 20000501}, true},
        {"20 ms ago, over the second", {999, 990000000}, {1000, 10000000}, false},
        {"a little more, over the second", {999, 990000000}, {1000, 10000001}, true},
        {"a second ago", {999, 500}, {1000, 500}, true},
        {"long ago", {0, 1}, {1700000000, 0}, true},
        {"before 1970", {-5, 1}, {1700000000, 0}, true},
        {"a clock without fractions, just now", {1000, 0}, {1000, 0}, false},
        {"a second ago", {1000, 0}, {1001, 0}, false},
        {"2 s ago", {1000, 0}, {1002, 0}, false},
        {"a little more", {1000, 0}, {1002, 1}, true},
        {"3 s ago", {1000, 0}, {1003, 999999999}, true},
        {"20 ms ahead: the clock of a file server", {1000, 20000500}, {1000, 500}, false},
        {"more: a clock that was set back", {1000, 20000501}, {1000, 500}, true},
        {"2 s ahead without fractions", {1002, 0}, {1000, 0}, false},
        {"more", {1002, 0}, {999, 999999999}, true},
        {"far ahead", {4000000000, 1}, {1000, 0}, true},
        {"as far ahead as it goes", {INT64_MAX / 2, 1}, {1000, 0}, true},
        {"as long ago as it goes", {INT64_MIN / 2, 1}, {1000, 0}, true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct file_version row = version;
        row.changed = rows[i].changed;
        cr_expect_eq(file_version_is_settled(&row, rows[i].now), rows[i].settled, "%zu: %s", i, rows[i].name);
    }
}
