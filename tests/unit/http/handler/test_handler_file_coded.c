/* SPDX-License-Identifier: MIT */
/* Files that are in gzip themselves (RFC 9110 section 8.4): drawing.svgz is an image/svg+xml. */
#include "http/compression/gzip.h"
#include "tests/unit/http/handler/handling.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if LIDO_HAVE_ZLIB

static const char svg[] = "<svg xmlns='http://www.w3.org/2000/svg'/>";
static struct memory_budget budget = {.limit_bytes = 8 * 1024 * 1024};

static void set_up(void) {
    struct gzip_form form;
    handling_set_up();
    environment.budget = &budget;
    cr_assert_eq(
        gzip_compress((struct gzip_source){.fd = -1, .contents = svg, .size = sizeof svg - 1}, 1000, &form),
        GZIP_DONE);
    folder_write(&root, "a.svgz", form.bytes, form.length);
    folder_write_text(&root, "broken.svgz", "no gzip");
    folder_write_text(&root, "a.tgz", "an archive");
    free(form.bytes);
}

static void tear_down(void) {
    response_clear(&response);
    cr_assert_eq(atomic_load(&budget.used_bytes), 0);
    handling_tear_down();
}

TestSuite(handler_file_coded, .init = set_up, .fini = tear_down, .timeout = 20);

static int ask_for(enum request_method method, const char *target, const char *accept) {
    struct request request = request_for(method, target);
    request.accept_encoding = accept != NULL ? view_of(accept) : (struct view){0};
    prepare_answer(&request);
    return answer.status;
}

static void expect_coded(const char *accept) {
    cr_expect_eq(ask_for(REQUEST_GET, "/a.svgz", accept), 200);
    expect_field("Content-Type", "image/svg+xml");
    expect_field("Content-Encoding", "gzip");
    expect_field("Vary", "Accept-Encoding");
    cr_expect_arr_eq(answer.body, "\x1f\x8b", 2);
}

Test(handler_file_coded, says_so) {
    expect_coded(NULL);
    expect_coded("gzip, deflate, br");
    expect_coded("identity, gzip;q=0.5");
}

Test(handler_file_coded, is_expanded_for_those_who_do_not_take_it) {
    static const char *const refusals[] = {"identity", "", "br", "gzip;q=0"};
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
        cr_expect_eq(ask_for(REQUEST_GET, "/a.svgz", refusals[i]), 200);
        expect_field("Content-Type", "image/svg+xml");
        expect_field("Content-Encoding", NULL);
        expect_field("Vary", "Accept-Encoding");
        cr_expect_str_eq(answer.body, svg);
        cr_expect_eq(ask_for(REQUEST_HEAD, "/a.svgz", refusals[i]), 200);
        cr_expect_eq(answer.content_length, sizeof svg - 1);
    }
}

Test(handler_file_coded, has_a_tag_for_each_form) {
    char coded[ENTITY_TAG_BYTES];
    char plain[ENTITY_TAG_BYTES];
    struct request request = request_for(REQUEST_GET, "/a.svgz");
    (void)ask_for(REQUEST_GET, "/a.svgz", "gzip");
    (void)snprintf(coded, sizeof coded, "%s", answer_field(&answer, "ETag"));
    (void)ask_for(REQUEST_GET, "/a.svgz", "identity");
    (void)snprintf(plain, sizeof plain, "%s", answer_field(&answer, "ETag"));
    cr_expect_str_neq(coded, plain);
    cr_expect(coded[0] == '"' && plain[0] == '"');
    request.accept_encoding = view_of("identity");
    request.preconditions.if_none_match = view_of(coded);
    prepare_answer(&request);
    cr_expect_eq(answer.status, 200);
    request.preconditions.if_none_match = view_of(plain);
    prepare_answer(&request);
    cr_expect_eq(answer.status, 304);
    request.preconditions.if_none_match = (struct view){0};
    request.range = view_of("bytes=0-3");
    prepare_answer(&request);
    cr_expect_eq(answer.status, 200, "it comes whole");
    expect_field("Accept-Ranges", NULL);
    request.accept_encoding = view_of("gzip");
    prepare_answer(&request);
    cr_expect_eq(answer.status, 206);
}

Test(handler_file_coded, is_not_acceptable_where_nothing_else_can_be_made) {
    cr_expect_eq(ask_for(REQUEST_GET, "/a.svgz", "*;q=0"), 406);
    cr_expect_eq(ask_for(REQUEST_GET, "/broken.svgz", "identity"), 406);
    cr_expect_eq(ask_for(REQUEST_GET, "/broken.svgz", "gzip"), 200);
    budget.limit_bytes = 1000;
    cr_expect_eq(ask_for(REQUEST_GET, "/a.svgz", "identity"), 406);
}

Test(handler_file_coded, is_unavailable_while_others_have_the_memory) {
    size_t taken = budget.limit_bytes - 1000;
    cr_assert(memory_budget_take(&budget, taken));
    cr_expect_eq(ask_for(REQUEST_GET, "/a.svgz", "identity"), 503);
    expect_field("Retry-After", "1");
    memory_budget_give(&budget, taken);
    cr_expect_eq(ask_for(REQUEST_GET, "/a.svgz", "identity"), 200);
}

Test(handler_file_coded, is_not_what_is_an_archive) {
    cr_expect_eq(ask_for(REQUEST_GET, "/a.tgz", "gzip"), 200);
    expect_field("Content-Encoding", NULL);
    expect_field("Content-Type", "application/gzip");
}

#else

Test(handler_file_coded, cannot_be_tried_without_zlib) {
    cr_expect_null(gzip_library());
}

#endif
