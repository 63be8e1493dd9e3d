/* SPDX-License-Identifier: MIT */
/* The head of an archive: name, tag, ranges. What is in one: test_archive.c. */
#include "tests/unit/http/handler/handling.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static void set_up(void) {
    handling_set_up();
    folder_write_text(&root, "dir/b.txt", "12345");
    folder_touch(&root, "dir/b.txt", 1000000000);
    folder_write_text(&root, "with/index.html", "<p>index");
    struct site_options options = handling_options();
    options.rules.folder_download = true;
    handling_use(&options);
    environment.now.tv_sec = time(NULL) + 3600; /* long after the folders were made: tags are strong */
}

TestSuite(handler_archive, .init = set_up, .fini = handling_tear_down, .timeout = 60);

/* prepare_answer() cannot read a body that is made while it is sent, so that HEAD it is, or the head of GET
 * alone. */
static int ask(enum request_method method, const char *target, const char *range, const char *if_range) {
    struct request request = request_for(method, target);
    request.range = range != NULL ? view_of(range) : (struct view){0};
    request.if_range = if_range != NULL ? view_of(if_range) : (struct view){0};
    response_clear(&response);
    (void)handler_prepare(&response, &request, &environment);
    cr_assert_not(response_failed(&response));
    cr_assert(answer_read_head(&answer, response.head.bytes, response.head.length), "%s", answer.malformed);
    return answer.status;
}

enum { WHOLE = 512 + 512 + 512 + 1024 }; /* dir/, dir/b.txt, its content, the end */

Test(handler_archive, has_its_length_from_the_start) {
    cr_expect_eq(ask(REQUEST_HEAD, "/dir/?download=tar", NULL, NULL), 200);
    cr_expect_eq(answer.content_length, WHOLE);
    expect_field("Content-Type", "application/x-tar");
    expect_field("Accept-Ranges", "bytes");
    expect_field("Cache-Control", "no-cache");
    cr_expect_eq(ask(REQUEST_GET, "/dir/?download=tar", NULL, NULL), 200);
    cr_expect_eq(answer.content_length, WHOLE);
    cr_expect_eq(response_unsent_bytes(&response), response.head.length + WHOLE);
}

Test(handler_archive, is_named_after_the_folder) {
    static const struct {
        const char *folder;
        const char *target;
        const char *disposition;
    } rows[] = {
        {"dir", "/dir/?download=tar", "attachment; filename=\"dir.tar\"; filename*=UTF-8''dir.tar"},
        {"dir", "/?download=tar", "attachment; filename=\"files.tar\"; filename*=UTF-8''files.tar"},
        {"a b", "/a%20b/?download=tar", "attachment; filename=\"a b.tar\"; filename*=UTF-8''a%20b.tar"},
        {"x\"y\\", "/x%22y%5C/?download=tar",
         "attachment; filename=\"x_y_.tar\"; filename*=UTF-8''x%22y%5C.tar"},
        {"\xC3\xA4", "/%C3%A4/?download=tar", "attachment; filename=\"__.tar\"; filename*=UTF-8''%C3%A4.tar"},
        {"\xE4", "/%E4/?download=tar", "attachment; filename=\"_.tar\"; filename*=UTF-8''%EF%BF%BD.tar"},
        {"a\r\nb: c", "/a%0D%0Ab:%20c/?download=tar",
         "attachment; filename=\"a__b: c.tar\"; filename*=UTF-8''a%0D%0Ab%3A%20c.tar"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char name[100];
        (void)snprintf(name, sizeof name, "%s/x", rows[i].folder);
        folder_write_text(&root, name, "");
        cr_expect_eq(ask(REQUEST_HEAD, rows[i].target, NULL, NULL), 200, "%s", rows[i].target);
        expect_field_of(rows[i].target, "Content-Disposition", rows[i].disposition);
    }
}

Test(handler_archive, comes_in_ranges) {
    static const struct {
        const char *name;
        const char *range;
        int status;
        const char *content_range;
        off_t length;
    } rows[] = {
        {"RFC 9110 section 14.1.2: one", "bytes=10-19", 206, "bytes 10-19/2560", 10},
        {"open-ended, as a resumed download asks for it", "bytes=2000-", 206, "bytes 2000-2559/2560", 560},
        {"suffix", "bytes=-1024", 206, "bytes 1536-2559/2560", 1024},
        {"15.5.17: behind the end", "bytes=2560-", 416, "bytes */2560", -1},
        {"several: all of it", "bytes=0-9,100-109", 200, NULL, WHOLE},
        {"14.2: malformed", "bytes=x", 200, NULL, WHOLE},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        cr_expect_eq(ask(REQUEST_GET, "/dir/?download=tar", rows[i].range, NULL), rows[i].status, "%s",
                     rows[i].name);
        expect_field_of(rows[i].name, "Content-Range", rows[i].content_range);
        if (rows[i].length >= 0) {
            cr_expect_eq(answer.content_length, rows[i].length, "%s", rows[i].name);
        }
    }
    cr_expect_eq(ask(REQUEST_HEAD, "/dir/?download=tar", "bytes=10-19", NULL), 200, "14.2: HEAD");
}

Test(handler_archive, is_resumed_only_while_it_is_the_same) {
    char tag[100];
    cr_assert_eq(ask(REQUEST_HEAD, "/dir/?download=tar", NULL, NULL), 200);
    const char *given = answer_field(&answer, "ETag");
    cr_assert(given != NULL && given[0] == '"', "strong");
    (void)snprintf(tag, sizeof tag, "%s", given);
    cr_expect_eq(ask(REQUEST_GET, "/dir/?download=tar", "bytes=10-", tag), 206);
    folder_touch(&root, "dir/b.txt", 1000000001);
    cr_expect_eq(ask(REQUEST_GET, "/dir/?download=tar", "bytes=10-", tag), 200);
    cr_expect_not(answer_field_is(&answer, "ETag", tag));
}

Test(handler_archive, is_304_for_who_has_it) {
    char tag[100];
    cr_assert_eq(ask(REQUEST_HEAD, "/dir/?download=tar", NULL, NULL), 200);
    (void)snprintf(tag, sizeof tag, "%s", answer_field(&answer, "ETag"));
    struct request request = request_for(REQUEST_GET, "/dir/?download=tar");
    request.preconditions.if_none_match = view_of(tag);
    prepare_answer(&request);
    cr_expect_eq(answer.status, 304);
    expect_field("ETag", tag);
    expect_field("Content-Disposition", NULL);
    request.preconditions = (struct preconditions){.if_match = view_of("\"tar-0\"")};
    prepare_answer(&request);
    cr_expect_eq(answer.status, 412);
}

Test(handler_archive, is_only_for_folders_that_are_listed) {
    cr_expect_eq(get("/with/?download=tar"), 200);
    cr_expect_str_eq(answer.body, "<p>index");
    environment.site = strict_site;
    cr_expect_eq(get("/dir/?download=tar"), 403);
    environment.site = site; /* lists, but folder_download is off */
    cr_expect_eq(get("/dir/?download=tar"), 403);
    cr_expect_eq(get("/dir/"), 200);
    cr_expect(strstr(answer.body, "name=\"download\"") == NULL && strstr(answer.body, "download=") == NULL &&
                  strstr(answer.body, "id=\"download\"") == NULL,
              "nor does the listing offer it");
}

#if LIDO_HAVE_ZLIB
/* dir/ and dir/b.txt: each a header, a record and its time twice; the file's content and its descriptor; the
 * end. */
enum { ZIP_WHOLE = (30 + 46 + 2 * 9) * 2 + 2 * (4 + 9) + 5 + 16 + 22 };

Test(handler_archive, is_a_zip_for_who_wants_one) {
    char tag[100];
    cr_assert_eq(ask(REQUEST_HEAD, "/dir/?download=zip", NULL, NULL), 200);
    cr_expect_eq(answer.content_length, ZIP_WHOLE, "%jd", (intmax_t)answer.content_length);
    expect_field("Content-Type", "application/zip");
    expect_field("Accept-Ranges", "bytes");
    expect_field("Content-Disposition", "attachment; filename=\"dir.zip\"; filename*=UTF-8''dir.zip");
    (void)snprintf(tag, sizeof tag, "%s", answer_field(&answer, "ETag"));
    cr_expect_eq(strncmp(tag, "\"zip-", 5), 0, "%s", tag);
    cr_expect_eq(ask(REQUEST_GET, "/dir/?download=zip", "bytes=-22", tag), 206);
    cr_expect_eq(answer.content_length, 22);
    folder_touch(&root, "dir/b.txt", 1000000001);
    cr_expect_eq(ask(REQUEST_GET, "/dir/?download=zip", "bytes=-22", tag), 200);
}

Test(handler_archive, is_no_zip_where_it_is_switched_off) {
    environment.site = site;
    cr_expect_eq(get("/dir/?download=zip"), 403);
}
#endif
