/* SPDX-License-Identifier: MIT */
#include "http/compression/gzip.h"
#include "http/files/media_type.h"
#include "http/site/hosts.h"
#include "http/site/site.h"
#include "tests/unit/server/sites/opened_sites.h"
#include "tests/unit/support/memory_faults.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

TestSuite(sites, .init = opened_sites_begin, .fini = opened_sites_end, .timeout = 120);

Test(sites, is_one_site_without_hosts) {
    cr_assert(open_sites("root = www"), "%s", error);
    cr_assert_eq(sites.count, 1);
    cr_expect_null(atomic_load(&sites.place.current)->hosts);
    cr_expect_null(sites.forms);
    cr_expect(serves(standard_site(), "www"));
}

Test(sites, finds_the_site_of_each_host) {
    static const struct {
        const char *name;
        const char *folder;
    } rows[] = {
        {"one.example", "one"},
        {"uno.example", "one"},
        {"two.example", "two"},
        {"a.two.example", "two"},
        {"a.b.two.example", "two"},
        {"TWO.example:8080", "two"},
        {"one.two.example", "one"},
        {"a.one.two.example", "two"},
        {"three.example", "www"},
        {"a.one.example", "www"},
        {"", "www"},
        {"127.0.0.1:8080", "www"},
        {"two.example.other", "www"},
    };
    cr_assert(open_sites("root = www\nhost one.example uno.example one.two.example { root = one }\n"
                         "host two.example \"*.two.example\" { root = two }"),
              "%s", error);
    cr_assert_eq(sites.count, 3);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct site *site = site_of(rows[i].name);
        cr_expect(serves(site, rows[i].folder), "%s", rows[i].name);
    }
}

Test(sites, serves_the_root_from_outside_in_a_host_that_has_none) {
    cr_assert(open_sites("root = www\nlisting = on\nhost one { listing = off }"), "%s", error);
    const struct site *site = site_of("one");
    cr_expect_neq(site, standard_site());
    cr_expect(serves(site, "www"));
}

/* The options reach the right site. */
Test(sites, gives_each_host_its_own_rules) {
    cr_assert(open_sites("error_page 404 = /a\nhost one { error_page 404 = /b }\nhost two { listing = on }"),
              "%s", error);
    const struct site *one = site_of("one");
    const struct site *two = site_of("two");
    cr_expect_str_eq(site_rules_error_page(site_rules(standard_site()), HTTP_NOT_FOUND)->path, "a");
    cr_expect_str_eq(site_rules_error_page(site_rules(one), HTTP_NOT_FOUND)->path, "b");
    cr_expect_str_eq(site_rules_error_page(site_rules(two), HTTP_NOT_FOUND)->path, "a");
}

/* A table takes a fifth of a megabyte and a millisecond. */
Test(sites, share_a_table_of_media_types_that_is_made_of_the_same) {
    static const struct {
        const char *in_both;
        const char *of_one;
        bool is_shared;
    } rows[] = {
        {"", "listing = off\ncompress = on\nroot = two\nredirect /a { to = /b }", true},
        {"types { md = text/x-own }\n", "index = a.html", true},
        {"types { md = text/x-own }\n", "redirect /a { to = /b }\nerror_page 404 = /a", true},
        {"", "media_types = other.types", false},
        {"", "charset = off", false},
        {"", "default_type = off", false},
        {"", "compress_types = { text/html }", false},
        {"", "types { md = text/x-own }", false}, /* but see below */
        {"types { md = text/x-own }\n", "types { txt = text/x-own }", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char text[400];
        (void)snprintf(text, sizeof text, "root = www\n%shost zero { root = two }\nhost one { %s }",
                       rows[i].in_both, rows[i].of_one);
        cr_assert(open_sites(text), "%s", error);
        const struct media_types *standard = site_media_types(standard_site());
        cr_expect_eq(site_media_types(site_of("zero")), standard, "%s", text);
        cr_expect((site_media_types(site_of("one")) == standard) == rows[i].is_shared, "%s", text);
    }
}

/* The fault: a host with types of its own had a whole table of its own; 2,000 of them took 440 MB. */
Test(sites, have_types_of_their_own_on_top_of_the_shared_table) {
    static const char text[] = "root = www\ntypes { md = text/x-all txt = text/x-all /b/c = text/x-path }\n"
                               "host one { types { md = text/x-one own = text/x-one README = text/x-one } }\n"
                               "host two { charset = off }\n"
                               "host three { charset = off types { md = text/x-three } }";
    static const struct {
        const char *host;
        const char *path;
        const char *type;
    } rows[] = {
        {"one", "a.md", "text/x-one; charset=utf-8"},
        {"one", "a.txt", "text/x-all; charset=utf-8"},
        {"one", "a.own", "text/x-one; charset=utf-8"},
        {"one", "README", "text/x-one; charset=utf-8"},
        {"one", "b/c", "text/x-path; charset=utf-8"},
        {"one", "a.css", "text/css; charset=utf-8"},
        {"two", "a.md", "text/x-all"},
        {"three", "a.md", "text/x-three"},
        {"three", "a.txt", "text/x-all"},
        {"three", "a.css", "text/css"},
        {"other", "a.md", "text/x-all; charset=utf-8"},
        {"other", "a.own", "application/octet-stream"},
        {"other", "README", "application/octet-stream"},
    };
    cr_assert(open_sites(text), "%s", error);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct media_type *type = media_type_of(site_media_types(site_of(rows[i].host)), rows[i].path);
        cr_expect_str_eq(type->content_type, rows[i].type, "%s: %s", rows[i].host, rows[i].path);
    }
    /* The very same entry, not one like it. */
    cr_expect_eq(media_type_of(site_media_types(site_of("one")), "a.css"),
                 media_type_of(site_media_types(standard_site()), "a.css"));
    cr_expect_eq(media_type_of(site_media_types(site_of("three")), "a.css"),
                 media_type_of(site_media_types(site_of("two")), "a.css"));
}

Test(sites, names_the_place_of_a_folder_that_cannot_be_opened) {
    static const struct {
        const char *text;
        const char *error;
    } rows[] = {
        {"\nroot = none", "lido.conf:2: cannot serve 'none': No such file or directory"},
        {"root = pipe", "lido.conf:1: cannot serve 'pipe': Not a directory"},
        {"root = www\n\nhost one {\n root = none\n}",
         "lido.conf:4: cannot serve 'none': No such file or directory"},
        {"root = www\nhost one { root = one }\nhost two { root = pipe }",
         "lido.conf:3: cannot serve 'pipe': Not a directory"},
        {"root = none\nhost one { root = pipe }",
         "lido.conf:1: cannot serve 'none': No such file or directory"},
        {"root = www\nlinks = /no/such/folder",
         "lido.conf:2: links: cannot use the folder '/no/such/folder': No such file or directory"},
        {"root = www\nlinks = {\n inside,\n /dev/null }\nhost one { root = one }",
         "lido.conf:4: links: cannot use the folder '/dev/null': Not a directory"},
        {"root = www\nhost one {\n root = one\n links = /no/such/folder }",
         "lido.conf:4: links: cannot use the folder '/no/such/folder': No such file or directory"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        cr_expect(!open_sites(rows[i].text), "%s", rows[i].text);
        cr_expect_str_eq(error, rows[i].error);
    }
}

Test(sites, names_the_source_of_a_root_that_is_not_in_the_file) {
    cr_assert(config_set(&config, "root", "none", "--set root", error), "%s", error);
    cr_expect(!sites_open(&sites, &config, kept_files, error));
    cr_expect_str_eq(error, "--set root: cannot serve 'none': No such file or directory");
}

/* The config refuses such a thing first; this one is made by hand. */
Test(sites, names_the_place_of_a_host_whose_name_is_taken) {
    configure("host one { root = one }\nhost two { root = two }");
    char *name = config.hosts[1].names.items[0];
    cr_assert_str_eq(name, "two");
    memcpy(name, "one", sizeof "one");
    errno = 0;
    cr_expect(!sites_open(&sites, &config, kept_files, error));
    cr_expect_str_eq(error, "lido.conf:2: one: File exists");
}

Test(sites, keeps_an_error_within_its_bounds) {
    char text[1024];
    char name[256];
    memset(name, 'x', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    (void)snprintf(text, sizeof text, "root = %s/%s/%s", name, name, name);
    cr_expect(!open_sites(text));
    cr_expect_eq(strncmp(error, "lido.conf:1: cannot serve 'xxx", 30), 0, "%s", error);
    cr_expect_lt(strlen(error), SITES_ERROR_BYTES);
}

/* ---- memory -------------------------------------------------------------------------------------------- */

/* The lowest descriptor that is free: it rises when one is left open. */
static int find_free_descriptor(void) {
    int descriptor = dup(STDIN_FILENO);
    cr_assert_neq(descriptor, -1);
    (void)close(descriptor);
    return descriptor;
}

Test(sites, may_run_out_of_memory_at_any_place) {
    static const char text[] = "root = www\nmedia_types = off\nerror_page 404 = /a\n"
                               "host one \"*.one\" { root = one }\nhost two { root = two%s }\n";
    char complete[sizeof text + 32];
    (void)snprintf(complete, sizeof complete, text, gzip_library() != NULL ? "\ncompress = on" : "");
    configure(complete);
    ptrdiff_t live = memory_live_count();
    int descriptor = find_free_descriptor();
    size_t count = 0;
    for (bool failed = true; failed; count++) {
        error[0] = '\0';
        memory_fail_after(count);
        bool opened = sites_open(&sites, &config, kept_files, error);
        failed = memory_stop_failing();
        cr_assert_eq(opened, !failed, "after %zu: %s", count, error);
        cr_assert(opened || strstr(error, strerror(ENOMEM)) != NULL, "after %zu: %s", count, error);
        sites_close(&sites);
        cr_assert_eq(memory_live_count(), live, "after %zu: %s", count, error);
        cr_assert_eq(find_free_descriptor(), descriptor, "after %zu: %s", count, error);
    }
    cr_expect_gt(count, 100, "only %zu allocations", count);
}

Test(sites, is_nothing_after_it_was_closed) {
    cr_assert(open_sites("host one { root = one }"), "%s", error);
    sites_close(&sites);
    cr_expect(sites.count == 0 && sites.states == NULL && !sites.has_place && sites.forms == NULL);
    cr_expect_null(sites.cache);
    sites_close(&sites);
}
