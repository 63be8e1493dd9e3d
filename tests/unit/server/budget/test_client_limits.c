/* SPDX-License-Identifier: MIT */
#include "conf/config.h"
#include "server/budget/client_limits.h"
#include "server/descriptor_limit.h"

#include <criterion/criterion.h>

enum { MIB = 1024 * 1024, MANY = 1000 * 1000 };

static struct config config;

static void set_up(void) {
    cr_assert_eq(config_init(&config), 0);
}

static void tear_down(void) {
    config_deinit(&config);
}

TestSuite(client_limits, .init = set_up, .fini = tear_down, .timeout = 60);

Test(client_limits, follow_the_memory_where_that_is_scarce) {
    struct client_limits limits = client_limits_of(&config, MANY, 64 * MIB);
    cr_expect_eq(limits.connections, 4096);
    cr_expect_eq(limits.connections_of_one, 3072);
    cr_expect(limits.local_are_exempt);
    cr_expect_eq(limits.request_bytes, 8 * MIB);
}

Test(client_limits, follow_the_descriptors_where_those_are_scarce) {
    struct client_limits limits = client_limits_of(&config, 1000, UINT64_MAX);
    cr_expect_eq(limits.connections, descriptor_limit_connections(1000));
    cr_expect_eq(limits.request_bytes, CLIENT_LIMITS_REQUEST_MAX_BYTES);
}

Test(client_limits, leave_something_in_the_smallest_place) {
    struct client_limits limits = client_limits_of(&config, 10, 1);
    cr_expect_eq(limits.connections, 1);
    cr_expect_eq(limits.connections_of_one, 1);
    cr_expect_eq(limits.request_bytes, CLIENT_LIMITS_REQUEST_MIN_BYTES);
}

Test(client_limits, are_what_the_config_says) {
    config.max_connections = 100;
    config.max_connections_per_client = 7;
    config.request_memory_bytes = 5 * MIB;
    struct client_limits limits = client_limits_of(&config, 50, MIB);
    cr_expect_eq(limits.connections, 100);
    cr_expect_eq(limits.connections_of_one, 7);
    cr_expect_not(limits.local_are_exempt);
    cr_expect_eq(limits.request_bytes, 5 * MIB);
}

Test(client_limits, take_no_share_of_a_few_away) {
    for (size_t count = 1; count < 4; count++) {
        config.max_connections = count;
        cr_expect_eq(client_limits_of(&config, MANY, UINT64_MAX).connections_of_one, count);
    }
}
