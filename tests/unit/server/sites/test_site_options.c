/* SPDX-License-Identifier: MIT */
#include "conf/config.h"
#include "conf/schema/option_table.h"
#include "server/sites/site_options.h"
#include "tests/unit/support/config.h"
#include "tests/unit/support/memory_faults.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

static struct site_options_store store;
static char nothing; /* only its place counts: the forms are passed on and not looked into */
static struct file_forms *forms;

static void set_up(void) {
    void *place = &nothing;
    forms = place;
    config_test_begin();
}

static void tear_down(void) {
    site_options_deinit(&store);
    store = (struct site_options_store){0};
    config_test_end();
}

TestSuite(site_options, .init = set_up, .fini = tear_down, .timeout = 60);

/* The options of what stands outside of hosts. */
static const struct site_options *make_options(const char *text) {
    site_options_deinit(&store);
    start_again();
    cr_assert(load(text) && config_inherit(&config, error), "%s: %s", text, error);
    cr_assert_eq(site_options_init(&store, &config.site, forms), 0);
    return &store.options;
}

static bool same(const char *a, const char *b) {
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

/* The strings, with commas between. */
static const char *join(char *const *items, size_t count) {
    static char text[1024];
    text[0] = '\0';
    for (size_t i = 0; i < count; i++) {
        size_t length = strlen(text);
        (void)snprintf(text + length, sizeof text - length, "%s%s", i > 0 ? "," : "", items[i]);
    }
    return text;
}

/* ---- options: each has a row --------------------------------------------------------------------------- */

static const char *root_of(const struct site_options *options) {
    return options->root;
}

static const char *index_of(const struct site_options *options) {
    return join(options->index_names, options->index_count);
}

static const char *flag(bool value) {
    return value ? "on" : "off";
}

static const char *listing_of(const struct site_options *options) {
    return flag(options->listing);
}

static const char *charset_of(const struct site_options *options) {
    return options->media_types.charset;
}

static const char *table_of(const struct site_options *options) {
    return options->media_types.path;
}

static const char *standard_of(const struct site_options *options) {
    return options->media_types.standard;
}

static const char *codings_of(const struct site_options *options) {
    static char text[64];
    text[0] = '\0';
    for (size_t i = 0; i < options->variants.precompressed_count; i++) {
        size_t length = strlen(text);
        (void)snprintf(text + length, sizeof text - length, "%s%s", i > 0 ? "," : "",
                       content_coding_name(options->variants.precompressed[i]));
    }
    return text;
}

static const char *compress_of(const struct site_options *options) {
    cr_expect(options->variants.forms == NULL || options->variants.forms == forms);
    return flag(options->variants.forms != NULL);
}

static const char *compress_types_of(const struct site_options *options) {
    return join(options->variants.compress_types, options->variants.compress_type_count);
}

static const char *number(size_t value) {
    static char text[32];
    (void)snprintf(text, sizeof text, "%zu", value);
    return text;
}

static const char *compress_min_of(const struct site_options *options) {
    return number(options->variants.compress_min_bytes);
}

static const char *compress_max_of(const struct site_options *options) {
    return number(options->variants.compress_max_bytes);
}

static const char *cors_of(const struct site_options *options) {
    return join(options->rules.cors_origins, options->rules.cors_origin_count);
}

static const char *security_of(const struct site_options *options) {
    return flag(options->rules.security_headers);
}

static const char *isolation_of(const struct site_options *options) {
    return flag(options->rules.cross_origin_isolation);
}

static const char *download_of(const struct site_options *options) {
    return flag(options->rules.folder_download);
}

static const char *server_header_of(const struct site_options *options) {
    cr_expect(options->rules.version == NULL || options->rules.version[0] != '\0');
    return flag(options->rules.version != NULL);
}

static const char *clean_urls_of(const struct site_options *options) {
    return flag(options->clean_urls);
}

static const char *fallback_of(const struct site_options *options) {
    return options->fallback;
}

static const struct {
    const char *option;
    const char *line; /* of the config; "": the default */
    const char *(*read)(const struct site_options *options);
    const char *expected; /* NULL: none */
} rows[] = {
    {"root", "", root_of, "."},
    {"root", "root = \"/srv/www\"", root_of, "/srv/www"},
    {"index", "", index_of, "index.html"},
    {"index", "index = { a.html, b.html }", index_of, "a.html,b.html"},
    {"index", "index = { }", index_of, ""},
    {"listing", "", listing_of, "on"},
    {"listing", "listing = off", listing_of, "off"},
    {"charset", "", charset_of, "utf-8"},
    {"charset", "charset = latin1", charset_of, "latin1"},
    {"charset", "charset = off", charset_of, NULL},
    {"media_types", "", table_of, "/etc/mime.types"},
    {"media_types", "media_types = types", table_of, "types"},
    {"media_types", "media_types = off", table_of, NULL},
    {"default_type", "", standard_of, "application/octet-stream"},
    {"default_type", "default_type = text/plain", standard_of, "text/plain"},
    {"default_type", "default_type = off", standard_of, NULL},
    {"precompressed", "", codings_of, "br,zstd,gzip"},
    {"precompressed", "precompressed = { gzip, br }", codings_of, "gzip,br"},
    {"precompressed", "precompressed = { zstd }", codings_of, "zstd"},
    {"precompressed", "precompressed = off", codings_of, ""},
    {"compress", "", compress_of, "off"},
    {"compress", "compress = on", compress_of, "on"},
    {"compress_types", "compress_types = { \"text/*\", a/b }", compress_types_of, "text/*,a/b"},
    {"compress_min", "", compress_min_of, "1024"},
    {"compress_min", "compress_min = 0", compress_min_of, "0"},
    {"compress_min", "compress_min = 3k", compress_min_of, "3072"},
    {"compress_max", "", compress_max_of, "1048576"},
    {"compress_max", "compress_max = 5k", compress_max_of, "5120"},
    {"cors", "", cors_of, ""},
    {"cors", "cors = on", cors_of, "*"},
    {"cors", "cors = { \"https://a.example\", \"http://b:81\" }", cors_of, "https://a.example,http://b:81"},
    {"security_headers", "", security_of, "off"},
    {"security_headers", "security_headers = on", security_of, "on"},
    {"cross_origin_isolation", "", isolation_of, "off"},
    {"cross_origin_isolation", "cross_origin_isolation = on", isolation_of, "on"},
    {"folder_download", "", download_of, "on"},
    {"folder_download", "folder_download = off", download_of, "off"},
    {"server_header", "", server_header_of, "off"},
    {"server_header", "server_header = on", server_header_of, "on"},
    {"clean_urls", "", clean_urls_of, "off"},
    {"clean_urls", "clean_urls = on", clean_urls_of, "on"},
    {"fallback", "", fallback_of, NULL},
    {"fallback", "fallback = /index.html", fallback_of, "index.html"},
    {"fallback", "fallback = /app/index.html", fallback_of, "app/index.html"},
    {"fallback", "fallback = off", fallback_of, NULL},
};

enum { ROW_COUNT = sizeof rows / sizeof rows[0] };

Test(site_options, carries_each_option_over) {
    for (size_t i = 0; i < ROW_COUNT; i++) {
        const char *found = rows[i].read(make_options(rows[i].line));
        cr_expect(same(found, rows[i].expected), "%s, '%s': %s", rows[i].option, rows[i].line,
                  found != NULL ? found : "NULL");
    }
}

/* Whoever adds an option of sites has to carry it over, and to show that here. */
Test(site_options, is_tested_for_every_option_of_a_site) {
    for (size_t id = 0; id < OPTION_COUNT; id++) {
        bool has_row = option_table[id].scope != OPTION_OF_SITE;
        for (size_t i = 0; i < ROW_COUNT && !has_row; i++) {
            has_row = rows[i].line[0] != '\0' && strcmp(rows[i].option, option_table[id].name) == 0;
        }
        cr_expect(has_row, "%s", option_table[id].name);
    }
}

Test(site_options, compresses_nothing_without_forms) {
    forms = NULL;
    cr_expect_null(make_options("compress = on")->variants.forms);
}

/* ---- sections ------------------------------------------------------------------------------------------ */

Test(site_options, has_no_sections_by_default) {
    const struct site_options *options = make_options("");
    cr_expect_eq(options->media_types.override_count, 0);
    cr_expect_eq(options->rules.cache_count, 0);
    cr_expect_eq(options->rules.field_count, 0);
    cr_expect_eq(options->rules.redirect_count, 0);
    cr_expect_eq(options->rules.error_page_count, 0);
}

Test(site_options, carries_types_over_in_their_order) {
    const struct site_options *options = make_options("types { md = text/x }\ntypes { foo = a/b }");
    cr_assert_eq(options->media_types.override_count, 2);
    cr_expect_str_eq(options->media_types.overrides[0].extension, "md");
    cr_expect_str_eq(options->media_types.overrides[0].type, "text/x");
    cr_expect_str_eq(options->media_types.overrides[1].extension, "foo");
    cr_expect_str_eq(options->media_types.overrides[1].type, "a/b");
}

Test(site_options, carries_each_setting_of_a_cache_over) {
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

Test(site_options, carries_caches_over_in_their_order) {
    const struct site_rules_options *rules =
        &make_options("cache /a { private = on }\ncache \"image/*\" { no_store = on }")->rules;
    cr_assert_eq(rules->cache_count, 2);
    cr_expect_str_eq(rules->caches[0].pattern, "/a");
    cr_expect_str_eq(rules->caches[1].pattern, "image/*");
}

Test(site_options, carries_headers_over_in_their_order) {
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

Test(site_options, carries_redirects_over_in_their_order) {
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

Test(site_options, carries_error_pages_over_in_their_order) {
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
Test(site_options, of_a_host_has_what_it_takes_over) {
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

/* ---- memory -------------------------------------------------------------------------------------------- */

Test(site_options, may_run_out_of_memory_at_any_place) {
    cr_assert(load("types { a = a/a }\ncache /a { private = on }\nheader /a { remove = A }\n"
                   "redirect /a { to = /b }\nerror_page 404 = /a\n"),
              "%s", error);
    ptrdiff_t live = memory_live_count();
    size_t count = 0;
    for (bool failed = true; failed; count++) {
        memory_fail_after(count);
        int result = site_options_init(&store, &config.site, forms);
        failed = memory_stop_failing();
        cr_expect_eq(result, failed ? -ENOMEM : 0, "after %zu", count);
        site_options_deinit(&store);
        cr_expect_eq(memory_live_count(), live, "after %zu", count);
    }
    store = (struct site_options_store){0};
    cr_expect_eq(count, 6, "%zu", count);
}
