/* SPDX-License-Identifier: MIT */
#include "http/base/monotonic.h"
#include "tests/unit/support/fake_clock.h"

#include <criterion/criterion.h>

Test(monotonic, counts_nanoseconds) {
    cr_expect_eq(monotonic_ns(), 5999999999);
    cr_expect_eq(asked_clock, CLOCK_MONOTONIC);
    fake_now = (struct timespec){.tv_sec = 4000000000, .tv_nsec = 1}; /* longer than any machine runs */
    cr_expect_eq(monotonic_ns(), 4000000000000000001);
}

Test(monotonic, counts_whole_milliseconds_of_the_cheaper_clock) {
    cr_expect_eq(monotonic_coarse_ms(), 5999);
    cr_expect_eq(asked_clock, CLOCK_MONOTONIC_COARSE);
    fake_now = (struct timespec){.tv_sec = 4000000000, .tv_nsec = 1000000};
    cr_expect_eq(monotonic_coarse_ms(), 4000000000001);
}
