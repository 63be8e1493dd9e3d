/* SPDX-License-Identifier: MIT */
#include "http/base/clock.h"
#include "tests/unit/http/base/fake_clock.h"

#include <criterion/criterion.h>

Test(clock, counts_nanoseconds) {
    cr_expect_eq(clock_steady_ns(), 5999999999);
    cr_expect_eq(asked_clock, CLOCK_MONOTONIC);
    fake_now = (struct timespec){.tv_sec = 4000000000, .tv_nsec = 1}; /* longer than any machine runs */
    cr_expect_eq(clock_steady_ns(), 4000000000000000001);
}

Test(clock, counts_whole_microseconds) {
    cr_expect_eq(clock_steady_us(), 5999999);
    cr_expect_eq(asked_clock, CLOCK_MONOTONIC);
}

Test(clock, counts_whole_milliseconds_of_the_cheaper_clock) {
    cr_expect_eq(clock_steady_coarse_ms(), 5999);
    cr_expect_eq(asked_clock, CLOCK_MONOTONIC_COARSE);
    fake_now = (struct timespec){.tv_sec = 4000000000, .tv_nsec = 1000000};
    cr_expect_eq(clock_steady_coarse_ms(), 4000000000001);
}

Test(clock, tells_a_date_by_the_wall_clock) {
    cr_expect_eq(clock_compare(clock_wall(), fake_now), 0);
    cr_expect_eq(asked_clock, CLOCK_REALTIME);
    cr_expect_eq(clock_compare(clock_wall_coarse(), fake_now), 0);
    cr_expect_eq(asked_clock, CLOCK_REALTIME_COARSE);
}

Test(clock, makes_a_time_of_nanoseconds) {
    cr_expect_eq(clock_compare(clock_time_of(5999999999), fake_now), 0);
    cr_expect_eq(clock_compare(clock_time_of(7), (struct timespec){.tv_nsec = 7}), 0);
}

Test(clock, compares_seconds_before_nanoseconds) {
    static const struct timespec rising[] = {
        {-2, 999999999}, {-1, 0}, {0, 0}, {0, 1}, {0, 999999999}, {1, 0}, {INT64_MAX, 999999999}};
    enum { COUNT = sizeof rising / sizeof rising[0] };
    for (int i = 0; i < COUNT; i++) {
        for (int k = 0; k < COUNT; k++) {
            int outcome = clock_compare(rising[i], rising[k]);
            cr_expect_eq((outcome > 0) - (outcome < 0), (i > k) - (i < k), "%d and %d", i, k);
        }
    }
}

Test(clock, shifts_times_over_the_second) {
    static const struct {
        struct timespec time;
        int64_t ns;
        struct timespec shifted;
    } rows[] = {
        {{5, 0}, 0, {5, 0}},
        {{5, 999999999}, 1, {6, 0}},
        {{5, 0}, -1, {4, 999999999}},
        {{5, 500000000}, 2 * CLOCK_NS_PER_S, {7, 500000000}},
        {{5, 500000000}, -2 * CLOCK_NS_PER_S, {3, 500000000}},
        {{5, 10}, -CLOCK_NS_PER_S - 20, {3, 999999990}},
        {{0, 0}, -CLOCK_NS_PER_S, {-1, 0}},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct timespec shifted = clock_shift(rows[i].time, rows[i].ns);
        cr_expect_eq(clock_compare(shifted, rows[i].shifted), 0, "row %zu: %lld.%09ld", i,
                     (long long)shifted.tv_sec, shifted.tv_nsec);
    }
}

Test(clock, takes_files_without_a_fraction_of_a_second_for_coarsely_stamped) {
    cr_expect_eq(clock_file_tick_ns((struct timespec){5, 0}), 2 * CLOCK_NS_PER_S);
    cr_expect_eq(clock_file_tick_ns((struct timespec){5, 1}), 20 * CLOCK_NS_PER_MS);
}
