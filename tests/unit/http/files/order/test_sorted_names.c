/* SPDX-License-Identifier: MIT */
#include "http/files/order/sorted_names.h"
#include "tests/support/folder.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    NAME_BYTES = 64,
    NAMES = 3000,
    BUDGET_BYTES = 1000 * 1000,
    LITTLE_BYTES = 8 * 1000 /* a third of what the names take */
};

static struct folder folder;
static struct beneath root;
static char expected[NAMES][NAME_BYTES];

static int compare(const void *a, const void *b) {
    return strcmp(a, b);
}

static void set_up(void) {
    folder_create(&folder);
    for (int i = 0; i < NAMES; i++) {
        (void)snprintf(expected[i], NAME_BYTES, "%s%d%s", i % 3 == 0 ? "\xFF" : "f ", i * 7919 % NAMES,
                       i % 5 == 0 ? "\n" : "");
        folder_write_text(&folder, expected[i], "");
    }
    folder_write_text(&folder, ".hidden", "");
    folder_fifo(&folder, "fifo");
    qsort(expected, NAMES, NAME_BYTES, compare);
    cr_assert_eq(beneath_open_root(&root, folder.path), 0);
}

static void tear_down(void) {
    beneath_close_root(&root);
    folder_remove(&folder);
}

TestSuite(sorted_names, .init = set_up, .fini = tear_down, .timeout = 60);

static void open_reader(struct folder_reader *reader) {
    cr_assert_eq(folder_reader_open(reader, &root, beneath_open(&root, ""), ""), 0);
}

/* Returns how many steps it took, or a negative errno. */
static int prepare(struct sorted_names *names, struct folder_reader *reader) {
    int result = sorted_names_prepare(names, reader);
    int steps = 1;
    for (; result == -EAGAIN; steps++) {
        result = sorted_names_prepare(names, reader);
    }
    return result == 0 ? steps : result;
}

/* Take what there is, which must be the names from `index` on. Returns how many. */
static size_t expect_names(struct sorted_names *names, size_t index) {
    size_t count = 0;
    for (const char *name = NULL; (name = sorted_names_take(names)) != NULL; count++) {
        cr_assert_lt(index + count, NAMES);
        cr_assert_str_eq(name, expected[index + count]);
    }
    cr_assert_null(sorted_names_take(names));
    return count;
}

/* Others have so much that there are only the bytes that are sure. */
static struct memory_budget used_budget(void) {
    return (struct memory_budget){.limit_bytes = BUDGET_BYTES, .used_bytes = BUDGET_BYTES / 2};
}

/* Returns how often the folder had to be read. */
static int expect_all_names(size_t sure_bytes, struct memory_budget *budget) {
    size_t used_before = budget->used_bytes;
    struct sorted_names names;
    size_t taken = 0;
    int times = 0;
    sorted_names_init(&names, sure_bytes, budget);
    for (bool has_more = true; has_more; times++) {
        struct folder_reader reader;
        open_reader(&reader);
        cr_assert_gt(prepare(&names, &reader), 0);
        folder_reader_close(&reader);
        size_t count = expect_names(&names, taken);
        cr_assert_gt(count, 0);
        taken += count;
        has_more = sorted_names_has_more(&names);
        cr_assert_eq(has_more, taken < NAMES, "%zu", taken);
        if (has_more) {
            sorted_names_turn(&names);
        }
    }
    cr_assert_eq(taken, NAMES);
    sorted_names_deinit(&names);
    cr_assert_eq(budget->used_bytes, used_before);
    return times;
}

Test(sorted_names, are_read_once_if_there_is_room) {
    struct memory_budget budget = {.limit_bytes = BUDGET_BYTES};
    struct memory_budget used = used_budget();
    cr_expect_eq(expect_all_names(0, &budget), 1, "half of the budget is free");
    cr_expect_eq(expect_all_names(BUDGET_BYTES / 2, &used), 1, "it is sure");
}

Test(sorted_names, are_read_again_for_those_without_room) {
    struct memory_budget used = used_budget();
    int few = expect_all_names(2 * LITTLE_BYTES, &used);
    int more = expect_all_names(LITTLE_BYTES, &used);
    cr_expect(few >= 2 && few <= 4, "%d", few);
    cr_expect(more > few && more <= 2 * few + 1, "%d", more);
}

Test(sorted_names, are_found_in_small_steps) {
    struct sorted_names names;
    struct folder_reader reader;
    open_reader(&reader);
    sorted_names_init(&names, 0, NULL);
    int steps = prepare(&names, &reader);
    cr_expect(steps >= NAMES / 32, "%d", steps);
    cr_expect_eq(sorted_names_prepare(&names, &reader), 0, "and once is enough");
    sorted_names_deinit(&names);
    folder_reader_close(&reader);
}

Test(sorted_names, of_an_empty_folder_are_none) {
    struct sorted_names names;
    struct folder_reader reader;
    folder_mkdir(&folder, "empty");
    cr_assert_eq(folder_reader_open(&reader, &root, beneath_open(&root, "empty"), "empty/"), 0);
    sorted_names_init(&names, 0, NULL);
    cr_assert_gt(prepare(&names, &reader), 0);
    cr_expect_null(sorted_names_take(&names));
    cr_expect(!sorted_names_has_more(&names));
    sorted_names_deinit(&names);
    folder_reader_close(&reader);
}

Test(sorted_names, are_freed_at_any_moment) {
    bool was_halving = false;
    for (int steps = 0; steps < 200; steps++) {
        struct memory_budget budget = used_budget();
        size_t used_before = budget.used_bytes;
        struct sorted_names names;
        struct folder_reader reader;
        open_reader(&reader);
        sorted_names_init(&names, LITTLE_BYTES, &budget);
        int result = -EAGAIN;
        for (int i = 0; i < steps && result == -EAGAIN; i++) {
            result = sorted_names_prepare(&names, &reader);
        }
        was_halving = was_halving || names.is_halving;
        for (int i = 0; i < steps && result == 0; i++) {
            (void)sorted_names_take(&names);
        }
        cr_assert(steps == 0 || budget.used_bytes > used_before);
        sorted_names_deinit(&names);
        folder_reader_close(&reader);
        cr_assert_eq(budget.used_bytes, used_before, "%d", steps);
    }
    cr_expect(was_halving);
}

Test(sorted_names, that_are_added_meanwhile_come_in_their_place_or_not_at_all) {
    struct memory_budget used = used_budget();
    struct sorted_names names;
    struct folder_reader reader;
    open_reader(&reader);
    sorted_names_init(&names, LITTLE_BYTES, &used);
    cr_assert_gt(prepare(&names, &reader), 0);
    folder_reader_close(&reader);
    size_t taken = expect_names(&names, 0);
    cr_assert_lt(taken, NAMES);
    folder_write_text(&folder, " too late", "");
    folder_write_text(&folder, "\xFF\xFF early enough", "");
    sorted_names_turn(&names);
    used.used_bytes = 0;
    open_reader(&reader);
    cr_assert_gt(prepare(&names, &reader), 0);
    for (size_t i = taken; i < NAMES; i++) {
        cr_assert_str_eq(sorted_names_take(&names), expected[i]);
    }
    cr_expect_str_eq(sorted_names_take(&names), "\xFF\xFF early enough");
    cr_expect_null(sorted_names_take(&names));
    sorted_names_deinit(&names);
    folder_reader_close(&reader);
}

Test(sorted_names, beyond_the_budget_are_an_error) {
    bool was_enough = false;
    for (size_t limit = 0; !was_enough; limit += 512) {
        struct memory_budget budget = {.limit_bytes = limit};
        struct sorted_names names;
        struct folder_reader reader;
        open_reader(&reader);
        sorted_names_init(&names, BUDGET_BYTES, &budget);
        int result = prepare(&names, &reader);
        cr_assert(result > 0 || result == -ENOMEM, "%d", result);
        was_enough = result > 0 && !sorted_names_has_more(&names);
        sorted_names_deinit(&names);
        folder_reader_close(&reader);
        cr_assert_eq(budget.used_bytes, 0);
        cr_assert_lt(limit, 100 * 1000);
    }
}
