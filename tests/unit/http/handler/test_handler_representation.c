/* SPDX-License-Identifier: MIT */
/* The one step from a representation to its answer, which is the same whatever the bytes come from. Sections
 * are those of RFC 9110. More of it for files, with their forms: test_handler_file.c. */
#include "tests/unit/http/handler/handling.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

enum { TAR_BYTES = 512 + 512 + 512 + 1024 /* dir/, dir/b.txt, its content, the end */ };

static void set_up(void) {
    handling_set_up();
    folder_write_text(&root, "a.txt", "0123456789");
    folder_touch(&root, "a.txt", HANDLING_NOW - 60);
    folder_write_text(&root, "dir/b.txt", "12345");
    folder_touch(&root, "dir/b.txt", HANDLING_NOW - 60);
    struct site_options options = handling_options();
    options.rules.folder_download = true;
    handling_use(&options);
}

TestSuite(handler_representation, .init = set_up, .fini = handling_tear_down, .timeout = 60);

/* A file, a text that was made before, and bytes that are made while they are sent. */
static const struct kind {
    const char *target;
    size_t ranges_max;
    const char *fields[3]; /* that go with the bytes only */
} kinds[] = {
    {"/a.txt", 64, {"Accept-Ranges", "Content-Type", NULL}},
    {"/dir/", 0, {"Content-Security-Policy", "Content-Type", NULL}},
    {"/dir/?download=tar", 1, {"Accept-Ranges", "Content-Disposition", "Content-Type"}},
};
enum { KIND_COUNT = sizeof kinds / sizeof *kinds };

static char tag[ENTITY_TAG_BYTES];
static char whole[ANSWER_BODY_BYTES];
static size_t whole_size;

/* GET it whole and keep its tag and its bytes. Returns a request for the same. */
static struct request get_whole(const struct kind *kind) {
    struct request request = request_for(REQUEST_GET, kind->target);
    environment.now.tv_sec = time(NULL) + 3600; /* long after the folders were made: tags are strong */
    prepare_answer(&request);
    cr_assert_eq(answer.status, 200, "%s: %d", kind->target, answer.status);
    const char *given = answer_field(&answer, "ETag");
    cr_assert(given != NULL && given[0] == '"' && strlen(given) < sizeof tag, "%s: %s", kind->target, given);
    (void)strcpy(tag, given);
    whole_size = answer.body_size;
    memcpy(whole, answer.body, whole_size);
    return request;
}

static void expect_status(const struct kind *kind, const char *what, int status) {
    cr_expect_eq(answer.status, status, "%s, %s: %d", kind->target, what, answer.status);
}

/* 15.4.5: what is kept keeps its fields, but those that tell which one it is. */
Test(handler_representation, is_not_sent_to_who_has_it) {
    for (size_t i = 0; i < KIND_COUNT; i++) {
        struct request request = get_whole(&kinds[i]);
        request.preconditions.if_none_match = view_of(tag);
        request.range = view_of("bytes=0-0");
        prepare_answer(&request);
        expect_status(&kinds[i], "has it", 304);
        expect_field_of(kinds[i].target, "ETag", tag);
        expect_field_of(kinds[i].target, "Cache-Control", "no-cache");
        for (size_t k = 0; k < 3 && kinds[i].fields[k] != NULL; k++) {
            expect_field_of(kinds[i].target, kinds[i].fields[k], NULL);
        }
        cr_expect_eq(response.body.kind, BODY_NONE, "%s", kinds[i].target);
    }
}

/* 13.2.2: If-Match comes first. */
Test(handler_representation, is_not_sent_to_who_wanted_another) {
    for (size_t i = 0; i < KIND_COUNT; i++) {
        struct request request = get_whole(&kinds[i]);
        request.preconditions.if_none_match = view_of(tag);
        request.preconditions.if_match = view_of("\"another\"");
        prepare_answer(&request);
        expect_status(&kinds[i], "wanted another", 412);
        expect_field_of(kinds[i].target, "ETag", NULL);
        cr_expect_eq(response.body.kind, BODY_TEXT, "%s: the page of the error", kinds[i].target);
    }
}

/* 14.2: who cannot send parts may send all. */
Test(handler_representation, is_sent_in_part_where_it_has_parts) {
    for (size_t i = 0; i < KIND_COUNT; i++) {
        struct request request = get_whole(&kinds[i]);
        bool has_parts = kinds[i].ranges_max > 0;
        request.range = view_of("bytes=2-5");
        request.if_range = view_of(tag);
        prepare_answer(&request);
        expect_status(&kinds[i], "one range", has_parts ? 206 : 200);
        expect_field_of(kinds[i].target, "Accept-Ranges", has_parts ? "bytes" : NULL);
        cr_assert_eq(answer.body_size, has_parts ? 4 : whole_size, "%s", kinds[i].target);
        cr_expect_arr_eq(answer.body, whole + (has_parts ? 2 : 0), answer.body_size, "%s", kinds[i].target);
        request.if_range = view_of("\"another\"");
        prepare_answer(&request);
        expect_status(&kinds[i], "another", 200);
    }
}

Test(handler_representation, has_as_many_parts_as_it_can) {
    for (size_t i = 0; i < KIND_COUNT; i++) {
        struct request request = get_whole(&kinds[i]);
        request.range = view_of("bytes=0-1,4-5");
        prepare_answer(&request);
        expect_status(&kinds[i], "two ranges", kinds[i].ranges_max > 1 ? 206 : 200);
        expect_field_of(kinds[i].target, "Content-Range", NULL);
    }
}

/* 15.5.17 */
Test(handler_representation, has_nothing_behind_its_end) {
    for (size_t i = 0; i < KIND_COUNT; i++) {
        struct request request = get_whole(&kinds[i]);
        char content_range[64];
        (void)snprintf(content_range, sizeof content_range, "bytes */%zu", whole_size);
        request.range = view_of("bytes=999999-");
        prepare_answer(&request);
        expect_status(&kinds[i], "behind its end", kinds[i].ranges_max > 0 ? 416 : 200);
        expect_field_of(kinds[i].target, "Content-Range", kinds[i].ranges_max > 0 ? content_range : NULL);
    }
}

/* 9.3.2, and 14.2: a range is for GET only. */
Test(handler_representation, to_head_is_a_head_that_tells_the_length_of_all) {
    for (size_t i = 0; i < KIND_COUNT; i++) {
        struct request request = get_whole(&kinds[i]);
        off_t length = answer.content_length;
        cr_expect_eq(length, (off_t)whole_size, "%s", kinds[i].target);
        request.method = REQUEST_HEAD;
        request.range = view_of("bytes=0-0");
        prepare_answer(&request);
        expect_status(&kinds[i], "HEAD", 200);
        cr_expect_eq(answer.content_length, length, "%s", kinds[i].target);
        expect_field_of(kinds[i].target, "ETag", tag);
    }
}

Test(handler_representation, of_an_archive_is_made_as_long_as_it_says) {
    (void)get_whole(&kinds[2]);
    cr_expect_eq(whole_size, (size_t)TAR_BYTES);
    cr_expect_str_eq(whole, "dir/");
    cr_expect_arr_eq(whole + 1024, "12345", 5);
}

/* --- what only files have ------------------------------------------------------------------------------- */

Test(handler_representation, has_several_parts_if_that_is_wanted) {
    struct request request = request_for(REQUEST_GET, "/a.txt");
    request.range = view_of("bytes=0-1,4-5");
    prepare_answer(&request);
    cr_expect_eq(answer.status, 206);
    expect_field("Content-Range", NULL);
    expect_field("ETag", "\"e353667619ec664b49655fc9692165fb\"");
    const char *type = answer_field(&answer, "Content-Type");
    cr_assert(type != NULL && strncmp(type, "multipart/byteranges; boundary=", 31) == 0, "%s", type);
    cr_expect(
        strstr(answer.body,
               "Content-Type: text/plain; charset=utf-8\r\nContent-Range: bytes 0-1/10\r\n\r\n01\r\n") !=
            NULL,
        "%s", answer.body);
    cr_expect(strstr(answer.body, "Content-Range: bytes 4-5/10\r\n\r\n45\r\n") != NULL, "%s", answer.body);
}

/* 8.8.1: while it may change within the clock's grain. */
Test(handler_representation, of_a_young_file_has_a_weak_tag) {
    folder_truncate(&root, "large.bin", 102400);
    folder_touch(&root, "large.bin", HANDLING_NOW);
    cr_expect_eq(get("/large.bin"), 200);
    expect_field("ETag", "W/\"19000-ae1b981bc490a00-y\"");
    struct request request = request_for(REQUEST_GET, "/large.bin");
    request.range = view_of("bytes=0-0");
    request.if_range = view_of("W/\"19000-ae1b981bc490a00-y\"");
    prepare_answer(&request);
    cr_expect_eq(answer.status, 200);
    request.range = (struct view){0};
    request.preconditions.if_none_match = request.if_range;
    prepare_answer(&request);
    cr_expect_eq(answer.status, 304);
}
