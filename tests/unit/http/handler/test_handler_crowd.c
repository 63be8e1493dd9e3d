/* SPDX-License-Identifier: MIT */
/* Folders with more entries than may be looked at for one request. */
#include "tests/unit/http/handler/handling.h"

#include <criterion/criterion.h>
#include <string.h>

enum { ENTRIES_MAX = 4, TEXT_BYTES = 4 };

TestSuite(handler_crowd, .init = handling_set_up, .fini = handling_tear_down, .timeout = 20);

static enum http_status status_of(const char *target) {
    struct request request = request_for(REQUEST_GET, target);
    response_clear(&response);
    while (!handler_prepare(&response, &request, &environment)) {
    }
    return response.status;
}

static bool body_has(const char *part) {
    const struct text *text = &response.body.text;
    return text->bytes != NULL && memmem(text->bytes, text->length, part, strlen(part)) != NULL;
}

/* An archive counts its folder, too, and all that is beneath it. */
static void make_folders(void) {
    struct site_options options = handling_options();
    options.rules.folder_entries = ENTRIES_MAX;
    options.rules.folder_download = true;
    handling_use(&options);
    folder_write_many(&root, "few/%d", ENTRIES_MAX - 1, TEXT_BYTES);
    folder_write_many(&root, "some/%d", ENTRIES_MAX, TEXT_BYTES);
    folder_write_many(&root, "many/%d", ENTRIES_MAX + 1, TEXT_BYTES);
    folder_write_many(&root, "deep/a/%d", 1, TEXT_BYTES);
    folder_write_many(&root, "deep/b/%d", 1, TEXT_BYTES);
}

Test(handler_crowd, has_no_archive) {
    static const struct {
        const char *target;
        enum http_status status;
    } rows[] = {
        {"/few/?download=tar", HTTP_OK},         {"/some/?download=tar", HTTP_FORBIDDEN},
        {"/many/?download=tar", HTTP_FORBIDDEN}, {"/deep/?download=tar", HTTP_FORBIDDEN},
        {"/deep/a/?download=tar", HTTP_OK},
    };
    make_folders();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        cr_expect_eq(status_of(rows[i].target), rows[i].status, "%s", rows[i].target);
        cr_expect_eq(body_has("more than 4 entries: too many to be put into an archive"),
                     rows[i].status != HTTP_OK, "%s", rows[i].target);
    }
}

Test(handler_crowd, is_sorted_by_name_only) {
    static const struct {
        const char *target;
        enum http_status status;
    } rows[] = {
        {"/some/?sort=size", HTTP_OK},
        {"/some/?sort=time", HTTP_OK},
        {"/many/?sort=size", HTTP_FORBIDDEN},
        {"/many/?sort=time&format=json&limit=1", HTTP_FORBIDDEN},
        {"/many/?sort=size&filter=0", HTTP_OK}, /* one of them */
        {"/many/?sort=name&order=desc", HTTP_OK},
        {"/many/", HTTP_OK},
    };
    make_folders();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        cr_expect_eq(status_of(rows[i].target), rows[i].status, "%s", rows[i].target);
        cr_expect_eq(body_has("too many to be sorted by size or time; by name they can"),
                     rows[i].status != HTTP_OK, "%s", rows[i].target);
    }
}

Test(handler_crowd, has_no_bound_unless_there_is_one) {
    struct site_options options = handling_options();
    options.rules.folder_download = true;
    handling_use(&options);
    folder_write_many(&root, "many/%d", 100, TEXT_BYTES);
    cr_expect_eq(status_of("/many/?download=tar"), HTTP_OK);
    cr_expect_eq(status_of("/many/?sort=size"), HTTP_OK);
}
