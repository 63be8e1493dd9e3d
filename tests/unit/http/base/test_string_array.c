/* SPDX-License-Identifier: MIT */
/* Linked with support_memory_faults.c and its --wrap for malloc, calloc, realloc, strdup and free. */
#include "http/base/string_array.h"
#include "tests/unit/support/memory_faults.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>

TestSuite(string_array, .timeout = 20);

Test(string_array, holds_copies) {
    char one[] = "one";
    char none[] = "";
    char *const items[] = {one, none, one};
    struct string_array array = {0};
    cr_assert_eq(string_array_copy(&array, items, 3), 0);
    memset(one, 'x', strlen(one));
    cr_assert_eq(array.count, 3);
    cr_expect_str_eq(array.items[0], "one");
    cr_expect_str_eq(array.items[1], "");
    cr_expect_str_eq(array.items[2], "one");
    string_array_deinit(&array);
}

Test(string_array, of_nothing_is_empty_and_takes_no_memory) {
    struct string_array array = {0};
    memory_fail_after(0);
    cr_expect_eq(string_array_copy(&array, NULL, 0), 0);
    cr_expect_not(memory_stop_failing());
    cr_expect_eq(array.count, 0);
    cr_expect_null(array.items);
    string_array_deinit(&array);
}

Test(string_array, is_empty_after_its_end) {
    char word[] = "word";
    char *const items[] = {word};
    struct string_array array = {0};
    ptrdiff_t live_before = memory_live_count();
    cr_assert_eq(string_array_copy(&array, items, 1), 0);
    string_array_deinit(&array);
    cr_expect_null(array.items);
    cr_expect_eq(array.count, 0);
    string_array_deinit(&array);
    cr_expect_eq(memory_live_count(), live_before);
}

Test(string_array, is_empty_whichever_allocation_fails) {
    char word[] = "word";
    char *const items[] = {word, word, word};
    ptrdiff_t live_before = memory_live_count();
    for (size_t successes = 0; successes < 4; successes++) {
        struct string_array array = {0};
        memory_fail_after(successes);
        int result = string_array_copy(&array, items, 3);
        cr_assert(memory_stop_failing());
        cr_expect_eq(result, -ENOMEM, "allocation %zu: %d", successes, result);
        cr_expect_eq(array.count, 0, "allocation %zu", successes);
        cr_expect_null(array.items, "allocation %zu", successes);
        cr_expect_eq(memory_live_count(), live_before, "allocation %zu", successes);
    }
}
