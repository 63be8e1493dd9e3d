/* SPDX-License-Identifier: MIT */
#include "tests/unit/support/hurry.h"

#include <time.h>

bool hurry;
bool leisure;

int __real_clock_gettime(clockid_t clock, struct timespec *time);
int __wrap_clock_gettime(clockid_t clock, struct timespec *time);

int __wrap_clock_gettime(clockid_t clock, struct timespec *time) {
    static time_t passed;
    static struct timespec last;
    int result = __real_clock_gettime(clock, time);
    if (clock != CLOCK_MONOTONIC || result != 0) {
        return result;
    }
    if (hurry) {
        time->tv_sec += passed++;
    } else if (leisure && last.tv_sec != 0) {
        *time = last;
    }
    last = *time;
    return 0;
}
