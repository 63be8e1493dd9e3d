/* SPDX-License-Identifier: MIT */
#include "server/descriptor_limit.h"
#include "tests/unit/support/limits/descriptor_limit.h"

#include <criterion/criterion.h>
#include <stdint.h>
#include <sys/resource.h>

TestSuite(descriptor_limit, .timeout = 60);

static void expect_limit(rlim_t soft, rlim_t hard) {
    struct rlimit limit;
    cr_assert_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
    cr_expect_eq(limit.rlim_cur, soft);
    cr_expect_eq(limit.rlim_max, hard);
}

Test(descriptor_limit, is_raised_as_far_as_it_may) {
    descriptor_limit_set_both(100, 200);
    cr_expect_eq(descriptor_limit_raise(), 200);
    expect_limit(200, 200);
}

Test(descriptor_limit, is_left_alone_when_it_is_at_its_highest) {
    descriptor_limit_set_both(150, 150);
    cr_expect_eq(descriptor_limit_raise(), 150);
    expect_limit(150, 150);
}

Test(descriptor_limit, is_good_for_a_client_for_every_two_descriptors) {
    static const struct {
        size_t limit;
        size_t connections;
    } rows[] = {
        {0, 1},
        {1, 1},
        {4, 1},
        {16, 4},
        {64, 16},
        {2 * (size_t)DESCRIPTORS_RESERVED, DESCRIPTORS_RESERVED / 2},
        {2 * (size_t)DESCRIPTORS_RESERVED + 4, DESCRIPTORS_RESERVED / 2 + 2},
        {1024, 480},
        {DESCRIPTORS_RESERVED + 2 * (size_t)DESCRIPTORS_CONNECTIONS_MAX - 1, DESCRIPTORS_CONNECTIONS_MAX - 1},
        {DESCRIPTORS_RESERVED + 2 * (size_t)DESCRIPTORS_CONNECTIONS_MAX, DESCRIPTORS_CONNECTIONS_MAX},
        {1024 * 1024, DESCRIPTORS_CONNECTIONS_MAX},
        {SIZE_MAX, DESCRIPTORS_CONNECTIONS_MAX},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        cr_expect_eq(descriptor_limit_connections(rows[i].limit), rows[i].connections, "limit %zu",
                     rows[i].limit);
    }
}

Test(descriptor_limit, needs_one_for_each_client_and_a_file_for_each_thread) {
    cr_expect_eq(descriptor_limit_needed(1000, 8), 1008 + DESCRIPTORS_RESERVED);
    cr_expect_eq(descriptor_limit_needed(20, 4), 48, "of a low limit half is for the rest");
}

Test(descriptor_limit, gives_auto_no_more_clients_than_it_can_hold) {
    for (size_t limit = 64; limit < 4096; limit += 7) {
        cr_expect_leq(descriptor_limit_needed(descriptor_limit_connections(limit), 8), limit, "limit %zu",
                      limit);
    }
}

Test(descriptor_limit, leaves_room_for_clients_beside_the_files_that_are_kept) {
    static const struct {
        const char *name;
        size_t limit, needed, wanted, kept;
    } rows[] = {
        {"as many as wanted", 16 * 1024, 1000, 512, 512},   {"none wanted", 16 * 1024, 1000, 0, 0},
        {"a small share of the limit", 1024, 100, 512, 64}, {"just the share", 1600, 100, 100, 100},
        {"what the clients leave", 1024, 1000, 512, 24},    {"the clients leave none", 1024, 1024, 512, 0},
        {"more clients than can be", 1024, 2000, 512, 0},   {"no descriptors at all", 0, 0, 512, 0},
        {"no limit", SIZE_MAX, 1000, 65536, 65536},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        cr_expect(descriptor_limit_kept_files(rows[i].limit, rows[i].needed, rows[i].wanted) == rows[i].kept,
                  "%s", rows[i].name);
    }
}
