/* SPDX-License-Identifier: MIT */
#include "tests/unit/support/config.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

TestSuite(inherit, .init = config_test_begin, .fini = config_test_end, .timeout = 60);

static void complete(void) {
    cr_assert(config_inherit(&config, error) && config_check(&config, error), "%s", error);
}

Test(inherit, gives_a_host_every_option_that_it_leaves_open) {
    cr_assert(
        load("index = { a, b }\nlisting = off\ncharset = x\nmedia_types = off\ndefault_type = a/b\n"
             "precompressed = gzip\ncompress = on\ncompress_types = a/b\ncompress_min = 2\n"
             "compress_max = 2k\ncors = \"https://a\"\nsecurity_headers = on\n"
             "cross_origin_isolation = on\nclean_urls = on\nfallback = /f\nbase_path = /p\ndotfiles = serve\n"
             "links = /m\nhost h {\n root = r\n}\n"),
        "%s", error);
    complete();
    const struct config_site *site = &config.hosts[0].site;
    cr_assert_str_eq(site->root, "r");
    cr_assert(site->index.count == 2 && strcmp(site->index.items[1], "b") == 0);
    cr_assert_not(site->listing);
    cr_assert_str_eq(site->charset, "x");
    cr_assert_str_eq(site->media_types, "off");
    cr_assert_str_eq(site->default_type, "a/b");
    cr_assert(site->precompressed.count == 1 && strcmp(site->precompressed.items[0], "gzip") == 0);
    cr_assert(site->compress && site->security_headers && site->cross_origin_isolation && site->clean_urls);
    cr_assert(site->compress_types.count == 1 && strcmp(site->compress_types.items[0], "a/b") == 0);
    cr_assert_eq(site->compress_min_bytes, 2);
    cr_assert_eq(site->compress_max_bytes, 2048);
    cr_assert(site->cors.count == 1 && strcmp(site->cors.items[0], "https://a") == 0);
    cr_assert_str_eq(site->fallback, "/f");
    cr_assert_str_eq(site->base_path, "/p");
    cr_assert(site->dotfiles.count == 1 && strcmp(site->dotfiles.items[0], "serve") == 0);
    cr_assert(site->links.count == 1 && strcmp(site->links.items[0], "/m") == 0);
    cr_assert_str_eq(config_site_origin(&config, site, "root", 0), "lido.conf:20");
    cr_assert_str_eq(config_site_origin(&config, site, "listing", 0), "lido.conf:2");
}

Test(inherit, takes_what_holds_outside_after_all_sources) {
    char variable[] = "LIDO_LISTING=off";
    char *const variables[] = {variable, NULL};
    cr_assert(load("host a { listing = on }\nhost b { index = z }\ncharset = x\nlisting = on\n"), "%s",
              error);
    cr_assert(config_load_environment(&config, variables, error), "%s", error);
    cr_assert(config_set(&config, "root", "/srv", "DIR", error), "%s", error);
    complete();
    cr_assert(config.hosts[0].site.listing, "the environment sets what stands outside of hosts");
    cr_assert_not(config.hosts[1].site.listing);
    cr_assert_str_eq(config_site_origin(&config, &config.hosts[1].site, "listing", 0), "LIDO_LISTING");
    cr_assert_str_eq(config.hosts[0].site.root, "/srv");
    cr_assert_str_eq(config.hosts[1].site.charset, "x");
    cr_assert_str_eq(config_site_origin(&config, &config.hosts[0].site, "default_type", 0), "default");
}

Test(inherit, lets_a_list_in_a_host_replace_the_whole_list) {
    cr_assert(load("index = { a, b }\ncors = on\nprecompressed = { br }\n"
                   "host x { index = c cors = off precompressed = {} }\nhost y { index = {} }"),
              "%s", error);
    complete();
    cr_assert(config.hosts[0].site.index.count == 1 && strcmp(config.hosts[0].site.index.items[0], "c") == 0);
    cr_assert_eq(config.hosts[0].site.cors.count, 0);
    cr_assert_eq(config.hosts[0].site.precompressed.count, 0);
    cr_assert_eq(config.hosts[1].site.index.count, 0);
    cr_assert_eq(config.hosts[1].site.cors.count, 1);
}

static void expect_order(const char *name, const char *found, const char *expected) {
    cr_assert_str_eq(found, expected, "%s: %s", name, found);
}

/* Later caches and headers win; of redirects, error pages and types the first does. */
Test(inherit, puts_a_hosts_own_sections_where_they_win) {
    char found[256];
    size_t used = 0;
    cr_assert(
        load(
            "cache /1 { max_age = 1s }\nheader /1 { remove = A }\nredirect /1 { to = /t }\n"
            "error_page 401 = /top\nerror_page 404 = /top\ntypes { a = t/t b = t/t }\n"
            "host h {\n cache /1 { max_age = 2s }\n cache /h { max_age = 2s }\n header /h { add = \"B: c\" }\n"
            " redirect /1 { to = /h }\n redirect /h { to = /t }\n error_page 404 = /own\n"
            " error_page 500 = /own\n types { b = h/h c = h/h }\n}\n"
            "cache /2 { max_age = 3s }\nheader /2 { remove = C }\nredirect /2 { to = /t }\n"),
        "%s", error);
    complete();
    const struct config_site *site = &config.hosts[0].site;
    for (size_t i = 0; i < count_rules(site, SECTION_CACHE); i++) {
        used += (size_t)snprintf(found + used, sizeof found - used, "%s@%s ",
                                 rule_at(site, SECTION_CACHE, i)->title,
                                 rule_at(site, SECTION_CACHE, i)->where + 10);
    }
    expect_order("caches", found, "/1@1 /2@17 /1@8 /h@9 ");
    used = 0;
    for (size_t i = 0; i < count_rules(site, SECTION_HEADER); i++) {
        used += (size_t)snprintf(found + used, sizeof found - used, "%s:%zu,%zu ",
                                 rule_at(site, SECTION_HEADER, i)->title,
                                 rule_at(site, SECTION_HEADER, i)->header.add.count,
                                 rule_at(site, SECTION_HEADER, i)->header.remove.count);
    }
    expect_order("headers", found, "/1:0,1 /2:0,1 /h:1,0 ");
    used = 0;
    for (size_t i = 0; i < count_rules(site, SECTION_REDIRECT); i++) {
        used += (size_t)snprintf(found + used, sizeof found - used, "%s>%s ",
                                 rule_at(site, SECTION_REDIRECT, i)->title,
                                 rule_at(site, SECTION_REDIRECT, i)->redirect.to);
    }
    expect_order("redirects", found, "/1>/h /h>/t /1>/t /2>/t ");
    used = 0;
    for (size_t i = 0; i < count_rules(site, SECTION_ERROR_PAGE); i++) {
        used += (size_t)snprintf(found + used, sizeof found - used, "%d%s ",
                                 rule_at(site, SECTION_ERROR_PAGE, i)->error_page.status,
                                 rule_at(site, SECTION_ERROR_PAGE, i)->error_page.path);
    }
    expect_order("error pages", found, "404/own 500/own 401/top ");
    used = 0;
    for (size_t i = 0; i < count_rules(site, SECTION_TYPES); i++) {
        used += (size_t)snprintf(found + used, sizeof found - used, "%s:%s ",
                                 rule_at(site, SECTION_TYPES, i)->title,
                                 rule_at(site, SECTION_TYPES, i)->media_type);
    }
    expect_order("types", found, "b:h/h c:h/h a:t/t ");
    cr_assert_eq(count_rules(&config.site, SECTION_CACHE), 2, "outside nothing changes");
    cr_assert_eq(count_rules(&config.site, SECTION_TYPES), 2);
}

Test(inherit, changes_nothing_without_hosts) {
    cr_assert(load("cache /1 { max_age = 1s }\n"), "%s", error);
    complete();
    cr_assert_eq(count_rules(&config.site, SECTION_CACHE), 1);
    cr_assert_eq(config.host_count, 0);
}

Test(inherit, is_printed_as_what_stands_in_each_host) {
    cr_assert(
        load(
            "root = t\ncache \"/1*\" { max_age = 1y }\nheader \"text/a*\" { remove = { A } errors = off }\n"
            "redirect /o { to = \"/n$$\" status = 308 }\nerror_page 404 = /top\ntypes { a = t/t }\n"
            "host h \"*.h\" {\n listing = off\n cache /h { immutable = on max_age = 0 }\n redirect /1 { to = /h }\n"
            " error_page 404 = /own\n types { a = h/h }\n}\nhost i { cors = on }\n"),
        "%s", error);
    complete();
    char *text = NULL;
    cr_assert_eq(config_print(&config, &text), 0);
    const char *sections = strstr(text, "\ncache");
    cr_assert_not_null(sections);
    cr_assert_str_eq(sections,
                     "\ncache \"/1*\" {  # lido.conf:2\n"
                     "    max_age                = 1y\n"
                     "    immutable              = off\n"
                     "    private                = off\n"
                     "    no_store               = off\n"
                     "    must_revalidate        = off\n"
                     "}\n"
                     "\nheader \"text/a*\" {  # lido.conf:3\n"
                     "    remove                 = { \"A\" }\n"
                     "    errors                 = off\n"
                     "}\n"
                     "\nredirect \"/o\" {  # lido.conf:4\n"
                     "    to                     = \"/n\\$\\$\"\n"
                     "    status                 = 308\n"
                     "}\n"
                     "\nerror_page 404 = \"/top\"  # lido.conf:5\n"
                     "\ntypes {\n"
                     "    \"a\" = \"t/t\"  # lido.conf:6\n"
                     "}\n"
                     "\nhost \"h\" \"*.h\" {  # lido.conf:7\n"
                     "    listing                = off                   # lido.conf:8\n"
                     "\n    cache \"/h\" {  # lido.conf:9\n"
                     "        max_age                = 0\n"
                     "        immutable              = on\n"
                     "        private                = off\n"
                     "        no_store               = off\n"
                     "        must_revalidate        = off\n"
                     "    }\n"
                     "\n    redirect \"/1\" {  # lido.conf:10\n"
                     "        to                     = \"/h\"\n"
                     "        status                 = 301\n"
                     "    }\n"
                     "\n    error_page 404 = \"/own\"  # lido.conf:11\n"
                     "\n    types {\n"
                     "        \"a\" = \"h/h\"  # lido.conf:12\n"
                     "    }\n"
                     "}\n"
                     "\nhost \"i\" {  # lido.conf:14\n"
                     "    cors                   = on                    # lido.conf:14\n"
                     "}\n",
                     "%s", sections);
    free(text);
}
