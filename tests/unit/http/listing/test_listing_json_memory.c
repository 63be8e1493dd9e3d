/* SPDX-License-Identifier: MIT */
/* Link with --wrap for malloc, calloc, realloc, strdup and free: see support_memory_faults.h. Jansson, which
 * may be a shared library, is told to use these as well. */
#include "http/listing/form.h"
#include "tests/unit/support/memory_faults.h"

#include <criterion/criterion.h>
#include <jansson.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

TestSuite(listing_json_memory, .timeout = 60);

static struct text write_form(const struct listing_page *page) {
    struct text written = {0};
    listing_json.begin(&written, page);
    for (size_t i = 0; i < page->row_count; i++) {
        listing_json.row(&written, page, i);
    }
    listing_json.end(&written, page);
    return written;
}

static void *jansson_malloc(size_t size) {
    return malloc(size);
}

static void jansson_free(void *bytes) {
    free(bytes);
}

static bool is_same(const struct text *a, const struct text *b) {
    return a->length == b->length && memcmp(a->bytes, b->bytes, a->length) == 0;
}

/* A name that cannot be repaired for lack of memory, a value, a row: what is not complete says so. */
Test(listing_json_memory, is_whole_or_failed_when_memory_runs_out) {
    static const struct listing_query query = {.limit = 1, .offset = 1};
    static const struct folder_entry rows[] = {{.name = "gr\xFCn \"a\".txt", .size = 5},
                                               {.name = "photos", .is_folder = true}};
    struct media_types *types = media_types_create(&(struct media_types_options){.charset = "utf-8"});
    cr_assert_not_null(types);
    /* So long that a text has to grow for it when it has a part of it already. */
    char path[3000] = "gr\xFCn/";
    memset(path + strlen(path), 'a', sizeof path - strlen(path) - 2);
    path[sizeof path - 2] = '/';
    struct listing_page page = {.path = path,
                                .query = &query,
                                .rows = rows,
                                .row_count = 2,
                                .all_row_count = 3,
                                .media_types = types};
    json_set_alloc_funcs(jansson_malloc, jansson_free);
    struct text whole = write_form(&page);
    size_t failures = 0;
    bool has_failed = true;
    ptrdiff_t live = memory_live_count();
    for (size_t successes = 0; has_failed; successes++) {
        memory_fail_after(successes);
        struct text written = write_form(&page);
        has_failed = memory_stop_failing();
        cr_expect(written.failed || is_same(&written, &whole), "after %zu allocations", successes);
        failures += written.failed ? 1 : 0;
        text_deinit(&written);
        cr_assert_eq(memory_live_count(), live, "after %zu allocations", successes);
    }
    cr_expect_gt(failures, 30);
    text_deinit(&whole);
    media_types_destroy(types);
}
