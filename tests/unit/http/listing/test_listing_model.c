/* SPDX-License-Identifier: MIT */
/* Random folders and random queries against the plainest way to a page: sort everything and cut it out. */
#include "http/listing/listing.h"
#include "tests/unit/http/listing/listing.h"

#include <criterion/criterion.h>
#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ENTRIES_MAX = 60, NAME_BYTES = 12, FOLDERS = 25, QUERIES = 40 };

struct model_entry {
    char name[NAME_BYTES];
    bool is_folder;
    unsigned size;
    unsigned time;
};

static struct model_entry model[ENTRIES_MAX];
static size_t model_count;
static struct listing_query query;

TestSuite(listing_model, .init = listing_set_up, .fini = listing_tear_down, .timeout = 60);

static uint32_t random_state = 4;

static unsigned below(unsigned end) { /* the same in every run */
    random_state = random_state * 1664525 + 1013904223;
    return (random_state >> 8) % end;
}

/* The natural order of short names with few zeros: each run of digits becomes one number of fixed width. */
static void write_sort_key(const char *name, char key[NAME_BYTES * 12]) {
    size_t length = 0;
    while (*name != '\0') {
        if (isdigit((unsigned char)*name)) {
            char *end = NULL;
            length += (size_t)sprintf(key + length, "%011llu", strtoull(name, &end, 10));
            name = end;
        } else {
            key[length++] = (char)tolower((unsigned char)*name++);
        }
    }
    key[length] = '\0';
}

static int compare_names(const struct model_entry *a, const struct model_entry *b) {
    char left[NAME_BYTES * 12];
    char right[NAME_BYTES * 12];
    write_sort_key(a->name, left);
    write_sort_key(b->name, right);
    int order = strcmp(left, right);
    return order != 0 ? order : strcmp(a->name, b->name);
}

static int compare_entries(const void *left, const void *right) {
    const struct model_entry *a = left;
    const struct model_entry *b = right;
    if (a->is_folder != b->is_folder) {
        return a->is_folder ? -1 : 1;
    }
    int order = 0;
    if (query.sort == LISTING_BY_SIZE && !a->is_folder) {
        order = a->size < b->size ? -1 : a->size > b->size;
    }
    if (query.sort == LISTING_BY_TIME) {
        order = a->time < b->time ? -1 : a->time > b->time;
    }
    if (order == 0) {
        order = compare_names(a, b);
    }
    return query.descending ? -order : order;
}

static bool model_has(const char *name) {
    for (size_t i = 0; i < model_count; i++) {
        if (strcmp(model[i].name, name) == 0) {
            return true;
        }
    }
    return false;
}

static void make_entry(struct folder *folder) {
    static const char alphabet[] = "aaAbB0019_ ~";
    struct model_entry *entry = &model[model_count];
    size_t length = 1 + below(NAME_BYTES - 1);
    for (size_t i = 0; i < length; i++) {
        entry->name[i] = alphabet[below(sizeof alphabet - 1)];
    }
    entry->name[length] = '\0';
    if (model_has(entry->name)) {
        return;
    }
    entry->is_folder = below(4) == 0;
    entry->size = entry->is_folder ? 0 : below(5);
    entry->time = 1000 + below(5);
    if (entry->is_folder) {
        folder_mkdir(folder, entry->name);
    } else {
        folder_truncate(folder, entry->name, (off_t)entry->size);
    }
    folder_touch(folder, entry->name, (time_t)entry->time);
    model_count++;
}

static void make_folder(const char *name) {
    struct folder folder;
    folder_create_inside(&folder, &root, name);
    folder_write_text(&folder, ".hidden", "x");
    folder_fifo(&folder, "fifo");
    model_count = 0;
    size_t count = below(ENTRIES_MAX);
    for (size_t i = 0; i < count; i++) {
        make_entry(&folder);
    }
}

static void make_query(void) {
    static const char *const filters[] = {"", "", "a", "AB", "0", "_"};
    query = (struct listing_query){
        .sort = (enum listing_sort)below(3),
        .descending = below(2) == 0,
        .limit = 1 + below(ENTRIES_MAX),
        .offset = below(2) == 0 ? 0 : below(ENTRIES_MAX),
    };
    strcpy(query.filter, filters[below(sizeof filters / sizeof filters[0])]);
}

static struct listing *make_listing(const char *path) {
    struct listing *listing = begin_listing(path, &query, NULL);
    struct time_slice slice = {below(2) == 0 ? 0 : INT64_MAX};
    while (listing_continue(listing, slice) != 0) {
    }
    return listing;
}

static void compare_with_model(const struct listing *listing) {
    struct model_entry sorted[ENTRIES_MAX];
    size_t all = 0;
    size_t folders = 0;
    uint64_t bytes = 0;
    for (size_t i = 0; i < model_count; i++) {
        if (strcasestr(model[i].name, query.filter) == NULL) {
            continue;
        }
        sorted[all++] = model[i];
        folders += model[i].is_folder ? 1 : 0;
        bytes += model[i].size;
    }
    if (all > 0) {
        qsort(sorted, all, sizeof sorted[0], compare_entries);
    }
    size_t expected = all > query.offset ? all - query.offset : 0;
    expected = expected < query.limit ? expected : query.limit;
    size_t count = 0;
    const struct folder_entry *rows = listing_rows(listing, &count);
    cr_assert_eq(count, expected);
    for (size_t i = 0; i < count; i++) {
        const struct model_entry *entry = &sorted[query.offset + i];
        cr_assert_str_eq(rows[i].name, entry->name);
        cr_assert(rows[i].has_status && rows[i].is_folder == entry->is_folder);
        cr_assert_eq(rows[i].size, entry->size);
        cr_assert_eq(rows[i].modified.tv_sec, entry->time);
    }
    struct listing_totals totals = listing_totals(listing);
    cr_assert_eq(totals.folder_count, folders);
    cr_assert_eq(totals.file_count, all - folders);
    cr_assert_eq(totals.bytes_are_known, query.sort != LISTING_BY_NAME || expected == all);
    cr_assert_eq(totals.file_bytes, totals.bytes_are_known ? bytes : 0);
}

Test(listing_model, agrees_with_sorting_everything) {
    for (int i = 0; i < FOLDERS; i++) {
        char name[16];
        char path[32];
        (void)snprintf(name, sizeof name, "%d", i);
        (void)snprintf(path, sizeof path, "%s/", name);
        make_folder(name);
        for (int j = 0; j < QUERIES; j++) {
            make_query();
            struct listing *listing = make_listing(path);
            compare_with_model(listing);
            listing_close(listing);
        }
    }
}
