/* SPDX-License-Identifier: MIT */
/* A form that is compressed on the fly, asked for by its tag: nothing is compressed only to say that it is
 * right. */
#include "http/compression/gzip.h"
#include "http/file_cache/forms.h"
#include "tests/unit/http/handler/handling.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#if LIDO_HAVE_ZLIB

enum { TEXT_BYTES = 10000, CACHE_BYTES = 1024 * 1024 };

static struct file_forms *forms;
static struct site *compressing;
static size_t calls;
static bool is_busy; /* as if another worker were at it */

bool __real_file_forms_get(struct file_forms *given, uint64_t owner, const struct resource *file,
                           const struct blocking *blocking, struct file_form *form);
bool __wrap_file_forms_get(struct file_forms *given, uint64_t owner, const struct resource *file,
                           const struct blocking *blocking, struct file_form *form);

bool __wrap_file_forms_get(struct file_forms *given, uint64_t owner, const struct resource *file,
                           const struct blocking *blocking, struct file_form *form) {
    calls++;
    return !is_busy && __real_file_forms_get(given, owner, file, blocking, form);
}

static void set_up(void) {
    static char type[] = "text/*";
    static char *const types[] = {type};
    static char text[TEXT_BYTES + 1];
    handling_set_up();
    memset(text, 'x', TEXT_BYTES);
    folder_write_text(&root, "fly.txt", text);
    folder_touch(&root, "fly.txt", HANDLING_NOW - 60);
    forms = file_forms_create(CACHE_BYTES);
    cr_assert_not_null(forms);
    struct site_options options = handling_options();
    options.variants = (struct variants_options){.forms = forms,
                                                 .compress_types = types,
                                                 .compress_type_count = 1,
                                                 .compress_min_bytes = 1,
                                                 .compress_max_bytes = CACHE_BYTES};
    cr_assert_eq(site_create(&compressing, &options), 0);
    environment.site = compressing;
}

static void tear_down(void) {
    site_destroy(compressing);
    file_forms_destroy(forms);
    handling_tear_down();
}

TestSuite(handler_file_pending, .init = set_up, .fini = tear_down, .timeout = 60);

#define ITS_TAG "\"0bbccd47483750b1cb763e2ccd065fab-gz-12345678\"" /* of whatever zlib */
#define PLAIN_TAG "\"0bbccd47483750b1cb763e2ccd065fab\""

Test(handler_file_pending, is_taken_at_the_clients_word) {
    static const struct {
        const char *name;
        const char *match;
        const char *none_match;
        bool is_busy;
        int status;
        const char *coding;
        const char *tag; /* NULL: any */
        size_t calls;
    } rows[] = {
        {"it has it", NULL, ITS_TAG, false, 304, NULL, ITS_TAG, 0},
        {"it has it, and others", NULL, "\"x\", " ITS_TAG, false, 304, NULL, ITS_TAG, 0},
        {"it has it, and means it", ITS_TAG, ITS_TAG, false, 304, NULL, ITS_TAG, 0},
        {"it has another", NULL, "\"1bbccd47483750b1cb763e2ccd065fab-gz-12345678\"", false, 200, "gzip", NULL,
         1},
        {"it has the plain form", NULL, PLAIN_TAG, false, 200, "gzip", NULL, 1},
        {"it has the plain form, and will get it", NULL, PLAIN_TAG, true, 304, NULL, PLAIN_TAG, 1},
        {"it has any", NULL, "*", false, 304, NULL, NULL, 1},
        {"it means it", ITS_TAG, NULL, false, 200, "gzip", NULL, 1},
        {"it means it, and cannot get it", ITS_TAG, NULL, true, 200, NULL, PLAIN_TAG, 1},
        {"it means another", "\"x\"", ITS_TAG, false, 412, NULL, NULL, 1},
        {"it means any", "*", NULL, false, 200, "gzip", NULL, 1},
        {"it says nothing", NULL, NULL, false, 200, "gzip", NULL, 1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct request request = request_for(REQUEST_GET, "/fly.txt");
        request.accept_encoding = view_of("gzip");
        request.preconditions.if_match = rows[i].match != NULL ? view_of(rows[i].match) : (struct view){0};
        request.preconditions.if_none_match =
            rows[i].none_match != NULL ? view_of(rows[i].none_match) : (struct view){0};
        calls = 0;
        is_busy = rows[i].is_busy;
        prepare_answer(&request);
        cr_expect_eq(answer.status, rows[i].status, "%s: %d", rows[i].name, answer.status);
        expect_field_of(rows[i].name, "Content-Encoding", rows[i].coding);
        if (rows[i].tag != NULL) {
            expect_field_of(rows[i].name, "ETag", rows[i].tag);
        }
        expect_field_of(rows[i].name, "Vary",
                        answer.status >= 400 ? "Accept, Accept-Encoding" : "Accept-Encoding");
        cr_expect_eq(calls, rows[i].calls, "%s: %zu", rows[i].name, calls);
    }
}

/* RFC 9110 section 8.8.1: while it may still change, its tag says nothing. */
Test(handler_file_pending, is_not_taken_at_it_while_the_file_is_young) {
    struct request request = request_for(REQUEST_GET, "/fly.txt");
    folder_touch(&root, "fly.txt", HANDLING_NOW);
    request.accept_encoding = view_of("gzip");
    request.preconditions.if_none_match = view_of("W/\"2710-ae1b974a37de200-gz-12345678-y\"");
    prepare_answer(&request);
    cr_expect_eq(answer.status, 200);
    cr_expect_eq(calls, 1);
}

#else

Test(handler_file_pending, cannot_be_without_zlib) {
    cr_expect_not(gzip_library() != NULL);
}

#endif
