/* SPDX-License-Identifier: MIT */
/* Answers from bytes in memory, and answers when there is none: what is held and what is open, on every path.
 * Linked with support_memory_faults.c and its --wrap for malloc, calloc, realloc, strdup and free. */
#include "tests/support/loopback.h"
#include "tests/unit/http/handler/handling.h"
#include "tests/unit/support/memory_faults.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_BYTES = 10 * 1000, LARGE_BYTES = 100 * 1000, CACHE_BYTES = 1024 * 1024 };

static struct file_forms *forms;

static void set_up(void) {
    static char text[TEXT_BYTES + 1];
    handling_set_up();
    memset(text, 'a', TEXT_BYTES);
    folder_write_text(&root, "fly.txt", text);
    folder_touch(&root, "fly.txt", HANDLING_NOW - 60);
    folder_write_text(&root, "app.js", "original");
    folder_touch(&root, "app.js", HANDLING_NOW - 60);
    folder_write_text(&root, "app.js.br", "brotli");
    folder_write_text(&root, "404.html", "<p>own page");
    folder_write_text(&root, "shell.html", "<p>shell");
    folder_truncate(&root, "large.bin", LARGE_BYTES);
    folder_truncate(&root, "503.html", LARGE_BYTES);
}

static void tear_down(void) {
    handling_tear_down();
    if (memory_live_count() != 0) {
        (void)fprintf(stderr, "%td allocations were lost\n", memory_live_count());
        abort(); /* Criterion does not count an assertion in .fini */
    }
}

TestSuite(handler_file_memory, .init = set_up, .fini = tear_down, .timeout = 100);

/* A site with all that takes memory: siblings, a forms, own fields, sharing, pages for errors and for
 * what is not there. Its forms are new, so that each answer does all the work. */
static struct site *create_site(void) {
    static const enum content_coding codings[] = {CODING_BROTLI};
    static char text_types[] = "text/*";
    static char *const types[] = {text_types};
    static char own_field[] = "X-Own: 1";
    static char *const own_fields[] = {own_field};
    static char origin[] = "https://example.org";
    static char *const origins[] = {origin};
    static const struct header_rule fields[] = {
        {.pattern = "*", .add = own_fields, .add_count = 1, .on_errors = true}};
    static const struct redirect_rule redirects[] = {{.pattern = "/old/*", .to = "/new/$1", .status = 301}};
    static const struct error_page_rule pages[] = {{.status = 404, .path = "404.html"},
                                                   {.status = 412, .path = "404.html"},
                                                   {.status = 503, .path = "503.html"}};
    struct site_options options = handling_options();
    struct site *created = NULL;
    forms = file_forms_create(CACHE_BYTES);
    cr_assert_not_null(forms);
    options.fallback = "shell.html";
    options.variants = (struct variants_options){.precompressed = codings,
                                                 .precompressed_count = 1,
                                                 .forms = forms,
                                                 .compress_types = types,
                                                 .compress_type_count = 1,
                                                 .compress_min_bytes = 1000,
                                                 .compress_max_bytes = CACHE_BYTES};
    options.rules = (struct site_rules_options){.fields = fields,
                                                .field_count = 1,
                                                .redirects = redirects,
                                                .redirect_count = 1,
                                                .cors_origins = origins,
                                                .cors_origin_count = 1,
                                                .error_pages = pages,
                                                .error_page_count = 3,
                                                .security_headers = true,
                                                .cross_origin_isolation = true};
    cr_assert_eq(site_create(&created, &options), 0);
    return created;
}

static void destroy_site(struct site *created) {
    site_destroy(created);
    file_forms_destroy(forms);
}

/* --- compressed on the fly ------------------------------------------------------------------------------ */

Test(handler_file_memory, with_compressed_bytes_has_a_tag_of_their_own) {
    static char tag[ENTITY_TAG_BYTES];
    struct site *created = create_site();
    struct request request = request_for(REQUEST_GET, "/fly.txt");
    unsigned checksum = 0;
    int length = 0;
    environment.site = created;
    request.accept_encoding = view_of("gzip");
    prepare_answer(&request);
    cr_expect_eq(answer.status, 200);
    expect_field("Content-Encoding", "gzip");
    expect_field("Content-Type", "text/plain; charset=utf-8");
    expect_field("Vary", "Origin, Accept-Encoding");
    expect_field("Last-Modified", "Sun, 06 Nov 1994 08:48:37 GMT");
    cr_expect_lt(answer.content_length, TEXT_BYTES / 10);
    (void)snprintf(tag, sizeof tag, "%s", answer_field(&answer, "ETag"));
    cr_expect(sscanf(tag, "\"5e8076d9949b09f9b56762f6fe471911-gz-%8x\"%n", &checksum, &length) == 1 &&
                  length == (int)strlen(tag),
              "%s", tag);

    request.preconditions.if_none_match = view_of(tag);
    prepare_answer(&request);
    cr_expect_eq(answer.status, 304);
    expect_field("ETag", tag);
    expect_field("Content-Encoding", NULL);
    expect_field("Vary", "Origin, Accept-Encoding");
    response_clear(&response);
    destroy_site(created);
}

Test(handler_file_memory, with_compressed_bytes_has_parts_of_them) {
    struct site *created = create_site();
    struct request request = request_for(REQUEST_GET, "/fly.txt");
    char content_range[64];
    environment.site = created;
    request.accept_encoding = view_of("gzip");
    prepare_answer(&request);
    off_t whole = answer.content_length;
    request.range = view_of("bytes=0-1");
    prepare_answer(&request);
    cr_expect_eq(answer.status, 206);
    cr_expect_str_eq(answer.body, "\x1f\x8b");
    expect_field("Content-Encoding", "gzip");
    (void)snprintf(content_range, sizeof content_range, "bytes 0-1/%lld", (long long)whole);
    expect_field("Content-Range", content_range);

    request.range = view_of("bytes=9999-"); /* of the file, but not of its compressed form */
    prepare_answer(&request);
    cr_expect_eq(answer.status, 416);
    (void)snprintf(content_range, sizeof content_range, "bytes */%lld", (long long)whole);
    expect_field("Content-Range", content_range);

    request.method = REQUEST_HEAD;
    prepare_answer(&request);
    cr_expect_eq(answer.status, 200);
    cr_expect_eq(answer.content_length, whole);
    response_clear(&response);
    destroy_site(created);
}

Test(handler_file_memory, with_compressed_bytes_outlives_the_cache) {
    struct site *created = create_site();
    struct request request = request_for(REQUEST_GET, "/fly.txt");
    environment.site = created;
    request.accept_encoding = view_of("gzip");
    prepare_answer(&request);
    cr_assert_not_null(response.body.file.contents);
    cr_expect_eq(response.body.file.fd, -1, "the file is open for nothing");
    destroy_site(created);
    cr_expect(memcmp(response.body.file.contents, "\x1f\x8b", 2) == 0);
}

/* --- on every path -------------------------------------------------------------------------------------- */

static const struct row {
    const char *target;
    enum request_method method;
    int status;
    const char *match, *none_match, *range, *encoding, *accept;
} rows[] = {
    {"/fly.txt", REQUEST_GET, 200, NULL, NULL, NULL, "gzip", NULL},
    {"/fly.txt", REQUEST_HEAD, 200, NULL, NULL, NULL, "gzip", NULL},
    {"/fly.txt", REQUEST_GET, 206, NULL, NULL, "bytes=0-1", "gzip", NULL},
    {"/fly.txt", REQUEST_GET, 200, NULL, NULL, "bytes=0-1,4-5", "gzip", NULL},
    {"/fly.txt", REQUEST_GET, 416, NULL, NULL, "bytes=10000-", "gzip", NULL},
    {"/fly.txt", REQUEST_GET, 304, NULL, "*", NULL, "gzip", NULL},
    {"/fly.txt", REQUEST_GET, 412, "\"x\"", NULL, NULL, "gzip", NULL},
    {"/fly.txt", REQUEST_GET, 200, NULL, NULL, NULL, NULL, NULL},
    {"/app.js", REQUEST_GET, 200, NULL, NULL, NULL, "br", NULL},
    {"/app.js", REQUEST_GET, 406, NULL, NULL, NULL, "zstd, identity;q=0", NULL},
    {"/app.js", REQUEST_GET, 304, NULL, "*", NULL, "br", NULL},
    {"/app.js", REQUEST_GET, 412, "\"x\"", NULL, NULL, "br", NULL},
    {"/large.bin", REQUEST_GET, 200, NULL, NULL, NULL, NULL, NULL},
    {"/large.bin", REQUEST_GET, 206, NULL, NULL, "bytes=0-50000", NULL, NULL},
    {"/large.bin", REQUEST_GET, 206, NULL, NULL, "bytes=0-1,9-9", NULL, NULL},
    {"/large.bin", REQUEST_GET, 206, NULL, NULL, "bytes=0-50000,60000-60001", NULL, NULL},
    {"/large.bin", REQUEST_GET, 416, NULL, NULL, "bytes=100000-", NULL, NULL},
    {"/none.txt", REQUEST_GET, 404, NULL, NULL, NULL, NULL, NULL},
    {"/none.txt", REQUEST_HEAD, 404, NULL, NULL, NULL, NULL, NULL},
    {"/route", REQUEST_GET, 200, NULL, NULL, NULL, NULL, "text/html"},
    {"/route", REQUEST_GET, 304, NULL, "*", NULL, NULL, "text/html"},
    {"/route", REQUEST_GET, 404, NULL, NULL, NULL, NULL, NULL},
    {"/old/a", REQUEST_GET, 301, NULL, NULL, NULL, NULL, NULL},
    {"/", REQUEST_GET, 200, NULL, NULL, NULL, NULL, NULL},
    {"/", REQUEST_OPTIONS, 200, NULL, NULL, NULL, NULL, NULL},
    {"/", REQUEST_OTHER, 405, NULL, NULL, NULL, NULL, NULL},
};
enum { ROW_COUNT = sizeof rows / sizeof rows[0] };

static struct view view_or_none(const char *text) {
    return text != NULL ? view_of(text) : (struct view){0};
}

static struct request request_of(const struct row *row) {
    struct request request = request_for(row->method, row->target);
    request.preconditions.if_match = view_or_none(row->match);
    request.preconditions.if_none_match = view_or_none(row->none_match);
    request.range = view_or_none(row->range);
    request.accept_encoding = view_or_none(row->encoding);
    request.accept = view_or_none(row->accept);
    request.origin = view_of("https://example.org");
    return request;
}

Test(handler_file_memory, leaves_nothing_behind) {
    int descriptors_before = count_descriptors();
    for (size_t i = 0; i < ROW_COUNT; i++) {
        ptrdiff_t live_before = memory_live_count();
        struct request request = request_of(&rows[i]);
        struct site *created = create_site();
        environment.site = created;
        prepare_answer(&request);
        cr_expect_eq(answer.status, rows[i].status, "row %zu: %d", i, answer.status);
        cr_expect(answer_field_is(&answer, "X-Own", "1"), "row %zu", i);
        response_deinit(&response);
        destroy_site(created);
        cr_expect_eq(memory_live_count(), live_before, "row %zu", i);
        cr_expect_eq(count_descriptors(), descriptors_before, "row %zu", i);
        response_init(&response);
    }
}

/* What may come when memory runs out: nothing, the answer all the same, the file as it is, or an excuse. */
static void check_outcome(size_t row, size_t allocation, bool failed) {
    int status = (int)response.status;
    bool expected = status == rows[row].status;
    cr_expect(failed || (expected && !response_failed(&response)), "row %zu, allocation %zu: %d", row,
              allocation, status);
    cr_expect(response_failed(&response) || expected || status == HTTP_SERVICE_UNAVAILABLE ||
                  (status == HTTP_PARTIAL_CONTENT && rows[row].encoding != NULL),
              "row %zu, allocation %zu: %d", row, allocation, status);
}

Test(handler_file_memory, leaves_nothing_behind_whichever_allocation_fails) {
    int descriptors_before = count_descriptors();
    for (size_t i = 0; i < ROW_COUNT; i++) {
        ptrdiff_t live_before = memory_live_count();
        struct request request = request_of(&rows[i]);
        bool failed = true;
        for (size_t allocation = 0; failed; allocation++) {
            struct site *created = create_site();
            environment.site = created;
            memory_fail_after(allocation);
            handler_prepare(&response, &request, &environment);
            failed = memory_stop_failing();
            check_outcome(i, allocation, failed);
            response_deinit(&response);
            destroy_site(created);
            cr_expect_eq(memory_live_count(), live_before, "row %zu, allocation %zu", i, allocation);
            cr_expect_eq(count_descriptors(), descriptors_before, "row %zu, allocation %zu", i, allocation);
            response_init(&response);
        }
    }
}

Test(handler_file_memory, a_site_that_cannot_be_made_leaves_nothing_behind) {
    static char index_name[] = "index.html";
    static char *const index_names[] = {index_name};
    static const struct error_page_rule pages[] = {{.status = 404, .path = "404.html"}};
    struct site_options options = handling_options();
    options.index_names = index_names;
    options.fallback = "shell.html";
    options.rules.error_pages = pages;
    options.rules.error_page_count = 1;
    int descriptors_before = count_descriptors();
    ptrdiff_t live_before = memory_live_count();
    int result = -1;
    size_t allocation = 0;
    for (bool last_failed = true; last_failed; allocation += allocation < 5 ? 1 : 7) {
        struct site *created = NULL;
        memory_fail_after(allocation);
        result = site_create(&created, &options);
        last_failed = memory_stop_failing();
        cr_expect_eq(result == 0, !last_failed, "allocation %zu: %d", allocation, result);
        cr_expect_eq(created != NULL, !last_failed, "allocation %zu", allocation);
        site_destroy(created);
        cr_expect_eq(memory_live_count(), live_before, "allocation %zu", allocation);
        cr_expect_eq(count_descriptors(), descriptors_before, "allocation %zu", allocation);
    }
    cr_expect_gt(allocation, 20);
}
