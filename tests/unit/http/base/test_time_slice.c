/* SPDX-License-Identifier: MIT */
#include "http/base/time_slice.h"
#include "tests/unit/http/base/fake_clock.h"

#include <criterion/criterion.h>
#include <stdint.h>

Test(time_slice, is_over_at_its_end_and_not_before) {
    struct time_slice slice = time_slice_begin(1001);
    cr_expect_eq(asked_clock, CLOCK_MONOTONIC);
    cr_expect_not(time_slice_is_over(slice));
    fake_now = (struct timespec){.tv_sec = 6, .tv_nsec = 999};
    cr_expect_not(time_slice_is_over(slice));
    fake_now.tv_nsec = 1000;
    cr_expect(time_slice_is_over(slice));
    fake_now.tv_nsec = 1001;
    cr_expect(time_slice_is_over(slice));
}

Test(time_slice, can_be_over_from_the_start_or_never) {
    cr_expect(time_slice_is_over((struct time_slice){0}));
    cr_expect(time_slice_is_over(time_slice_begin(0)));
    fake_now = (struct timespec){.tv_sec = 9000000000, .tv_nsec = 999999999};
    cr_expect_not(time_slice_is_over((struct time_slice){INT64_MAX}));
}
