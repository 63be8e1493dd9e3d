/* SPDX-License-Identifier: MIT */
/* Listings made piece by piece, and what happens between the pieces. Linked with the --wrap of
 * support_memory_faults.c and support_folder_reading.c. */
#include "http/listing/listing.h"
#include "tests/unit/http/listing/listing.h"
#include "tests/unit/support/folder_reading.h"
#include "tests/unit/support/memory_faults.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* See listing.c. The end of one stage and a piece of the next never come together. */
enum { NAMES_A_PIECE = 64, LOOKS_A_PIECE = 16 };

static const struct time_slice over = {0};
static const enum listing_sort sorts[] = {LISTING_BY_NAME, LISTING_BY_SIZE, LISTING_BY_TIME};

enum { SORT_COUNT = sizeof sorts / sizeof sorts[0] };

static void tear_down(void) {
    listing_tear_down();
    memory_demand_live(0);
}

TestSuite(listing_pieces, .init = listing_set_up, .fini = tear_down, .timeout = 60);

static void write_files(const char *form, int count) {
    for (int i = 0; i < count; i++) {
        char name[64];
        (void)snprintf(name, sizeof name, "%s%d", form, i);
        folder_write_text(&root, name, i % 2 == 0 ? "x" : "xxx");
    }
}

/* Go on with slices that are over from the start, and see that no call does more than one piece. Returns how
 * many calls it took. */
static size_t go_on_in_pieces(struct listing *listing, bool has_looks) {
    size_t calls = 0;
    int result = -EAGAIN;
    while (result == -EAGAIN) {
        size_t names = folder_reading.name_count;
        size_t looks = folder_reading.look_count;
        ptrdiff_t live = memory_live_count();
        result = listing_continue(listing, over);
        calls++;
        names = folder_reading.name_count - names;
        looks = folder_reading.look_count - looks;
        live -= memory_live_count();
        cr_assert_leq(names, has_looks ? LOOKS_A_PIECE + 1 : NAMES_A_PIECE, "%zu names in one call", names);
        cr_assert_leq(looks, LOOKS_A_PIECE, "%zu looks in one call", looks);
        cr_assert_leq(live, NAMES_A_PIECE + 1, "%td freed in one call", live);
        cr_assert_leq(calls, 100 * 1000, "there is no progress");
    }
    cr_assert_eq(result, 0);
    return calls;
}

static size_t pieces(size_t count, size_t size) {
    return (count + size - 1) / size;
}

Test(listing_pieces, make_the_same_rows_as_one_call) {
    enum { FILES = 1000 };
    write_files("file-", FILES);
    write_files("folder/", 1);
    folder_symlink(&root, "link", "file-1");
    for (size_t i = 0; i < SORT_COUNT; i++) {
        struct listing_query query = standard_query();
        query.sort = sorts[i];
        query.limit = 250;
        query.offset = 500;
        struct listing *whole = whole_listing("", &query);
        char *names = strdup(row_names(whole));
        struct listing *listing = begin_listing("", &query, NULL);
        size_t calls = go_on_in_pieces(listing, sorts[i] != LISTING_BY_NAME);
        /* Reading, taking the rows, dropping those before them, looking at them. */
        cr_expect_geq(calls, pieces(FILES, NAMES_A_PIECE) + pieces(250, NAMES_A_PIECE) +
                                 pieces(500, NAMES_A_PIECE) + pieces(250, LOOKS_A_PIECE));
        cr_expect_str_eq(row_names(listing), names);
        struct listing_totals totals = listing_totals(listing);
        cr_expect_eq(totals.folder_count, 1);
        cr_expect_eq(totals.file_count, FILES + 1);
        cr_expect_eq(totals.file_bytes, sorts[i] == LISTING_BY_NAME ? 0 : FILES / 2 * 4 + 3);
        cr_expect_eq(listing_continue(listing, over), 0, "it stays so");
        listing_close(listing);
        listing_close(whole);
        free(names);
    }
}

Test(listing_pieces, are_small_also_where_nothing_is_shown) {
    write_files(".hidden-", 300);
    folder_write_text(&root, "there", "x");
    for (int i = 0; i < 600; i++) {
        char name[32];
        (void)snprintf(name, sizeof name, "link-%d", i);
        folder_symlink(&root, name, i % 2 == 0 ? "missing" : "there");
    }
    struct listing_query query = standard_query();
    strcpy(query.filter, "nothing has this");
    struct listing *listing = begin_listing("", &query, NULL);
    (void)go_on_in_pieces(listing, true);
    cr_expect_eq(listing_row_count(listing), 0);
    listing_close(listing);
}

Test(listing_pieces, follow_one_another_as_long_as_there_is_time) {
    write_files("file-", 500);
    struct listing_query query = standard_query();
    struct listing *listing = begin_listing("", &query, NULL);
    cr_expect_eq(listing_continue(listing, time_slice_begin((int64_t)3600 * 1000000000)), 0);
    listing_close(listing);
}

Test(listing_pieces, look_only_at_what_is_shown_or_sorted_by) {
    static const struct {
        enum listing_sort sort;
        const char *filter;
        size_t looks;
        size_t accesses;
    } rows[] = {
        {LISTING_BY_NAME, "", 10 + 1, 10},             /* the page, and the link */
        {LISTING_BY_SIZE, "", 200 + 1 + 10, 200 + 10}, /* files, the link, and the folders of the page */
        {LISTING_BY_TIME, "", 200 + 1 + 20, 200 + 20},
        {LISTING_BY_SIZE, "file-7", 11 + 1, 11},
        {LISTING_BY_NAME, "file-19", 10 + 1, 10},
    };
    write_files("file-", 200);
    folder_symlink(&root, "link", "file-1");
    for (int i = 0; i < 20; i++) {
        char name[32];
        (void)snprintf(name, sizeof name, "folder-%d", i);
        folder_mkdir(&root, name);
    }
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct listing_query query = standard_query();
        query.sort = rows[i].sort;
        query.limit = 10;
        strcpy(query.filter, rows[i].filter);
        folder_reading.look_count = 0;
        folder_reading.name_count = 0;
        folder_reading.access_count = 0;
        listing_close(whole_listing("", &query));
        cr_expect_eq(folder_reading.look_count, rows[i].looks, "row %zu: %zu", i, folder_reading.look_count);
        cr_expect_eq(folder_reading.access_count, rows[i].accesses, "row %zu: %zu", i,
                     folder_reading.access_count);
        cr_expect_eq(folder_reading.name_count, 223, "the folder is read once");
    }
}

static void remove_odd_files(const char *name) {
    if ((name[strlen(name) - 1] - '0') % 2 == 1) {
        (void)unlink(folder_path(&root, name).text);
    }
}

static void replace_odd_files_by_folders(const char *name) {
    remove_odd_files(name);
    if ((name[strlen(name) - 1] - '0') % 2 == 1) {
        folder_mkdir(&root, name);
    }
}

Test(listing_pieces, leave_out_and_do_not_count_what_vanishes_before_it_is_looked_at) {
    for (size_t i = 0; i < SORT_COUNT; i++) {
        write_files("file-", 10);
        folder_reading.before_look = remove_odd_files;
        struct listing_query query = standard_query();
        query.sort = sorts[i];
        struct listing *listing = whole_listing("", &query);
        cr_expect_str_eq(row_names(listing), "file-0|file-2|file-4|file-6|file-8");
        cr_expect_eq(listing_row_count(listing), 5);
        cr_expect(listing_totals(listing).bytes_are_known);
        cr_expect_eq(listing_totals(listing).file_bytes, 5);
        listing_close(listing);
    }
}

Test(listing_pieces, leave_out_what_turns_into_something_else) {
    write_files("file-", 4);
    folder_reading.before_look = replace_odd_files_by_folders;
    struct listing_query query = standard_query();
    struct listing *listing = whole_listing("", &query);
    cr_expect_str_eq(row_names(listing), "file-0|file-2");
    cr_expect_eq(listing_totals(listing).file_count, 2);
    cr_expect_eq(listing_totals(listing).folder_count, 0);
    listing_close(listing);
}

Test(listing_pieces, count_what_vanishes_from_other_pages) {
    write_files("file-", 10);
    folder_reading.before_look = remove_odd_files;
    struct listing_query query = standard_query();
    query.limit = 4;
    query.offset = 2;
    struct listing *listing = whole_listing("", &query);
    cr_expect_str_eq(row_names(listing), "file-2|file-4");
    cr_expect_eq(listing_row_count(listing), 8);
    cr_expect_not(listing_totals(listing).bytes_are_known);
    listing_close(listing);
}

Test(listing_pieces, need_no_kinds_from_the_file_system) {
    write_files("folder/", 1);
    write_files("file-", 3);
    folder_fifo(&root, "fifo");
    folder_symlink(&root, "link", "file-1");
    folder_reading.hides_kinds = true;
    for (size_t i = 0; i < SORT_COUNT; i++) {
        struct listing_query query = standard_query();
        query.sort = sorts[i];
        struct listing *listing = whole_listing("", &query);
        cr_expect_eq(listing_totals(listing).folder_count, 1);
        cr_expect_eq(listing_totals(listing).file_count, 4);
        cr_expect_eq(listing_totals(listing).file_bytes, 1 + 3 + 1 + 3);
        listing_close(listing);
    }
}

Test(listing_pieces, leave_out_what_may_not_be_read_also_where_kinds_are_not_told) {
    write_files("file-", 3);
    folder_chmod(&root, "file-1", 0);
    folder_reading.hides_kinds = true;
    become_nobody();
    struct listing_query query = standard_query();
    expect_rows(&query, "file-0|file-2");
}

Test(listing_pieces, end_with_an_error_of_reading) {
    write_files("file-", 200);
    folder_reading.error = EIO;
    folder_reading.error_after = 150;
    struct memory_budget budget = {.limit_bytes = 1000 * 1000};
    struct listing_query query = standard_query();
    struct listing *listing = begin_listing("", &query, &budget);
    int result;
    do {
        result = listing_continue(listing, over);
    } while (result == -EAGAIN);
    cr_expect_eq(result, -EIO);
    cr_expect_gt(budget.used_bytes, 0);
    listing_close(listing);
    cr_expect_eq(budget.used_bytes, 0);
}

/* A disk that fails once made a file look locked away, and its row or the README were missing for mirrors, too. */
Test(listing_pieces, end_with_an_error_of_asking_who_may_read) {
    static const char *const names[] = {"file", "README.md"};
    for (size_t i = 0; i < 2; i++) {
        folder_write_text(&root, names[i], "x");
        for (size_t k = 0; k < SORT_COUNT; k++) {
            struct listing_query query = standard_query();
            query.sort = sorts[k];
            folder_reading.access_error = EIO;
            struct listing *listing = begin_listing("", &query, NULL);
            cr_expect_eq(listing_continue(listing, (struct time_slice){INT64_MAX}), -EIO, "%s %zu", names[i],
                         k);
            folder_reading.access_error = 0;
            listing_close(listing);
        }
    }
}

Test(listing_pieces, can_be_given_up_after_any_of_them) {
    write_files("file-", 150);
    struct memory_budget budget = {.limit_bytes = 1000 * 1000};
    struct listing_query query = standard_query();
    query.offset = 70;
    query.limit = 70;
    int result = -EAGAIN;
    for (size_t pieces = 0; result == -EAGAIN; pieces++) {
        struct listing *listing = begin_listing("", &query, &budget);
        for (size_t i = 0; i < pieces && result == -EAGAIN; i++) {
            result = listing_continue(listing, over);
        }
        listing_close(listing);
        cr_assert_eq(budget.used_bytes, 0, "after %zu pieces", pieces);
        cr_assert_eq(memory_live_count(), 0, "after %zu pieces", pieces);
    }
    cr_expect_eq(result, 0);
}
