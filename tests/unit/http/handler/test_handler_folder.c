/* SPDX-License-Identifier: MIT */
/* Listings as answers: their forms, fields and tags. Archives: test_archive_answer.c; turns:
 * test_folder_turns.c. */
#include "tests/unit/http/handler/handling.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static void set_up(void) {
    handling_set_up();
    folder_write_text(&root, "dir/b.txt", "12345");
    folder_write_text(&root, "dir/a <i>.txt", "1");
    folder_write_text(&root, "dir/sub/c", "");
    folder_write_text(&root, "dir/.hidden.txt", "");
    folder_write_text(&root, "docs/README.md", "# <Title>\nwords");
    folder_write_text(&root, "with/index.html", "<p>index");
}

TestSuite(handler_folder, .init = set_up, .fini = handling_tear_down, .timeout = 60);

static const char html[] = "text/html; charset=utf-8";
static const char json[] = "application/json";
static const char text[] = "text/plain; charset=utf-8";

Test(handler_folder, takes_the_form_that_is_asked_for) {
    static const struct {
        const char *name;
        const char *target;
        const char *accept;
        const char *type;
        const char *vary;
    } rows[] = {
        {"a browser", "/dir/", "text/html,application/xhtml+xml,*/*;q=0.8", html, "Accept"},
        {"curl", "/dir/", "*/*", html, "Accept"},
        {"no Accept", "/dir/", NULL, html, "Accept"},
        {"RFC 9110 section 12.5.1: JSON by name", "/dir/", "application/json", json, "Accept"},
        {"JSON rather than HTML", "/dir/", "text/html;q=0.5, application/json", json, "Accept"},
        {"HTML rather than JSON", "/dir/", "text/html, application/json;q=0.9", html, "Accept"},
        {"plain text by name", "/dir/", "text/plain", text, "Accept"},
        {"data before text", "/dir/", "application/json, text/plain, */*", json, "Accept"},
        {"the query: JSON", "/dir/?format=json", "text/html", json, NULL},
        {"the query: text", "/dir/?format=text", "text/html", text, NULL},
        {"the query: HTML", "/dir/?format=html", "application/json", html, "Accept"},
        {"the query: HTML, so many rows", "/dir/?format=html&limit=5", "*/*", html, NULL},
        {"a query that says nothing of it", "/dir/?v=1", "*/*", html, "Accept"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct request request = request_for(REQUEST_GET, rows[i].target);
        request.accept = rows[i].accept != NULL ? view_of(rows[i].accept) : (struct view){0};
        prepare_answer(&request);
        cr_expect_eq(answer.status, 200, "%s", rows[i].name);
        expect_field_of(rows[i].name, "Content-Type", rows[i].type);
        expect_field_of(rows[i].name, "Vary", rows[i].vary);
        cr_expect_eq(answer_field(&answer, "Content-Security-Policy") != NULL, rows[i].type == html, "%s",
                     rows[i].name);
        expect_field_of(rows[i].name, "Cache-Control", "no-cache");
    }
}

Test(handler_folder, lists_what_can_be_fetched) {
    cr_expect_eq(get("/dir/?format=text"), 200);
    cr_expect_str_eq(answer.body, "sub/\na%20%3Ci%3E.txt\nb.txt\n");
    cr_expect_eq(get("/dir/?format=text&sort=size&order=desc&limit=2"), 200);
    cr_expect_str_eq(answer.body, "sub/\nb.txt\n");
    cr_expect_eq(get("/dir/"), 200);
    cr_expect(strstr(answer.body, "a &lt;i&gt;.txt") != NULL && strstr(answer.body, "<i>") == NULL);
    cr_expect(strstr(answer.body, ".hidden.txt") == NULL);
}

Test(handler_folder, shows_the_readme_as_text_on_the_first_page) {
    cr_expect_eq(get("/docs/"), 200);
    cr_expect(strstr(answer.body, "# &lt;Title&gt;\nwords") != NULL);
    cr_expect_eq(get("/docs/?offset=1"), 200);
    cr_expect(strstr(answer.body, "&lt;Title&gt;") == NULL);
    cr_expect_eq(get("/docs/?filter=nothing"), 200);
    cr_expect(strstr(answer.body, "&lt;Title&gt;") != NULL);
}

Test(handler_folder, refuses_what_it_does_not_understand) {
    static const char *const targets[] = {"/dir/?sort=shape",   "/dir/?order=up",   "/dir/?limit=many",
                                          "/dir/?offset=-1",    "/dir/?format=xml", "/dir/?view=list2",
                                          "/dir/?download=rar", "/dir/?filter=%00x"};
    for (size_t i = 0; i < sizeof targets / sizeof targets[0]; i++) {
        cr_expect_eq(get(targets[i]), 400, "%s: %d", targets[i], answer.status);
    }
    cr_expect_eq(get("/with/?sort=shape"), 200, "only listings have such a query");
}

/* --- validators ----------------------------------------------------------------------------------------- */

static void copy_tag(char tag[100]) {
    const char *given = answer_field(&answer, "ETag");
    cr_assert_not_null(given);
    (void)snprintf(tag, 100, "%s", given);
}

static int get_unless(const char *target, const char *tag) {
    struct request request = request_for(REQUEST_GET, target);
    request.preconditions.if_none_match = view_of(tag);
    prepare_answer(&request);
    return answer.status;
}

Test(handler_folder, is_304_until_something_shown_changes) {
    char tag[100];
    static const char *const targets[] = {"/dir/", "/dir/?format=json", "/dir/?sort=time"};
    for (size_t i = 0; i < sizeof targets / sizeof targets[0]; i++) {
        cr_assert_eq(get(targets[i]), 200);
        copy_tag(tag);
        cr_expect_eq(get_unless(targets[i], tag), 304, "%s", targets[i]);
        expect_field("ETag", tag);
        expect_field("Cache-Control", "no-cache");
        expect_field("Content-Type", NULL);
        folder_write_text(&root, "dir/b.txt", "another size"); /* the folder itself does not change */
        cr_expect_eq(get_unless(targets[i], tag), 200, "%s", targets[i]);
        folder_write_text(&root, "dir/b.txt", "12345");
    }
}

Test(handler_folder, has_another_tag_for_each_form) {
    char tags[3][100];
    static const char *const targets[] = {"/dir/?format=html", "/dir/?format=json", "/dir/?format=text"};
    for (size_t i = 0; i < 3; i++) {
        cr_assert_eq(get(targets[i]), 200);
        copy_tag(tags[i]);
    }
    cr_expect_str_neq(tags[0], tags[1]);
    cr_expect_str_neq(tags[0], tags[2]);
    cr_expect_str_neq(tags[1], tags[2]);
}

Test(handler_folder, heeds_if_match) {
    struct request request = request_for(REQUEST_GET, "/dir/");
    request.preconditions.if_match = view_of("\"list-0\"");
    prepare_answer(&request);
    cr_expect_eq(answer.status, 412);
    request.preconditions.if_match = view_of("*");
    prepare_answer(&request);
    cr_expect_eq(answer.status, 200);
}

Test(handler_folder, has_the_same_head_for_head) {
    char length[32];
    cr_assert_eq(get("/dir/"), 200);
    (void)snprintf(length, sizeof length, "%zu", answer.body_size);
    struct request request = request_for(REQUEST_HEAD, "/dir/");
    prepare_answer(&request);
    cr_expect_eq(answer.status, 200);
    expect_field("Content-Length", length);
}

/* Some browsers believe only in the dates of HTTP/1.0. */
static void age_folder(void) {
    environment.now.tv_sec = time(NULL) + 3600;
}

static int get_since(const char *target, const char *date) {
    struct request request = request_for(REQUEST_GET, target);
    request.preconditions.if_modified_since = view_of(date);
    prepare_answer(&request);
    return answer.status;
}

Test(handler_folder, has_a_date_once_no_change_can_hide_behind_it) {
    char date[100];
    age_folder();
    cr_assert_eq(get("/dir/"), 200);
    cr_assert_not_null(answer_field(&answer, "Last-Modified"));
    (void)snprintf(date, sizeof date, "%s", answer_field(&answer, "Last-Modified"));
    cr_expect_eq(get_since("/dir/", date), 304);
    expect_field("Last-Modified", date);
    expect_field("Content-Security-Policy", NULL);
    cr_expect_eq(get_since("/dir/", "Sun, 06 Nov 1994 08:49:37 GMT"), 200);
    environment.now.tv_sec = time(NULL);
    folder_write_text(&root, "dir/b.txt", "other");
    cr_expect_eq(get_since("/dir/", date), 200, "it is too young to have a date");
    expect_field("Last-Modified", NULL);
}

Test(handler_folder, has_no_date_where_that_does_not_tell_all) {
    age_folder();
    cr_expect_eq(get("/dir/?sort=size"), 200);
    cr_expect_not_null(answer_field(&answer, "Last-Modified"), "all rows are on the page");
    cr_expect_eq(get("/dir/?limit=1"), 200);
    cr_expect_not_null(answer_field(&answer, "Last-Modified"), "by name");
    cr_expect_eq(get("/dir/?limit=1&sort=size"), 200);
    expect_field("Last-Modified", NULL);
    folder_symlink(&root, "dir/link", "b.txt");
    cr_expect_eq(get("/dir/"), 200);
    expect_field("Last-Modified", NULL);
}

/* --- errors as data ------------------------------------------------------------------------------------- */

Test(handler_folder, of_an_error_is_json_for_who_asks_for_it) {
    static const struct {
        const char *target;
        const char *accept;
        const char *type;
        const char *vary;
    } rows[] = {
        {"/none", "application/json", "application/problem+json", "Accept"},
        {"/none", "application/problem+json", "application/problem+json", "Accept"},
        {"/none", "text/html", html, "Accept"},
        {"/none", "*/*", html, "Accept"},
        {"/none?format=json", "text/html", "application/problem+json", NULL},
        {"/dir/?format=json&limit=x", "text/html", "application/problem+json", NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct request request = request_for(REQUEST_GET, rows[i].target);
        request.accept = view_of(rows[i].accept);
        prepare_answer(&request);
        expect_field_of(rows[i].target, "Content-Type", rows[i].type);
        expect_field_of(rows[i].target, "Vary", rows[i].vary);
        cr_expect_eq(strchr(answer.body, '{') == answer.body, rows[i].type != html, "%s", answer.body);
    }
}

Test(handler_folder, keeps_the_version_back_unless_told_otherwise) {
    cr_assert_eq(get("/dir/"), 200);
    cr_expect(strstr(answer.body, "1.2.3") == NULL);
    struct site_options options = handling_options();
    options.rules.version = "1.2.3";
    handling_use(&options);
    struct request request = request_for(REQUEST_GET, "/dir/");
    response_clear(&response);
    (void)handler_prepare(&response, &request, &environment);
    text_append_bytes(&response.head, "", 1);
    cr_expect(strstr(response.head.bytes, "\r\nServer: Lido/1.2.3\r\n") != NULL, "%s", response.head.bytes);
    cr_expect(memmem(response.body.text.bytes, response.body.text.length, "Lido 1.2.3", 10) != NULL);
}
