/* SPDX-License-Identifier: MIT */
/* What listings take of memory and of the budget, and what they do when there is no more. Linked with the --wrap of
 * support_memory_faults.c. */
#include "http/files/folder_reader.h"
#include "http/listing/listing.h"
#include "tests/unit/http/listing/listing.h"
#include "tests/unit/support/memory_faults.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdint.h>

static const struct time_slice endless = {INT64_MAX};
static const enum listing_sort sorts[] = {LISTING_BY_NAME, LISTING_BY_SIZE, LISTING_BY_TIME};

enum { SORT_COUNT = sizeof sorts / sizeof sorts[0] };

static void tear_down(void) {
    listing_tear_down();
    memory_demand_live(0);
}

TestSuite(listing_memory, .init = listing_set_up, .fini = tear_down, .timeout = 60);

/* Open and make a listing. Returns 0, or what it failed with. */
static int make(const struct listing_query *query, struct memory_budget *budget, const char *names) {
    struct listing *listing = NULL;
    int result = listing_open(&listing, &beneath, beneath_open(&beneath, ""), "", query, budget);
    if (result != 0) {
        return result;
    }
    result = listing_continue(listing, endless);
    if (result == 0) {
        cr_expect_str_eq(row_names(listing), names);
    }
    listing_close(listing);
    return result;
}

Test(listing_memory, lacking_anywhere_is_survived) {
    folder_write_many(&root, "f%d", 9, 1);
    struct memory_budget budget = {.limit_bytes = 1000 * 1000};
    struct listing_query query = standard_query();
    query.limit = 3;
    query.offset = 2;
    size_t descriptors = descriptor_count();
    bool has_failed = true;
    for (size_t successes = 0; has_failed; successes++) {
        memory_fail_after(successes);
        int result = make(&query, &budget, "f2|f3|f4");
        has_failed = memory_stop_failing();
        cr_expect_eq(result, has_failed ? -ENOMEM : 0, "%d after %zu allocations", result, successes);
        cr_expect_eq(budget.used_bytes, 0);
        cr_expect_eq(memory_live_count(), 0);
        cr_expect_eq(descriptor_count(), descriptors);
        cr_expect(has_failed || successes >= 2 + 1 + 5 + 1,
                  "the listing, its path, the heap, its names, the rows");
    }
}

/* What malloc(3) holds is a multiple of this. */
enum { STEP = 16 };

/* What a listing takes before it has found anything. */
static size_t held_when_open(void) {
    struct memory_budget budget = {.limit_bytes = 1000 * 1000};
    struct listing_query query = standard_query();
    struct listing *listing = begin_listing("", &query, &budget);
    size_t held = budget.used_bytes;
    listing_close(listing);
    return held;
}

Test(listing_memory, keeps_to_the_budget) {
    folder_write_many(&root, "f%d", 9, 1);
    struct listing_query query = standard_query();
    query.limit = 3;
    query.offset = 2;
    int result = -ENOMEM;
    size_t limit = 0;
    for (; result == -ENOMEM; limit += STEP) {
        struct memory_budget budget = {.limit_bytes = limit};
        result = make(&query, &budget, "f2|f3|f4");
        cr_assert_eq(budget.used_bytes, 0, "with %zu bytes", limit);
    }
    cr_expect_eq(result, 0);
    size_t needed = held_when_open() + memory_held(5 * sizeof(struct folder_entry)) +
                    memory_held(3 * sizeof(struct folder_entry)) + 5 * memory_held(sizeof "f0");
    cr_expect_eq(limit - STEP, needed,
                 "%zu: five entries up to the end of the page, and then room for its three rows",
                 limit - STEP);
}

Test(listing_memory, is_for_the_rows_of_the_page_in_the_end) {
    folder_write_many(&root, "f%d", 9, 1);
    struct memory_budget budget = {.limit_bytes = 1000 * 1000};
    struct listing_query query = standard_query();
    query.limit = 3;
    query.offset = 4;
    struct listing *listing = begin_listing("", &query, &budget);
    size_t before = budget.used_bytes;
    cr_expect_eq(before, held_when_open());
    cr_assert_eq(listing_continue(listing, endless), 0);
    cr_expect_eq(budget.used_bytes, before - FOLDER_READER_HELD_BYTES +
                                        memory_held(3 * sizeof(struct folder_entry)) +
                                        3 * memory_held(sizeof "f0"));
    listing_close(listing);
}

Test(listing_memory, is_for_the_page_and_not_for_the_folder) {
    folder_write_many(&root, "file-%d", 2000, 1);
    struct listing_query query = standard_query();
    query.limit = 100;
    for (size_t i = 0; i < SORT_COUNT; i++) {
        struct memory_budget budget = {.limit_bytes = held_when_open() +
                                                      2 * memory_held(100 * sizeof(struct folder_entry)) +
                                                      100 * memory_held(sizeof "file-9999")};
        query.sort = sorts[i];
        struct listing *listing = begin_listing("", &query, &budget);
        cr_expect_eq(listing_continue(listing, endless), 0);
        cr_expect_eq(listing_row_count(listing), 2000);
        listing_close(listing);
    }
}
