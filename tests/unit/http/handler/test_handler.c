/* SPDX-License-Identifier: MIT */
#include "tests/support/loopback.h"
#include "tests/unit/http/handler/handling.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

TestSuite(handler, .init = handling_set_up, .fini = handling_tear_down, .timeout = 60);

Test(handler, gives_a_file) {
    folder_write_text(&root, "a.txt", "content");
    folder_touch(&root, "a.txt", HANDLING_NOW - 60);
    cr_expect_eq(get("/a.txt"), 200);
    cr_expect_str_eq(answer.body, "content");
    expect_field("Content-Type", "text/plain; charset=utf-8");
    expect_field("Last-Modified", "Sun, 06 Nov 1994 08:48:37 GMT");
    expect_field("Cache-Control", "no-cache");
    expect_field("Connection", "keep-alive");
    expect_field("Allow", NULL);
    expect_field("Location", NULL);
    expect_field("Retry-After", NULL);
}

Test(handler, gives_the_index_of_a_folder) {
    folder_write_text(&root, "index.html", "<p>home");
    folder_write_text(&root, "dir/index.html", "<p>dir");
    cr_expect_eq(get("/"), 200);
    cr_expect_str_eq(answer.body, "<p>home");
    expect_field("Content-Type", "text/html; charset=utf-8");
    cr_expect_eq(get("/dir/?x=y"), 200);
    cr_expect_str_eq(answer.body, "<p>dir");
}

Test(handler, gives_a_listing_if_that_is_wanted) {
    folder_write_text(&root, "dir/one.txt", "1");
    cr_expect_eq(get("/dir/"), 200);
    cr_expect(strstr(answer.body, "href=\"one.txt\"") != NULL, "%s", answer.body);
    expect_field("Content-Type", "text/html; charset=utf-8");
    expect_field("Cache-Control", "no-cache");
    expect_field("Last-Modified", NULL);

    environment.site = strict_site;
    cr_expect_eq(get("/dir/"), 403);
    cr_expect(strstr(answer.body, "one.txt") == NULL);
    cr_expect_eq(get("/dir/one.txt"), 200);
}

Test(handler, to_head_is_the_same_without_a_body) {
    static const char *const targets[] = {"/a.txt", "/dir", "/dir/", "/none", "/%zz", "*"};
    folder_write_text(&root, "a.txt", "content");
    folder_write_text(&root, "dir/b.txt", "");
    for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
        char head[ANSWER_HEAD_BYTES];
        (void)get(targets[i]);
        memcpy(head, answer.head, answer.head_size);
        size_t size = answer.head_size;
        struct request request = request_for(REQUEST_HEAD, targets[i]);
        prepare_answer(&request);
        cr_expect(answer.head_size == size && memcmp(answer.head, head, size) == 0, "%s", targets[i]);
    }
}

Test(handler, to_a_simple_request_is_bare) {
    static const struct {
        const char *target;
        const char *begin;
    } rows[] = {{"/a.txt", "content"}, {"/dir", "<!doctype html>"}, {"/none", "<!doctype html>"}};
    folder_write_text(&root, "a.txt", "content");
    folder_mkdir(&root, "dir");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct request request = {.refusal = HTTP_OK, .simple = true, .target = view_of(rows[i].target)};
        response_clear(&response);
        handler_prepare(&response, &request, &environment);
        cr_expect_eq(response.head.length, 0, "%s", rows[i].target);
        cr_expect_eq(response.unsent[0].iov_len, 0, "%s", rows[i].target);
        cr_expect_not(response.form.keep_alive, "%s", rows[i].target);
        size_t length = strlen(rows[i].begin);
        const struct body *body = &response.body;
        const char *bytes = body->kind == BODY_FILE ? body->file.contents : body->text.bytes;
        cr_expect((size_t)body_size(body) >= length && memcmp(bytes, rows[i].begin, length) == 0, "%s",
                  rows[i].target);
    }
}

Test(handler, to_options_says_what_is_offered) {
    static const char *const targets[] = {"*", "/", "/none", "http://a/b"};
    for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
        struct request request = request_for(REQUEST_OPTIONS, targets[i]);
        prepare_answer(&request);
        cr_expect_eq(answer.status, 200, "%s", targets[i]);
        cr_expect_eq(answer.content_length, 0, "%s", targets[i]);
        expect_field("Allow", "GET, HEAD, OPTIONS");
        expect_field("Content-Type", NULL);
        expect_field("Connection", "keep-alive");
    }
}

Test(handler, to_other_methods_says_what_is_offered) {
    static const char *const targets[] = {"/", "/none", "/%zz", "*", "a:443"};
    for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
        struct request request = request_for(REQUEST_OTHER, targets[i]);
        prepare_answer(&request);
        cr_expect_eq(answer.status, 405, "%s", targets[i]);
        expect_field("Allow", "GET, HEAD, OPTIONS");
        expect_field("Connection", "keep-alive");
    }
}

Test(handler, refuses_targets) {
    static const struct {
        const char *target;
        int status;
    } rows[] = {
        {"/none", 404},    {"/a.txt/", 404},   {"/a.txt/b", 404}, {"/.hidden", 404},
        {"/dir%2Fb", 404}, {"/%zz", 400},      {"/%00", 400},     {"*", 400},
        {"/a#b", 400},     {"ftp://a/b", 400}, {"/../..", 200},   {"/socket", 404},
    };
    folder_write_text(&root, "a.txt", "content");
    folder_write_text(&root, ".hidden", "secret");
    folder_write_text(&root, "dir/b", "");
    folder_fifo(&root, "socket");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int status = get(rows[i].target);
        cr_expect_eq(status, rows[i].status, "%s: %d", rows[i].target, status);
        cr_expect(strstr(answer.body, "secret") == NULL && strstr(answer.body, root.path) == NULL, "%s",
                  rows[i].target);
        expect_field("Connection", rows[i].status == 400 ? "close" : "keep-alive");
    }
}

Test(handler, says_what_was_wrong_with_a_request) {
    static const enum http_status refusals[] = {
        HTTP_BAD_REQUEST,        HTTP_REQUEST_TIMEOUT,  HTTP_CONTENT_TOO_LARGE, HTTP_URI_TOO_LONG,
        HTTP_EXPECTATION_FAILED, HTTP_FIELDS_TOO_LARGE, HTTP_NOT_IMPLEMENTED,   HTTP_VERSION_NOT_SUPPORTED,
    };
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
        struct request request = {.refusal = refusals[i], .body_unread = true};
        char title[100];
        prepare_answer(&request);
        cr_expect_eq(answer.status, (int)refusals[i]);
        (void)snprintf(title, sizeof title, "<h1><span>%d</span> %s</h1>", answer.status,
                       http_status_reason(refusals[i]));
        cr_expect(strstr(answer.body, title) != NULL, "%s", answer.body);
        cr_expect(strstr(answer.body, http_status_sentence(refusals[i])) != NULL, "%s", answer.body);
        expect_field("Content-Type", "text/html; charset=utf-8");
        expect_field("Connection", "close");
        expect_field("Allow", NULL);
        expect_field("Retry-After", NULL);
    }
}

Test(handler, asks_to_come_back_when_descriptors_run_out) {
    folder_write_text(&root, "a.txt", "content");
    int lowest_free = dup(0);
    cr_assert_neq(lowest_free, -1);
    (void)close(lowest_free);
    struct rlimit limit;
    cr_assert_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
    struct rlimit exhausted = {.rlim_cur = (rlim_t)lowest_free, .rlim_max = limit.rlim_max};
    cr_assert_eq(setrlimit(RLIMIT_NOFILE, &exhausted), 0);
    int status = get("/a.txt");
    cr_assert_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
    cr_expect_eq(status, 503);
    expect_field("Retry-After", "1");
    cr_expect_eq(get("/a.txt"), 200);
}

Test(handler, ends_the_connection_when_client_or_server_want_that) {
    folder_write_text(&root, "a.txt", "content");
    struct request request = request_for(REQUEST_GET, "/a.txt");
    request.keep_alive = false;
    prepare_answer(&request);
    expect_field("Connection", "close");
    cr_expect_not(response.form.keep_alive);

    environment.closing = true;
    cr_expect_eq(get("/a.txt"), 200);
    expect_field("Connection", "close");
    cr_expect_eq(get("/none"), 404);
    expect_field("Connection", "close");
}

/* --- If-Modified-Since ---------------------------------------------------------------------------------- */

static int get_if_modified_since(const char *date) {
    struct request request = request_for(REQUEST_GET, "/a.txt");
    request.preconditions.if_modified_since = view_of(date);
    prepare_answer(&request);
    return answer.status;
}

Test(handler, is_short_when_the_client_has_it_already) {
    static const struct {
        const char *date;
        int status;
    } rows[] = {
        {"Sun, 06 Nov 1994 08:48:37 GMT", 304}, {"Sunday, 06-Nov-94 08:48:37 GMT", 304},
        {"Sun Nov  6 08:48:37 1994", 304},      {"Sun, 06 Nov 1994 08:48:38 GMT", 304},
        {"Sun, 06 Nov 1994 08:49:37 GMT", 304}, {"Sun, 06 Nov 1994 08:48:36 GMT", 200},
        {"Sun, 06 Nov 1994 08:49:38 GMT", 200}, {"", 200},
        {"Sun, 06 Nov 1994 08:48:37", 200},
    };
    folder_write_text(&root, "a.txt", "content");
    folder_touch(&root, "a.txt", HANDLING_NOW - 60);
    int descriptors_before = count_descriptors();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int status = get_if_modified_since(rows[i].date);
        cr_expect_eq(status, rows[i].status, "%s: %d", rows[i].date, status);
        expect_field("Last-Modified", "Sun, 06 Nov 1994 08:48:37 GMT");
        expect_field("Cache-Control", "no-cache");
        expect_field("Content-Length", status == 304 ? NULL : "7");
        expect_field("Content-Type", status == 304 ? NULL : "text/plain; charset=utf-8");
        cr_expect_eq(answer.body_size, status == 304 ? 0 : 7, "%s", rows[i].date);
        cr_expect_eq(count_descriptors(), descriptors_before, "%s: the file is still open", rows[i].date);
    }
}

Test(handler, never_calls_a_file_older_or_younger_than_now) {
    folder_write_text(&root, "a.txt", "content");
    folder_touch(&root, "a.txt", HANDLING_NOW);
    cr_expect_eq(get("/a.txt"), 200);
    expect_field("Last-Modified", HANDLING_DATE);
    folder_touch(&root, "a.txt", HANDLING_NOW + 1);
    cr_expect_eq(get("/a.txt"), 200);
    expect_field("Last-Modified", NULL);
    cr_expect_eq(get_if_modified_since("Sun, 06 Nov 1994 08:49:37 GMT"), 200);
    cr_expect_eq(get_if_modified_since("Sun, 06 Nov 1994 08:49:39 GMT"), 200);
}

/* RFC 9110 sections 13.1.1 and 13.1.2: what needs a tag fails or holds without one, too. */
Test(handler, heeds_preconditions_for_a_listing) {
    static const struct {
        const char *name;
        const char *match;
        const char *none_match;
        int status;
    } rows[] = {
        {"none", NULL, NULL, 200},
        {"any is there", "*", NULL, 200},
        {"a tag is not", "\"x\"", NULL, 412},
        {"there is one", NULL, "*", 304},
        {"not this one", NULL, "\"x\"", 200},
    };
    folder_mkdir(&root, "dir");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct request request = request_for(REQUEST_GET, "/dir/");
        request.preconditions.if_match = rows[i].match != NULL ? view_of(rows[i].match) : (struct view){0};
        request.preconditions.if_none_match =
            rows[i].none_match != NULL ? view_of(rows[i].none_match) : (struct view){0};
        prepare_answer(&request);
        cr_expect_eq(answer.status, rows[i].status, "%s: %d", rows[i].name, answer.status);
        expect_field_of(rows[i].name, "Cache-Control", "no-cache");
    }
}
