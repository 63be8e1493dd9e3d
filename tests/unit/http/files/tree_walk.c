/* SPDX-License-Identifier: MIT */
#include "tests/unit/http/files/tree_walk.h"

#include "http/files/tree_walk.h"

#include <criterion/criterion.h>
#include <errno.h>

static const struct time_slice long_slice = {INT64_MAX};
static const struct time_slice no_slice = {0};

int tree_walk_all(const struct beneath *root, const char *path, struct time_slice slice, struct text *out,
                  size_t *calls) {
    struct memory_budget budget = {.limit_bytes = 10 * 1024 * 1024};
    struct tree_walk *walk = NULL;
    int result = 1;
    size_t count = 0;
    cr_assert_eq(tree_walk_create(&walk, root, path, &budget), 0);
    for (; result == 1 || result == -EAGAIN; count++) {
        const char *found = NULL;
        struct folder_entry entry;
        result = tree_walk_next(walk, slice, &found, &entry);
        cr_assert(result != -EAGAIN || slice.end_ns == 0);
        if (result == 1) {
            text_append(out, "|");
            text_append(out, found);
        }
    }
    if (calls != NULL) {
        *calls = count;
    }
    tree_walk_destroy(walk);
    cr_assert_eq(budget.used_bytes, 0);
    text_append_bytes(out, "", 1);
    return result;
}

void tree_walk_expect(const struct beneath *root, const char *path, const char *expected) {
    struct text at_once = {0};
    struct text in_steps = {0};
    cr_assert_eq(tree_walk_all(root, path, long_slice, &at_once, NULL), 0);
    cr_assert_str_eq(at_once.bytes, expected);
    cr_assert_eq(tree_walk_all(root, path, no_slice, &in_steps, NULL), 0);
    cr_assert_str_eq(in_steps.bytes, expected);
    text_deinit(&at_once);
    text_deinit(&in_steps);
}

void tree_walk_expect_error(const struct beneath *root, const char *path, int error) {
    struct text found = {0};
    cr_expect_eq(tree_walk_all(root, path, long_slice, &found, NULL), -error, "%s", path);
    cr_expect_eq(tree_walk_all(root, path, no_slice, &found, NULL), -error, "%s", path);
    cr_expect_eq(found.length, 2, "%s", path); /* the two NULs */
    text_deinit(&found);
}
