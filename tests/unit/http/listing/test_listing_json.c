/* SPDX-License-Identifier: MIT */
#include "http/listing/form.h"

#include <criterion/criterion.h>
#include <jansson.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static struct media_types *types;
static struct text written;

static void set_up(void) {
    types = media_types_create(
        &(struct media_types_options){.charset = "utf-8", .standard = "application/octet-stream"});
    cr_assert_not_null(types);
}

static void clean_up(void) {
    text_deinit(&written);
    media_types_destroy(types);
    types = NULL;
}

TestSuite(listing_json, .timeout = 60, .init = set_up, .fini = clean_up);

static const struct listing_query standard = {.limit = LISTING_LIMIT_STANDARD};

static struct listing_page page_of(const struct folder_entry *rows, size_t count) {
    return (struct listing_page){.path = "dir/",
                                 .query = &standard,
                                 .rows = rows,
                                 .row_count = count,
                                 .all_row_count = count,
                                 .media_types = types};
}

static void write_form(const struct listing_page *page) {
    text_clear(&written, SIZE_MAX);
    listing_json.begin(&written, page);
    for (size_t i = 0; i < page->row_count; i++) {
        listing_json.row(&written, page, i);
    }
    listing_json.end(&written, page);
}

/* The caller releases it with json_decref(). */
static json_t *read_form(const struct listing_page *page) {
    json_error_t error;
    write_form(page);
    cr_assert_not(written.failed);
    json_t *document = json_loadb(written.bytes, written.length, JSON_REJECT_DUPLICATES, &error);
    cr_assert_not_null(document, "%s, byte %d: %.*s", error.text, error.position, (int)written.length,
                       written.bytes);
    return document;
}

static void expect_member(const char *name, const json_t *object, const char *member, const char *expected) {
    char *found = json_dumps(json_object_get(object, member), JSON_ENCODE_ANY);
    cr_assert_not_null(found, "%s: no member '%s'", name, member);
    cr_expect_str_eq(found, expected, "%s: '%s' is %s instead of %s", name, member, found, expected);
    free(found);
}

Test(listing_json, is_json) {
    cr_expect_str_eq(listing_json.content_type, "application/json");
}

/* To the byte: those who read it line by line have one entry in each. */
Test(listing_json, has_a_line_for_each_entry) {
    static const struct folder_entry rows[] = {
        {.name = "photos", .is_folder = true, .size = 4096, .modified = {0, 999999999}},
        {.name = "a.txt", .size = 5, .modified = {784111777, 0}},
    };
    struct listing_page page = page_of(rows, 2);
    page.totals = (struct listing_totals){1, 1, 5, true};
    write_form(&page);
    text_append_bytes(&written, "", 1);
    cr_expect_str_eq(
        written.bytes,
        "{\"path\": \"/dir/\", \"sort\": \"name\", \"order\": \"asc\", \"offset\": 0, \"limit\": null, "
        "\"total\": 2, \"folders\": 1, \"files\": 1, \"bytes\": 5, \"next\": null, \"previous\": null, "
        "\"entries\": [\n"
        "{\"name\": \"photos\", \"href\": \"photos/\", \"type\": \"folder\", \"size\": null, "
        "\"modified\": \"1970-01-01T00:00:00Z\", \"media_type\": null},\n"
        "{\"name\": \"a.txt\", \"href\": \"a.txt\", \"type\": \"file\", \"size\": 5, "
        "\"modified\": \"1994-11-06T08:49:37Z\", \"media_type\": \"text/plain\"}\n"
        "]}\n");
}

Test(listing_json, has_no_entries_for_an_empty_folder) {
    struct listing_page page = page_of(NULL, 0);
    page.path = "";
    page.totals.bytes_are_known = true;
    json_t *document = read_form(&page);
    expect_member("empty", document, "path", "\"/\"");
    expect_member("empty", document, "entries", "[]");
    text_append_bytes(&written, "", 1);
    cr_expect_not_null(strstr(written.bytes, "\"entries\": []}\n"), "'%s'", written.bytes);
    expect_member("empty", document, "total", "0");
    expect_member("empty", document, "bytes", "0");
    json_decref(document);
}

Test(listing_json, says_which_rows_these_are) {
    static const struct listing_query query = {
        .sort = LISTING_BY_SIZE, .descending = true, .limit = 10, .offset = 20, .filter = "x y"};
    struct listing_page page = page_of(NULL, 0);
    page.query = &query;
    page.all_row_count = 31;
    page.totals = (struct listing_totals){.folder_count = 2, .file_count = 29, .file_bytes = 9};
    json_t *document = read_form(&page);
    expect_member("query", document, "sort", "\"size\"");
    expect_member("query", document, "order", "\"desc\"");
    expect_member("query", document, "offset", "20");
    expect_member("query", document, "limit", "10");
    expect_member("query", document, "total", "31");
    expect_member("query", document, "folders", "2");
    expect_member("query", document, "files", "29");
    expect_member("bytes that are not known", document, "bytes", "null");
    expect_member("query", document, "next",
                  "\"?sort=size&order=desc&limit=10&offset=30&filter=x%20y&format=json\"");
    expect_member("query", document, "previous",
                  "\"?sort=size&order=desc&limit=10&offset=10&filter=x%20y&format=json\"");
    json_decref(document);
}

Test(listing_json, names_every_order) {
    static const char *const names[] = {
        [LISTING_BY_NAME] = "\"name\"", [LISTING_BY_SIZE] = "\"size\"", [LISTING_BY_TIME] = "\"time\""};
    for (size_t i = 0; i < 3; i++) {
        struct listing_query query = {.sort = (enum listing_sort)i, .limit = 1};
        struct listing_page page = page_of(NULL, 0);
        page.query = &query;
        json_t *document = read_form(&page);
        expect_member(names[i], document, "sort", names[i]);
        json_decref(document);
    }
}

Test(listing_json, refers_to_the_pages_beside_it) {
    static const struct {
        const char *name;
        size_t offset;
        size_t all;
        const char *next;
        const char *previous;
    } rows[] = {
        {"nothing", 0, 0, "null", "null"},
        {"nothing, from behind it", 30, 0, "null", "null"},
        {"all", 0, 10, "null", "null"},
        {"one more", 0, 11, "\"?limit=10&offset=10&format=json\"", "null"},
        {"the last, full", 10, 20, "null", "\"?limit=10&format=json\""},
        {"the last row", 10, 11, "null", "\"?limit=10&format=json\""},
        {"in between", 40, 60, "\"?limit=10&offset=50&format=json\"", "\"?limit=10&offset=30&format=json\""},
        {"less than a page before", 3, 10, "null", "\"?limit=10&format=json\""},
        {"just behind the end", 20, 20, "null", "\"?limit=10&offset=10&format=json\""},
        {"far behind the end", 5000, 25, "null", "\"?limit=10&offset=15&format=json\""},
        {"far behind the end of one page", 5000, 10, "null", "\"?limit=10&format=json\""},
        {"the last that may be asked for", 9999990, 20000000, "\"?limit=10&offset=10000000&format=json\"",
         "\"?limit=10&offset=9999980&format=json\""},
        {"no offset is behind it", 9999991, 20000000, "null", "\"?limit=10&offset=9999981&format=json\""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct listing_query query = {.limit = 10, .offset = rows[i].offset, .format = LISTING_AS_ACCEPTED};
        struct listing_page page = page_of(NULL, 0);
        page.query = &query;
        page.all_row_count = rows[i].all;
        json_t *document = read_form(&page);
        expect_member(rows[i].name, document, "next", rows[i].next);
        expect_member(rows[i].name, document, "previous", rows[i].previous);
        json_decref(document);
    }
}

Test(listing_json, knows_no_bytes_that_its_readers_could_not_count) {
    static const struct {
        struct listing_totals totals;
        const char *bytes;
    } rows[] = {
        {{.file_bytes = 5, .bytes_are_known = false}, "null"},
        {{.file_bytes = 5, .bytes_are_known = true}, "5"},
        {{.file_bytes = INT64_MAX, .bytes_are_known = true}, "9223372036854775807"},
        {{.file_bytes = (uint64_t)INT64_MAX + 1, .bytes_are_known = true}, "null"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct listing_page page = page_of(NULL, 0);
        page.totals = rows[i].totals;
        json_t *document = read_form(&page);
        expect_member(rows[i].bytes, document, "bytes", rows[i].bytes);
        json_decref(document);
    }
}

/* RFC 8259 section 7 says what a string has to escape; the names are shown as Jansson reads them back. */
Test(listing_json, shows_each_name_and_where_it_leads) {
    static const struct {
        struct folder_entry entry;
        const char *name;
        const char *href;
    } rows[] = {
        {{.name = "a.txt"}, "a.txt", "a.txt"},
        {{.name = "dir", .is_folder = true}, "dir", "dir/"},
        {{.name = "a:b"}, "a:b", "a%3Ab"},
        {{.name = "c:", .is_folder = true}, "c:", "c%3A/"},
        {{.name = "\"},{\""}, "\"},{\"", "%22%7D%2C%7B%22"},
        {{.name = "back\\slash\\"}, "back\\slash\\", "back%5Cslash%5C"},
        {{.name = "a\nb\tc\x01\x7F"}, "a\nb\tc\x01\x7F", "a%0Ab%09c%01%7F"},
        {{.name = "50%?#&+"}, "50%?#&+", "50%25%3F%23%26%2B"},
        {{.name = "gr\xC3\xBCn"}, "gr\xC3\xBCn", "gr%C3%BCn"},
        {{.name = "\xE2\x80\xAE.exe"}, "\xE2\x80\xAE.exe", "%E2%80%AE.exe"},
        {{.name = "gr\xFCn.txt"}, "gr\xEF\xBF\xBDn.txt", "gr%FCn.txt"},
        {{.name = "\xED\xA0\x80"}, "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD", "%ED%A0%80"},
        {{.name = "\xFF", .is_folder = true}, "\xEF\xBF\xBD", "%FF/"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct listing_page page = page_of(&rows[i].entry, 1);
        json_t *document = read_form(&page);
        const json_t *entry = json_array_get(json_object_get(document, "entries"), 0);
        cr_expect_str_eq(json_string_value(json_object_get(entry, "name")), rows[i].name, "row %zu", i);
        cr_expect_str_eq(json_string_value(json_object_get(entry, "href")), rows[i].href, "row %zu", i);
        json_decref(document);
    }
}

Test(listing_json, shows_what_an_entry_is) {
    static const struct {
        const char *name;
        struct folder_entry entry;
        const char *type;
        const char *size;
        const char *modified;
        const char *media_type;
    } rows[] = {
        {"a file",
         {.name = "a.html", .size = 12},
         "\"file\"",
         "12",
         "\"1970-01-01T00:00:00Z\"",
         "\"text/html\""},
        {"a type that nobody knows",
         {.name = "a.x-y-z"},
         "\"file\"",
         "0",
         "\"1970-01-01T00:00:00Z\"",
         "\"application/octet-stream\""},
        {"an empty file", {.name = "a.png"}, "\"file\"", "0", "\"1970-01-01T00:00:00Z\"", "\"image/png\""},
        {"a huge file",
         {.name = "a.png", .size = INT64_MAX},
         "\"file\"",
         "9223372036854775807",
         "\"1970-01-01T00:00:00Z\"",
         "\"image/png\""},
        {"a folder",
         {.name = "a.html", .is_folder = true, .size = 4096},
         "\"folder\"",
         "null",
         "\"1970-01-01T00:00:00Z\"",
         "null"},
        {"a link to a file",
         {.name = "a.png", .is_link = true, .size = 3},
         "\"file\"",
         "3",
         "\"1970-01-01T00:00:00Z\"",
         "\"image/png\""},
        {"a leap day, not rounded up",
         {.name = "a.png", .modified = {951782400, 999999999}},
         "\"file\"",
         "0",
         "\"2000-02-29T00:00:00Z\"",
         "\"image/png\""},
        {"the last second of a year with four digits",
         {.name = "a.png", .modified = {253402300799, 0}},
         "\"file\"",
         "0",
         "\"9999-12-31T23:59:59Z\"",
         "\"image/png\""},
        {"the year 10000",
         {.name = "a.png", .modified = {253402300800, 0}},
         "\"file\"",
         "0",
         "null",
         "\"image/png\""},
        {"the year -1",
         {.name = "a.png", .modified = {-62167219201, 0}},
         "\"file\"",
         "0",
         "null",
         "\"image/png\""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct listing_page page = page_of(&rows[i].entry, 1);
        json_t *document = read_form(&page);
        const json_t *entry = json_array_get(json_object_get(document, "entries"), 0);
        expect_member(rows[i].name, entry, "type", rows[i].type);
        expect_member(rows[i].name, entry, "size", rows[i].size);
        expect_member(rows[i].name, entry, "modified", rows[i].modified);
        expect_member(rows[i].name, entry, "media_type", rows[i].media_type);
        cr_expect_eq(json_object_size(entry), 6, "%s", rows[i].name);
        json_decref(document);
    }
}

Test(listing_json, has_no_media_type_where_unknown_files_have_none) {
    struct media_types *without_standard =
        media_types_create(&(struct media_types_options){.charset = "utf-8"});
    cr_assert_not_null(without_standard);
    struct folder_entry entry = {.name = "a.x-y-z"};
    struct listing_page page = page_of(&entry, 1);
    page.media_types = without_standard;
    json_t *document = read_form(&page);
    expect_member("unknown", json_array_get(json_object_get(document, "entries"), 0), "media_type", "null");
    json_decref(document);
    media_types_destroy(without_standard);
}

Test(listing_json, stays_json_in_folders_of_any_name) {
    struct listing_page page = page_of(NULL, 0);
    page.path = "a\"\\\n/gr\xFCn/";
    json_t *document = read_form(&page);
    cr_expect_str_eq(json_string_value(json_object_get(document, "path")), "/a\"\\\n/gr\xEF\xBF\xBDn/");
    json_decref(document);
}
