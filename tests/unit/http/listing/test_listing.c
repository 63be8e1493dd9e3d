/* SPDX-License-Identifier: MIT */
#include "http/listing/listing.h"
#include "tests/unit/http/listing/listing.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

TestSuite(listing, .init = listing_set_up, .fini = listing_tear_down, .timeout = 20);

static const enum listing_sort sorts[] = {LISTING_BY_NAME, LISTING_BY_SIZE, LISTING_BY_TIME};

enum { SORT_COUNT = sizeof sorts / sizeof sorts[0] };

static const struct folder_entry *row_of(const struct listing *listing, const char *name) {
    size_t count = 0;
    const struct folder_entry *rows = listing_rows(listing, &count);
    size_t i = 0;
    while (i < count && strcmp(rows[i].name, name) != 0) {
        i++;
    }
    cr_assert(i < count, "'%s' is missing", name);
    return &rows[i];
}

Test(listing, leaves_out_what_is_not_served) {
    folder_write_text(&workplace, "secret.txt", "secret");
    folder_write_text(&root, "shown.txt", "x");
    folder_write_text(&root, ".hidden", "x");
    folder_write_text(&root, ".git/config", "x");
    folder_write_text(&root, "..data", "x");
    folder_fifo(&root, "fifo");
    folder_symlink(&root, "to-fifo", "fifo");
    folder_symlink(&root, "out-file", "../secret.txt");
    folder_symlink(&root, "out-folder", "..");
    folder_symlink(&root, "absolute", "/etc/passwd");
    folder_symlink(&root, "dangling", "missing");
    folder_symlink(&root, "loop", "loop");
    folder_symlink(&root, "device", "/dev/null");
    struct listing_query query = standard_query();
    for (size_t i = 0; i < SORT_COUNT; i++) {
        query.sort = sorts[i];
        struct listing *listing = whole_listing("", &query);
        cr_expect_str_eq(row_names(listing), "shown.txt");
        cr_expect_eq(listing_row_count(listing), 1);
        listing_close(listing);
    }
}

Test(listing, shows_links_inside_as_what_they_lead_to) {
    folder_write_text(&root, "sub/five.txt", "12345");
    folder_touch(&root, "sub/five.txt", 784111777);
    folder_symlink(&root, "to-file", "sub/five.txt");
    folder_symlink(&root, "to-folder", "sub");
    folder_symlink(&root, "sub/up", "../to-file");
    folder_symlink(&root, "sub/out", "../../secret.txt");
    struct listing_query query = standard_query();
    struct listing *listing = whole_listing("", &query);
    cr_expect_str_eq(row_names(listing), "sub/|to-folder/|to-file");
    const struct folder_entry *row = row_of(listing, "to-file");
    cr_expect(row->is_link && row->size == 5 && row->modified.tv_sec == 784111777);
    listing_close(listing);
    for (int i = 0; i < 2; i++) {
        listing = whole_listing(i == 0 ? "sub/" : "to-folder/", &query);
        cr_expect_str_eq(row_names(listing), "five.txt|up");
        cr_expect_eq(row_of(listing, "up")->size, 5);
        listing_close(listing);
    }
}

Test(listing, has_names_that_are_meant_to_break_it) {
    static const char *const names[] = {"<script>",        "a\nb", "a\r\nb", "not-utf8-\xFF\xC3",
                                        "\xE2\x80\xAEtxt", "a|b",  " "};
    enum { COUNT = sizeof names / sizeof names[0] };
    for (size_t i = 0; i < COUNT; i++) {
        folder_write_text(&root, names[i], "x");
    }
    struct listing_query query = standard_query();
    struct listing *listing = whole_listing("", &query);
    cr_expect_eq(listing_row_count(listing), COUNT);
    for (size_t i = 0; i < COUNT; i++) {
        cr_expect_eq(row_of(listing, names[i])->size, 1);
    }
    listing_close(listing);
}

/* Two folders and four files, of which two are of one size and two of one time. */
static void fill_root(void) {
    static const struct {
        const char *name;
        const char *content;
        time_t time;
    } files[] = {{"a10", "1", 300}, {"a9", "333", 300}, {"B", "333", 100}, {"c", "22", 200}};
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        folder_write_text(&root, files[i].name, files[i].content);
        folder_touch(&root, files[i].name, files[i].time);
    }
    folder_mkdir(&root, "Old");
    folder_mkdir(&root, "new");
    folder_touch(&root, "Old", 10);
    folder_touch(&root, "new", 20);
}

Test(listing, comes_in_the_order_that_was_asked_for) {
    static const struct {
        enum listing_sort sort;
        bool descending;
        const char *names;
    } rows[] = {
        {LISTING_BY_NAME, false, "new/|Old/|a9|a10|B|c"}, {LISTING_BY_NAME, true, "Old/|new/|c|B|a10|a9"},
        {LISTING_BY_SIZE, false, "new/|Old/|a10|c|a9|B"}, {LISTING_BY_SIZE, true, "Old/|new/|B|a9|c|a10"},
        {LISTING_BY_TIME, false, "Old/|new/|B|c|a9|a10"}, {LISTING_BY_TIME, true, "new/|Old/|a10|a9|c|B"},
    };
    fill_root();
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct listing_query query = standard_query();
        query.sort = rows[i].sort;
        query.descending = rows[i].descending;
        expect_rows(&query, rows[i].names);
    }
}

Test(listing, has_pages) {
    static const struct {
        size_t offset;
        size_t limit;
        const char *names;
    } rows[] = {
        {0, 1, "new/"},
        {1, 1, "Old/"},
        {5, 1, "c"},
        {6, 1, ""},
        {7, 1, ""},
        {0, 6, "new/|Old/|a9|a10|B|c"},
        {1, 3, "Old/|a9|a10"},
        {4, 10, "B|c"},
        {6, LISTING_LIMIT_MAX, ""},
        {0, 7, "new/|Old/|a9|a10|B|c"},
        {LISTING_OFFSET_MAX, LISTING_LIMIT_MAX, ""},
    };
    fill_root();
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct listing_query query = standard_query();
        query.offset = rows[i].offset;
        query.limit = rows[i].limit;
        expect_rows(&query, rows[i].names);
    }
}

Test(listing, counts_what_is_in_the_whole_folder) {
    static const struct {
        enum listing_sort sort;
        size_t offset;
        size_t limit;
        uint64_t bytes; /* 0: not known */
    } rows[] = {
        {LISTING_BY_NAME, 0, 6, 9}, {LISTING_BY_NAME, 0, 5, 0}, {LISTING_BY_NAME, 1, 6, 0},
        {LISTING_BY_NAME, 9, 6, 0}, {LISTING_BY_SIZE, 0, 1, 9}, {LISTING_BY_SIZE, 9, 1, 9},
        {LISTING_BY_TIME, 2, 1, 9}, {LISTING_BY_TIME, 0, 6, 9},
    };
    fill_root();
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct listing_query query = standard_query();
        query.sort = rows[i].sort;
        query.offset = rows[i].offset;
        query.limit = rows[i].limit;
        struct listing *listing = whole_listing("", &query);
        struct listing_totals totals = listing_totals(listing);
        cr_expect_eq(totals.folder_count, 2, "row %zu", i);
        cr_expect_eq(totals.file_count, 4, "row %zu", i);
        cr_expect_eq(listing_row_count(listing), 6, "row %zu", i);
        cr_expect_eq(totals.bytes_are_known, rows[i].bytes != 0, "row %zu", i);
        cr_expect_eq(totals.file_bytes, rows[i].bytes, "row %zu: %ju", i, (uintmax_t)totals.file_bytes);
        listing_close(listing);
    }
}

Test(listing, of_an_empty_folder_has_no_rows) {
    struct listing_query query = standard_query();
    for (size_t offset = 0; offset < 2; offset++) {
        query.offset = offset;
        struct listing *listing = whole_listing("", &query);
        size_t count = 1;
        (void)listing_rows(listing, &count);
        cr_expect_eq(count, 0);
        cr_expect_eq(listing_row_count(listing), 0);
        cr_expect(listing_totals(listing).bytes_are_known);
        cr_expect_eq(listing_totals(listing).file_bytes, 0);
        cr_expect_null(listing_readme_name(listing));
        listing_close(listing);
    }
}

Test(listing, shows_only_what_the_filter_lets_through) {
    static const struct {
        const char *filter;
        const char *names;
    } rows[] = {
        {"", "Sub.d/|Photo 1.JPG|photo 2.jpg|photos.zip|x"},
        {"photo", "Photo 1.JPG|photo 2.jpg|photos.zip"},
        {"JPG", "Photo 1.JPG|photo 2.jpg"},
        {".jpg", "Photo 1.JPG|photo 2.jpg"},
        {"o 2.", "photo 2.jpg"},
        {"SUB", "Sub.d/"},
        {"d", "Sub.d/"},
        {"X", "x"},
        {"xx", ""},
        {"*", ""},
        {"photo 1.jpg", "Photo 1.JPG"},
        {"photo 1.jpgg", ""},
        {"ophoto", ""},
    };
    folder_write_text(&root, "Photo 1.JPG", "x");
    folder_write_text(&root, "photo 2.jpg", "x");
    folder_write_text(&root, "photos.zip", "x");
    folder_write_text(&root, "x", "x");
    folder_mkdir(&root, "Sub.d");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct listing_query query = standard_query();
        (void)snprintf(query.filter, sizeof query.filter, "%s", rows[i].filter);
        expect_rows(&query, rows[i].names);
    }
}

Test(listing, counts_what_the_filter_lets_through_and_no_more) {
    fill_root();
    for (size_t i = 0; i < SORT_COUNT; i++) {
        struct listing_query query = standard_query();
        query.sort = sorts[i];
        strcpy(query.filter, "a");
        struct listing *listing = whole_listing("", &query);
        struct listing_totals totals = listing_totals(listing);
        cr_expect_eq(totals.folder_count, 0);
        cr_expect_eq(totals.file_count, 2);
        cr_expect(totals.bytes_are_known);
        cr_expect_eq(totals.file_bytes, 4);
        listing_close(listing);
    }
}

Test(listing, leaves_out_and_does_not_count_what_it_finds_unreadable) {
    folder_write_text(&root, "open", "123");
    folder_write_text(&root, "closed", "12345");
    folder_mkdir(&root, "closed-folder");
    folder_mkdir(&root, "open-folder");
    folder_symlink(&root, "closed-link", "closed");
    folder_chmod(&root, "open", 0644);
    folder_chmod(&root, "open-folder", 0755);
    folder_chmod(&root, "closed", 0);
    folder_chmod(&root, "closed-folder", 0);
    become_nobody();
    for (size_t i = 0; i < SORT_COUNT; i++) {
        struct listing_query query = standard_query();
        query.sort = sorts[i];
        struct listing *listing = whole_listing("", &query);
        struct listing_totals totals = listing_totals(listing);
        cr_expect_str_eq(row_names(listing), "open-folder/|open");
        cr_expect_eq(totals.folder_count, 1);
        cr_expect_eq(totals.file_count, 1);
        cr_expect(totals.bytes_are_known);
        cr_expect_eq(totals.file_bytes, 3);
        listing_close(listing);
    }
}

Test(listing, of_many_entries_is_whole_and_leaves_no_descriptor_open) {
    enum { COUNT = 500 };
    for (int i = 0; i < COUNT; i++) {
        char name[32];
        (void)snprintf(name, sizeof name, "%03d.txt", i);
        folder_write_text(&root, name, "x");
        (void)snprintf(name, sizeof name, "link-%03d", i);
        folder_symlink(&root, name, i % 2 == 0 ? "000.txt" : "../secret.txt");
    }
    size_t before = descriptor_count();
    struct listing_query query = standard_query();
    struct listing *listing = whole_listing("", &query);
    cr_expect_eq(listing_row_count(listing), COUNT + COUNT / 2);
    cr_expect_eq(descriptor_count(), before, "the folder is closed as soon as the rows are there");
    listing_close(listing);
    listing_close(begin_listing("", &query, NULL));
    cr_expect_eq(descriptor_count(), before);
}

Test(listing, of_no_folder_is_an_error_and_closes_the_descriptor) {
    folder_write_text(&root, "a.txt", "x");
    struct listing *listing = NULL;
    struct listing_query query = standard_query();
    int fd = beneath_open(&beneath, "a.txt");
    cr_assert_geq(fd, 0);
    cr_expect_eq(listing_open(&listing, &beneath, fd, "a.txt", &query, NULL), -ENOTDIR);
    cr_expect(fcntl(fd, F_GETFD) == -1);
    cr_expect_eq(listing_open(&listing, &beneath, -1, "", &query, NULL), -EBADF);
    cr_expect_null(listing);
    listing_close(NULL);
}

Test(listing, keeps_its_own_copy_of_path_and_query) {
    folder_write_text(&root, "sub/file", "x");
    folder_symlink(&root, "sub/link", "file");
    folder_write_text(&root, "sub/other", "x");
    char path[] = "sub/";
    struct listing_query query = standard_query();
    strcpy(query.filter, "i");
    struct listing *listing = begin_listing(path, &query, NULL);
    memset(path, 'x', sizeof path - 1);
    memset(&query, 'x', sizeof query);
    cr_assert_eq(listing_continue(listing, (struct time_slice){INT64_MAX}), 0);
    cr_expect_str_eq(row_names(listing), "file|link");
    listing_close(listing);
}
