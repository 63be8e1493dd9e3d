/* SPDX-License-Identifier: MIT */
/* Which request is said to have come at the time that the worker was told. */
#include "http/site.h"
#include "tests/unit/support_serving.h"

#include <criterion/criterion.h>

enum { RESOLVED_MAX = 8 };

static int64_t arrivals[RESOLVED_MAX];
static size_t resolved_count;

void __real_site_resolve(const struct site *site, const struct target *target, int64_t arrived_ns,
                         struct resolution *resolution);
void __wrap_site_resolve(const struct site *site, const struct target *target, int64_t arrived_ns,
                         struct resolution *resolution);

void __wrap_site_resolve(const struct site *site, const struct target *target, int64_t arrived_ns,
                         struct resolution *resolution) {
    cr_assert_lt(resolved_count, (size_t)RESOLVED_MAX);
    arrivals[resolved_count++] = arrived_ns;
    __real_site_resolve(site, target, arrived_ns, resolution);
}

TestSuite(connection_arrival, .init = serving_set_up, .fini = serving_tear_down, .timeout = 60);

#define GET_SMALL "GET /small HTTP/1.1\r\nHost: a\r\n\r\n"

Test(connection_arrival, is_that_of_the_first_request_of_a_turn) {
    worker.arrived_ns = 77;
    EXPECT_SENT_AND_SERVED(GET_SMALL GET_SMALL, CONNECTION_WAIT_READABLE, CONNECTION_IDLE);
    cr_assert_eq(resolved_count, 2);
    cr_expect_eq(arrivals[0], 77);
    cr_expect_eq(arrivals[1], 0, "it may have come later");
}

Test(connection_arrival, is_that_of_the_last_part_that_was_waited_for) {
    worker.arrived_ns = 77;
    EXPECT_SENT_AND_SERVED("GET /small HTTP/1.1\r\n", CONNECTION_WAIT_READABLE, CONNECTION_READING);
    worker.arrived_ns = 88;
    EXPECT_SENT_AND_SERVED("Host: a\r\n\r\n", CONNECTION_WAIT_READABLE, CONNECTION_IDLE);
    cr_assert_eq(resolved_count, 1);
    cr_expect_eq(arrivals[0], 88);
}

Test(connection_arrival, is_unknown_unless_told) {
    EXPECT_SENT_AND_SERVED(GET_SMALL, CONNECTION_WAIT_READABLE, CONNECTION_IDLE);
    cr_assert_eq(resolved_count, 1);
    cr_expect_eq(arrivals[0], 0);
}

/* The empty line may have come long before, and the request just now. */
Test(connection_arrival, is_unknown_behind_an_empty_line) {
    worker.arrived_ns = 77;
    EXPECT_SENT_AND_SERVED("\r\n" GET_SMALL, CONNECTION_WAIT_READABLE, CONNECTION_IDLE);
    worker.arrived_ns = 88;
    EXPECT_SENT_AND_SERVED("\r\n", CONNECTION_WAIT_READABLE, CONNECTION_IDLE);
    worker.arrived_ns = 99;
    EXPECT_SENT_AND_SERVED(GET_SMALL, CONNECTION_WAIT_READABLE, CONNECTION_IDLE);
    cr_assert_eq(resolved_count, 2);
    cr_expect_eq(arrivals[0], 0);
    cr_expect_eq(arrivals[1], 99, "the line was read before");
}
