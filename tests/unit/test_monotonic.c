/* SPDX-License-Identifier: MIT */
#include "http/monotonic.h"

#include <criterion/criterion.h>

int __wrap_clock_gettime(clockid_t clock, struct timespec *now);

static struct timespec fake_now = {.tv_sec = 5, .tv_nsec = 999999999};
static clockid_t asked_clock = CLOCK_REALTIME;

int __wrap_clock_gettime(clockid_t clock, struct timespec *now) {
    asked_clock = clock;
    *now = fake_now;
    return 0;
}

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
