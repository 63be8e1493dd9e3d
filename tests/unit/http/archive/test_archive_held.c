/* SPDX-License-Identifier: MIT */
/* The budget is charged with what the C library holds for an archive, at each step of its way. */
#include "http/archive/archive.h"
#include "tests/unit/http/archive/archive.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <malloc.h>
#include <stdlib.h>

TestSuite(archive_held, .init = archive_set_up, .fini = archive_tear_down, .timeout = 60);

enum { MANY = 16, FILE_BYTES = 1000, PERCENT = 100 };

/* AddressSanitizer has a heap of its own, and counts what was asked for: that is less than what the C library holds for
 * many short names. */
#ifdef __SANITIZE_ADDRESS__
size_t
__sanitizer_get_current_allocated_bytes(void); /* of sanitizer/allocator_interface.h, which gcc lacks */

enum { TOO_LITTLE = 10, TOO_MUCH = 40 };

static size_t held_now(void) {
    return __sanitizer_get_current_allocated_bytes();
}
#else
enum { TOO_LITTLE = 10, TOO_MUCH = 10 };

static size_t held_now(void) {
    struct mallinfo2 info = mallinfo2();
    return info.uordblks + info.hblkhd;
}
#endif

/* Valgrind has a heap of its own, too, of which the C library knows nothing. */
static bool tells_what_is_held(void) {
    size_t before = held_now();
    void *volatile bytes = malloc(1024);
    bool tells = held_now() > before;
    free(bytes);
    return tells;
}

static void expect_to_be_charged(const char *step, const struct memory_budget *budget, size_t held_before) {
    size_t held = held_now() - held_before;
    size_t used = budget->used_bytes;
    cr_expect_geq(used * PERCENT, held * (PERCENT - TOO_LITTLE), "%s: %zu are held, %zu are charged", step,
                  held, used);
    cr_expect_leq(used * PERCENT, held * (PERCENT + TOO_MUCH), "%s: %zu are held, %zu are charged", step,
                  held, used);
}

/* Some at once, each with a text that waits. */
static void expect_archives_to_be_charged(enum archive_form form) {
    struct memory_budget budget = {.limit_bytes = SIZE_MAX};
    struct archive *archives[MANY];
    struct text texts[MANY] = {{0}};
    struct resource file = {.fd = -1};
    struct byte_range range;
    if (!tells_what_is_held()) {
        cr_skip_test("this heap does not tell what it holds");
    }
    size_t before = held_now();
    for (int i = 0; i < MANY; i++) {
        cr_assert_eq(archive_create(&archives[i], form, &root, "", "top", archive_clock(60), 0, &budget), 0);
        cr_assert_eq(archive_measure(archives[i], archive_no_slice), -EAGAIN);
    }
    expect_to_be_charged("begun", &budget, before);
    for (int i = 0; i < MANY; i++) {
        cr_assert_eq(archive_measure_all(archives[i], archive_long_slice), 0);
        int result = -EAGAIN;
        while (result == -EAGAIN) {
            result = archive_next(archives[i], archive_long_slice, &texts[i], &file, &range);
        }
        cr_assert_eq(result, 1);
        cr_assert_eq(file.fd, -1, "the test is about small files");
    }
    expect_to_be_charged("with a piece that waits", &budget, before);
    for (int i = 0; i < MANY; i++) {
        archive_destroy(archives[i]);
        text_deinit(&texts[i]);
    }
    cr_expect_eq(budget.used_bytes, 0);
}

Test(archive_held, is_charged_for_a_few_files) {
    folder_write_many(&folder, "%d", 3, FILE_BYTES);
    expect_archives_to_be_charged(ARCHIVE_TAR);
}

Test(archive_held, is_charged_for_many_files_with_short_names) {
    folder_write_many(&folder, "%d", 1000, FILE_BYTES);
    expect_archives_to_be_charged(ARCHIVE_TAR);
}

Test(archive_held, is_charged_for_many_files_with_long_names) {
    folder_write_many(&folder, "a name of some fifty letters, as they come, number %d", 300, FILE_BYTES);
    expect_archives_to_be_charged(ARCHIVE_TAR);
}
