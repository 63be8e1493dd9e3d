/* SPDX-License-Identifier: MIT */
/* Linked with support_memory_faults.c and its --wrap for malloc, calloc, realloc, strdup and free. */
#include "http/rules/rules.h"
#include "tests/unit/support/memory_faults.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>

TestSuite(site_rules, .timeout = 20);

static char origin[] = "https://example.org";
static char line[] = "X-One: 1";
static char page_path[] = "errors/404.html";
static char *const origins[] = {origin};
static char *const lines[] = {line};
static const struct cache_rule caches[] = {{.pattern = "/a/*", .has_max_age = true, .max_age_s = 60}};
static const struct header_rule fields[] = {{.pattern = "*", .add = lines, .add_count = 1}};
static const struct redirect_rule redirects[] = {{.pattern = "/old", .to = "/new", .status = 301}};
static const struct error_page_rule pages[] = {{.status = 404, .path = page_path},
                                               {.status = 500, .path = "500.html"},
                                               {.status = 404, .path = "second.html"}};

static const struct site_rules_options all = {
    .caches = caches,
    .cache_count = 1,
    .fields = fields,
    .field_count = 1,
    .redirects = redirects,
    .redirect_count = 1,
    .cors_origins = origins,
    .cors_origin_count = 1,
    .error_pages = pages,
    .error_page_count = 3,
    .security_headers = true,
    .cross_origin_isolation = true,
};

Test(site_rules, without_options_are_as_good_as_none) {
    struct site_rules rules;
    struct pattern_subject subject = {.path = view_of("/a/b")};
    cr_assert_eq(site_rules_init(&rules, &(struct site_rules_options){0}), 0);
    cr_expect_null(rules.fields);
    cr_expect_null(rules.redirects);
    cr_expect_null(rules.cors);
    cr_expect_not(rules.security_headers);
    cr_expect_not(rules.cross_origin_isolation);
    cr_expect_null(site_rules_error_page(&rules, HTTP_NOT_FOUND));
    cr_expect_str_eq(cache_policy_find(rules.cache, &subject)->control, "no-cache");
    site_rules_deinit(&rules);
}

Test(site_rules, hold_all_they_were_given) {
    struct site_rules rules;
    struct own_fields own = {0};
    struct text location = {0};
    struct pattern_subject subject = {.path = view_of("/a/b")};
    cr_assert_eq(site_rules_init(&rules, &all), 0);
    cr_expect_str_eq(cache_policy_find(rules.cache, &subject)->control, "max-age=60");
    header_fields_select(rules.fields, &subject, false, &own, NULL);
    cr_assert_eq(own.count, 1);
    cr_expect_str_eq(own.fields[0]->value, "1");
    cr_expect_eq(redirects_find(rules.redirects, view_of("/old"), (struct view){0}, &location, NULL), 301);
    cr_expect(view_equals((struct view){location.bytes, location.length}, "/new"));
    cr_expect_not_null(rules.cors);
    cr_expect(rules.security_headers);
    cr_expect(rules.cross_origin_isolation);
    text_deinit(&location);
    site_rules_deinit(&rules);
}

Test(site_rules, tell_one_switch_from_the_other) {
    struct site_rules rules;
    cr_assert_eq(site_rules_init(&rules, &(struct site_rules_options){.security_headers = true}), 0);
    cr_expect(rules.security_headers && !rules.cross_origin_isolation);
    site_rules_deinit(&rules);
    cr_assert_eq(site_rules_init(&rules, &(struct site_rules_options){.cross_origin_isolation = true}), 0);
    cr_expect(!rules.security_headers && rules.cross_origin_isolation);
    site_rules_deinit(&rules);
}

Test(site_rules, name_the_first_page_of_a_status) {
    struct site_rules rules;
    cr_assert_eq(site_rules_init(&rules, &all), 0);
    cr_expect_str_eq(site_rules_error_page(&rules, HTTP_NOT_FOUND)->path, "errors/404.html");
    cr_expect_str_eq(site_rules_error_page(&rules, HTTP_INTERNAL_SERVER_ERROR)->path, "500.html");
    cr_expect_null(site_rules_error_page(&rules, HTTP_FORBIDDEN));
    site_rules_deinit(&rules);
}

Test(site_rules, are_copies) {
    struct site_rules rules;
    cr_assert_eq(site_rules_init(&rules, &all), 0);
    page_path[0] = 'x';
    cr_expect_str_eq(site_rules_error_page(&rules, HTTP_NOT_FOUND)->path, "errors/404.html");
    page_path[0] = 'e';
    site_rules_deinit(&rules);
}

Test(site_rules, may_end_twice) {
    struct site_rules rules;
    cr_assert_eq(site_rules_init(&rules, &all), 0);
    site_rules_deinit(&rules);
    cr_expect_null(site_rules_error_page(&rules, HTTP_NOT_FOUND));
    site_rules_deinit(&rules);
}

Test(site_rules, lose_nothing_whichever_allocation_fails) {
    ptrdiff_t live_before = memory_live_count();
    size_t failures = 0;
    for (bool failed = true; failed; failures++) {
        struct site_rules rules;
        memory_fail_after(failures);
        int result = site_rules_init(&rules, &all);
        failed = memory_stop_failing();
        cr_expect_eq(result, failed ? -ENOMEM : 0, "allocation %zu: %d", failures, result);
        site_rules_deinit(&rules);
        cr_expect_eq(memory_live_count(), live_before, "allocation %zu", failures);
    }
    cr_expect_geq(failures, 10);
}
