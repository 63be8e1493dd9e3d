/* SPDX-License-Identifier: MIT */
#include "http/listing/form.h"

#include <criterion/criterion.h>
#include <stdint.h>

TestSuite(listing_text, .timeout = 20);

static struct text written;

static void forget_written(void) {
    text_deinit(&written);
}

/* The whole form of these rows as a string, until the next call. */
static const char *write_form(const struct folder_entry *rows, size_t count) {
    struct listing_query query = {.limit = LISTING_LIMIT_STANDARD};
    struct listing_page page = {
        .path = "dir/", .query = &query, .rows = rows, .row_count = count, .all_row_count = count};
    text_clear(&written, SIZE_MAX);
    listing_text.begin(&written, &page);
    for (size_t i = 0; i < count; i++) {
        listing_text.row(&written, &page, i);
    }
    listing_text.end(&written, &page);
    text_append_bytes(&written, "", 1);
    return written.bytes;
}

Test(listing_text, is_plain_text) {
    cr_expect_str_eq(listing_text.content_type, "text/plain; charset=utf-8");
}

Test(listing_text, is_empty_for_an_empty_folder, .fini = forget_written) {
    cr_expect_str_eq(write_form(NULL, 0), "");
}

Test(listing_text, has_a_line_for_each_row_in_their_order, .fini = forget_written) {
    static const struct folder_entry rows[] = {
        {.name = "z", .is_folder = true},
        {.name = "a folder", .is_folder = true, .is_link = true},
        {.name = "b.txt", .size = 5},
        {.name = "a.txt", .is_link = true},
    };
    cr_expect_str_eq(write_form(rows, sizeof rows / sizeof rows[0]), "z/\na%20folder/\nb.txt\na.txt\n");
}

/* Read as a relative reference (RFC 3986 section 4.2) each leads to the entry, and to nothing else. */
Test(listing_text, encodes_what_has_a_meaning_in_a_reference_or_a_line, .fini = forget_written) {
    static const struct {
        const char *name;
        const char *line;
    } rows[] = {
        {"javascript:alert(1)", "javascript%3Aalert%281%29\n"},
        {"C:", "C%3A\n"},
        {"a\nb", "a%0Ab\n"},
        {"a\r\nb", "a%0D%0Ab\n"},
        {"50% off?#1", "50%25%20off%3F%231\n"},
        {"a%2Fb", "a%252Fb\n"},
        {"\\\\host\\share", "%5C%5Chost%5Cshare\n"},
        {"?format=json", "%3Fformat%3Djson\n"},
        {"gr\xC3\xBCn", "gr%C3%BCn\n"},
        {"gr\xFCn", "gr%FCn\n"},
        {" ", "%20\n"},
        {"'\"<>&", "%27%22%3C%3E%26\n"},
        {"~a-b_c.d", "~a-b_c.d\n"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct folder_entry entry = {.name = rows[i].name};
        cr_expect_str_eq(write_form(&entry, 1), rows[i].line, "%s: '%s'", rows[i].name, written.bytes);
    }
}
