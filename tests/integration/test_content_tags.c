/* SPDX-License-Identifier: MIT */
/* Tools give all that they make one time, so that size and time do not tell two versions apart: what a client
 * has of the one must not be taken for the other, whatever the program remembers. */
#include "tests/support/stage.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TAG_BYTES = 100, REQUEST_BYTES = 400, KIB = 1024, LARGE = 100 * KIB };

TestSuite(content_tags, .init = stage_set_up, .fini = stage_tear_down, .timeout = STAGE_TIMEOUT_S);

/* As npm, zip and rsync do it: a new file takes the place of the old one. */
static void replace(const char *name, const char *text, time_t modified) {
    folder_write_text(&workplace, "new", text);
    folder_touch(&workplace, "new", modified);
    cr_assert_eq(rename(folder_path(&workplace, "new").text, folder_path(&site, name).text), 0);
}

/* Returns the tag of the answer; "" for none. */
static const char *tag_of(const char *name) {
    static char tag[TAG_BYTES];
    cr_assert_eq(get(name), 200, "%s", name);
    const char *field = answer_field(&answer, "ETag");
    (void)snprintf(tag, sizeof tag, "%s", field != NULL ? field : "");
    return tag;
}

static int ask_with(const char *name, const char *field, const char *tag, const char *more) {
    char request[REQUEST_BYTES];
    (void)snprintf(request, sizeof request, "GET %s HTTP/1.0\r\n%s: %s\r\n%s\r\n", name, field, tag, more);
    ask(request);
    return answer.status;
}

static const time_t times[] = {0, 1, 315532800, 499162500, 1700000000};

static void expect_new_version(const char *label) {
    for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
        char tag[TAG_BYTES];
        replace("app.js", "version = 1;", times[i]);
        (void)snprintf(tag, sizeof tag, "%s", tag_of("/app.js"));
        cr_expect_eq(tag[0], '"', "%s: %jd: %s", label, (intmax_t)times[i], tag);
        cr_expect_eq(ask_with("/app.js", "If-None-Match", tag, ""), 304, "%s: %s", label, tag);
        replace("app.js", "version = 2;", times[i]);
        cr_expect_eq(ask_with("/app.js", "If-None-Match", tag, ""), 200, "%s: %s", label, tag);
        cr_expect_eq(ask_with("/app.js", "If-Range", tag, "Range: bytes=4-\r\n"), 200, "%s: %s", label, tag);
        cr_expect_str_eq(answer.body, "version = 2;", "%s: not spliced", label);
        (void)snprintf(tag, sizeof tag, "%s", tag_of("/app.js"));
        cr_expect_eq(ask_with("/app.js", "If-Range", tag, "Range: bytes=4-\r\n"), 206, "%s: %s", label, tag);
    }
}

StageTest(content_tags, tell_versions_of_one_size_and_time_apart) {
    serve(NULL);
    expect_new_version("with the cache");
}

StageTest(content_tags, do_so_without_the_cache) {
    serve(LIST("LIDO_FILE_CACHE=off"));
    expect_new_version("without the cache");
}

StageTest(content_tags, are_the_same_after_a_start_and_with_another_cache) {
    static const char *const settings[] = {"LIDO_FILE_CACHE=on",          "LIDO_FILE_CACHE=off",
                                           "LIDO_FILE_CACHE_MAX_FILE=1k", "LIDO_FILE_CACHE_MAX_FILE=1M",
                                           "LIDO_FILE_CACHE_MEMORY=2M",   "LIDO_FILE_CACHE_DESCRIPTORS=0",
                                           "LIDO_FILE_CACHE_CHECK=1s"};
    static const char *const names[] = {"/app.js", "/middle.js"};
    char first[2][TAG_BYTES];
    replace("app.js", "version = 1;", times[0]);
    folder_write_pattern(&site, "middle.js", 0, 20 * KIB);
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
        serve(LIST(settings[i]));
        folder_touch(&site, "middle.js", times[i % 5]);
        for (size_t asked = 0; asked < 6; asked++) {
            const char *tag = tag_of(names[asked % 2]);
            if (i == 0 && asked < 2) {
                (void)snprintf(first[asked], TAG_BYTES, "%s", tag);
            }
            cr_expect_str_eq(tag, first[asked % 2], "%s: %s", settings[i], names[asked % 2]);
        }
        program_stop(&lido);
    }
}

static void expect_tag_of_large(time_t modified, bool is_there) {
    folder_touch(&site, "large.bin", modified);
    cr_expect_eq(tag_of("/large.bin")[0], is_there ? '"' : '\0', "%jd", (intmax_t)modified);
    cr_expect_eq(answer_field(&answer, "Last-Modified") != NULL, is_there, "%jd", (intmax_t)modified);
}

StageTest(content_tags, are_none_where_the_time_of_a_large_file_tells_nothing) {
    folder_truncate(&site, "large.bin", LARGE);
    serve(LIST("SOURCE_DATE_EPOCH=1600000000"));
    for (size_t i = 0; i < 4; i++) {
        expect_tag_of_large(times[i], false);
    }
    expect_tag_of_large(1600000000, false);
    expect_tag_of_large(1600000001, true);
    expect_tag_of_large(times[4], true);
}

StageTest(content_tags, pass_by_a_source_date_that_is_none) {
    static const char *const settings[] = {"SOURCE_DATE_EPOCH=", "SOURCE_DATE_EPOCH=1600000000x",
                                           "SOURCE_DATE_EPOCH=99999999999999999999999"};
    folder_truncate(&site, "large.bin", LARGE);
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
        serve(LIST(settings[i]));
        expect_tag_of_large(1600000000, true);
        program_stop(&lido);
    }
}
