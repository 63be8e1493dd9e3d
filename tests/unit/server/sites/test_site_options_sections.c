/* SPDX-License-Identifier: MIT */
/* The options that sections give a site. */
#include "conf/config.h"
#include "tests/unit/server/sites/made_options.h"
#include "tests/unit/support/config.h"

#include <criterion/criterion.h>
#include <stdio.h>

TestSuite(site_options_sections, .init = site_options_set_up, .fini = site_options_tear_down, .timeout = 60);

Test(site_options_sections, has_no_sections_by_default) {
    const struct site_options *options = make_options("");
    cr_expect_eq(options->media_types.override_count, 0);
    cr_expect_eq(options->rules.cache_count, 0);
    cr_expect_eq(options->rules.field_count, 0);
    cr_expect_eq(options->rules.redirect_count, 0);
    cr_expect_eq(options->rules.error_page_count, 0);
}

Test(site_options_sections, carries_types_over_in_their_order) {
    const struct site_options *options = make_options("types { md = text/x }\ntypes { foo = a/b }");
    cr_assert_eq(options->media_types.override_count, 2);
    cr_expect_str_eq(options->media_types.overrides[0].extension, "md");
    cr_expect_str_eq(options->media_types.overrides[0].type, "text/x");
    cr_expect_str_eq(options->media_types.overrides[1].extension, "foo");
    cr_expect_str_eq(options->media_types.overrides[1].type, "a/b");
}

Test(site_options_sections, carries_each_setting_of_a_cache_over) {
    static const struct {
        const char *text;
        struct cache_rule expected;
    } caches[] = {
        {"max_age = 1m", {.has_max_age = true, .max_age_s = 60}},
        {"max_age = 0s", {.has_max_age = true, .max_age_s = 0}},
        {"max_age = 10y", {.has_max_age = true, .max_age_s = INT64_C(315360000)}},
        {"stale_while_revalidate = 2s", {.stale_while_revalidate_s = 2}},
        {"immutable = on", {.immutable = true}},
        {"private = on", {.is_private = true}},
        {"no_store = on", {.no_store = true}},
        {"must_revalidate = on", {.must_revalidate = true}},
    };
    for (size_t i = 0; i < sizeof caches / sizeof caches[0]; i++) {
        const char *name = caches[i].text;
        const struct cache_rule *expected = &caches[i].expected;
        char text[128];
        (void)snprintf(text, sizeof text, "cache \"/a*\" { %s }", name);
        const struct site_rules_options *rules = &make_options(text)->rules;
        cr_assert_eq(rules->cache_count, 1, "%s", name);
        cr_expect_str_eq(rules->caches[0].pattern, "/a*", "%s", name);
        cr_expect_eq(rules->caches[0].has_max_age, expected->has_max_age, "%s", name);
        cr_expect_eq(rules->caches[0].max_age_s, expected->max_age_s, "%s", name);
        cr_expect_eq(rules->caches[0].stale_while_revalidate_s, expected->stale_while_revalidate_s, "%s",
                     name);
        cr_expect_eq(rules->caches[0].immutable, expected->immutable, "%s", name);
        cr_expect_eq(rules->caches[0].is_private, expected->is_private, "%s", name);
        cr_expect_eq(rules->caches[0].no_store, expected->no_store, "%s", name);
        cr_expect_eq(rules->caches[0].must_revalidate, expected->must_revalidate, "%s", name);
    }
}

Test(site_options_sections, carries_caches_over_in_their_order) {
    const struct site_rules_options *rules =
        &make_options("cache /a { private = on }\ncache \"image/*\" { no_store = on }")->rules;
    cr_assert_eq(rules->cache_count, 2);
    cr_expect_str_eq(rules->caches[0].pattern, "/a");
    cr_expect_str_eq(rules->caches[1].pattern, "image/*");
}

Test(site_options_sections, carries_headers_over_in_their_order) {
    const struct site_rules_options *rules =
        &make_options("header /a { add = { \"A: b\", \"C: d\" } remove = { E } }\n"
                      "header /b { remove = { Server, X } errors = off }")
             ->rules;
    cr_assert_eq(rules->field_count, 2);
    cr_expect_str_eq(rules->fields[0].pattern, "/a");
    cr_expect_str_eq(join(rules->fields[0].add, rules->fields[0].add_count), "A: b,C: d");
    cr_expect_str_eq(join(rules->fields[0].remove, rules->fields[0].remove_count), "E");
    cr_expect(rules->fields[0].on_errors);
    cr_expect_str_eq(rules->fields[1].pattern, "/b");
    cr_expect_eq(rules->fields[1].add_count, 0);
    cr_expect_str_eq(join(rules->fields[1].remove, rules->fields[1].remove_count), "Server,X");
    cr_expect(!rules->fields[1].on_errors);
}

Test(site_options_sections, carries_redirects_over_in_their_order) {
    const struct site_rules_options *rules =
        &make_options(
             "redirect \"/a/*\" { to = \"/b/$1\" }\nredirect /c { to = \"https://d/\" status = 308 }")
             ->rules;
    cr_assert_eq(rules->redirect_count, 2);
    cr_expect_str_eq(rules->redirects[0].pattern, "/a/*");
    cr_expect_str_eq(rules->redirects[0].to, "/b/$1");
    cr_expect_eq(rules->redirects[0].status, 301);
    cr_expect_str_eq(rules->redirects[1].pattern, "/c");
    cr_expect_str_eq(rules->redirects[1].to, "https://d/");
    cr_expect_eq(rules->redirects[1].status, 308);
}

Test(site_options_sections, carries_error_pages_over_in_their_order) {
    const struct site_rules_options *rules =
        &make_options("error_page 404 = /404.html\nerror_page 500 = /errors/500.html")->rules;
    cr_assert_eq(rules->error_page_count, 2);
    cr_expect_eq(rules->error_pages[0].status, 404);
    cr_expect_str_eq(rules->error_pages[0].path, "404.html");
    cr_expect_eq(rules->error_pages[1].status, 500);
    cr_expect_str_eq(rules->error_pages[1].path, "errors/500.html");
}

/* What the two have the other way round: in front of, or behind what stands outside, see config_inherit().
 * */
Test(site_options_sections, of_a_host_has_what_it_takes_over) {
    static const char text[] =
        "listing = off\ncache /a { private = on }\nheader /a { remove = A }\nredirect /a { to = /b }\n"
        "error_page 404 = /a\nerror_page 500 = /a\ntypes { a = a/a c = c/c }\n"
        "host x { cache /b { private = on } header /b { remove = B } redirect /b { to = /c }\n"
        "error_page 404 = /b\ntypes { a = b/b } }";
    cr_assert(load(text) && config_inherit(&config, error), "%s", error);
    cr_assert_eq(site_options_init(&store, &config.hosts[0].site, forms), 0);
    const struct site_rules_options *rules = &store.options.rules;
    const struct media_types_options *types = &store.options.media_types;
    cr_expect(!store.options.listing);
    cr_assert(rules->cache_count == 2 && rules->field_count == 2 && rules->redirect_count == 2);
    cr_expect_str_eq(rules->caches[0].pattern, "/a");
    cr_expect_str_eq(rules->caches[1].pattern, "/b");
    cr_expect_str_eq(rules->fields[0].pattern, "/a");
    cr_expect_str_eq(rules->fields[1].pattern, "/b");
    cr_expect_str_eq(rules->redirects[0].pattern, "/b");
    cr_expect_str_eq(rules->redirects[1].pattern, "/a");
    cr_assert(rules->error_page_count == 2 && types->override_count == 2);
    cr_expect_str_eq(rules->error_pages[0].path, "b");
    cr_expect_eq(rules->error_pages[1].status, 500);
    cr_expect_str_eq(types->overrides[0].type, "b/b");
    cr_expect_str_eq(types->overrides[1].type, "c/c");
}
