/* SPDX-License-Identifier: MIT */
#include "http/base/time_split.h"

#include <criterion/criterion.h>

TestSuite(time_split, .timeout = 60);

enum { MS = 1000000 };

static void expect_parts(const struct time_split *split, int64_t wait, int64_t client, int64_t open,
                         int64_t send) {
    cr_expect_eq(split->parts_ns[TIME_WAIT], wait);
    cr_expect_eq(split->parts_ns[TIME_CLIENT], client);
    cr_expect_eq(split->parts_ns[TIME_OPEN], open);
    cr_expect_eq(split->parts_ns[TIME_SEND], send);
    cr_expect_eq(time_split_total_ns(split), wait + client + open + send);
}

Test(time_split, gives_each_moment_to_one_part) {
    struct time_split split = {0};
    time_split_add(&split, TIME_OPEN, 1000); /* it has not begun */
    expect_parts(&split, 0, 0, 0, 0);
    time_split_resume(&split, 1000, 30);
    time_split_add(&split, TIME_OPEN, 1100);
    expect_parts(&split, 30, 0, 100, 0);
    time_split_resume(&split, 1600, 20); /* the rest of the request came after 480 */
    time_split_add(&split, TIME_OPEN, 1650);
    time_split_add(&split, TIME_SEND, 1700);
    time_split_resume(&split, 2700, 0);
    time_split_add(&split, TIME_SEND, 2701);
    expect_parts(&split, 50, 1480, 150, 51);
}

Test(time_split, takes_no_time_from_the_client_that_it_did_not_have) {
    struct time_split split = {0};
    time_split_resume(&split, 1000, 0);
    time_split_resume(&split, 1010, 40); /* received in a batch: could have been served before that */
    expect_parts(&split, 40, 0, 0, 0);
}

Test(time_split, names_who_took_most) {
    static const struct {
        const char *expected;
        int64_t parts_ns[TIME_PART_COUNT]; /* wait, client, open, send */
    } rows[] = {
        {NULL, {0, 0, 0, 0}},
        {NULL, {0, 0, 0, MS - 1}},
        {"disk", {0, 0, 0, MS}},
        {"disk", {0, 0, MS, 0}},
        {"client", {0, MS, 0, 0}},
        {"pool", {MS, 0, 0, 0}},
        {"disk", {5 * MS, 5 * MS, 3 * MS, 3 * MS}},
        {"client", {5 * MS, 5 * MS, 2 * MS, 2 * MS}},
        {"pool", {6 * MS, 5 * MS, 3 * MS, 3 * MS}},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct time_split split = {.mark_ns = 1};
        for (size_t k = 0; k < TIME_PART_COUNT; k++) {
            split.parts_ns[k] = rows[i].parts_ns[k];
        }
        const char *slowest = time_split_slowest(&split);
        const char *expected = rows[i].expected;
        cr_expect_str_eq(slowest != NULL ? slowest : "-", expected != NULL ? expected : "-", "row %zu", i);
    }
}
