/* SPDX-License-Identifier: MIT */
#include "conf/sources/rule_index.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>

TestSuite(rule_index, .timeout = 60);

static struct rule_index rules;

/* A rule with this title, until the next one is made. */
static const struct config_rule *make(enum config_section_kind kind, const char *title) {
    static char text[32];
    static struct config_rule rule;
    (void)snprintf(text, sizeof text, "%s", title);
    rule = (struct config_rule){.kind = kind, .title = text};
    return &rule;
}

static void expect_number(size_t site, enum config_section_kind kind, const char *title, int result,
                          size_t number) {
    size_t found = 0;
    cr_expect_eq(rule_index_find(&rules, site, make(kind, title), &found), result, "%zu %s", site, title);
    cr_expect_eq(found, number, "%zu %s: %zu", site, title, found);
}

Test(rule_index, tells_sites_kinds_and_titles_apart) {
    expect_number(0, SECTION_CACHE, "/a", -ENOENT, 0);
    cr_assert_eq(rule_index_add(&rules, 0, make(SECTION_CACHE, "/a"), 7), 0);
    cr_assert_eq(rule_index_add(&rules, 0, make(SECTION_HEADER, "/a"), 8), 0);
    cr_assert_eq(rule_index_add(&rules, 1, make(SECTION_CACHE, "/a"), 9), 0);
    expect_number(0, SECTION_CACHE, "/a", 0, 7);
    expect_number(0, SECTION_HEADER, "/a", 0, 8);
    expect_number(1, SECTION_CACHE, "/a", 0, 9);
    expect_number(1, SECTION_HEADER, "/a", -ENOENT, 0);
    expect_number(0, SECTION_CACHE, "/a/", -ENOENT, 0);
    expect_number(0, SECTION_CACHE, "", -ENOENT, 0);
    rule_index_clear(&rules);
    expect_number(0, SECTION_CACHE, "/a", -ENOENT, 0);
}

Test(rule_index, finds_each_of_many) {
    enum { MANY = 20000 };
    char title[32];
    for (size_t i = 0; i < MANY; i++) {
        (void)snprintf(title, sizeof title, "/old/%zu", i);
        cr_assert_eq(rule_index_add(&rules, 0, make(SECTION_REDIRECT, title), i), 0);
    }
    for (size_t i = 0; i < MANY; i++) {
        (void)snprintf(title, sizeof title, "/old/%zu", i);
        expect_number(0, SECTION_REDIRECT, title, 0, i);
    }
    rule_index_clear(&rules);
}

Test(rule_index, knows_a_name_of_a_host_by_the_host) {
    size_t host = 0;
    cr_expect_eq(rule_index_find_host(&rules, "a", &host), -ENOENT);
    cr_assert_eq(rule_index_add_host(&rules, "a", 3), 0);
    for (unsigned kind = 0; kind < SECTION_COUNT; kind++) {
        expect_number(0, (enum config_section_kind)kind, "a", -ENOENT, 0);
    }
    cr_expect_eq(rule_index_find_host(&rules, "b", &host), -ENOENT);
    cr_expect_eq(rule_index_find_host(&rules, "a", &host), 0);
    cr_expect_eq(host, 3);
    rule_index_clear(&rules);
}
