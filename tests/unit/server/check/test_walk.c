/* SPDX-License-Identifier: MIT */
#include "server/check/walk.h"
#include "tests/support/folder.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { DEPTH = 400 };

static struct folder folder;
static char seen[4096]; /* paths, a space behind each, in any order; beyond that they are counted only */
static size_t count;
static size_t failures;

static void set_up(void) {
    folder_create(&folder);
    (void)snprintf(seen, sizeof seen, " ");
    count = 0;
    failures = 0;
}

static void tear_down(void) {
    folder_remove(&folder);
}

TestSuite(walk, .init = set_up, .fini = tear_down);

static bool visit(void *context, const struct walk_entry *entry) {
    (void)context;
    size_t length = strlen(seen);
    (void)snprintf(seen + length, sizeof seen - length, "%s ", entry->path);
    count++;
    return strcmp(entry->name, "closed") != 0;
}

static void fail(void *context, const char *path, int error) {
    (void)context;
    (void)path;
    failures += error != 0 ? 1 : 0;
}

static void walk(void) {
    int fd = open(folder.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    struct walk_visitor visitor = {.visit = visit, .fail = fail};
    cr_assert_geq(fd, 0);
    cr_assert_eq(walk_tree(fd, &visitor), 0);
    (void)close(fd);
    cr_expect_eq(failures, 0);
}

Test(walk, comes_by_everything_once_and_goes_where_it_is_let) {
    folder_write_text(&folder, "a/b/c.txt", "c");
    folder_write_text(&folder, "closed/secret", "s");
    folder_symlink(&folder, "link", "a");
    folder_fifo(&folder, "fifo");
    walk();
    static const char *const expected[] = {" a ", " a/b ", " a/b/c.txt ", " closed ", " link ", " fifo "};
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        const char *found = strstr(seen, expected[i]);
        cr_expect(found != NULL && strstr(found + 1, expected[i]) == NULL, "%s in '%s'", expected[i], seen);
    }
    cr_expect_eq(count, 7, "%s", seen); /* with the root */
}

Test(walk, goes_deep) {
    char path[2 * DEPTH + 2] = "";
    for (size_t i = 0; i < DEPTH; i++) {
        path[2 * i] = 'd';
        path[2 * i + 1] = '/';
    }
    path[sizeof path - 2] = 'x';
    folder_write_text(&folder, path, "deep");
    walk();
    cr_expect_eq(count, DEPTH + 2, "%zu", count);
}
