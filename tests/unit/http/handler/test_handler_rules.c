/* SPDX-License-Identifier: MIT */
/* What the owner has decided about answers: own fields, caching, security fields, redirects. On every kind of
 * answer. */
#include "tests/unit/http/handler/handling.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static void set_up(void) {
    handling_set_up();
    folder_write_text(&root, "a.txt", "content");
    folder_touch(&root, "a.txt", HANDLING_NOW - 60);
    folder_write_text(&root, "assets/x.css", "style");
    folder_write_text(&root, "assets/y.bin", "bytes");
    folder_write_text(&root, "dir/b.txt", "");
    folder_write_text(&root, "page.html", "<p>page");
}

TestSuite(handler_rules, .init = set_up, .fini = handling_tear_down, .timeout = 60);

/* One of each kind of answer. */
static const struct kind {
    const char *name;
    enum request_method method;
    const char *target;
    const char *none_match;
    const char *match;
    const char *range;
    int status;
} kinds[] = {
    {"file", REQUEST_GET, "/a.txt", NULL, NULL, NULL, 200},
    {"head", REQUEST_HEAD, "/a.txt", NULL, NULL, NULL, 200},
    {"part", REQUEST_GET, "/a.txt", NULL, NULL, "bytes=0-0", 206},
    {"parts", REQUEST_GET, "/a.txt", NULL, NULL, "bytes=0-0,2-2", 206},
    {"not modified", REQUEST_GET, "/a.txt", "*", NULL, NULL, 304},
    {"listing", REQUEST_GET, "/dir/", NULL, NULL, NULL, 200},
    {"slash", REQUEST_GET, "/dir", NULL, NULL, NULL, 301},
    {"redirect", REQUEST_GET, "/old/x?q", NULL, NULL, NULL, 302},
    {"options", REQUEST_OPTIONS, "/a.txt", NULL, NULL, NULL, 200},
    {"not found", REQUEST_GET, "/none", NULL, NULL, NULL, 404},
    {"no possible path", REQUEST_GET, "/a%2Fb", NULL, NULL, NULL, 404},
    {"failed", REQUEST_GET, "/a.txt", NULL, "\"x\"", NULL, 412},
    {"no such part", REQUEST_GET, "/a.txt", NULL, NULL, "bytes=7-", 416},
    {"method", REQUEST_OTHER, "/a.txt", NULL, NULL, NULL, 405},
    {"malformed", REQUEST_GET, "/%zz", NULL, NULL, NULL, 400},
};
enum { KIND_COUNT = sizeof kinds / sizeof kinds[0] };

static struct view view_or_none(const char *text) {
    return text != NULL ? view_of(text) : (struct view){0};
}

static void prepare_kind(const struct kind *kind) {
    struct request request = request_for(kind->method, kind->target);
    request.preconditions.if_none_match = view_or_none(kind->none_match);
    request.preconditions.if_match = view_or_none(kind->match);
    request.range = view_or_none(kind->range);
    prepare_answer(&request);
    cr_expect_eq(answer.status, kind->status, "%s: %d", kind->name, answer.status);
}

static const struct redirect_rule redirects[] = {
    {.pattern = "/old/*", .to = "/new/$1", .status = 302},
    {.pattern = "/api", .to = "https://example.org/api?v=2", .status = 308}};

static void use_rules(struct site_rules_options rules) {
    struct site_options options = handling_options();
    rules.redirects = redirects;
    rules.redirect_count = 2;
    options.rules = rules;
    handling_use(&options);
}

static void use_fields(const struct header_rule *fields, size_t count) {
    use_rules((struct site_rules_options){.fields = fields, .field_count = count});
}

/* --- own fields ----------------------------------------------------------------------------------------- */

static char own_one[] = "X-One: 1";
static char own_error[] = "X-Error: 1";
static char own_cache[] = "Cache-Control: public, max-age=5";
static char own_date[] = "Date: never";
static char own_server[] = "Server";
static char *const one[] = {own_one};
static char *const error[] = {own_error};
static char *const replacing[] = {own_cache, own_date};
static char *const removing[] = {own_server};

Test(handler_rules, own_fields_stand_in_every_kind_of_answer_that_is_meant) {
    static const struct header_rule fields[] = {
        {.pattern = "*", .add = one, .add_count = 1},
        {.pattern = "*", .add = error, .add_count = 1, .on_errors = true}};
    use_fields(fields, 2);
    for (size_t i = 0; i < KIND_COUNT; i++) {
        prepare_kind(&kinds[i]);
        expect_field_of(kinds[i].name, "X-One", kinds[i].status < 400 ? "1" : NULL);
        expect_field_of(kinds[i].name, "X-Error", "1");
    }
}

/* A request whose target cannot be read has no path; the one above matches it, as "*" stands for nothing,
 * too. */
Test(handler_rules, own_fields_go_by_the_path_that_was_asked_for) {
    static const struct header_rule fields[] = {
        {.pattern = "/*", .add = error, .add_count = 1, .on_errors = true}};
    use_fields(fields, 1);
    for (size_t i = 0; i < KIND_COUNT; i++) {
        prepare_kind(&kinds[i]);
        expect_field_of(kinds[i].name, "X-Error", kinds[i].status != 400 ? "1" : NULL);
    }
    struct request refused = {.refusal = HTTP_URI_TOO_LONG};
    prepare_answer(&refused);
    cr_expect_eq(answer.status, 414);
    expect_field("X-Error", NULL);
    refused = (struct request){.refusal = HTTP_EXPECTATION_FAILED, .target = view_of("/a.txt")};
    prepare_answer(&refused);
    cr_expect_eq(answer.status, 417);
    expect_field("X-Error", "1");
}

Test(handler_rules, own_fields_see_the_path_decoded_and_in_order) {
    static const struct {
        const char *target;
        const char *pattern;
        bool matches;
    } rows[] = {
        {"/dir/../assets/x.css", "/assets/*", true},
        {"/%61ssets/x.css", "/assets/*", true},
        {"//assets//x.css?q=/b/", "/assets/x.css", true},
        {"http://b/assets/x.css", "/assets/*", true},
        {"/dir/", "/dir/", true},
        {"/dir", "/dir", true},
        {"/", "/", true},
        {"/assets/x.css", "assets/*", false},
        {"/assets/x.css?y=*.txt", "*.txt", false},
        {"/assets/x.css", "text/css", true},
        {"/assets/x.css", "TEXT/*", true},
        {"/assets/y.bin", "text/*", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct header_rule fields = {.pattern = rows[i].pattern, .add = one, .add_count = 1};
        struct site_options options = handling_options();
        struct site *created = NULL;
        options.rules.fields = &fields;
        options.rules.field_count = 1;
        cr_assert_eq(site_create(&created, &options), 0);
        environment.site = created;
        (void)get(rows[i].target);
        expect_field_of(rows[i].target, "X-One", rows[i].matches ? "1" : NULL);
        site_destroy(created);
    }
}

Test(handler_rules, own_fields_take_the_place_of_those_of_the_server) {
    static const struct header_rule fields[] = {{.pattern = "/a.txt",
                                                 .add = replacing,
                                                 .add_count = 2,
                                                 .remove = removing,
                                                 .remove_count = 1,
                                                 .on_errors = true}};
    use_fields(fields, 1);
    for (size_t i = 0; i < KIND_COUNT; i++) {
        if (strcmp(kinds[i].target, "/a.txt") == 0) {
            prepare_kind(
                &kinds[i]); /* the reader sees to it that no field stands twice, and that Date is true */
            expect_field_of(kinds[i].name, "Cache-Control", "public, max-age=5");
            expect_field_of(kinds[i].name, "Server", NULL);
        }
    }
    cr_expect_eq(get("/dir/b.txt"), 200);
    expect_field("Server", "Lido");
}

/* The longest path there can be is as long as the room for it, and its first slash comes on top. */
Test(handler_rules, own_fields_see_the_longest_path) {
    static const struct header_rule fields[] = {
        {.pattern = "/aa*", .add = error, .add_count = 1, .on_errors = true}};
    static char target[TARGET_PATH_BYTES + 10];
    use_fields(fields, 1);
    for (size_t length = TARGET_PATH_BYTES - 8; length < sizeof target - 1; length++) {
        for (size_t slash = 0; slash < 2; slash++) {
            memset(target, 'a', length);
            target[0] = '/';
            target[length - 1] = slash == 1 ? '/' : 'a';
            target[length] = '\0';
            cr_expect_eq(get(target), 404, "%zu", length);
            expect_field("X-Error", "1");
        }
    }
}

/* The fields of the answer before must not stand in this one. */
Test(handler_rules, own_fields_are_forgotten_with_their_answer) {
    static const struct header_rule fields[] = {{.pattern = "/a.txt", .add = one, .add_count = 1}};
    use_fields(fields, 1);
    cr_expect_eq(get("/a.txt"), 200);
    expect_field("X-One", "1");
    cr_expect_eq(get("/dir/b.txt"), 200);
    expect_field("X-One", NULL);
}

/* --- caching -------------------------------------------------------------------------------------------- */

Test(handler_rules, caching_goes_by_path_and_type) {
    static const struct cache_rule caches[] = {
        {.pattern = "/assets/*", .has_max_age = true, .max_age_s = 60, .immutable = true},
        {.pattern = "text/plain", .has_max_age = true, .max_age_s = 3600},
        {.pattern = "/dir/b.txt", .no_store = true},
    };
    static const struct {
        const char *target;
        const char *control;
        const char *expires;
    } rows[] = {
        {"/assets/x.css", "max-age=60, immutable", "Sun, 06 Nov 1994 08:50:37 GMT"},
        {"/assets/y.bin?q", "max-age=60, immutable", "Sun, 06 Nov 1994 08:50:37 GMT"},
        {"/a.txt", "max-age=3600", "Sun, 06 Nov 1994 09:49:37 GMT"},
        {"/dir/b.txt", "no-store", HANDLING_DATE},
        {"/page.html", "no-cache", HANDLING_DATE},
        {"/assets/", "no-cache", HANDLING_DATE}, /* a listing */
        {"/assets/none", "no-cache", HANDLING_DATE},
        {"/assets", "no-cache", HANDLING_DATE},
    };
    use_rules((struct site_rules_options){.caches = caches, .cache_count = 3});
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        (void)get(rows[i].target);
        expect_field_of(rows[i].target, "Cache-Control", rows[i].control);
        expect_field_of(rows[i].target, "Expires", rows[i].expires);
    }
}

/* RFC 9110 sections 15.3.7 and 15.4.5: a 206 and a 304 say what the 200 would. */
Test(handler_rules, caching_is_the_same_for_a_part_and_for_what_is_there_already) {
    static const struct cache_rule caches[] = {{.pattern = "*", .has_max_age = true, .max_age_s = 60}};
    use_rules((struct site_rules_options){.caches = caches, .cache_count = 1});
    for (size_t i = 0; i < 5; i++) {
        prepare_kind(&kinds[i]);
        expect_field_of(kinds[i].name, "Cache-Control", "max-age=60");
        expect_field_of(kinds[i].name, "Expires", "Sun, 06 Nov 1994 08:50:37 GMT");
    }
}

Test(handler_rules, expires_does_not_contradict_what_the_owner_says_of_caching) {
    static const struct header_rule fields[] = {
        {.pattern = "*", .add = replacing, .add_count = 1, .on_errors = true}};
    use_fields(fields, 1);
    for (size_t i = 0; i < KIND_COUNT; i++) {
        prepare_kind(&kinds[i]);
        expect_field_of(kinds[i].name, "Cache-Control", "public, max-age=5");
        expect_field_of(kinds[i].name, "Expires", NULL);
    }
}

/* --- security fields ------------------------------------------------------------------------------------ */

Test(handler_rules, security_fields_stand_in_every_kind_of_answer) {
    static const struct {
        const char *name;
        const char *value;
    } safe[] = {{"X-Content-Type-Options", "nosniff"},
                {"Referrer-Policy", "strict-origin-when-cross-origin"},
                {"X-Frame-Options", "SAMEORIGIN"}},
      isolated[] = {{"Cross-Origin-Opener-Policy", "same-origin"},
                    {"Cross-Origin-Embedder-Policy", "require-corp"},
                    {"Cross-Origin-Resource-Policy", "same-origin"}};
    for (unsigned switches = 0; switches < 4; switches++) {
        bool is_safe = (switches & 1) != 0;
        bool is_isolated = (switches & 2) != 0;
        use_rules(
            (struct site_rules_options){.security_headers = is_safe, .cross_origin_isolation = is_isolated});
        for (size_t i = 0; i < KIND_COUNT; i++) {
            prepare_kind(&kinds[i]);
            for (size_t k = 0; k < 3; k++) {
                expect_field_of(kinds[i].name, safe[k].name, is_safe || k == 0 ? safe[k].value : NULL);
                expect_field_of(kinds[i].name, isolated[k].name, is_isolated ? isolated[k].value : NULL);
            }
        }
    }
}

Test(handler_rules, types_that_are_not_known_may_be_guessed_unless_all_is_to_be_safe) {
    folder_write_text(&root, "README", "text");
    use_rules((struct site_rules_options){0});
    cr_expect_eq(get("/README"), 200);
    expect_field("X-Content-Type-Options", NULL);
    expect_field("Content-Type", "application/octet-stream");
    use_rules((struct site_rules_options){.security_headers = true});
    cr_expect_eq(get("/README"), 200);
    expect_field("X-Content-Type-Options", "nosniff");
}

/* --- redirects ------------------------------------------------------------------------------------------ */

Test(handler_rules, redirects_keep_the_query_and_come_before_files) {
    static const struct {
        const char *target;
        int status;
        const char *location;
    } rows[] = {
        {"/old/a/b", 302, "/new/a/b"},
        {"/old/a?b=c&d", 302, "/new/a?b=c&d"},
        {"/old/", 302, "/new/"},
        {"/old/there.txt", 302, "/new/there.txt"},
        {"/old/sp%20ace%0d%0aX:y", 302, "/new/sp%20ace%0D%0AX%3Ay"},
        {"/api?w=1", 308, "https://example.org/api?v=2&w=1"},
        {"http://elsewhere/old/x", 302, "/new/x"},
    };
    folder_write_text(&root, "old/there.txt", "there");
    use_rules((struct site_rules_options){0});
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int status = get(rows[i].target);
        cr_expect_eq(status, rows[i].status, "%s: %d", rows[i].target, status);
        expect_field_of(rows[i].target, "Location", rows[i].location);
        expect_field_of(rows[i].target, "Cache-Control", "no-cache");
        expect_field_of(rows[i].target, "Content-Type", "text/html; charset=utf-8");
        cr_expect(strstr(answer.body, http_status_reason((enum http_status)status)) != NULL, "%s",
                  answer.body);
    }
    cr_expect_eq(get("/old"), 301); /* the folder's own */
    expect_field("Location", "/old/");
}
