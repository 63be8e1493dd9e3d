/* SPDX-License-Identifier: MIT */
/* Which site answers (virtual hosts), and which other sites' pages may read its answers (sharing). */
#include "tests/unit/http/handler/handling.h"

#include <criterion/criterion.h>
#include <string.h>

static struct hosts *hosts;

static void add_host(const char *name, const char *folder) {
    static const struct error_page_rule pages[] = {{.status = 404, .path = "404.html"},
                                                   {.status = 400, .path = "404.html"},
                                                   {.status = 405, .path = "404.html"}};
    struct folder_path path = folder_path(&root, folder);
    struct site_options options = handling_options();
    options.root = path.text;
    options.rules.error_pages = pages;
    options.rules.error_page_count = sizeof pages / sizeof pages[0];
    if (name == NULL) {
        hosts = hosts_create(handling_add_site(&options));
        cr_assert_not_null(hosts);
    } else {
        cr_assert_eq(hosts_add(hosts, name, handling_add_site(&options)), 0);
    }
}

static void set_up(void) {
    handling_set_up();
    folder_write_text(&root, "a.txt", "none of the hosts");
    folder_write_text(&root, "standard/a.txt", "standard");
    folder_write_text(&root, "one/a.txt", "one");
    folder_write_text(&root, "one/404.html", "nothing at one");
    folder_write_text(&root, "wild/a.txt", "wild");
    add_host(NULL, "standard");
    add_host("one.example", "one");
    add_host("*.example", "wild");
    environment.hosts = hosts;
}

static void tear_down(void) {
    hosts_destroy(hosts);
    handling_tear_down();
}

TestSuite(handler_hosts, .init = set_up, .fini = tear_down, .timeout = 60);

/* RFC 9112 section 3.2 but for the rows that name another. */
Test(handler_hosts, have_sites_of_their_own) {
    static const struct {
        const char *name;
        const char *target;
        const char *host; /* NULL: not sent */
        unsigned version_minor;
        const char *body;
    } rows[] = {
        {"Host", "/a.txt", "one.example", 1, "one"},
        {"Host in HTTP/1.0", "/a.txt", "one.example", 0, "one"},
        {"with a port, in capitals", "/a.txt", "ONE.Example:8080", 1, "one"},
        {"a wildcard", "/a.txt", "two.example", 1, "wild"},
        {"another", "/a.txt", "example", 1, "standard"},
        {"none, in HTTP/1.0", "/a.txt", NULL, 0, "standard"},
        {"an empty one", "/a.txt", "", 1, "standard"},
        {"3.2.2: an absolute target wins", "http://one.example/a.txt", "two.example", 1, "one"},
        {"3.2.2: even if its host is another", "http://other/a.txt", "one.example", 1, "standard"},
        {"3.2.2: in HTTP/1.0 without Host", "http://one.example:80/a.txt", NULL, 0, "one"},
        {"an error is of the host", "/none", "one.example", 1, "nothing at one"},
        {"3.2.2: an error, too", "http://one.example/none", "two.example", 1, "nothing at one"},
        {"3.2.2: a path that cannot be", "http://one.example/a%2Fb", "two.example", 1, "nothing at one"},
        {"a target that cannot be read", "/%zz", "one.example", 1, "nothing at one"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct request request = request_for(REQUEST_GET, rows[i].target);
        request.version_minor = rows[i].version_minor;
        request.host = rows[i].host != NULL ? view_of(rows[i].host) : (struct view){0};
        prepare_answer(&request);
        cr_expect_str_eq(answer.body, rows[i].body, "%s: %s", rows[i].name, answer.body);
    }
}

Test(handler_hosts, share_no_files) {
    struct request request = request_for(REQUEST_GET, "/404.html");
    request.host = view_of("two.example");
    prepare_answer(&request);
    cr_expect_eq(answer.status, 404);
}

/* What was read before the refusal may name the host: Host, if the head got as far as that. */
Test(handler_hosts, are_known_where_a_request_is_refused) {
    struct request request = {.refusal = HTTP_BAD_REQUEST, .host = view_of("one.example")};
    prepare_answer(&request);
    cr_expect_eq(answer.status, 400);
    cr_expect_str_eq(answer.body, "nothing at one");
    request.host = view_of("two.example"); /* RFC 9112 section 3.2.2: the target wins, readable or not */
    request.target = view_of("http://one.example/a.txt");
    prepare_answer(&request);
    cr_expect_str_eq(answer.body, "nothing at one");
    request.refusal = HTTP_OK;
    request.target = view_of("http://one.example/%zz");
    prepare_answer(&request);
    cr_expect_eq(answer.status, 400);
    cr_expect_str_eq(answer.body, "nothing at one");
    request = (struct request){.refusal = HTTP_BAD_REQUEST};
    prepare_answer(&request);
    cr_expect_eq(answer.status, 400);
    cr_expect(strstr(answer.body, "<!doctype html>") != NULL);
}

Test(handler_hosts, do_not_matter_to_a_server_with_one_site) {
    environment.hosts = NULL;
    struct request request = request_for(REQUEST_GET, "http://one.example/a.txt");
    request.host = view_of("one.example");
    prepare_answer(&request);
    cr_expect_str_eq(answer.body, "none of the hosts");
}

/* --- sharing (Fetch standard, section 3.2) -------------------------------------------------------------- */

static char friend[] = "https://friend.example";
static char asterisk[] = "*";
static char *const friends[] = {friend};
static char *const everybody[] = {asterisk};

static void share_with(char *const *origins) {
    static const struct redirect_rule redirects[] = {{.pattern = "/old", .to = "/new", .status = 301}};
    struct site_options options = handling_options();
    options.rules.cors_origins = origins;
    options.rules.cors_origin_count = origins != NULL ? 1 : 0;
    options.rules.redirects = redirects;
    options.rules.redirect_count = 1;
    environment.hosts = NULL;
    handling_use(&options);
}

static const struct kind {
    enum request_method method;
    const char *target;
    const char *none_match;
    const char *range;
    int status;
    bool by_accept; /* Lido's own words, as HTML or as JSON */
} kinds[] = {
    {REQUEST_GET, "/a.txt", NULL, NULL, 200, false},
    {REQUEST_HEAD, "/a.txt", NULL, NULL, 200, false},
    {REQUEST_GET, "/a.txt", NULL, "bytes=1-", 206, false},
    {REQUEST_GET, "/a.txt", "*", NULL, 304, false},
    {REQUEST_GET, "/one/", NULL, NULL, 200, true},
    {REQUEST_GET, "/one", NULL, NULL, 301, false},
    {REQUEST_GET, "/old", NULL, NULL, 301, false},
    {REQUEST_GET, "/none", NULL, NULL, 404, true},
    {REQUEST_GET, "/%zz", NULL, NULL, 400, true},
    {REQUEST_GET, "/a.txt", NULL, "bytes=99-", 416, true},
    {REQUEST_OTHER, "/a.txt", NULL, NULL, 405, true},
    {REQUEST_OPTIONS, "/a.txt", NULL, NULL, 200, false},
};

static void expect_sharing(const char *origin, const char *allowed, const char *vary) {
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        struct request request = request_for(kinds[i].method, kinds[i].target);
        request.origin = origin != NULL ? view_of(origin) : (struct view){0};
        request.range = kinds[i].range != NULL ? view_of(kinds[i].range) : (struct view){0};
        request.preconditions.if_none_match =
            kinds[i].none_match != NULL ? view_of(kinds[i].none_match) : (struct view){0};
        prepare_answer(&request);
        cr_expect_eq(answer.status, kinds[i].status, "kind %zu: %d", i, answer.status);
        expect_field_of(kinds[i].target, "Access-Control-Allow-Origin", allowed);
        expect_field_of(kinds[i].target, "Access-Control-Expose-Headers", allowed != NULL ? "*" : NULL);
        expect_field_of(kinds[i].target, "Access-Control-Allow-Credentials", NULL);
        expect_field_of(kinds[i].target, "Access-Control-Allow-Methods", NULL);
        const char *both = vary != NULL ? "Origin, Accept" : "Accept";
        expect_field_of(kinds[i].target, "Vary", kinds[i].by_accept ? both : vary);
    }
}

Test(handler_hosts, share_every_kind_of_answer) {
    share_with(everybody);
    expect_sharing("https://friend.example", "*", NULL);
    expect_sharing(NULL, "*", NULL);
    share_with(friends);
    expect_sharing("https://friend.example", "https://friend.example", "Origin");
    expect_sharing("https://stranger.example", NULL, "Origin");
    expect_sharing(NULL, NULL, "Origin");
    share_with(NULL);
    expect_sharing("https://friend.example", NULL, NULL);
}

static struct request preflight(const char *target, const char *origin) {
    struct request request = request_for(REQUEST_OPTIONS, target);
    request.origin = view_of(origin);
    request.access_control_request_method = view_of("GET");
    request.access_control_request_headers = view_of("range, x-own");
    return request;
}

Test(handler_hosts, give_leave_beforehand) {
    static const char *const targets[] = {"/a.txt", "/none", "/old", "*"};
    share_with(friends);
    for (size_t i = 0; i < sizeof targets / sizeof targets[0]; i++) {
        struct request request = preflight(targets[i], friend);
        prepare_answer(&request);
        cr_expect_eq(answer.status, 204, "%s: %d", targets[i], answer.status);
        expect_field("Access-Control-Allow-Origin", "https://friend.example");
        expect_field("Access-Control-Allow-Methods", "GET, HEAD, OPTIONS");
        expect_field("Access-Control-Allow-Headers", "range, x-own");
        expect_field("Access-Control-Max-Age", "7200");
        expect_field("Vary", "Origin");
        expect_field("Allow", "GET, HEAD, OPTIONS");
        expect_field("Content-Type", NULL);
        expect_field("Connection", "keep-alive");
    }
}

Test(handler_hosts, give_no_leave_to_strangers_and_without_being_told) {
    struct request request = preflight("/a.txt", "https://stranger.example");
    share_with(friends);
    prepare_answer(&request);
    cr_expect_eq(answer.status, 204);
    expect_field("Access-Control-Allow-Origin", NULL);
    expect_field("Access-Control-Allow-Methods", NULL);
    share_with(NULL);
    request = preflight("/a.txt", friend);
    prepare_answer(&request);
    cr_expect_eq(answer.status, 200);
    expect_field("Access-Control-Allow-Methods", NULL);
    expect_field("Allow", "GET, HEAD, OPTIONS");
}
