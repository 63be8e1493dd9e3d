/* SPDX-License-Identifier: MIT */
/* Linked with support/memory_faults.c: memory runs out on demand. */
#include "http/base/string_list.h"
#include "tests/unit/support/memory_faults.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>

TestSuite(string_list, .timeout = 20);

Test(string_list, holds_copies) {
    char one[] = "one";
    char none[] = "";
    char *const items[] = {one, none, one};
    struct string_list list = {0};
    cr_assert_eq(string_list_add_array(&list, items, 3), 0);
    memset(one, 'x', strlen(one));
    cr_assert_eq(list.count, 3);
    cr_expect_str_eq(list.items[0], "one");
    cr_expect_str_eq(list.items[1], "");
    cr_expect_str_eq(list.items[2], "one");
    string_list_deinit(&list);
}

Test(string_list, of_nothing_is_empty_and_takes_no_memory) {
    struct string_list list = {0};
    memory_fail_after(0);
    cr_expect_eq(string_list_add_array(&list, NULL, 0), 0);
    cr_expect_not(memory_stop_failing());
    cr_expect_eq(list.count, 0);
    cr_expect_null(list.items);
    string_list_deinit(&list);
}

Test(string_list, is_empty_after_its_end) {
    char word[] = "word";
    char *const items[] = {word};
    struct string_list list = {0};
    ptrdiff_t live_before = memory_live_count();
    cr_assert_eq(string_list_add_array(&list, items, 1), 0);
    string_list_deinit(&list);
    cr_expect_null(list.items);
    cr_expect_eq(list.count, 0);
    string_list_deinit(&list);
    cr_expect_eq(memory_live_count(), live_before);
}

Test(string_list, is_whole_whichever_allocation_fails) {
    char word[] = "word";
    char *const items[] = {word, word, word};
    ptrdiff_t live_before = memory_live_count();
    for (size_t successes = 0; successes < 6; successes++) {
        struct string_list list = {0};
        memory_fail_after(successes);
        int result = string_list_add_array(&list, items, 3);
        cr_assert(memory_stop_failing());
        cr_expect_eq(result, -ENOMEM, "allocation %zu: %d", successes, result);
        cr_expect_eq(list.count, successes / 2, "allocation %zu", successes);
        string_list_deinit(&list);
        cr_expect_eq(list.count, 0, "allocation %zu", successes);
        cr_expect_null(list.items, "allocation %zu", successes);
        cr_expect_eq(memory_live_count(), live_before, "allocation %zu", successes);
    }
}

Test(string_list, keeps_copies_in_their_order) {
    struct string_list list = {0};
    struct string_list more = {0};
    char text[] = "first";

    cr_assert_eq(string_list_add(&list, text), 0);
    text[0] = 'F';
    cr_assert_eq(string_list_add(&more, "second"), 0);
    cr_assert_eq(string_list_add(&more, "third"), 0);
    cr_assert_eq(string_list_add_all(&list, &more), 0);
    string_list_deinit(&more);

    cr_assert_eq(list.count, 3);
    cr_assert_str_eq(list.items[0], "first");
    cr_assert_str_eq(list.items[1], "second");
    cr_assert_str_eq(list.items[2], "third");
    string_list_deinit(&list);
    cr_assert(list.count == 0 && list.items == NULL);
}

Test(string_list, moves_and_leaves_the_source_empty) {
    struct string_list list = {0};
    struct string_list with = {0};
    cr_assert_eq(string_list_add(&list, "old"), 0);
    cr_assert_eq(string_list_add(&with, "new"), 0);

    string_list_move(&list, &with);

    cr_assert(list.count == 1 && with.count == 0 && with.items == NULL);
    cr_assert_str_eq(list.items[0], "new");
    string_list_deinit(&list);
}

Test(string_list, splits_at_commas_and_drops_the_blanks_around) {
    static const struct {
        const char *text;
        size_t count;
        const char *parts[3];
    } rows[] = {
        {"a", 1, {"a"}},    {"a,b,c", 3, {"a", "b", "c"}}, {" a b ,\tc\t", 2, {"a b", "c"}}, {"", 1, {""}},
        {",", 2, {"", ""}}, {"a,", 2, {"a", ""}},          {" , ,x", 3, {"", "", "x"}},      {"   ", 1, {""}},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct string_list list = {0};
        cr_assert_eq(string_list_split(&list, rows[i].text), 0);
        cr_assert_eq(list.count, rows[i].count, "'%s': %zu parts", rows[i].text, list.count);
        for (size_t j = 0; j < list.count; j++) {
            cr_assert_str_eq(list.items[j], rows[i].parts[j], "'%s': part %zu", rows[i].text, j);
        }
        string_list_deinit(&list);
    }
}

Test(string_list, tells_lists_apart_by_what_is_in_them_and_in_which_order) {
    struct string_list list = {0};
    struct string_list other = {0};
    cr_expect(string_list_is_same(&list, &other));
    cr_assert_eq(string_list_split(&list, "a,b"), 0);
    cr_expect_not(string_list_is_same(&list, &other));
    cr_assert_eq(string_list_split(&other, "a"), 0);
    cr_expect_not(string_list_is_same(&list, &other));
    cr_assert_eq(string_list_add(&other, "b"), 0);
    cr_expect(string_list_is_same(&list, &other));
    string_list_deinit(&other);
    cr_assert_eq(string_list_split(&other, "b,a"), 0);
    cr_expect_not(string_list_is_same(&list, &other));
    string_list_deinit(&list);
    string_list_deinit(&other);
}

Test(string_list, has_an_order) {
    static const char *const rising[] = {"a", "b", "a,b", "a,c", "b,a"};
    for (size_t i = 0; i < sizeof rising / sizeof rising[0]; i++) {
        for (size_t k = 0; k < sizeof rising / sizeof rising[0]; k++) {
            struct string_list list = {0};
            struct string_list other = {0};
            cr_assert_eq(string_list_split(&list, rising[i]), 0);
            cr_assert_eq(string_list_split(&other, rising[k]), 0);
            int order = string_list_compare(&list, &other);
            cr_expect_eq((order > 0) - (order < 0), (i > k) - (i < k), "%s and %s", rising[i], rising[k]);
            string_list_deinit(&list);
            string_list_deinit(&other);
        }
    }
}
