/* SPDX-License-Identifier: MIT */
#include "conf/base/suggest.h"

#include <criterion/criterion.h>
#include <stdint.h>

#define LETTERS_32 "abcdefghijklmnopqrstuvwxyzabcdef"

Test(suggest, counts_the_changes_between_two_words) {
    static const struct {
        const char *name, *a, *b;
        size_t distance;
    } rows[] = {
        {"same", "threads", "threads", 0},
        {"both empty", "", "", 0},
        {"one empty", "", "root", 4},
        {"insertion", "thread", "threads", 1},
        {"removal", "threadss", "threads", 1},
        {"replacement", "threadz", "threads", 1},
        {"swap", "thraeds", "threads", 1},
        {"swap and removal", "thraedss", "threads", 2},
        {"letter case", "THREADS", "threads", 0},
        {"hyphen", "max-head", "max_head", 0},
        {"two changes apart", "kitten", "sittin", 2},
        {"nothing alike", "xyz", "root", 4},
        {"64 characters", LETTERS_32 LETTERS_32, LETTERS_32 LETTERS_32, 0},
        {"65 characters", LETTERS_32 LETTERS_32 "x", LETTERS_32, SIZE_MAX},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        cr_assert_eq(suggest_distance(rows[i].a, rows[i].b), rows[i].distance, "%s: %zu", rows[i].name,
                     suggest_distance(rows[i].a, rows[i].b));
        cr_assert_eq(suggest_distance(rows[i].b, rows[i].a), rows[i].distance, "%s: turned round",
                     rows[i].name);
    }
}

Test(suggest, tolerates_more_in_longer_words) {
    cr_assert_eq(suggest_tolerance(1), 1);
    cr_assert_eq(suggest_tolerance(4), 1);
    cr_assert_eq(suggest_tolerance(5), 2);
    cr_assert_eq(suggest_tolerance(8), 2);
    cr_assert_eq(suggest_tolerance(16), 3);
}
