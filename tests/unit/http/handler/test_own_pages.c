/* SPDX-License-Identifier: MIT */
/* Pages of the program itself: who gets them, and what their heads say. */
#include "http/handler/own_pages.h"
#include "tests/unit/http/handler/handling.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static char asked_name[64];
static char asked_query[64];
static enum http_status status_to_say = HTTP_OK;

static bool answer_page(void *context, const struct own_request *request, struct own_answer *page) {
    cr_expect_eq(context, &status_to_say);
    if (!view_equals(request->name, "") && !view_equals(request->name, "data")) {
        return false;
    }
    (void)snprintf(asked_name, sizeof asked_name, "%.*s", (int)request->name.length, request->name.bytes);
    (void)snprintf(asked_query, sizeof asked_query, "%.*s", (int)request->query.length,
                   request->query.bytes != NULL ? request->query.bytes : "");
    page->status = status_to_say;
    page->content_type = "text/plain";
    text_append(page->body, "seen");
    return true;
}

static const struct own_pages pages = {.answer = answer_page, .context = &status_to_say};

static void set_up(void) {
    handling_set_up();
    folder_write_text(&root, "index.html", "a file");
    folder_write_text(&root, ".lido/data", "a file that nobody sees");
    environment.own_pages = &pages;
    environment.own_path = view_of(".lido/");
    environment.own_access = OWN_PAGES_TOO;
}

TestSuite(own_pages, .init = set_up, .fini = handling_tear_down, .timeout = 60);

Test(own_pages, are_beside_the_files) {
    cr_expect_eq(get("/.lido/data?a=b"), 200);
    cr_expect_str_eq(answer.body, "seen");
    cr_expect_str_eq(asked_name, "data");
    cr_expect_str_eq(asked_query, "a=b");
    cr_expect(response.is_own_page);
    cr_expect_eq(get("/.lido/"), 200);
    cr_expect_str_eq(asked_name, "");
    cr_expect_eq(get("/%2elido/./data"), 200, "whatever it is written like");
    cr_expect_eq(get("/index.html"), 200);
    cr_expect_str_eq(answer.body, "a file");
    cr_expect_not(response.is_own_page);
}

Test(own_pages, are_kept_by_no_cache_and_for_this_client) {
    cr_expect_eq(get("/.lido/data"), 200);
    expect_field("Cache-Control", "no-store");
    expect_field("Content-Type", "text/plain");
    expect_field("X-Content-Type-Options", "nosniff");
    expect_field("Cross-Origin-Resource-Policy", "same-origin");
    expect_field("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
    expect_field("ETag", NULL);
    expect_field("Access-Control-Allow-Origin", NULL);
}

Test(own_pages, are_what_their_maker_says) {
    status_to_say = HTTP_SERVICE_UNAVAILABLE;
    cr_expect_eq(get("/.lido/data"), 503);
    cr_expect_str_eq(answer.body, "seen");
}

Test(own_pages, have_a_head_without_the_body) {
    struct request request = request_for(REQUEST_HEAD, "/.lido/data");
    prepare_answer(&request);
    cr_expect_eq(answer.status, 200);
    cr_expect_eq(answer.content_length, 4);
    cr_expect_eq(answer.body_size, 0);
}

Test(own_pages, lead_to_their_path_with_a_slash) {
    cr_expect_eq(get("/.lido"), 301);
    expect_field("Location", "/.lido/");
}

Test(own_pages, are_not_there_under_other_names) {
    static const char *const targets[] = {"/.lido/none", "/.lid", "/.lidodata", "/.lido/data/", "/data"};
    for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
        cr_expect_eq(get(targets[i]), 404, "%s", targets[i]);
        cr_expect_not(response.is_own_page);
    }
}

Test(own_pages, are_not_there_for_others) {
    char body[ANSWER_BODY_BYTES + 1];
    char head[ANSWER_HEAD_BYTES];
    environment.own_access = OWN_PAGES_NONE;
    cr_assert_eq(get("/.none/data"), 404);
    memcpy(head, answer.head, sizeof head);
    (void)snprintf(body, sizeof body, "%s", answer.body);
    char *name = strstr(body, ".none");
    cr_assert_not_null(name);
    memcpy(name, ".lido", strlen(".lido"));
    cr_expect_eq(get("/.lido/data"), 404);
    cr_expect_str_eq(answer.body, body, "as any file that is not there");
    cr_expect_eq(memcmp(answer.head, head, sizeof head), 0);
    cr_expect_eq(get("/.lido"), 404);
}

Test(own_pages, are_off_without_a_path) {
    environment.own_path = (struct view){0};
    cr_expect_eq(get("/.lido/data"), 404);
    environment.own_access = OWN_PAGES_ONLY;
    cr_expect_eq(get("/.lido/data"), 404);
    cr_expect_eq(get("/index.html"), 404);
}

Test(own_pages, are_all_there_is_for_some) {
    environment.own_access = OWN_PAGES_ONLY;
    cr_expect_eq(get("/.lido/data"), 200);
    cr_expect_eq(get("/data"), 200);
    cr_expect_str_eq(answer.body, "seen");
    cr_expect_eq(get("/"), 200);
    cr_expect_str_eq(asked_name, "");
    cr_expect_eq(get("/index.html"), 404);
    cr_expect_eq(get("/a%2Fb"), 404);
    struct request request = request_for(REQUEST_OPTIONS, "/index.html");
    prepare_answer(&request);
    cr_expect_eq(answer.status, 404);
}

Test(own_pages, can_be_asked_only) {
    struct request request = request_for(REQUEST_OTHER, "/.lido/data");
    prepare_answer(&request);
    cr_expect_eq(answer.status, 405);
    request = request_for(REQUEST_OPTIONS, "/.lido/data");
    prepare_answer(&request);
    cr_expect_eq(answer.status, 200);
    expect_field("Allow", "GET, HEAD, OPTIONS");
}
