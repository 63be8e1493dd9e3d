/* SPDX-License-Identifier: MIT */
/* What rules tell of themselves: which section holds, and where it stands. */
#include "http/rules/rules.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

TestSuite(rules_account, .timeout = 60);

static char told[1024];

static void note(void *context, const char *line) {
    size_t length = strlen(told);
    cr_assert_eq(context, told);
    (void)snprintf(told + length, sizeof told - length, "%s\n", line);
}

static const struct account account = {.step = note, .context = told};
static char one[] = "A: 1";
static char two[] = "B";
static char *const add[] = {one};
static char *const away[] = {two};

Test(rules_account, names_each_header_section_that_holds) {
    const struct header_rule rules[] = {
        {.pattern = "/*", .where = "f:1", .add = add, .add_count = 1, .remove = away, .remove_count = 1},
        {.pattern = "/other", .where = "f:2", .add = add, .add_count = 1},
        {.pattern = "/a", .add = add, .add_count = 1, .on_errors = true},
    };
    struct header_fields *fields = header_fields_create(rules, 3);
    struct own_fields own;
    struct pattern_subject subject = {.path = view_of("/a")};
    cr_assert_not_null(fields);
    header_fields_select(fields, &subject, false, &own, &account);
    cr_expect_str_eq(told, "header \"/*\" (f:1): removes B, adds A\nheader \"/a\" (): adds A\n");
    told[0] = '\0';
    header_fields_select(fields, &subject, true, &own, &account);
    cr_expect_str_eq(told, "header \"/*\" (f:1): not on errors (errors = off)\nheader \"/a\" (): adds A\n");
    cr_expect_eq(own.count, 1);
    header_fields_destroy(fields);
}

Test(rules_account, names_the_redirect_that_holds_or_that_none_does) {
    const struct redirect_rule rules[] = {{.pattern = "/old/*", .where = "f:1", .to = "/$1", .status = 301}};
    struct redirects *redirects = redirects_create(rules, 1);
    struct text location = {0};
    cr_assert_not_null(redirects);
    cr_expect_eq(redirects_find(redirects, view_of("/old/a"), (struct view){0}, &location, &account), 301);
    cr_expect_eq(redirects_find(redirects, view_of("/a"), (struct view){0}, &location, &account), 0);
    cr_expect_str_eq(
        told, "redirect \"/old/*\" (f:1): to \"/$1\", status 301\nredirect: none of 1 section matches\n");
    redirects_destroy(redirects);
    text_deinit(&location);
}

Test(rules_account, keeps_where_caching_and_error_pages_stand) {
    const struct cache_rule caches[] = {{.pattern = "/a", .where = "f:1", .no_store = true}};
    const struct error_page_rule pages[] = {{.status = 404, .path = "x", .where = "f:2"}};
    struct site_rules rules;
    struct site_rules_options options = {
        .caches = caches, .cache_count = 1, .error_pages = pages, .error_page_count = 1};
    cr_assert_eq(site_rules_init(&rules, &options), 0);
    struct pattern_subject held = {.path = view_of("/a")};
    struct pattern_subject other = {.path = view_of("/b")};
    cr_expect_str_eq(cache_policy_find(rules.cache, &held)->pattern, "/a");
    cr_expect_str_eq(cache_policy_find(rules.cache, &held)->where, "f:1");
    cr_expect_null(cache_policy_find(rules.cache, &other)->pattern);
    cr_expect_str_eq(site_rules_error_page(&rules, HTTP_NOT_FOUND)->where, "f:2");
    site_rules_deinit(&rules);
}
