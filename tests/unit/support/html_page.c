/* SPDX-License-Identifier: MIT */
#include "tests/unit/support/html_page.h"

#include <criterion/criterion.h>
#include <stdint.h>
#include <string.h>

static struct media_types *types;
static struct text written;
static struct text found;
static const struct listing_query standard = {.limit = LISTING_LIMIT_STANDARD};

void html_page_set_up(void) {
    types = media_types_create(
        &(struct media_types_options){.charset = "utf-8", .standard = "application/octet-stream"});
    cr_assert_not_null(types);
}

void html_page_clean_up(void) {
    text_deinit(&written);
    text_deinit(&found);
    media_types_destroy(types);
    types = NULL;
}

struct listing_page html_page_of(const struct folder_entry *rows, size_t count) {
    struct listing_page page = {.path = "dir/",
                                .query = &standard,
                                .limit = 1000,
                                .rows = rows,
                                .row_count = count,
                                .all_row_count = count,
                                .media_types = types,
                                .totals.bytes_are_known = true};
    for (size_t i = 0; i < count; i++) {
        page.totals.folder_count += rows[i].is_folder ? 1 : 0;
        page.totals.file_count += rows[i].is_folder ? 0 : 1;
        page.totals.file_bytes += (uint64_t)rows[i].size;
    }
    return page;
}

const char *html_page_write(const struct listing_page *page) {
    text_clear(&written, SIZE_MAX);
    listing_html.begin(&written, page);
    for (size_t i = 0; i < page->row_count; i++) {
        listing_html.row(&written, page, i);
    }
    listing_html.end(&written, page);
    text_append_bytes(&written, "", 1);
    cr_assert_not(written.failed);
    cr_assert_eq(strlen(written.bytes), written.length - 1, "a NUL in the page");
    return written.bytes;
}

size_t html_page_count(const char *text, const char *part) {
    size_t count = 0;
    for (; (text = strstr(text, part)) != NULL; text += strlen(part)) {
        count++;
    }
    return count;
}

const char *html_page_between(const char *text, const char *from, const char *to) {
    const char *start = strstr(text, from);
    cr_assert_not_null(start, "no '%s' in: %s", from, text);
    start += strlen(from);
    const char *end = strstr(start, to);
    cr_assert_not_null(end, "no '%s' in: %s", to, start);
    text_clear(&found, SIZE_MAX);
    text_append_bytes(&found, start, (size_t)(end - start));
    text_append_bytes(&found, "", 1);
    return found.bytes;
}
