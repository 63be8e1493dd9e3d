/* SPDX-License-Identifier: MIT */
#include "http/base/clock.h"
#include "server/measure/others.h"

#include <criterion/criterion.h>

static struct others others;
static struct measure_counts counts;
static int64_t now_ns;

/* So many seconds, each with so many requests, for which others compute for so long, besides what they do anyway. */
static void live(int seconds, uint64_t requests, uint64_t each_ns, uint64_t anyway_ns) {
    for (int i = 0; i < seconds; i++) {
        now_ns += CLOCK_NS_PER_S;
        counts.requests += requests;
        counts.times.process_ns += requests * 5000;
        counts.times.machine_busy_ns += requests * (5000 + each_ns) + anyway_ns;
        others_look(&others, now_ns, &counts);
    }
}

static void expect_near(double value, double expected) {
    cr_expect(value > 0.95 * expected && value < 1.05 * expected, "%g is not near %g", value, expected);
}

Test(others, are_told_apart_as_soon_as_the_rate_has_changed) {
    live(5, 0, 20000, 300000000);
    live(10, 10000, 20000, 300000000);
    expect_near(others_per_request_s(&others), 20e-6);
}

Test(others, do_nothing_for_requests_as_far_as_is_known) {
    cr_expect_eq(others_per_request_s(&others), 0, "nothing was seen");
    live(20, 10000, 20000, 300000000);
    cr_expect_eq(others_per_request_s(&others), 0, "the rate was always the same");
}

Test(others, do_nothing_for_requests_if_they_do_the_same_at_any_rate) {
    for (int i = 0; i < 30; i++) {
        live(1, i % 2 == 0 ? 0 : 10000, 0, i % 3 == 0 ? 900000000 : 800000000);
    }
    cr_expect_lt(others_per_request_s(&others), 2e-6);
}

Test(others, may_do_more_the_fewer_requests_there_are) {
    live(10, 0, 0, 1900000000);
    live(10, 10000, 0, 1000000000);
    cr_expect_eq(others_per_request_s(&others), 0);
}

Test(others, are_forgotten_after_some_minutes) {
    live(5, 0, 20000, 0);
    live(60, 10000, 20000, 0);
    for (int i = 0; i < 1500; i++) {
        live(1, i % 2 == 0 ? 5000 : 10000, 40000, 0);
    }
    expect_near(others_per_request_s(&others), 40e-6);
}

Test(others, count_for_nothing_where_the_kernel_tells_nothing) {
    for (int i = 0; i < 20; i++) {
        now_ns += CLOCK_NS_PER_S;
        counts.requests += (uint64_t)i * 100;
        counts.times.process_ns += (uint64_t)i * 1000000;
        others_look(&others, now_ns, &counts);
    }
    cr_expect_eq(others_per_request_s(&others), 0);
    cr_expect_eq(others_used(&counts.times, 20), 0);
}
