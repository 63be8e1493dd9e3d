/* SPDX-License-Identifier: MIT */
#include "conf/base/string_list.h"

#include <criterion/criterion.h>

Test(string_list, keeps_copies_in_their_order) {
    struct config_strings list = {0};
    struct config_strings more = {0};
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
    cr_assert(list.count == 0 && !list.items);
}

Test(string_list, moves_and_leaves_the_source_empty) {
    struct config_strings list = {0};
    struct config_strings with = {0};
    cr_assert_eq(string_list_add(&list, "old"), 0);
    cr_assert_eq(string_list_add(&with, "new"), 0);

    string_list_move(&list, &with);

    cr_assert(list.count == 1 && with.count == 0 && !with.items);
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
        struct config_strings list = {0};
        cr_assert_eq(string_list_split(&list, rows[i].text), 0);
        cr_assert_eq(list.count, rows[i].count, "'%s': %zu parts", rows[i].text, list.count);
        for (size_t j = 0; j < list.count; j++) {
            cr_assert_str_eq(list.items[j], rows[i].parts[j], "'%s': part %zu", rows[i].text, j);
        }
        string_list_deinit(&list);
    }
}
