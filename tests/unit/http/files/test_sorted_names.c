/* SPDX-License-Identifier: MIT */
#include "http/files/sorted_names.h"
#include "tests/support/folder.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAME_BYTES = 64, NAMES = 200 };

static struct folder folder;
static struct beneath root;
static char expected[NAMES][NAME_BYTES];

static int compare(const void *a, const void *b) {
    return strcmp(a, b);
}

static void set_up(void) {
    folder_create(&folder);
    for (int i = 0; i < NAMES; i++) {
        (void)snprintf(expected[i], NAME_BYTES, "%s%d%s", i % 3 == 0 ? "\xFF" : "file ", i * 7919 % 1000,
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

/* Take the chunk, which must be the names from `index` on. Returns how many. */
static size_t expect_chunk(struct sorted_names *names, size_t index) {
    size_t count = 0;
    for (const struct folder_entry *entry = NULL; (entry = sorted_names_take(names)) != NULL; count++) {
        cr_assert_lt(index + count, NAMES);
        cr_assert_str_eq(entry->name, expected[index + count]);
    }
    cr_assert_null(sorted_names_take(names));
    return count;
}

Test(sorted_names, come_in_chunks_of_any_size) {
    for (size_t wanted = 1; wanted <= NAMES + 1; wanted += wanted < 5 || wanted >= NAMES - 2 ? 1 : 13) {
        struct memory_budget budget = {.limit_bytes = 100 * 1000};
        struct sorted_names names;
        size_t taken = 0;
        sorted_names_init(&names, wanted, &budget);
        for (bool has_more = true; has_more;) {
            struct folder_reader reader;
            open_reader(&reader);
            cr_assert_gt(prepare(&names, &reader), 0);
            folder_reader_close(&reader);
            cr_expect_leq(sorted_names_held_count(&names), wanted);
            size_t count = expect_chunk(&names, taken);
            taken += count;
            has_more = sorted_names_has_more(&names);
            cr_assert_eq(has_more, taken < NAMES, "%zu of %zu", taken, wanted);
            cr_assert(!has_more || count == wanted);
            if (has_more) {
                sorted_names_turn(&names, wanted);
            }
        }
        cr_assert_eq(taken, NAMES);
        sorted_names_deinit(&names);
        cr_assert_eq(budget.used_bytes, 0);
    }
}

Test(sorted_names, are_found_in_small_steps) {
    struct sorted_names names;
    struct folder_reader reader;
    open_reader(&reader);
    sorted_names_init(&names, NAMES, NULL);
    int steps = prepare(&names, &reader);
    cr_expect(steps >= 2 * NAMES / 32, "%d", steps);
    cr_expect_eq(sorted_names_prepare(&names, &reader), 0, "and once is enough");
    sorted_names_deinit(&names);
    folder_reader_close(&reader);
}

Test(sorted_names, of_an_empty_folder_are_none) {
    struct sorted_names names;
    struct folder_reader reader;
    folder_mkdir(&folder, "empty");
    cr_assert_eq(folder_reader_open(&reader, &root, beneath_open(&root, "empty"), "empty/"), 0);
    sorted_names_init(&names, 1, NULL);
    cr_assert_gt(prepare(&names, &reader), 0);
    cr_expect_null(sorted_names_take(&names));
    cr_expect(!sorted_names_has_more(&names));
    sorted_names_deinit(&names);
    folder_reader_close(&reader);
}

Test(sorted_names, are_freed_at_any_moment) {
    for (int steps = 0; steps < 20; steps++) {
        struct memory_budget budget = {.limit_bytes = 100 * 1000};
        struct sorted_names names;
        struct folder_reader reader;
        open_reader(&reader);
        sorted_names_init(&names, NAMES / 2, &budget);
        int result = -EAGAIN;
        for (int i = 0; i < steps && result == -EAGAIN; i++) {
            result = sorted_names_prepare(&names, &reader);
        }
        for (int i = 0; i < steps && result == 0; i++) {
            (void)sorted_names_take(&names);
        }
        cr_assert(steps == 0 || budget.used_bytes > 0);
        sorted_names_deinit(&names);
        folder_reader_close(&reader);
        cr_assert_eq(budget.used_bytes, 0, "%d", steps);
    }
}

Test(sorted_names, that_are_added_meanwhile_come_in_their_place_or_not_at_all) {
    struct sorted_names names;
    struct folder_reader reader;
    open_reader(&reader);
    sorted_names_init(&names, 10, NULL);
    cr_assert_gt(prepare(&names, &reader), 0);
    folder_reader_close(&reader);
    cr_assert_eq(expect_chunk(&names, 0), 10);
    folder_write_text(&folder, " too late", "");
    folder_write_text(&folder, "\xFF\xFF early enough", "");
    sorted_names_turn(&names, NAMES);
    open_reader(&reader);
    cr_assert_gt(prepare(&names, &reader), 0);
    for (size_t i = 10; i < NAMES; i++) {
        cr_assert_str_eq(sorted_names_take(&names)->name, expected[i]);
    }
    cr_expect_str_eq(sorted_names_take(&names)->name, "\xFF\xFF early enough");
    cr_expect_null(sorted_names_take(&names));
    sorted_names_deinit(&names);
    folder_reader_close(&reader);
}

Test(sorted_names, beyond_the_budget_are_an_error) {
    bool was_enough = false;
    for (size_t limit = 0; !was_enough; limit += 128) {
        struct memory_budget budget = {.limit_bytes = limit};
        struct sorted_names names;
        struct folder_reader reader;
        open_reader(&reader);
        sorted_names_init(&names, NAMES, &budget);
        int result = prepare(&names, &reader);
        cr_assert(result > 0 || result == -ENOMEM, "%d", result);
        was_enough = result > 0;
        sorted_names_deinit(&names);
        folder_reader_close(&reader);
        cr_assert_eq(budget.used_bytes, 0);
        cr_assert_lt(limit, 100 * 1000);
    }
}
