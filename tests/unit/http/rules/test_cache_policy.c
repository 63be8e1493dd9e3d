/* SPDX-License-Identifier: MIT */
#include "http/rules/cache_policy.h"
#include "tests/unit/support/memory_faults.h"

#include <criterion/criterion.h>

TestSuite(cache_policy, .timeout = 20);

#define COUNT(array) (sizeof(array) / sizeof *(array))

enum { YEAR_S = 365 * 86400 };

static const struct pattern_subject script = {
    .path = {"/assets/x.js", 12},
    .media_type = {"text/javascript", 15},
};

static struct cache_policy *create(const struct cache_rule *rules, size_t count) {
    struct cache_policy *policy = cache_policy_create(rules, count);
    cr_assert_not_null(policy);
    return policy;
}

Test(cache_policy, writes_cache_control_and_says_how_long_a_file_is_fresh) {
    static const struct {
        const char *name;
        struct cache_rule rule;
        const char *control;
        int64_t fresh_s;
    } rows[] = {
        {"RFC 9111 section 4.2.2: nothing said must not be fresh by guessing",
         {.pattern = "*"},
         "no-cache",
         0},
        {"5.2.2.1: a time", {.has_max_age = true, .max_age_s = 600}, "max-age=600", 600},
        {"no time at all", {.has_max_age = true}, "max-age=0", 0},
        {"a time that is not given", {.max_age_s = 600}, "no-cache", 0},
        {"RFC 8246: a year, never changed",
         {.has_max_age = true, .max_age_s = YEAR_S, .immutable = true},
         "max-age=31536000, immutable",
         YEAR_S},
        {"never changed, without a time", {.immutable = true}, "no-cache, immutable", 0},
        {"RFC 5861: old while a new one is fetched",
         {.has_max_age = true, .max_age_s = 60, .stale_while_revalidate_s = 30},
         "max-age=60, stale-while-revalidate=30",
         60},
        {"the same, without a time",
         {.stale_while_revalidate_s = 30},
         "no-cache, stale-while-revalidate=30",
         0},
        {"5.2.2.7: private alone", {.is_private = true}, "private, no-cache", 0},
        {"RFC 2616 section 14.9.3: private, which a cache that knows only Expires must not keep",
         {.is_private = true, .has_max_age = true, .max_age_s = 60},
         "private, max-age=60",
         0},
        {"5.2.2.5: no store", {.no_store = true}, "no-store", 0},
        {"private and no store", {.is_private = true, .no_store = true}, "private, no-store", 0},
        {"no store and all else, which cannot hold for what is not kept",
         {.no_store = true,
          .has_max_age = true,
          .max_age_s = 60,
          .stale_while_revalidate_s = 30,
          .must_revalidate = true,
          .immutable = true},
         "no-store",
         0},
        {"5.2.2.2: must revalidate", {.must_revalidate = true}, "must-revalidate", 0},
        {"must revalidate after a time",
         {.must_revalidate = true, .has_max_age = true, .max_age_s = 60},
         "max-age=60, must-revalidate",
         60},
        {"all that go together",
         {.is_private = true,
          .has_max_age = true,
          .max_age_s = 60,
          .stale_while_revalidate_s = 30,
          .must_revalidate = true,
          .immutable = true},
         "private, max-age=60, stale-while-revalidate=30, must-revalidate, immutable",
         0},
        {"RFC 9111 section 1.2.2: the most that caches know",
         {.has_max_age = true, .max_age_s = INT64_C(2147483648)},
         "max-age=2147483648",
         INT64_C(2147483648)},
        {"more than caches know",
         {.has_max_age = true, .max_age_s = INT64_MAX, .stale_while_revalidate_s = INT64_MAX},
         "max-age=2147483648, stale-while-revalidate=2147483648",
         INT64_C(2147483648)},
        {"less than nothing",
         {.has_max_age = true, .max_age_s = -1, .stale_while_revalidate_s = -1},
         "max-age=0",
         0},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct cache_rule rule = rows[i].rule;
        rule.pattern = "*";
        struct cache_policy *policy = create(&rule, 1);
        const struct cache_directives *found = cache_policy_find(policy, &script);
        cr_expect_str_eq(found->control, rows[i].control, "%s: '%s'", rows[i].name, found->control);
        cr_expect(found->fresh_s == rows[i].fresh_s, "%s: %lld", rows[i].name, (long long)found->fresh_s);
        cache_policy_destroy(policy);
    }
}

Test(cache_policy, lets_the_last_section_that_matches_decide_alone) {
    static const struct cache_rule rules[] = {
        {.pattern = "/assets/*", .has_max_age = true, .max_age_s = 1, .immutable = true},
        {.pattern = "text/*", .is_private = true},
        {.pattern = "/assets/old/*", .no_store = true},
        {.pattern = "*.woff2", .has_max_age = true, .max_age_s = 2},
    };
    static const struct {
        const char *path;
        const char *media_type;
        const char *control;
    } rows[] = {
        {"/assets/x.png", "image/png", "max-age=1, immutable"},
        {"/assets/x.css", "text/css", "private, no-cache"},
        {"/x.css", "Text/CSS", "private, no-cache"},
        {"/assets/old/x.css", "text/css", "no-store"},
        {"/assets/old/x.woff2", "font/woff2", "max-age=2"},
        {"/x.png", "image/png", "no-cache"},
        {"/assets/x", NULL, "max-age=1, immutable"},
        {"/x", NULL, "no-cache"},
    };
    struct cache_policy *policy = create(rules, COUNT(rules));
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct pattern_subject subject = {.path = view_of(rows[i].path)};
        if (rows[i].media_type != NULL) {
            subject.media_type = view_of(rows[i].media_type);
        }
        const char *control = cache_policy_find(policy, &subject)->control;
        cr_expect_str_eq(control, rows[i].control, "%s: '%s'", rows[i].path, control);
    }
    cache_policy_destroy(policy);
}

Test(cache_policy, asks_each_time_without_sections) {
    struct cache_policy *policy = create(NULL, 0);
    cr_expect_str_eq(cache_policy_find(policy, &script)->control, "no-cache");
    cr_expect_eq(cache_policy_find(policy, &script)->fresh_s, 0);
    cache_policy_destroy(policy);
    cache_policy_destroy(NULL);
}

Test(cache_policy, keeps_nothing_of_the_callers) {
    char pattern[] = "/assets/*";
    struct cache_rule rule = {.pattern = pattern, .has_max_age = true, .max_age_s = 7};
    struct cache_policy *policy = create(&rule, 1);
    memset(pattern, 'x', sizeof pattern - 1);
    rule = (struct cache_rule){0};
    cr_expect_str_eq(cache_policy_find(policy, &script)->control, "max-age=7");
    cache_policy_destroy(policy);
}

Test(cache_policy, is_not_made_when_memory_runs_out) {
    static const struct cache_rule rules[] = {
        {.pattern = "/a/*", .has_max_age = true, .max_age_s = 1},
        {.pattern = "text/*", .is_private = true},
    };
    size_t failures = 0;
    for (;; failures++) {
        memory_fail_after(failures);
        struct cache_policy *policy = cache_policy_create(rules, COUNT(rules));
        if (!memory_stop_failing()) {
            cr_expect_not_null(policy);
            cache_policy_destroy(policy);
            break;
        }
        cr_expect(policy == NULL, "allocation %zu", failures);
        cr_expect(memory_live_count() == 0, "allocation %zu: %td left", failures, memory_live_count());
    }
    cr_expect_gt(failures, COUNT(rules) * 2);
    cr_expect_eq(memory_live_count(), 0);
}

Test(cache_policy, takes_no_memory_to_find) {
    static const struct cache_rule rule = {.pattern = "*.js", .no_store = true};
    struct cache_policy *policy = create(&rule, 1);
    memory_fail_after(0);
    cr_expect_str_eq(cache_policy_find(policy, &script)->control, "no-store");
    cr_expect_not(memory_stop_failing());
    cache_policy_destroy(policy);
}
