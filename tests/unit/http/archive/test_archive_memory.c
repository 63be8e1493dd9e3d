/* SPDX-License-Identifier: MIT */
/* Memory and budgets that run out at any moment. Linked with support_memory_faults.c and its --wrap for
 * malloc, calloc, realloc, strdup and free. */
#include "tests/unit/http/archive/archive.h"
#include "tests/unit/support/memory_faults.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>

enum { LARGE_BYTES = 50 * 1000, FILES = 100, SOME_FAULTS = 30, FAULTS_MAX = 100 * 1000 };

static void set_up(void) {
    archive_set_up();
    for (int i = 0; i < FILES; i++) {
        char name[32];
        (void)snprintf(name, sizeof name, "many/%d", i);
        folder_write_text(&folder, name, name);
    }
    folder_write_pattern(&folder, "large", 0, LARGE_BYTES);
    folder_write_text(&folder, "sub/deep/caf\xC3\xA9", "espresso");
    folder_symlink(&folder, "link", "sub/deep/caf\xC3\xA9");
}

static void tear_down(void) {
    archive_tear_down();
    memory_demand_live(0);
}

TestSuite(archive_memory, .init = set_up, .fini = tear_down, .timeout = 100);

/* Measure and produce. Returns 0 or the first error; *out holds what there is. */
static int make(enum archive_form form, struct memory_budget *budget, struct time_slice slice,
                struct text *out) {
    struct archive *archive = NULL;
    int result = archive_create(&archive, form, &root, "", "top", archive_clock(60), 0, budget);
    if (result == 0) {
        result = archive_measure_all(archive, slice);
    }
    struct resource file = {.fd = -1};
    for (bool has_more = result == 0; has_more;) {
        result = archive_produce_piece(archive, slice, &file, out);
        has_more = result == 1;
    }
    cr_assert_eq(file.fd, -1);
    cr_assert(result != 0 || (off_t)out->length == archive_size(archive));
    archive_destroy(archive);
    return result;
}

static void expect_no_memory_to_be_lost(enum archive_form form) {
    struct memory_budget budget = {.limit_bytes = 4 * 1024 * 1024};
    size_t successes = 0;
    bool has_failed = true;
    for (; has_failed && successes < FAULTS_MAX; successes++) {
        struct text out = {0};
        (void)text_reserve(&out, 1024 * 1024); /* the test's own part of it cannot fail */
        memory_fail_after(successes);
        int result = make(form, &budget, archive_long_slice, &out);
        has_failed = memory_stop_failing();
        cr_assert_eq(result, has_failed ? -ENOMEM : 0, "%zu: %d", successes, result);
        text_deinit(&out);
        cr_assert_eq(memory_live_count(), 0, "%zu", successes);
        cr_assert_eq(budget.used_bytes, 0, "%zu", successes);
    }
    cr_expect(!has_failed && successes > SOME_FAULTS, "%zu", successes);
}

Test(archive_memory, that_runs_out_is_an_error_and_loses_nothing) {
    expect_no_memory_to_be_lost(ARCHIVE_TAR);
#if LIDO_HAVE_ZLIB
    expect_no_memory_to_be_lost(ARCHIVE_ZIP);
#endif
}

/* With a text that has to grow. Returns how many allocations there were. */
static size_t expect_no_room_for_text(struct byte_range asked) {
    size_t successes = 0;
    for (bool has_failed = true; has_failed; successes++) {
        struct text out = {0};
        struct resource file = {.fd = -1};
        struct byte_range range;
        struct archive *archive = archive_of(&root, "");
        int result = 1;
        archive_seek(archive,
                     (struct byte_range){asked.begin, asked.end > 0 ? asked.end : archive_size(archive)});
        memory_fail_after(successes);
        while (result == 1) {
            result = archive_next(archive, archive_long_slice, &out, &file, &range);
        }
        has_failed = memory_stop_failing();
        cr_assert_eq(result, has_failed ? -ENOMEM : 0, "%zu: %d", successes, result);
        resource_close(&file);
        archive_destroy(archive);
        text_deinit(&out);
        cr_assert_eq(memory_live_count(), 0, "%zu", successes);
    }
    return successes;
}

Test(archive_memory, that_the_text_does_not_get_is_an_error) {
    cr_expect_gt(expect_no_room_for_text((struct byte_range){0, 0}), 10);
    cr_expect_gt(expect_no_room_for_text((struct byte_range){0, 1}), 3);
    cr_expect_gt(expect_no_room_for_text((struct byte_range){5000, 5001}), 3);
}

static void expect_budget_to_be_given_back(enum archive_form form) {
    size_t limit = 0;
    int result = -ENOMEM;
    for (; result != 0; limit += 256) {
        struct memory_budget budget = {.limit_bytes = limit};
        struct text out = {0};
        result = make(form, &budget, archive_no_slice, &out);
        cr_assert(result == 0 || result == -ENOMEM, "%zu: %d", limit, result);
        cr_assert_eq(budget.used_bytes, 0, "%zu", limit);
        text_deinit(&out);
        cr_assert_eq(memory_live_count(), 0, "%zu", limit);
        cr_assert_lt(limit, 1024 * 1024);
    }
    cr_expect_gt(limit, FILES * 50);
}

Test(archive_memory, beyond_the_budget_is_an_error_and_is_given_back) {
    expect_budget_to_be_given_back(ARCHIVE_TAR);
#if LIDO_HAVE_ZLIB
    expect_budget_to_be_given_back(ARCHIVE_ZIP);
#endif
}

/* Measure and produce in the smallest steps, at most so many. Returns whether it came to the end. */
static bool make_steps(struct archive *archive, int steps, struct text *out, struct resource *file) {
    struct byte_range range;
    int result = -EAGAIN;
    for (; steps > 0 && result == -EAGAIN; steps--) {
        result = archive_measure(archive, archive_no_slice);
    }
    if (result != 0) {
        return false;
    }
    result = 1;
    for (; steps > 0 && (result == 1 || result == -EAGAIN); steps--) {
        result = archive_next(archive, archive_no_slice, out, file, &range);
    }
    return result == 0;
}

Test(archive_memory, is_given_back_by_who_gives_up_at_any_moment) {
    struct memory_budget budget = {.limit_bytes = 1024 * 1024};
    int steps = 0;
    for (bool is_done = false; !is_done; steps++) {
        struct archive *archive = NULL;
        struct text out = {0};
        struct resource file = {.fd = -1};
        cr_assert_eq(archive_create(&archive, ARCHIVE_TAR, &root, "", "top", archive_clock(60), 0, &budget),
                     0);
        is_done = make_steps(archive, steps, &out, &file);
        resource_close(&file);
        archive_destroy(archive);
        text_deinit(&out);
        cr_assert_eq(budget.used_bytes, 0, "%d", steps);
        cr_assert_eq(memory_live_count(), 0, "%d", steps);
    }
    cr_expect_gt(steps, 3 * FILES, "of each file: measure, turn to it, append it");
}
