/* SPDX-License-Identifier: MIT */
/* What is found, and in which order. test_tree_walk_limits.c has what is too long, too many or not there any
 * more. */
#include "http/files/tree_walk.h"
#include "tests/unit/http/files/tree_walk.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct folder workplace;
static struct folder folder;
static struct beneath root;

static void set_up(void) {
    folder_create(&workplace);
    folder_create_inside(&folder, &workplace, "root");
    cr_assert_eq(beneath_open_root(&root, folder.path), 0);
}

static void tear_down(void) {
    beneath_close_root(&root);
    folder_remove(&workplace);
}

TestSuite(tree_walk, .init = set_up, .fini = tear_down, .timeout = 60);

Test(tree_walk, finds_each_folder_before_what_is_in_it_by_the_bytes_of_names) {
    static const char *const files[] = {"a/x", "a/b/y",    "a-b",    "a.txt",     "B",    "10",
                                        "9",   "\xC3\xA9", " blank", "new\nline", "z/z/z"};
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        folder_write_text(&folder, files[i], "");
    }
    tree_walk_expect(&root, "",
                     "|| blank|10|9|B|a/|a/b/|a/b/y|a/x|a-b|a.txt|new\nline|z/|z/z/|z/z/z|\xC3\xA9");
}

Test(tree_walk, begins_where_it_is_told) {
    folder_write_text(&folder, "outer", "");
    folder_write_text(&folder, "sub/one", "");
    folder_write_text(&folder, "sub/deep/two", "");
    tree_walk_expect(&root, "sub/", "|sub/|sub/deep/|sub/deep/two|sub/one");
    tree_walk_expect(&root, "sub/deep/", "|sub/deep/|sub/deep/two");
    tree_walk_expect(&root, "", "||outer|sub/|sub/deep/|sub/deep/two|sub/one");
}

Test(tree_walk, leaves_out_what_a_listing_leaves_out) {
    folder_write_text(&workplace, "secret", "outside");
    folder_write_text(&folder, ".hidden", "");
    folder_write_text(&folder, ".git/config", "");
    folder_write_text(&folder, "dir/file", "123");
    folder_fifo(&folder, "fifo");
    folder_symlink(&folder, "to-file", "dir/file");
    folder_symlink(&folder, "dir/up", "../dir/file");
    folder_symlink(&folder, "to-folder", "dir");
    folder_symlink(&folder, "to-itself", "to-itself");
    folder_symlink(&folder, "dir/to-parent", "..");
    folder_symlink(&folder, "to-nothing", "missing");
    folder_symlink(&folder, "to-fifo", "fifo");
    folder_symlink(&folder, "to-outside", "../secret");
    folder_symlink(&folder, "to-etc", "/etc/passwd");
    tree_walk_expect(&root, "", "||dir/|dir/file|dir/up|to-file");
}

Test(tree_walk, tells_what_an_entry_is) {
    folder_write_text(&folder, "dir/plain", "12345");
    folder_write_text(&folder, "dir/run", "#!");
    folder_chmod(&folder, "dir/run", 0700);
    folder_symlink(&folder, "dir/to-run", "run");
    folder_touch(&folder, "dir/plain", 1700000000);
    folder_touch(&folder, "dir", 1600000000);
    static const struct {
        const char *path;
        const char *name;
        bool is_folder;
        bool is_executable;
        bool is_link;
        off_t size;
        time_t modified; /* 0: does not matter */
    } rows[] = {
        {"", "", true, false, false, 0, 0},
        {"dir/", "dir", true, false, false, 0, 1600000000},
        {"dir/plain", "plain", false, false, false, 5, 1700000000},
        {"dir/run", "run", false, true, false, 2, 0},
        {"dir/to-run", "to-run", false, true, true, 2, 0},
    };
    struct tree_walk *walk = NULL;
    cr_assert_eq(tree_walk_create(&walk, &root, "", NULL), 0);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *path = NULL;
        struct folder_entry entry;
        struct stat status;
        cr_assert_eq(tree_walk_next(walk, (struct time_slice){INT64_MAX}, &path, &entry), 1);
        cr_assert_str_eq(path, rows[i].path);
        cr_expect_str_eq(entry.name, rows[i].name);
        cr_expect(entry.has_status);
        cr_expect_eq(entry.is_folder, rows[i].is_folder, "%s", path);
        cr_expect_eq(entry.is_executable, rows[i].is_executable, "%s", path);
        cr_expect_eq(entry.is_link, rows[i].is_link, "%s", path);
        cr_expect_eq(entry.size, rows[i].size, "%s", path);
        cr_assert_eq(stat(folder_path(&folder, path).text, &status), 0);
        cr_expect_eq(memcmp(&entry.modified, &status.st_mtim, sizeof status.st_mtim), 0, "%s", path);
        cr_expect_eq(memcmp(&entry.changed, &status.st_ctim, sizeof status.st_ctim), 0, "%s", path);
        cr_expect(rows[i].modified == 0 || entry.modified.tv_sec == rows[i].modified, "%s", path);
    }
    tree_walk_destroy(walk);
}

Test(tree_walk, leaves_out_what_it_may_not_read) {
    if (geteuid() != 0) {
        cr_skip_test("needs to become somebody else");
    }
    folder_write_text(&folder, "secret", "");
    folder_write_text(&folder, "secrets/file", "");
    folder_write_text(&folder, "shown/secret", "");
    folder_write_text(&folder, "shown/shown", "");
    folder_write_text(&folder, "names-only/file", "");
    folder_symlink(&folder, "to-secret", "secret");
    folder_symlink(&folder, "to-shown", "shown/shown");
    folder_chmod(&folder, "secret", 0600);
    folder_chmod(&folder, "secrets", 0711);
    folder_chmod(&folder, "shown/secret", 0);
    folder_chmod(&folder, "names-only", 0744);
    cr_assert_eq(seteuid(65534), 0);
    tree_walk_expect(&root, "", "||names-only/|shown/|shown/shown|to-shown");
    tree_walk_expect_error(&root, "secrets/", EACCES);
    cr_assert_eq(seteuid(0), 0);
}

Test(tree_walk, is_an_error_where_there_is_no_folder) {
    folder_write_text(&folder, "file", "");
    folder_symlink(&folder, "out", "/");
    tree_walk_expect_error(&root, "missing/", ENOENT);
    tree_walk_expect_error(&root, "file", ENOTDIR);
    tree_walk_expect_error(&root, "file/", ENOTDIR);
    tree_walk_expect_error(&root, "out/", EXDEV);
}

/* ---- against a simple walk ----------------------------------------------------------------------------- */

static void grow_tree(const char *path, int depth, unsigned *seed) {
    static const char *const names[] = {"a",    "b",        "a.b", "a-b", "A", "aa",
                                        "\xFF", "\xC3\xA9", " ",   "10",  "2", "\n"};
    for (int i = rand_r(seed) % 9; i > 0; i--) {
        char name[FOLDER_PATH_BYTES];
        (void)snprintf(name, sizeof name, "%s%s%d", path,
                       names[(size_t)rand_r(seed) % (sizeof names / sizeof names[0])], rand_r(seed) % 3);
        struct stat status;
        bool is_there = lstat(folder_path(&folder, name).text, &status) == 0;
        if (!is_there && depth > 0 && rand_r(seed) % 3 == 0) {
            folder_mkdir(&folder, name);
            (void)strcat(name, "/");
            grow_tree(name, depth - 1, seed);
        } else if (!is_there) {
            folder_write_text(&folder, name, "");
        }
    }
}

static int by_bytes(const struct dirent **a, const struct dirent **b) {
    return strcmp((*a)->d_name, (*b)->d_name);
}

static int is_shown(const struct dirent *entry) {
    return entry->d_name[0] != '.';
}

static void walk_simply(const char *path, struct text *out) {
    struct dirent **entries = NULL;
    int count = scandir(folder_path(&folder, path).text, &entries, is_shown, by_bytes);
    cr_assert_geq(count, 0);
    text_append(out, "|");
    text_append(out, path);
    for (int i = 0; i < count; i++) {
        char name[FOLDER_PATH_BYTES];
        bool is_folder = entries[i]->d_type == DT_DIR;
        (void)snprintf(name, sizeof name, "%s%s%s", path, entries[i]->d_name, is_folder ? "/" : "");
        if (is_folder) {
            walk_simply(name, out);
        } else {
            text_append(out, "|");
            text_append(out, name);
        }
        free(entries[i]);
    }
    free(entries);
}

Test(tree_walk, finds_what_a_simple_walk_finds_in_random_trees) {
    for (unsigned seed = 1; seed <= 30; seed++) {
        unsigned state = seed;
        struct text expected = {0};
        grow_tree("", 5, &state);
        walk_simply("", &expected);
        text_append_bytes(&expected, "", 1);
        tree_walk_expect(&root, "", expected.bytes);
        text_deinit(&expected);
        if (seed % 5 == 0) { /* else the tree grows on */
            tear_down();
            set_up();
        }
    }
}
