/* SPDX-License-Identifier: MIT */
/* Names in any order, more or fewer than there is memory for. */
#include "http/files/order/name_runs.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAMES = 5000, NAME_BYTES = 8 };

static char names[NAMES][NAME_BYTES];

static int compare(const void *a, const void *b) {
    return strcmp(a, b);
}

/* All different, in an order of their own. */
static void set_up(void) {
    for (int i = 0; i < NAMES; i++) {
        (void)snprintf(names[i], NAME_BYTES, "%d", (int)((long)i * 7919 % NAMES));
    }
}

TestSuite(name_runs, .init = set_up, .timeout = 60);

/* Gather the names as far as there is memory; what has no room is left out. Returns the first error. */
static int gather(struct name_runs *runs, char before[PATH_MAX]) {
    int result = 0;
    before[0] = '\0';
    for (int i = 0; i <= NAMES && result == 0; i++) {
        do {
            result = i < NAMES ? name_runs_reserve(runs) : name_runs_seal(runs);
            while (result == -ENOSPC && !name_runs_halve(runs, before)) {
            }
        } while (result == -ENOSPC);
        if (result == 0 && i < NAMES && (before[0] == '\0' || strcmp(names[i], before) < 0)) {
            name_runs_add(runs, names[i]);
        }
    }
    return result;
}

/* Demand the first names in their order. Returns how many there are. */
static size_t expect_first_names(struct name_runs *runs) {
    static char sorted[NAMES][NAME_BYTES];
    size_t count = 0;
    memcpy(sorted, names, sizeof names);
    qsort(sorted, NAMES, NAME_BYTES, compare);
    name_runs_begin_taking(runs);
    for (const char *name = NULL; (name = name_runs_take(runs)) != NULL; count++) {
        cr_assert_lt(count, NAMES);
        cr_assert_str_eq(name, sorted[count]);
    }
    cr_expect_null(name_runs_take(runs));
    return count;
}

Test(name_runs, come_in_the_order_of_their_bytes) {
    struct memory_budget budget = {.limit_bytes = SIZE_MAX};
    struct name_runs runs;
    char before[PATH_MAX];
    name_runs_init(&runs, 0, &budget);
    cr_assert_eq(gather(&runs, before), 0);
    cr_expect_str_empty(before);
    cr_expect_eq(expect_first_names(&runs), NAMES);
    name_runs_deinit(&runs);
    cr_expect_eq(budget.used_bytes, 0);
}

Test(name_runs, are_packed) {
    struct memory_budget budget = {.limit_bytes = SIZE_MAX};
    struct name_runs runs;
    char before[PATH_MAX];
    name_runs_init(&runs, 0, &budget);
    cr_assert_eq(gather(&runs, before), 0);
    name_runs_begin_taking(&runs);
    cr_expect_leq(budget.used_bytes, NAMES * 6, "five bytes each and a little: %zu",
                  (size_t)budget.used_bytes);
    name_runs_deinit(&runs);
}

Test(name_runs, of_which_the_last_have_no_room_are_the_first) {
    for (size_t sure_bytes = 4000; sure_bytes < 30 * 1000; sure_bytes += 1000) {
        struct memory_budget budget = {.limit_bytes = 1000 * 1000, .used_bytes = 500 * 1000};
        struct name_runs runs;
        char before[PATH_MAX];
        name_runs_init(&runs, sure_bytes, &budget);
        int result = gather(&runs, before);
        cr_assert(result == 0 || (result == -ENOMEM && sure_bytes < 6000), "%zu: %d", sure_bytes, result);
        cr_expect_leq(runs.held_bytes, sure_bytes);
        size_t count = result == 0 ? expect_first_names(&runs) : 0;
        cr_expect(result != 0 || count * 12 > sure_bytes, "%zu names in %zu bytes", count, sure_bytes);
        cr_expect(result != 0 || (before[0] == '\0') == (count == NAMES), "%zu", count);
        name_runs_deinit(&runs);
        cr_expect_eq(budget.used_bytes, 500 * 1000);
    }
}

Test(name_runs, of_the_greatest_length_have_room) {
    static char name[PATH_MAX];
    struct name_runs runs;
    name_runs_init(&runs, 0, NULL);
    for (int i = 0; i < 20; i++) {
        memset(name, 'z' - i, sizeof name - 1);
        cr_assert_eq(name_runs_reserve(&runs), 0);
        name_runs_add(&runs, name);
    }
    cr_assert_eq(name_runs_seal(&runs), 0);
    name_runs_begin_taking(&runs);
    for (int i = 19; i >= 0; i--) {
        const char *taken = name_runs_take(&runs);
        cr_assert_not_null(taken);
        cr_expect_eq(strlen(taken), PATH_MAX - 1);
        cr_expect_eq(taken[0], 'z' - i);
    }
    cr_expect_null(name_runs_take(&runs));
    name_runs_deinit(&runs);
}

Test(name_runs, without_memory_are_an_error) {
    struct memory_budget budget = {.limit_bytes = 0};
    struct name_runs runs;
    name_runs_init(&runs, 1000, &budget);
    cr_expect_eq(name_runs_reserve(&runs), -ENOMEM);
    cr_expect_eq(name_runs_seal(&runs), 0, "there are none");
    name_runs_begin_taking(&runs);
    cr_expect_null(name_runs_take(&runs));
    name_runs_deinit(&runs);
}
