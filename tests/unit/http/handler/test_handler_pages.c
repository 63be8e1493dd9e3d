/* SPDX-License-Identifier: MIT */
/* Pages that stand for what is not there: error pages, the fallback of a single-page app, and clean URLs. */
#include "tests/unit/http/handler/handling.h"
#include "tests/unit/support/io_faults.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { LARGE_BYTES = 100 * 1000 };

static const struct error_page_rule pages[] = {
    {.status = 400, .path = "errors/400.html"}, {.status = 404, .path = "errors/404.html"},
    {.status = 403, .path = "errors"},          {.status = 405, .path = "errors/405.txt"},
    {.status = 412, .path = "errors/none"},     {.status = 416, .path = "errors/large"},
    {.status = 414, .path = "../outside.html"}, {.status = 431, .path = "errors/431.svgz"},
};

static void set_up(void) {
    handling_set_up();
    folder_write_text(&root, "a.txt", "content");
    folder_write_text(&root, "shell.html", "<p>shell");
    folder_touch(&root, "shell.html", HANDLING_NOW - 60);
    folder_write_text(&root, "errors/400.html", "<p>own 400");
    folder_write_text(&root, "errors/404.html", "<p>own 404");
    folder_touch(&root, "errors/404.html", HANDLING_NOW - 60);
    folder_write_text(&root, "errors/405.txt", "own 405");
    folder_write_text(&root, "errors/431.svgz", "in gzip");
    folder_truncate(&root, "errors/large", LARGE_BYTES);
    folder_write_text(&root, "dir/b.txt", "");
    folder_write_text(&root, "about.html", "<p>about");
}

TestSuite(handler_pages, .init = set_up, .fini = handling_tear_down, .timeout = 60);

static void use_pages(void) {
    struct site_options options = handling_options();
    options.listing = false;
    options.rules.error_pages = pages;
    options.rules.error_page_count = sizeof pages / sizeof pages[0];
    handling_use(&options);
}

/* --- error pages ---------------------------------------------------------------------------------------- */

Test(handler_pages, of_errors_keep_the_status) {
    static const struct {
        enum request_method method;
        const char *target;
        int status;
        const char *body;
        const char *type;
        const char *allow;
    } rows[] = {
        {REQUEST_GET, "/none", 404, "<p>own 404", "text/html; charset=utf-8", NULL},
        {REQUEST_GET, "/none%2Fb", 404, "<p>own 404", "text/html; charset=utf-8", NULL},
        {REQUEST_GET, "/%zz", 400, "<p>own 400", "text/html; charset=utf-8", NULL},
        {REQUEST_OTHER, "/a.txt", 405, "own 405", "text/plain; charset=utf-8", "GET, HEAD, OPTIONS"},
        {REQUEST_GET, "/errors/404.html", 200, "<p>own 404", "text/html; charset=utf-8", NULL},
    };
    use_pages();
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct request request = request_for(rows[i].method, rows[i].target);
        prepare_answer(&request);
        cr_expect_eq(answer.status, rows[i].status, "%s: %d", rows[i].target, answer.status);
        cr_expect_str_eq(answer.body, rows[i].body, "%s: %s", rows[i].target, answer.body);
        expect_field_of(rows[i].target, "Content-Type", rows[i].type);
        expect_field_of(rows[i].target, "Cache-Control", "no-cache");
        expect_field_of(rows[i].target, "Allow", rows[i].allow);
    }
}

Test(handler_pages, of_errors_that_cannot_be_read_are_the_built_in_ones) {
    use_pages();
    cr_expect_eq(get("/dir/"), 403); /* its page is a folder */
    cr_expect(strstr(answer.body, "<h1><span>403</span> Forbidden</h1>") != NULL, "%s", answer.body);
    struct request request = request_for(REQUEST_GET, "/a.txt");
    request.preconditions.if_match = view_of("\"x\"");
    prepare_answer(&request); /* its page is missing */
    cr_expect_eq(answer.status, 412);
    cr_expect(strstr(answer.body, "<h1><span>412</span> Precondition Failed</h1>") != NULL, "%s",
              answer.body);
    struct request refused = {.refusal = HTTP_URI_TOO_LONG};
    prepare_answer(&refused); /* its page is outside of the root */
    cr_expect_eq(answer.status, 414);
    cr_expect(strstr(answer.body, "<h1><span>414</span> URI Too Long</h1>") != NULL, "%s", answer.body);
}

Test(handler_pages, of_errors_may_be_in_a_coding) {
    struct request refused = {.refusal = HTTP_FIELDS_TOO_LARGE};
    use_pages();
    prepare_answer(&refused);
    cr_expect_eq(answer.status, 431);
    cr_expect_str_eq(answer.body, "in gzip");
    expect_field("Content-Type", "image/svg+xml");
    expect_field("Content-Encoding", "gzip");
}

Test(handler_pages, of_errors_on_a_bad_disk_are_the_built_in_ones) {
    use_pages();
    io_always(IO_PREAD, IO_FAIL(EIO));
    cr_expect_eq(get("/none"), 404);
    cr_expect(strstr(answer.body, "<h1><span>404</span> Not Found</h1>") != NULL, "%s", answer.body);
    io_always(IO_PREAD, IO_PASS);
    cr_expect_eq(get("/none"), 404);
    cr_expect_str_eq(answer.body, "<p>own 404");
}

Test(handler_pages, of_errors_may_be_large) {
    use_pages();
    struct request request = request_for(REQUEST_GET, "/a.txt");
    request.range = view_of("bytes=7-");
    prepare_answer(&request);
    cr_expect_eq(answer.status, 416);
    cr_expect_eq(answer.content_length, LARGE_BYTES);
    cr_expect_neq(response.body.file.fd, -1);
    expect_field("Content-Range", "bytes */7");
    expect_field("Content-Type", "application/octet-stream");
    expect_field("X-Content-Type-Options", NULL); /* whose type is not known */
}

/* RFC 9110 sections 13.2.1 (preconditions count only where the answer would be a 2xx) and 14.2 (so do
 * ranges). */
Test(handler_pages, of_errors_are_no_files) {
    static const enum request_method methods[] = {REQUEST_GET, REQUEST_HEAD};
    use_pages();
    for (size_t i = 0; i < 2; i++) {
        struct request request = request_for(methods[i], "/none");
        request.preconditions = (struct preconditions){
            .if_none_match = view_of("*"),
            .if_modified_since = view_of(HANDLING_DATE),
            .if_unmodified_since = view_of("Sun, 06 Nov 1970 08:49:37 GMT"),
        };
        request.range = view_of("bytes=0-1");
        prepare_answer(&request);
        cr_expect_eq(answer.status, 404);
        cr_expect_eq(answer.content_length, (off_t)strlen("<p>own 404"));
        expect_field("ETag", NULL);
        expect_field("Last-Modified", NULL);
        expect_field("Accept-Ranges", NULL);
        expect_field("Content-Range", NULL);
        expect_field("Expires", HANDLING_DATE);
    }
}

Test(handler_pages, of_errors_are_bare_for_a_simple_request) {
    struct request request = {.refusal = HTTP_OK, .simple = true, .target = view_of("/none")};
    use_pages();
    response_clear(&response);
    handler_prepare(&response, &request, &environment);
    cr_expect_eq(response.head.length, 0);
    cr_assert_eq(body_size(&response.body), 10);
    cr_expect_arr_eq(response.body.file.contents, "<p>own 404", 10);
}

/* --- the fallback --------------------------------------------------------------------------------------- */

static const char browser[] = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

static void use_fallback(const char *fallback) {
    struct site_options options = handling_options();
    static const enum content_coding codings[] = {CODING_GZIP};
    options.fallback = fallback;
    options.rules.error_pages = pages;
    options.rules.error_page_count = sizeof pages / sizeof pages[0];
    options.variants.precompressed = codings;
    options.variants.precompressed_count = 1;
    options.variants.compress_types = (char *const[]){(char[]){"*"}};
    options.variants.compress_type_count = 1;
    handling_use(&options);
}

static struct request navigate(enum request_method method, const char *target, const char *accept) {
    struct request request = request_for(method, target);
    request.accept = accept != NULL ? view_of(accept) : (struct view){0};
    return request;
}

Test(handler_pages, of_an_app_stand_for_what_is_not_there) {
    static const struct {
        const char *target;
        const char *accept;
        int status;
        const char *body;
        const char *vary;
    } rows[] = {
        {"/route", browser, 200, "<p>shell", "Accept, Accept-Encoding"},
        {"/route/", browser, 200, "<p>shell", "Accept, Accept-Encoding"},
        {"/deep/er?q=x.js", browser, 200, "<p>shell", "Accept, Accept-Encoding"},
        {"/user/a%2Fb", browser, 200, "<p>shell", "Accept, Accept-Encoding"},
        {"/route.html", browser, 200, "<p>shell", "Accept, Accept-Encoding"},
        {"/user/john.doe-unknown", browser, 200, "<p>shell", "Accept, Accept-Encoding"},
        {"/a.txt/b", browser, 200, "<p>shell", "Accept, Accept-Encoding"},
        {"/route", "*/*", 404, "<p>own 404", "Accept"},
        {"/route", NULL, 404, "<p>own 404", "Accept"},
        {"/route", "text/html;q=0", 404, "<p>own 404", "Accept"},
        {"/user/a%2Fb", "*/*", 404, "<p>own 404", "Accept"},
        {"/missing.js", browser, 404, "<p>own 404", NULL},
        {"/missing.png", browser, 404, "<p>own 404", NULL},
        {"/a.txt", browser, 200, "content", "Accept-Encoding"},
        {"/%zz", browser, 400, "<p>own 400", NULL},
    };
    use_fallback("shell.html");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct request request = navigate(REQUEST_GET, rows[i].target, rows[i].accept);
        prepare_answer(&request);
        cr_expect_eq(answer.status, rows[i].status, "%s: %d", rows[i].target, answer.status);
        cr_expect_str_eq(answer.body, rows[i].body, "%s: %s", rows[i].target, answer.body);
        expect_field_of(rows[i].target, "Vary", rows[i].vary);
    }
}

/* "com" and "me" are extensions somewhere in the system's table; to an app they are parts of names. */
Test(handler_pages, of_an_app_do_not_depend_on_the_table_of_the_system) {
    char path[FOLDER_PATH_BYTES + 16];
    folder_write_text(&root, "types", "chemical/x-me me\n");
    (void)snprintf(path, sizeof path, "%s/types", root.path);
    struct site_options options = handling_options();
    options.fallback = "shell.html";
    options.media_types.path = path;
    handling_use(&options);
    struct request request = navigate(REQUEST_GET, "/user/jane.me", browser);
    prepare_answer(&request);
    cr_expect_eq(answer.status, 200);
    cr_expect_str_eq(answer.body, "<p>shell");
}

Test(handler_pages, of_an_app_are_for_get_and_head_only) {
    use_fallback("shell.html");
    struct request request = navigate(REQUEST_HEAD, "/route", browser);
    prepare_answer(&request);
    cr_expect_eq(answer.status, 200);
    request.method = REQUEST_OTHER;
    prepare_answer(&request);
    cr_expect_eq(answer.status, 405);
    request.method = REQUEST_OPTIONS;
    prepare_answer(&request);
    cr_expect_eq(answer.status, 200);
    expect_field("Allow", "GET, HEAD, OPTIONS");
    expect_field("ETag", NULL);
    request.target = view_of("/a%2Fb");
    prepare_answer(&request);
    cr_expect_eq(answer.status, 404);
}

/* The page is a file like any other: preconditions, ranges, forms. */
Test(handler_pages, of_an_app_are_files) {
    use_fallback("shell.html");
    struct request request = navigate(REQUEST_GET, "/route", browser);
    request.preconditions.if_none_match = view_of("\"ed3126ae9039932bafcbd2cf3b98fa4e\"");
    prepare_answer(&request);
    cr_expect_eq(answer.status, 304);
    expect_field("Vary", "Accept, Accept-Encoding");
    request = navigate(REQUEST_GET, "/route", browser);
    request.range = view_of("bytes=3-");
    prepare_answer(&request);
    cr_expect_eq(answer.status, 206);
    cr_expect_str_eq(answer.body, "shell");
    request = navigate(REQUEST_GET, "/route", browser);
    request.accept_encoding = view_of("gzip");
    folder_write_text(&root, "shell.html.gz", "gzipped");
    prepare_answer(&request);
    cr_expect_str_eq(answer.body, "gzipped");
    expect_field("Content-Type", "text/html; charset=utf-8");
    request.accept_encoding = view_of("identity;q=0");
    prepare_answer(&request);
    cr_expect_eq(answer.status, 406);
    expect_field("Vary", "Accept, Accept-Encoding");
}

Test(handler_pages, of_an_app_that_are_not_there_are_no_answer) {
    static const char *const fallbacks[] = {"missing.html", "errors", "../outside.html"};
    for (size_t i = 0; i < sizeof fallbacks / sizeof fallbacks[0]; i++) {
        use_fallback(fallbacks[i]);
        struct request request = navigate(REQUEST_GET, "/route", browser);
        prepare_answer(&request);
        cr_expect_eq(answer.status, 404, "%s: %d", fallbacks[i], answer.status);
        cr_expect_str_eq(answer.body, "<p>own 404", "%s", fallbacks[i]);
        expect_field_of(fallbacks[i], "Vary", "Accept");
    }
}

Test(handler_pages, of_an_app_do_not_hide_other_errors) {
    struct site_options options = handling_options();
    options.listing = false;
    options.fallback = "shell.html";
    handling_use(&options);
    struct request request = navigate(REQUEST_GET, "/dir/", browser);
    prepare_answer(&request);
    cr_expect_eq(answer.status, 403);
    expect_field("Vary", "Accept"); /* of the page for the error, see accept.h */
}

/* --- clean URLs ----------------------------------------------------------------------------------------- */

Test(handler_pages, with_clean_urls_have_one_address) {
    static const struct {
        const char *target;
        int status;
        const char *location;
    } rows[] = {
        {"/about", 200, NULL},
        {"/about?x=y", 200, NULL},
        {"/about.html", 200, NULL},
        {"/about/", 301, "/about"},
        {"/about/?x=/y/", 301, "/about?x=/y/"},
        {"/sub/page/", 301, "/sub/page"},
        {"/sub/a%20b%3Fc/", 301, "/sub/a%20b%3Fc"},
        {"//about/", 301, "/about"},
        {"/none/", 404, NULL},
    };
    struct site_options options = handling_options();
    options.clean_urls = true;
    handling_use(&options);
    folder_write_text(&root, "sub/page.html", "<p>page");
    folder_write_text(&root, "sub/a b?c.html", "<p>odd");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int status = get(rows[i].target);
        cr_expect_eq(status, rows[i].status, "%s: %d", rows[i].target, status);
        expect_field_of(rows[i].target, "Location", rows[i].location);
        if (status == 200) {
            cr_expect_str_eq(answer.body, "<p>about", "%s", rows[i].target);
            expect_field_of(rows[i].target, "Content-Type", "text/html; charset=utf-8");
        }
    }
}
