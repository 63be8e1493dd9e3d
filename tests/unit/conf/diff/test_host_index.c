/* SPDX-License-Identifier: MIT */
/* Finding hosts again; counted, as the main thread lets nobody in meanwhile. */
#include "conf/diff/diff.h"
#include "tests/unit/support/config.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

enum { MANY = 1000, HOST_BYTES = 60 };

static size_t compared;

int __real_string_list_compare(const struct string_list *a, const struct string_list *b);
int __wrap_string_list_compare(const struct string_list *a, const struct string_list *b);
bool __real_string_list_is_same(const struct string_list *a, const struct string_list *b);
bool __wrap_string_list_is_same(const struct string_list *a, const struct string_list *b);

int __wrap_string_list_compare(const struct string_list *a, const struct string_list *b) {
    compared++;
    return __real_string_list_compare(a, b);
}

bool __wrap_string_list_is_same(const struct string_list *a, const struct string_list *b) {
    compared++;
    return __real_string_list_is_same(a, b);
}

TestSuite(host_index, .init = config_test_begin, .fini = config_test_end, .timeout = 60);

/* Host n has the names h<n> and, if it is odd, g<n>. */
static void load_many(void) {
    char *text = malloc((size_t)MANY * HOST_BYTES);
    cr_assert_not_null(text);
    char *end = text;
    for (int i = 0; i < MANY; i++) {
        end += i % 2 == 0 ? sprintf(end, "host h%d { listing = off }\n", i)
                          : sprintf(end, "host h%d g%d { listing = off }\n", i, i);
    }
    cr_assert(load(text) && config_inherit(&config, error), "%s", error);
    free(text);
}

Test(host_index, are_found_by_all_their_names) {
    struct host_index hosts;
    load_many();
    cr_assert_eq(host_index_init(&hosts, &config), 0);
    for (size_t i = 0; i < MANY; i++) {
        cr_expect_eq(host_index_find(&hosts, &config.hosts[i]), i);
    }
    struct config_host other = config.hosts[1];
    other.names.count = 1; /* the first one alone */
    cr_expect_eq(host_index_find(&hosts, &other), MANY);
    host_index_deinit(&hosts);
    host_index_deinit(&hosts);
}

/* The fault: each was looked for among all; of 8,000 that took half a second. */
Test(host_index, are_compared_in_so_many_steps_as_it_takes_to_sort_them) {
    enum { STEPS = 10 /* binary logarithm of MANY */, LISTS = 40 /* options that are one, with room */ };
    struct config_diff diff = {0};
    load_many();
    compared = 0;
    cr_assert_eq(config_diff(&config, &config, &config, &diff), 0);
    cr_expect_eq(diff.lines.count, 0);
    cr_expect_leq(compared, (size_t)MANY * 4 * STEPS + LISTS, "%zu", compared);
    config_diff_deinit(&diff);
}
