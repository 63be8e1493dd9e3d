/* SPDX-License-Identifier: MIT */
#include "tests/unit/http/base/fake_clock.h"

int __wrap_clock_gettime(clockid_t clock, struct timespec *now);

struct timespec fake_now = {.tv_sec = 5, .tv_nsec = 999999999};
clockid_t asked_clock = CLOCK_REALTIME;

int __wrap_clock_gettime(clockid_t clock, struct timespec *now) {
    asked_clock = clock;
    *now = fake_now;
    return 0;
}
