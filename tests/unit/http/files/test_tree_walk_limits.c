/* SPDX-License-Identifier: MIT */
/* Trees that are huge or deep, that vanish, and file systems that fail. */
#include "http/files/tree_walk.h"
#include "tests/unit/http/files/tree_walk.h"
#include "tests/unit/support/limits/descriptor_limit.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    CROWD = 40000,
    INNER_CROWD = 20000,
    CROWD_BUDGET_BYTES = 1400 * 1000, /* less than half is free: not enough for all names of either crowd */
    DEEP_LEVELS = 200,
    LONG_NAME_BYTES = 200
};

static const struct time_slice long_slice = {INT64_MAX};
static const struct time_slice no_slice = {0};

static struct folder folder;
static struct beneath root;
static int opens_left = -1; /* before one fails; -1: none does */
static int open_error;      /* 0: a file is opened instead */

int __real_beneath_open(const struct beneath *beneath, const char *path);
int __wrap_beneath_open(const struct beneath *beneath, const char *path);

int __wrap_beneath_open(const struct beneath *beneath, const char *path) {
    if (opens_left == 0) {
        opens_left = -1;
        return open_error != 0 ? -open_error : __real_beneath_open(beneath, "file");
    }
    opens_left -= opens_left > 0 ? 1 : 0;
    return __real_beneath_open(beneath, path);
}

static void set_up(void) {
    folder_create(&folder);
    cr_assert_eq(beneath_open_root(&root, folder.path), 0);
}

static void tear_down(void) {
    beneath_close_root(&root);
    folder_remove(&folder);
}

TestSuite(tree_walk_limits, .init = set_up, .fini = tear_down, .timeout = 100);

static struct tree_walk *begin(struct memory_budget *budget) {
    struct tree_walk *walk = NULL;
    cr_assert_eq(tree_walk_create(&walk, &root, "", budget), 0);
    return walk;
}

/* ---- much ---------------------------------------------------------------------------------------------- */

Test(tree_walk_limits, huge_folders_need_no_more_memory_than_there_is) {
    size_t used_before = CROWD_BUDGET_BYTES / 2;
    struct memory_budget budget = {.limit_bytes = CROWD_BUDGET_BYTES, .used_bytes = used_before};
    folder_write_many(&folder, "crowd/%05d padded", CROWD, 0);
    folder_write_many(&folder, "crowd/!/%05d padded", INNER_CROWD, 0);
    folder_write_text(&folder, "behind", "");
    folder_write_text(&folder, "crowd/20000-and-a-half/x", ""); /* comes back into the midst of it */
    struct tree_walk *walk = begin(&budget);
    const char *path = NULL;
    struct folder_entry entry;
    size_t inner = 0;
    size_t calls = 0;
    int expected = 0;
    for (int result = 1; result != 0; calls++) {
        result = tree_walk_next(walk, no_slice, &path, &entry);
        cr_assert(result == 1 || result == 0 || result == -EAGAIN);
        inner += result == 1 && strncmp(path, "crowd/!/", 8) == 0 && path[8] != '\0' ? 1 : 0;
        if (result == 1 && strncmp(path, "crowd/", 6) == 0 && strlen(path) == strlen("crowd/00000 padded")) {
            cr_assert_eq(atoi(path + 6), expected, "%s", path);
            expected++;
        }
        cr_assert(result != 1 || strcmp(path, "crowd/20000-and-a-half/x") != 0 || expected == 20001);
    }
    cr_expect_eq(expected, CROWD);
    cr_expect_eq(inner, INNER_CROWD);
    cr_expect_gt(calls, CROWD + 2 * CROWD / 32);
    tree_walk_destroy(walk);
    cr_expect_eq(budget.used_bytes, used_before);
}

Test(tree_walk_limits, a_crowd_of_what_is_not_shown_holds_nobody_up) {
    folder_write_many(&folder, ".%d", 1000, 0);
    struct text found = {0};
    size_t calls = 0;
    cr_assert_eq(tree_walk_all(&root, "", no_slice, &found, &calls), 0);
    cr_expect_str_eq(found.bytes, "|");
    cr_expect_gt(calls, 1000 / 32);
    text_deinit(&found);
}

Test(tree_walk_limits, needs_one_descriptor_for_any_depth_and_two_for_a_moment) {
    char path[FOLDER_PATH_BYTES] = "";
    for (int i = 0; i < DEEP_LEVELS; i++) {
        (void)strcat(path, "d/");
    }
    (void)strcat(path, "end");
    folder_write_text(&folder, path, "");
    int lowest_fd = dup(root.root_fd);
    int second_fd = dup(root.root_fd);
    (void)close(lowest_fd);
    (void)close(second_fd);
    descriptor_limit_set(second_fd + 1);
    struct text found = {0};
    int result = tree_walk_all(&root, "", long_slice, &found, NULL);
    descriptor_limit_set(lowest_fd + 1);
    int result_without = tree_walk_all(&root, "", long_slice, &found, NULL);
    descriptor_limit_set(1024);
    cr_expect_eq(result, 0);
    cr_expect_eq(strcmp(found.bytes + strlen(found.bytes) - 4, "/end"), 0);
    cr_expect_eq(result_without, -EMFILE, "and never leaves out what it has no descriptor for");
    text_deinit(&found);
}

/* ---- long ---------------------------------------------------------------------------------------------- */

static void make_file(int folder_fd, const char *name) {
    int fd = openat(folder_fd, name, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
    cr_assert_geq(fd, 0);
    (void)close(fd);
}

/* Make folders in each other; in each of them "file", and what makes its path as long as a path can be, and
 * one longer. No path leads to the innermost ones, so they are made and removed one by one. */
static void make_chain(const char *name, int levels) {
    int fd = open(folder.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    size_t length = 0;
    for (int i = 0; i < levels; i++) {
        cr_assert_eq(mkdirat(fd, name, 0755), 0);
        int next_fd = openat(fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        cr_assert_geq(next_fd, 0);
        (void)close(fd);
        fd = next_fd;
        length += strlen(name) + 1;
        make_file(fd, "file");
        for (size_t whole = PATH_MAX - 1; whole <= PATH_MAX; whole++) {
            char exact[LONG_NAME_BYTES + 1] = "";
            if (whole > length && whole - length <= LONG_NAME_BYTES) {
                memset(exact, 'x', whole - length);
                make_file(fd, exact);
            }
        }
    }
    (void)close(fd);
}

/* Remove all that is in a folder. Takes over the descriptor. */
static void clear(int folder_fd) {
    DIR *names = fdopendir(folder_fd);
    cr_assert_not_null(names);
    for (struct dirent *found = NULL; (found = readdir(names)) != NULL;) {
        bool is_itself = strcmp(found->d_name, ".") == 0 || strcmp(found->d_name, "..") == 0;
        if (!is_itself && found->d_type == DT_DIR) {
            clear(openat(folder_fd, found->d_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        }
        if (!is_itself) {
            cr_assert_eq(unlinkat(folder_fd, found->d_name, found->d_type == DT_DIR ? AT_REMOVEDIR : 0), 0);
        }
    }
    (void)closedir(names);
}

Test(tree_walk_limits, what_no_path_leads_to_is_left_out) {
    char name[LONG_NAME_BYTES + 1] = "";
    struct text found = {0};
    size_t longest = 0;
    size_t files = 0;
    memset(name, 'n', LONG_NAME_BYTES);
    make_chain(name, 22);
    cr_assert_eq(tree_walk_all(&root, "", long_slice, &found, NULL), 0);
    for (const char *at = found.bytes; *at == '|';) {
        size_t length = strcspn(at + 1, "|");
        longest = length > longest ? length : longest;
        files += length > 0 && at[length] != '/' ? 1 : 0;
        at += 1 + length;
    }
    cr_expect_eq(longest, PATH_MAX - 1);
    cr_expect_eq(files, 20 + 1, "%zu",
                 files); /* "file" in each that has room for it, and one of the greatest length */
    text_deinit(&found);
    clear(open(folder.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

Test(tree_walk_limits, a_start_that_is_too_long_is_refused) {
    char path[PATH_MAX + 1];
    struct tree_walk *walk = NULL;
    memset(path, 'a', sizeof path);
    path[PATH_MAX] = '\0';
    cr_expect_eq(tree_walk_create(&walk, &root, path, NULL), -ENAMETOOLONG);
    path[PATH_MAX - 1] = '\0';
    cr_assert_eq(tree_walk_create(&walk, &root, path, NULL), 0);
    struct folder_entry entry;
    const char *found = NULL;
    cr_expect_eq(tree_walk_next(walk, long_slice, &found, &entry), -ENAMETOOLONG);
    tree_walk_destroy(walk);
}

/* ---- gone ---------------------------------------------------------------------------------------------- */

static int next(struct tree_walk *walk, const char **path) {
    struct folder_entry entry;
    return tree_walk_next(walk, long_slice, path, &entry);
}

static void take_away(const char *name) {
    cr_assert_eq(remove(folder_path(&folder, name).text), 0);
}

Test(tree_walk_limits, goes_on_behind_what_vanishes_under_it) {
    folder_write_text(&folder, "a/1", "");
    folder_write_text(&folder, "a/2", "");
    folder_write_text(&folder, "b/sub/x", "");
    folder_write_text(&folder, "b/y", "");
    folder_write_text(&folder, "c", "");
    struct tree_walk *walk = begin(NULL);
    const char *path = NULL;
    for (int i = 0; i < 3; i++) {
        cr_assert_eq(next(walk, &path), 1);
    }
    cr_expect_str_eq(path, "a/1");
    take_away("a/1");
    take_away("a/2");
    take_away("a");
    cr_assert_eq(next(walk, &path), 1);
    cr_expect_str_eq(path, "b/");
    cr_assert_eq(next(walk, &path), 1);
    cr_expect_str_eq(path, "b/sub/");
    cr_assert_eq(next(walk, &path), 1);
    cr_expect_str_eq(path, "b/sub/x");
    cr_assert_eq(rename(folder_path(&folder, "b").text, folder_path(&folder, ".b").text), 0);
    cr_assert_eq(next(walk, &path), 1);
    cr_expect_str_eq(path, "c");
    cr_assert_eq(next(walk, &path), 0);
    cr_assert_eq(next(walk, &path), 0);
    tree_walk_destroy(walk);
}

Test(tree_walk_limits, leaves_out_a_folder_that_is_a_file_by_then) {
    struct text found = {0};
    folder_write_text(&folder, "a/b", "");
    folder_write_text(&folder, "file", "");
    opens_left = 1; /* the root */
    cr_assert_eq(tree_walk_all(&root, "", long_slice, &found, NULL), 0);
    cr_expect_str_eq(found.bytes, "||file");
    text_deinit(&found);
}

Test(tree_walk_limits, passes_on_what_fails_and_leaves_out_what_may_not_be) {
    static const struct {
        int error;
        int result;
    } rows[] = {{EMFILE, -EMFILE}, {EIO, -EIO}, {ENOMEM, -ENOMEM}, {EAGAIN, -EBUSY},
                {EACCES, 0},       {ENOENT, 0}, {ELOOP, 0},        {EXDEV, 0}};
    folder_write_text(&folder, "a/b/c", "");
    folder_write_text(&folder, "d", "");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        for (int opens = 0; opens < 5; opens++) { /* the root, a, a/b, a again, the root again */
            struct text found = {0};
            opens_left = opens;
            open_error = rows[i].error;
            int result = tree_walk_all(&root, "", opens % 2 == 0 ? long_slice : no_slice, &found, NULL);
            cr_expect_eq(opens_left, -1);
            int expected = opens > 0 ? rows[i].result : rows[i].error == EAGAIN ? -EBUSY : -rows[i].error;
            cr_expect_eq(result, expected, "error %d at %d: %d", rows[i].error, opens, result);
            bool has_rest = strstr(found.bytes, "|d") != NULL;
            cr_expect_eq(has_rest, expected == 0 && opens < 4, "error %d at %d", rows[i].error, opens);
            text_deinit(&found);
        }
    }
}

/* ---- too much ------------------------------------------------------------------------------------------ */

static int walk_on(struct tree_walk *walk, size_t *found, size_t *calls) {
    const char *path = NULL;
    struct folder_entry entry;
    int result = 1;
    for (*found = *calls = 0; result == 1 || result == -EAGAIN; ++*calls) {
        result = tree_walk_next(walk, no_slice, &path, &entry);
        *found += result == 1 ? 1 : 0;
    }
    return result;
}

Test(tree_walk_limits, ends_at_more_entries_than_wanted) {
    size_t found = 0;
    size_t calls = 0;
    folder_write_many(&folder, "crowd/%05d padded", 1000, 0);
    struct tree_walk *walk = begin(NULL);
    tree_walk_set_entries_max(walk, 1002); /* the folders count */
    cr_expect_eq(walk_on(walk, &found, &calls), 0);
    cr_expect_eq(found, 1002);
    tree_walk_destroy(walk);

    walk = begin(NULL);
    tree_walk_set_entries_max(walk, 100);
    cr_expect_eq(walk_on(walk, &found, &calls), -E2BIG);
    cr_expect_eq(found, 2, "and does not read the folder to its end");
    cr_expect_lt(calls, 12);
    tree_walk_destroy(walk);
}
