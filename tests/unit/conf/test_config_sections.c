/* SPDX-License-Identifier: MIT */
#include "tests/unit/support/config.h"

#include <criterion/criterion.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

TestSuite(config_sections, .init = config_test_begin, .fini = config_test_end, .timeout = 60);

static void expect_strings(const struct string_list *strings, const char *expected) {
    char joined[512] = "";
    for (size_t i = 0; i < strings->count; i++) {
        size_t used = strlen(joined);
        (void)snprintf(joined + used, sizeof joined - used, "%s%s", i == 0 ? "" : "|", strings->items[i]);
    }
    cr_assert_str_eq(joined, expected, "%s", joined);
}

Test(config_sections, has_the_documented_defaults) {
    const struct config_site *site = &config.site;
    cr_assert_str_eq(site->default_type, "sniff");
    expect_strings(&site->precompressed, "br|zstd|gzip");
    cr_assert_not(site->compress);
    expect_strings(
        &site->compress_types,
        "text/*|application/javascript|application/json|application/ld+json|application/manifest+json|"
        "application/wasm|application/xml|application/xhtml+xml|application/atom+xml|application/rss+xml|"
        "image/svg+xml|font/ttf|font/otf");
    cr_assert_eq(site->compress_min_bytes, 1024);
    cr_assert_eq(site->compress_max_bytes, 1048576);
    cr_assert_eq(config.compress_cache_bytes, 16777216);
    expect_strings(&site->cors, "");
    cr_assert_not(site->security_headers || site->cross_origin_isolation || site->clean_urls);
    cr_assert_str_eq(site->fallback, "off");
    cr_assert_str_eq(site->base_path, "off");
    expect_strings(&site->dotfiles, "hide");
    cr_assert_eq(site->rule_count + config.host_count, 0);
}

Test(config_sections, reads_every_option_of_a_site) {
    cr_assert(
        load("default_type = OFF\nprecompressed = { gzip, BR }\ncompress = on\n"
             "compress_types = { \"Text/*\", \"image/svg+xml\" }\ncompress_min = 0\ncompress_max = 64M\n"
             "compress_cache = 1G\ncors = { \"HTTPS://A.example:443\", \"http://localhost:03000\" }\n"
             "security_headers = yes\ncross_origin_isolation = true\nclean_urls = on\n"
             "fallback = \"/a b.html\"\nbase_path = \"/a%20b/c\"\n"
             "dotfiles = { Serve, \"!/private/*\" }\n"),
        "%s", error);
    const struct config_site *site = &config.site;
    cr_assert_str_eq(site->default_type, "off");
    expect_strings(&site->precompressed, "gzip|br");
    cr_assert(site->compress && site->security_headers && site->cross_origin_isolation && site->clean_urls);
    expect_strings(&site->compress_types, "text/*|image/svg+xml");
    cr_assert_eq(site->compress_min_bytes, 0);
    cr_assert_eq(site->compress_max_bytes, 67108864);
    cr_assert_eq(config.compress_cache_bytes, 1073741824);
    expect_strings(&site->cors, "https://a.example|http://localhost:3000");
    cr_assert_str_eq(site->fallback, "/a b.html");
    cr_assert_str_eq(site->base_path, "/a%20b/c");
    expect_strings(&site->dotfiles, "serve|!/private/*");
}

Test(config_sections, takes_a_word_in_place_of_a_list) {
    static const struct {
        const char *text, *cors, *precompressed;
    } rows[] = {
        {"cors = on\nprecompressed = off", "*", ""},
        {"cors = { yes }\nprecompressed = {}", "*", ""},
        {"cors = \"*\"\nprecompressed = br", "*", "br"},
        {"cors = off\nprecompressed = { No }", "", ""},
        {"cors = {}", "", "br|zstd|gzip"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        start_again();
        cr_assert(load(rows[i].text), "%s: %s", rows[i].text, error);
        expect_strings(&config.site.cors, rows[i].cors);
        expect_strings(&config.site.precompressed, rows[i].precompressed);
        cr_assert_str_eq(config_origin(&config, "cors", 0), "lido.conf:1");
    }
}

Test(config_sections, adds_no_origin_to_all_of_them) {
    cr_assert(config_set(&config, "cors", "https://a", "--cors", error), "%s", error);
    cr_assert_not(config_set(&config, "cors", "on", "--cors", error));
    cr_assert_str_eq(error, "--cors: 'on' stands alone; remove it or the other entries");
    cr_assert_not(config_set(&config, "cors", "https://a", "--cors", error));
    cr_assert_str_eq(error, "--cors: 'https://a' stands twice (also --cors); remove one of them");
    start_again();
    cr_assert(config_set(&config, "cors", "on", "--cors", error), "%s", error);
    cr_assert_not(config_set(&config, "cors", "https://a", "--cors", error));
    cr_assert_str_eq(error, "--cors: 'https://a' is not needed: all origins may read already (--cors)");
}

Test(config_sections, reads_caches) {
    cr_assert(load("\ncache \"/assets/*\" { max_age = 1y immutable = true }\n"
                   "cache 'Image/*' {\n private = on\n must_revalidate = on\n max_age = 0\n"
                   " stale_while_revalidate = 2w }\n"
                   "cache \"*.html\" { no_store = on }\ncache image/png { must_revalidate = off }"),
              "%s", error);
    static const struct {
        const char *pattern, *where;
        bool has_max_age;
        int64_t max_age_ms, stale_ms;
        bool immutable, is_private, no_store, must_revalidate;
    } rows[] = {
        {"/assets/*", "lido.conf:2", true, INT64_C(31536000000), 0, true, false, false, false},
        {"image/*", "lido.conf:3", true, 0, INT64_C(1209600000), false, true, false, true},
        {"*.html", "lido.conf:8", false, 0, 0, false, false, true, false},
        {"image/png", "lido.conf:9", false, 0, 0, false, false, false, false},
    };
    cr_assert_eq(count_rules(&config.site, SECTION_CACHE), sizeof rows / sizeof *rows);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct config_rule *rule = rule_at(&config.site, SECTION_CACHE, i);
        const struct config_cache *cache = &rule->cache;
        cr_assert_str_eq(rule->title, rows[i].pattern);
        cr_assert_str_eq(rule->where, rows[i].where, "%s: %s", rows[i].pattern, rule->where);
        cr_assert_eq(cache->has_max_age, rows[i].has_max_age, "%s", rows[i].pattern);
        cr_assert_eq(cache->max_age_ms, rows[i].max_age_ms, "%s: %" PRId64, rows[i].pattern,
                     cache->max_age_ms);
        cr_assert_eq(cache->stale_while_revalidate_ms, rows[i].stale_ms, "%s", rows[i].pattern);
        cr_assert_eq(cache->immutable, rows[i].immutable, "%s", rows[i].pattern);
        cr_assert_eq(cache->is_private, rows[i].is_private, "%s", rows[i].pattern);
        cr_assert_eq(cache->no_store, rows[i].no_store, "%s", rows[i].pattern);
        cr_assert_eq(cache->must_revalidate, rows[i].must_revalidate, "%s", rows[i].pattern);
    }
}

Test(config_sections, reads_headers) {
    cr_assert(load("header \"/*\" { add = { \"X-A:b\", 'Set-Cookie:  c=\"d\"  ', \"Set-Cookie: e\" }\n"
                   " remove = { Server, Cache-Control } }\nheader /b { remove = X-Powered-By errors = off }"),
              "%s", error);
    cr_assert_eq(count_rules(&config.site, SECTION_HEADER), 2);
    const struct config_header *first = &rule_at(&config.site, SECTION_HEADER, 0)->header;
    const struct config_header *second = &rule_at(&config.site, SECTION_HEADER, 1)->header;
    cr_assert_str_eq(rule_at(&config.site, SECTION_HEADER, 0)->title, "/*");
    expect_strings(&first->add, "X-A: b|Set-Cookie: c=\"d\"|Set-Cookie: e");
    expect_strings(&first->remove, "Server|Cache-Control");
    cr_assert(first->errors, "unless it is said otherwise");
    cr_assert_str_eq(rule_at(&config.site, SECTION_HEADER, 1)->where, "lido.conf:3");
    expect_strings(&second->add, "");
    expect_strings(&second->remove, "X-Powered-By");
    cr_assert_not(second->errors);
}

Test(config_sections, reads_redirects_error_pages_and_types) {
    cr_assert(load("redirect \"/old/*\" { to = \"/new/$1\" }\n"
                   "redirect /a { status = 307 to = \"https://a.example/?b#c\" }\n"
                   "error_page 404 = \"/404.html\"\nerror_page 599 = /x\n"
                   "types { md = \"Text/Markdown\"\n 'C++' = text/x-c }\ntypes { 7z = a/b }"),
              "%s", error);
    const struct config_site *site = &config.site;
    cr_assert_eq(count_rules(site, SECTION_REDIRECT), 2);
    cr_assert_str_eq(rule_at(site, SECTION_REDIRECT, 0)->title, "/old/*");
    cr_assert_str_eq(rule_at(site, SECTION_REDIRECT, 0)->redirect.to, "/new/$1");
    cr_assert_eq(rule_at(site, SECTION_REDIRECT, 0)->redirect.status, 301);
    cr_assert_str_eq(rule_at(site, SECTION_REDIRECT, 1)->redirect.to, "https://a.example/?b#c");
    cr_assert_eq(rule_at(site, SECTION_REDIRECT, 1)->redirect.status, 307);
    cr_assert_str_eq(rule_at(site, SECTION_REDIRECT, 1)->where, "lido.conf:2");
    cr_assert_eq(count_rules(site, SECTION_ERROR_PAGE), 2);
    cr_assert_eq(rule_at(site, SECTION_ERROR_PAGE, 0)->error_page.status, 404);
    cr_assert_str_eq(rule_at(site, SECTION_ERROR_PAGE, 0)->error_page.path, "/404.html");
    cr_assert_eq(rule_at(site, SECTION_ERROR_PAGE, 1)->error_page.status, 599);
    cr_assert_str_eq(rule_at(site, SECTION_ERROR_PAGE, 1)->where, "lido.conf:4");
    cr_assert_eq(count_rules(site, SECTION_TYPES), 3);
    cr_assert_str_eq(rule_at(site, SECTION_TYPES, 0)->title, "md");
    cr_assert_str_eq(rule_at(site, SECTION_TYPES, 0)->media_type, "text/markdown");
    cr_assert_str_eq(rule_at(site, SECTION_TYPES, 1)->title, "c++");
    cr_assert_str_eq(rule_at(site, SECTION_TYPES, 1)->where, "lido.conf:6");
    cr_assert_str_eq(rule_at(site, SECTION_TYPES, 2)->title, "7z");
}

Test(config_sections, reads_every_status_that_redirects) {
    static const int statuses[] = {301, 302, 303, 307, 308};
    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++) {
        char text[64];
        (void)snprintf(text, sizeof text, "redirect /a { to = /b status = %d }", statuses[i]);
        start_again();
        cr_assert(load(text), "%s", error);
        cr_assert_eq(rule_at(&config.site, SECTION_REDIRECT, 0)->redirect.status, statuses[i]);
    }
}

Test(config_sections, reads_hosts_with_all_that_may_stand_in_them) {
    cr_assert(
        load(
            "root = top\nhost A.Example \"*.b.example\" '[::1]' 192.0.2.1 {\n root = \"a\"\n index = { x,\n y }\n"
            " cache \"/assets/*\" { max_age = 1h }\n error_page 404 = /n\n types { md = a/b } }\n"
            "cache \"/assets/*\" { max_age = 2h }\nhost b.example { cors = on }\n"),
        "%s", error);
    cr_assert_eq(config.host_count, 2);
    const struct config_host *host = &config.hosts[0];
    expect_strings(&host->names, "a.example|*.b.example|[::1]|192.0.2.1");
    cr_assert_str_eq(host->where, "lido.conf:2");
    cr_assert_str_eq(host->site.root, "a");
    cr_assert_eq(count_rules(&host->site, SECTION_CACHE), 1);
    cr_assert_eq(rule_at(&host->site, SECTION_CACHE, 0)->cache.max_age_ms, 3600000);
    cr_assert_eq(count_rules(&host->site, SECTION_ERROR_PAGE), 1);
    cr_assert_eq(count_rules(&host->site, SECTION_TYPES), 1);
    cr_assert_str_eq(config_site_origin(&config, &host->site, "index", 1), "lido.conf:5");
    cr_assert_null(config_site_origin(&config, &host->site, "charset", 0), "open before config_inherit()");
    cr_assert_null(config_site_origin(&config, &host->site, "threads", 0));
    cr_assert_null(config_site_origin(&config, &host->site, "nope", 0));
    cr_assert_str_eq(config_site_origin(&config, &config.site, "root", 0), "lido.conf:1");
    cr_assert_str_eq(config.site.root, "top");
    cr_assert_eq(count_rules(&config.site, SECTION_CACHE), 1);
    cr_assert_eq(rule_at(&config.site, SECTION_CACHE, 0)->cache.max_age_ms, 7200000);
    expect_strings(&config.hosts[1].site.cors, "*");
}

Test(config_sections, of_a_second_file_take_the_place_of_the_first_files) {
    cr_assert(load("cache /a { max_age = 1h }\nhost a { root = x }\n"), "%s", error);
    cr_assert(load("cache /a { max_age = 2h }\nhost a { root = y }\n"), "%s", error);
    cr_assert_eq(count_rules(&config.site, SECTION_CACHE), 1);
    cr_assert_eq(rule_at(&config.site, SECTION_CACHE, 0)->cache.max_age_ms, 7200000);
    cr_assert_eq(config.host_count, 1);
    cr_assert_str_eq(config.hosts[0].site.root, "y");
}

Test(config_sections, may_be_thousands) {
    enum { COUNT = 5000 };
    static char text[COUNT * 64];
    size_t used = 0;
    for (int i = 0; i < COUNT; i++) {
        used += (size_t)snprintf(text + used, sizeof text - used, "redirect /a%d { to = /b%d }\n", i, i);
    }
    cr_assert(load(text), "%s", error);
    cr_assert_eq(count_rules(&config.site, SECTION_REDIRECT), COUNT);
    cr_assert_str_eq(rule_at(&config.site, SECTION_REDIRECT, COUNT - 1)->redirect.to, "/b4999");
}

/* An answer has room for so many; the section that is too much is named, in a host those outside of it count,
 * too. */
Test(config_sections, of_header_may_name_so_many_fields_together) {
    static const struct {
        int outside;
        int inside;
        const char *error;
    } rows[] = {
        {63, 1, NULL},
        {64, 1,
         "lido.conf:2: header: this section and those before it name 65 fields; expected at most 64 for a host, remove some"},
        {40, 25,
         "lido.conf:2: header: this section and those before it name 65 fields; expected at most 64 for a host, remove some"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[4096] = "header \"/*\" { add = {";
        for (int k = 0; k < rows[i].outside; k++) {
            (void)snprintf(text + strlen(text), sizeof text - strlen(text), " \"A%d: x\",", k);
        }
        (void)snprintf(text + strlen(text), sizeof text - strlen(text),
                       " } }\nhost \"a\" { header \"/*\" { remove = {");
        for (int k = 0; k < rows[i].inside; k++) {
            (void)snprintf(text + strlen(text), sizeof text - strlen(text), " \"B%d\",", k);
        }
        (void)snprintf(text + strlen(text), sizeof text - strlen(text), " } } }");
        start_again();
        bool right = load(text) && config_inherit(&config, error) && config_check(&config, error);
        cr_expect_eq(right, rows[i].error == NULL, "%d and %d: %s", rows[i].outside, rows[i].inside, error);
        cr_expect(right || strcmp(error, rows[i].error) == 0, "%s", error);
    }
}
