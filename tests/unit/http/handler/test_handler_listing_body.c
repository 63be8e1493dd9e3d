/* SPDX-License-Identifier: MIT */
/* Listings that are too long to be kept in memory: how many rows programs get, and what these take. */
#include "http/base/digest.h"
#include "http/handler/folder_work.h"
#include "tests/unit/http/handler/handling.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Names that become long in an address and in HTML, so that few files are enough. */
enum { FILES = 1400, NAME_BYTES = 240, PIECE_MAX = 96 * 1024, KEPT_MAX = 3 * 1024 * 1024 };

static struct folder_work work;
static struct memory_budget budget = {.limit_bytes = 16 * 1024 * 1024};

static void set_up(void) {
    handling_set_up();
    environment.work = &work;
    environment.budget = &budget;
}

static void tear_down(void) {
    folder_work_clear(&work);
    environment.work = NULL;
    environment.budget = NULL;
    handling_tear_down();
}

TestSuite(handler_listing_body, .init = set_up, .fini = tear_down, .timeout = 60);

static void fill(int count) {
    for (int i = 0; i < count; i++) {
        char name[NAME_BYTES + 40];
        char tail[NAME_BYTES + 1];
        memset(tail, '&', NAME_BYTES);
        tail[NAME_BYTES] = '\0';
        (void)snprintf(name, sizeof name, "long/%04d%s", i, tail);
        folder_write_text(&root, name, "");
    }
}

static void prepare(const struct request *request) {
    response_clear(&response);
    while (!handler_prepare(&response, request, &environment)) {
    }
    folder_work_clear(&work);
}

/* Take the whole body of a source. The caller frees it. */
static struct text take_all(void) {
    struct text all = {0};
    struct text piece = {0};
    struct resource file = {.fd = -1};
    struct byte_range range = {0, 0};
    struct body_source *source = &response.body.source;
    int result = 0;
    do {
        text_clear(&piece, SIZE_MAX);
        result = source->next(source->state, (struct time_slice){0}, &piece, &file, &range);
        cr_assert_leq(piece.length, PIECE_MAX);
        text_append_bytes(&all, piece.bytes != NULL ? piece.bytes : "", piece.length);
    } while (result == 1);
    cr_assert_eq(result, 0);
    text_deinit(&piece);
    return all;
}

static size_t count_rows(const struct text *page) {
    size_t count = 0;
    const char *at = page->bytes;
    const char *end = page->bytes + page->length;
    while ((at = memmem(at, (size_t)(end - at), "class=entry", 11)) != NULL) {
        count++;
        at++;
    }
    return count;
}

Test(handler_listing_body, has_all_rows_and_the_length_and_the_tag_that_were_said) {
    fill(FILES);
    struct request request = request_for(REQUEST_GET, "/long/");
    prepare(&request);
    cr_assert_eq((int)response.status, 200);
    cr_assert_eq((int)response.body.kind, BODY_SOURCE, "it is kept in memory");
    cr_assert(answer_read_head(&answer, response.head.bytes, response.head.length));
    cr_expect_lt(budget.used_bytes, KEPT_MAX);
    struct text all = take_all();
    cr_expect_eq((size_t)answer.content_length, all.length);
    cr_expect_eq(count_rows(&all), FILES);
    char digest[DIGEST_HEX_BYTES];
    char tag[DIGEST_HEX_BYTES + 16];
    digest_of(all.bytes, all.length, digest);
    (void)snprintf(tag, sizeof tag, "\"list-%s\"", digest);
    expect_field("ETag", tag);
    text_deinit(&all);
    response_clear(&response);
    cr_expect_eq(budget.used_bytes, 0, "%zu bytes kept back", (size_t)budget.used_bytes);

    request.preconditions.if_none_match = view_of(tag);
    prepare(&request);
    cr_expect_eq((int)response.status, 304);
    response_clear(&response);
    cr_expect_eq(budget.used_bytes, 0);
}

Test(handler_listing_body, is_the_same_in_each_form) {
    fill(FILES);
    static const char *const targets[] = {"/long/?view=grid", "/long/?format=json&sort=time"};
    for (size_t i = 0; i < sizeof targets / sizeof targets[0]; i++) {
        struct request request = request_for(REQUEST_GET, targets[i]);
        prepare(&request);
        cr_assert(answer_read_head(&answer, response.head.bytes, response.head.length));
        struct text all = {0};
        if (response.body.kind == BODY_SOURCE) {
            all = take_all();
        } else {
            text_append_bytes(&all, response.body.text.bytes, response.body.text.length);
        }
        cr_expect_eq((size_t)answer.content_length, all.length, "%s", targets[i]);
        text_deinit(&all);
        response_clear(&response);
        cr_expect_eq(budget.used_bytes, 0, "%s", targets[i]);
    }
}

Test(handler_listing_body, goes_with_the_answer_whether_or_not_it_was_sent) {
    fill(FILES);
    struct request request = request_for(REQUEST_HEAD, "/long/");
    prepare(&request);
    cr_expect_eq((int)response.status, 200);
    response_clear(&response);
    cr_expect_eq(budget.used_bytes, 0);
}

/* rclone sync deleted in the copy what was not on the first page. */
Test(handler_listing_body, has_pages_for_browsers_alone) {
    static const struct {
        const char *name;
        const char *target;
        const char *accept; /* NULL: none */
        size_t rows;
        bool has_next;
        bool varies;
    } rows[] = {
        {"a browser", "/long/", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", 3, true,
         true},
        {"httrack", "/long/", "text/html, image/png, */*;q=0.1", 3, true, true},
        {"the second page", "/long/?offset=3", "text/html", 3, true, true},
        {"the last page", "/long/?offset=6", "text/html", 1, false, true},
        {"curl, wget, rclone", "/long/", "*/*", 7, false, true},
        {"Kodi", "/long/", "*/*", 7, false, true},
        {"lftp", "/long/", NULL, 7, false, true},
        {"what refuses HTML", "/long/", "text/html;q=0, */*", 7, false, true},
        {"any text", "/long/", "text/*", 7, false, true},
        {"HTML by name", "/long/?format=html", "*/*", 7, false, true},
        {"a program that wants pages", "/long/?limit=2&format=html", "*/*", 2, true, false},
        {"a browser that wants more", "/long/?limit=5&format=html", "text/html", 5, true, false},
        {"more than there is", "/long/?limit=100000&format=html", "text/html", 7, false, false},
    };
    struct site_options options = handling_options();
    options.rules.listing_page = 3;
    handling_use(&options);
    fill(7);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct request request = request_for(REQUEST_GET, rows[i].target);
        request.accept = rows[i].accept != NULL ? view_of(rows[i].accept) : (struct view){0};
        prepare(&request);
        cr_assert(answer_read_head(&answer, response.head.bytes, response.head.length));
        const struct text *page = &response.body.text;
        cr_expect_eq(count_rows(page), rows[i].rows, "%s: %zu rows", rows[i].name, count_rows(page));
        cr_expect_eq(memmem(page->bytes, page->length, "rel=\"next\"", 10) != NULL, rows[i].has_next, "%s",
                     rows[i].name);
        expect_field_of(rows[i].name, "Vary", rows[i].varies ? "Accept" : NULL);
    }
}

Test(handler_listing_body, has_no_pages_as_data) {
    struct site_options options = handling_options();
    options.rules.listing_page = 3;
    handling_use(&options);
    fill(7);
    struct request request = request_for(REQUEST_GET, "/long/?format=json");
    request.accept = view_of("text/html");
    prepare(&request);
    text_append_bytes(&response.body.text, "", 1);
    cr_expect_not_null(strstr(response.body.text.bytes, "\"limit\": null, \"total\": 7, "));
    cr_expect_not_null(strstr(response.body.text.bytes, "\"next\": null"));
    cr_expect_not_null(strstr(response.body.text.bytes, "\"0006&"));
}
