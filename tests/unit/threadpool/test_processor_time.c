/* SPDX-License-Identifier: MIT */
#include "threadpool/processor_time.h"

#include <criterion/criterion.h>
#include <time.h>
#include <unistd.h>

static int64_t own_processor_ns(void) {
    struct timespec time;
    (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return time.tv_sec * INT64_C(1000000000) + time.tv_nsec;
}

Test(processor_time, of_a_thread_lies_between_two_looks_at_its_own_clock) {
    struct processor_time time = {.running_ns = -1, .waiting_ns = -1};
    int64_t begin = own_processor_ns();
    if (!processor_time_read((int)gettid(), &time)) {
        cr_skip_test("this kernel tells nothing of it (CONFIG_SCHED_INFO)");
    }
    cr_expect_leq(time.running_ns, own_processor_ns());
    cr_expect_geq(time.running_ns, begin - 20 * 1000 * 1000, "the kernel may lag by a tick");
    cr_expect_geq(time.waiting_ns, 0);
}

Test(processor_time, of_nobody_is_not_known) {
    struct processor_time time = {.running_ns = 1, .waiting_ns = 2};
    cr_expect_not(processor_time_read(0, &time));
    cr_expect_eq(time.running_ns, 1);
    cr_expect_eq(time.waiting_ns, 2);
}
