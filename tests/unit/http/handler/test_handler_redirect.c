/* SPDX-License-Identifier: MIT */
/* A folder asked for without its final slash: where the client is sent, and that it is sent nowhere else. */
#include "http/pages/error_page.h"
#include "tests/unit/http/handler/handling.h"

#include <criterion/criterion.h>
#include <string.h>

TestSuite(handler_redirect, .init = handling_set_up, .fini = handling_tear_down, .timeout = 60);

struct row {
    const char *folder;
    const char *target;
    const char *location;
};

static void expect_rows(const struct row *rows, size_t count) {
    for (size_t i = 0; i < count; i++) {
        struct folder made;
        folder_create_inside(&made, &root, rows[i].folder);
        struct request request = request_for(REQUEST_GET, rows[i].target);
        prepare_answer(&request);
        cr_expect_eq(answer.status, 301, "%s: %d", rows[i].target, answer.status);
        const char *location = answer_field(&answer, "Location");
        cr_assert(location != NULL, "%s", rows[i].target);
        cr_expect_str_eq(location, rows[i].location, "%s: %s instead of %s", rows[i].target, location,
                         rows[i].location);
        struct text page = {0};
        error_page_write(&page, &(struct error_page){.status = HTTP_MOVED_PERMANENTLY, .location = location});
        cr_expect(response.body.text.length == page.length &&
                      memcmp(answer.body, page.bytes, page.length) == 0,
                  "%s: more of the request than the location is in the page", rows[i].target);
        text_deinit(&page);
        folder_remove(&made);
    }
}

#define ROWS(rows) rows, sizeof(rows) / sizeof *(rows)

Test(handler_redirect, leads_to_the_same_name_with_a_slash) {
    static const struct row rows[] = {
        {"plain-~_.1", "/plain-~_.1", "/plain-~_.1/"},
        {"space here", "/space%20here", "/space%20here/"},
        {"quote\"s'", "/quote%22s'", "/quote%22s%27/"},
        {"javascript:x", "/javascript:x", "/javascript%3Ax/"},
        {"100%", "/100%25", "/100%25/"},
        {"%2e%2e", "/%252e%252e", "/%252e%252e/"},
        {"a?b", "/a%3Fb", "/a%3Fb/"},
        {"a#b", "/a%23b", "/a%23b/"},
        {"a;b&c=d+e", "/a;b&c=d+e", "/a%3Bb%26c%3Dd%2Be/"},
        {"a<b>c", "/a%3Cb%3Ec", "/a%3Cb%3Ec/"},
        {"back\\slash", "/back%5Cslash", "/back%5Cslash/"},
        {"gr\xc3\xbcn", "/gr%C3%BCn", "/gr%C3%BCn/"},
        {"raw gr\xc3\xbcn", "/raw%20gr\xc3\xbcn", "/raw%20gr%C3%BCn/"},
        {"not-utf-8-\xff", "/not-utf-8-%FF", "/not-utf-8-%FF/"},
    };
    expect_rows(ROWS(rows));
}

Test(handler_redirect, never_breaks_out_of_its_line) {
    static const struct row rows[] = {
        {"new\nline", "/new%0Aline", "/new%0Aline/"},
        {"c\r\nSet-Cookie: a=b", "/c%0D%0ASet-Cookie:%20a=b", "/c%0D%0ASet-Cookie%3A%20a%3Db/"},
        {"d\x01\x7f", "/d%01%7F", "/d%01%7F/"},
        {"e", "/e?\r\nSet-Cookie: a=b", "/e/?%0D%0ASet-Cookie:%20a=b"},
        {"f", "/f?\t\x01\x7f", "/f/?%09%01%7F"},
    };
    expect_rows(ROWS(rows));
}

Test(handler_redirect, keeps_the_query) {
    static const struct row rows[] = {
        {"a", "/a?b=c&d=e", "/a/?b=c&d=e"},
        {"b", "/b?", "/b/?"},
        {"c", "/c?d?/../%2e%2e", "/c/?d?/../%2e%2e"},
        {"d", "/d?%zz%", "/d/?%zz%"},
        {"e", "/e?\xc3\xbc\"<>\\^`{|}", "/e/?%C3%BC%22%3C%3E%5C%5E%60%7B%7C%7D"},
        {"f", "/f?!$&'()*+,;=:@/?-._~", "/f/?!$&'()*+,;=:@/?-._~"},
        {"g", "/g?http://example.com/", "/g/?http://example.com/"},
    };
    expect_rows(ROWS(rows));
}

Test(handler_redirect, stays_on_this_host) {
    static const struct row rows[] = {
        {"example.com", "//example.com", "/example.com/"},
        {"example.org", "/\\/..//example.org", "/example.org/"},
        {"http:", "/http:", "/http%3A/"},
        {"a", "http://example.com/a", "/a/"},
        {"b", "http://example.com//b?c", "/b/?c"},
    };
    expect_rows(ROWS(rows));
}

Test(handler_redirect, is_made_from_the_path_without_its_dots) {
    static const struct row rows[] = {
        {"a", "/x/../a", "/a/"},
        {"outer/inner", "/outer/inner", "/outer/inner/"},
        {"outer2/inn er", "/outer2/./inn%20er?q", "/outer2/inn%20er/?q"},
    };
    expect_rows(ROWS(rows));
}

Test(handler_redirect, puts_back_what_a_proxy_takes_off) {
    static const struct row rows[] = {
        {"a", "/a?b", "/pre%20fix/of/it/a/?b"},
        {"example.com", "//example.com", "/pre%20fix/of/it/example.com/"},
        {"outer/inner", "/outer/inner", "/pre%20fix/of/it/outer/inner/"},
    };
    struct site_options options = handling_options();
    options.rules.base_path = "/pre%20fix/of/it";
    handling_use(&options);
    expect_rows(ROWS(rows));
}

Test(handler_redirect, puts_it_back_before_paths_of_rules_alone) {
    static const struct {
        const char *target, *location;
    } rows[] = {
        {"/old/a?b", "/prefix/new/a?b"},
        {"/deep//evil.example", "/prefix/evil.example"},
        {"/away/a", "https://example.org/a"},
    };
    static const struct redirect_rule redirects[] = {
        {.pattern = "/old/*", .to = "/new/$1", .status = 301},
        {.pattern = "/deep*", .to = "/$1", .status = 301},
        {.pattern = "/away/*", .to = "https://example.org/$1", .status = 301}};
    struct site_options options = handling_options();
    options.rules.base_path = "/prefix";
    options.rules.redirects = redirects;
    options.rules.redirect_count = sizeof redirects / sizeof *redirects;
    handling_use(&options);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct request request = request_for(REQUEST_GET, rows[i].target);
        prepare_answer(&request);
        const char *location = answer_field(&answer, "Location");
        cr_assert(location != NULL, "%s", rows[i].target);
        cr_expect_str_eq(location, rows[i].location, "%s: %s", rows[i].target, location);
    }
}

Test(handler_redirect, is_for_head_and_those_who_close_as_well) {
    folder_mkdir(&root, "a");
    struct request request = request_for(REQUEST_HEAD, "/a");
    request.keep_alive = false;
    prepare_answer(&request);
    cr_expect_eq(answer.status, 301);
    cr_expect(answer_field_is(&answer, "Location", "/a/"));
    cr_expect(answer_field_is(&answer, "Connection", "close"));
}

Test(handler_redirect, does_not_tell_of_hidden_folders) {
    folder_mkdir(&root, ".git");
    struct request request = request_for(REQUEST_GET, "/.git");
    prepare_answer(&request);
    cr_expect_eq(answer.status, 404);
}
