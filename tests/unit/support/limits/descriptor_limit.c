/* SPDX-License-Identifier: MIT */
#include "tests/unit/support/limits/descriptor_limit.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>
#include <sys/resource.h>

void descriptor_limit_set(int count) {
    struct rlimit limit;
    cr_assert_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
    limit.rlim_cur = (rlim_t)count;
    cr_assert_eq(setrlimit(RLIMIT_NOFILE, &limit), 0, "%s", strerror(errno));
}

void descriptor_limit_set_both(int soft, int hard) {
    struct rlimit before;
    struct rlimit limit = {.rlim_cur = (rlim_t)soft, .rlim_max = (rlim_t)hard};
    cr_assert_eq(getrlimit(RLIMIT_NOFILE, &before), 0);
    cr_assert_geq(before.rlim_max, limit.rlim_max, "the hard limit is too low for this test");
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0) { /* the kernel never refuses this */
        cr_skip_test("the hard limit on open files cannot be lowered");
    }
}
