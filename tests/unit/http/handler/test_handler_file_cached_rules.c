/* SPDX-License-Identifier: MIT */
/* Answers from the file cache where the owner has rules for them: for paths, of which a file may have
 * several, for errors, for hosts. */
#include "tests/unit/http/handler/cached_answers.h"

#include <criterion/criterion.h>

TestSuite(handler_file_cached_rules, .init = cached_answers_set_up, .fini = cached_answers_tear_down,
          .timeout = 60);

Test(handler_file_cached_rules, goes_by_the_path_that_was_asked_for) {
    static char root_field[] = "X-Of: the root";
    static char name_field[] = "X-Of: the name";
    static char clean_field[] = "X-Of: the clean URL";
    static char *const root_add[] = {root_field};
    static char *const name_add[] = {name_field};
    static char *const clean_add[] = {clean_field};
    static const struct header_rule fields[] = {
        {.pattern = "/", .add = root_add, .add_count = 1},
        {.pattern = "/index.html", .add = name_add, .add_count = 1},
        {.pattern = "/page", .add = clean_add, .add_count = 1},
    };
    static const struct cache_rule caches[] = {
        {.pattern = "/", .has_max_age = true, .max_age_s = 3600},
        {.pattern = "/index.html", .has_max_age = true, .max_age_s = 60, .immutable = true},
        {.pattern = "/page", .no_store = true},
    };
    static const struct {
        const char *target, *of, *control;
    } rows[] = {
        {"/", "the root", "max-age=3600"},
        {"/index.html", "the name", "max-age=60, immutable"},
        {"/page", "the clean URL", "no-store"},
        {"/page.html", NULL, "no-cache"},
        {"/dir/", NULL, "no-cache"},
        {"/dir/index", NULL, "no-cache"},
        {"/index", NULL, "no-cache"},
    };
    struct site_options options = handling_options();
    options.clean_urls = true;
    options.rules.fields = fields;
    options.rules.field_count = 3;
    options.rules.caches = caches;
    options.rules.cache_count = 3;
    use(options);
    for (int round = 0; round < 3; round++) {
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
            cr_expect_eq(expect_same_over_time(rows[i].target, request_for(REQUEST_GET, rows[i].target)),
                         200);
            expect_field_of(rows[i].target, "X-Of", rows[i].of);
            expect_field_of(rows[i].target, "Cache-Control", rows[i].control);
        }
    }
}

Test(handler_file_cached_rules, is_the_same_with_fields_of_the_owner_in_the_place_of_others) {
    static char expires[] = "Expires: Thu, 01 Jan 1970 00:00:00 GMT";
    static char control[] = "Cache-Control: private";
    static char options_field[] = "X-Content-Type-Options";
    static char type[] = "Content-Type: text/x-own";
    static char date[] = "Date: Thu, 01 Jan 1970 00:00:00 GMT";
    static char *const one[] = {expires};
    static char *const two[] = {control};
    static char *const three[] = {type, date};
    static char *const none[] = {options_field};
    static const struct header_rule fields[] = {
        {.pattern = "/a.txt", .add = one, .add_count = 1, .remove = none, .remove_count = 1},
        {.pattern = "/empty.txt", .add = two, .add_count = 1},
        {.pattern = "/large.bin", .add = three, .add_count = 2},
    };
    static const struct cache_rule caches[] = {{.pattern = "*", .has_max_age = true, .max_age_s = 86400}};
    struct site_options options = handling_options();
    options.rules.fields = fields;
    options.rules.field_count = 3;
    options.rules.caches = caches;
    options.rules.cache_count = 1;
    options.rules.security_headers = true;
    use(options);
    cr_expect_eq(expect_same_over_time("Expires", request_for(REQUEST_GET, "/a.txt")), 200);
    expect_field("Expires", "Thu, 01 Jan 1970 00:00:00 GMT");
    expect_field("X-Content-Type-Options", NULL);
    cr_expect_eq(expect_same_over_time("Cache-Control", request_for(REQUEST_GET, "/empty.txt")), 200);
    expect_field("Expires", NULL);
    cr_expect_eq(expect_same_over_time("Content-Type", request_for(REQUEST_GET, "/large.bin")), 200);
    expect_field("Content-Type", "text/x-own");
    cr_expect(has_ready_head("/a.txt") && has_ready_head("/empty.txt") && has_ready_head("/large.bin"));
}

Test(handler_file_cached_rules, is_the_same_for_pages_in_the_place_of_others) {
    static const struct error_page_rule pages[] = {{.status = 404, .path = "404.html"},
                                                   {.status = 416, .path = "a.txt"}};
    struct site_options options = with_codings();
    options.rules.error_pages = pages;
    options.rules.error_page_count = 2;
    use(options);
    for (int round = 0; round < 2; round++) {
        cr_expect_eq(expect_same_over_time("page", request_for(REQUEST_GET, "/missing")), 404);
        cr_expect_eq(expect_same_over_time("page by its name", request_for(REQUEST_GET, "/404.html")), 200);
        struct request request = request_for(REQUEST_GET, "/a.txt");
        request.range = view_of("bytes=20-");
        cr_expect_eq(expect_same_over_time("for itself", request), 416);
    }
}

Test(handler_file_cached_rules, is_the_same_for_the_fallback) {
    struct site_options options = handling_options();
    options.fallback = "page.html";
    use(options);
    struct request request = request_for(REQUEST_GET, "/views/1");
    for (int round = 0; round < 2; round++) {
        request.accept = view_of("text/html");
        cr_expect_eq(expect_same_over_time("for a browser", request), 200);
        expect_field("Vary", "Accept");
        request.accept = view_of("application/json");
        cr_expect_eq(expect_same_over_time("for a program", request), 404);
        cr_expect_eq(expect_same_over_time("by its name", request_for(REQUEST_GET, "/page.html")), 200);
        expect_field("Vary", NULL);
    }
}

/* Or whoever makes up names could crowd out the heads that are of use. */
Test(handler_file_cached_rules, keeps_no_heads_for_what_is_not_there) {
    char target[] = "/views/a";
    struct site_options options = handling_options();
    options.fallback = "page.html";
    use(options);
    for (char *last = target + sizeof target - 2; *last <= 'z'; (*last)++) {
        struct request request = request_for(REQUEST_GET, target);
        request.accept = view_of("text/html");
        cr_expect_eq(expect_same(target, &request), 200);
    }
    cr_expect(has_ready_head("/page.html"));
}

Test(handler_file_cached_rules, is_the_same_where_origins_share) {
    static char origin[] = "https://a.example";
    static char *const origins[] = {origin};
    struct site_options options = handling_options();
    options.rules.cors_origins = origins;
    options.rules.cors_origin_count = 1;
    use(options);
    struct request request = request_for(REQUEST_GET, "/a.txt");
    for (int round = 0; round < 2; round++) {
        request.origin = view_of("https://a.example");
        cr_expect_eq(expect_same_over_time("an origin of the list", request), 200);
        expect_field("Access-Control-Allow-Origin", "https://a.example");
        request.origin = view_of("https://b.example");
        cr_expect_eq(expect_same_over_time("another origin", request), 200);
        request.origin = (struct view){0};
        cr_expect_eq(expect_same_over_time("no origin", request), 200);
        expect_field("Access-Control-Allow-Origin", NULL);
    }
}

Test(handler_file_cached_rules, two_sites_with_one_cache_have_each_their_own_head) {
    static char of_one[] = "X-Of: one";
    static char *const add[] = {of_one};
    static const struct header_rule fields[] = {{.pattern = "*", .add = add, .add_count = 1}};
    struct site_options options = handling_options();
    options.cache = cache;
    const struct site *other = handling_add_site(&options);
    options.rules.fields = fields;
    options.rules.field_count = 1;
    const struct site *one = handling_add_site(&options);
    for (int i = 0; i < 3; i++) {
        environment.site = one;
        cr_expect_eq(get("/a.txt"), 200);
        expect_field("X-Of", "one");
        environment.site = other;
        cr_expect_eq(get("/a.txt"), 200);
        expect_field("X-Of", NULL);
    }
}
