/* SPDX-License-Identifier: MIT */
#include "server/log/names/kept.h"
#include "tests/unit/support/memory_faults.h"

#include <criterion/criterion.h>

/* More than the first table of uthash.h has room for without growing. */
enum { CLIENTS = 1000 };

static struct kept_names kept;

static void nothing_is_left(void) {
    kept_names_deinit(&kept);
    memory_demand_live(0);
}

TestSuite(kept, .fini = nothing_is_left, .timeout = 60);

static struct client_address address_of(size_t number) {
    return (struct client_address){.family = AF_INET,
                                   .bytes = {192, 0, (uint8_t)(number >> 8), (uint8_t)number}};
}

static bool has(size_t number) {
    struct client_address address = address_of(number);
    return kept_names_find(&kept, &address, 0) != NULL;
}

/* Fail at every step of it once, then without failure. Returns how often there was no memory. */
static size_t add_in_spite_of_failures(size_t number) {
    struct client_address address = address_of(number);
    struct kept_name *added = NULL;
    size_t failures = 0;
    while (added == NULL) {
        memory_fail_after(failures);
        added = kept_names_add(&kept, &address, 0);
        bool has_failed = memory_stop_failing();
        cr_assert_eq(added == NULL, has_failed, "client %zu, failure %zu", number, failures);
        cr_assert_eq(has(number), added != NULL);
        failures += has_failed ? 1 : 0;
    }
    return failures;
}

Test(kept, does_without_a_client_for_which_there_is_no_memory) {
    size_t failures_max = 0;
    for (size_t i = 0; i < CLIENTS; i++) {
        size_t failures = add_in_spite_of_failures(i);
        failures_max = failures > failures_max ? failures : failures_max;
    }
    for (size_t i = 0; i < CLIENTS; i++) {
        cr_assert(has(i), "client %zu", i);
    }
    cr_expect_gt(failures_max, 1, "the table itself takes memory, too");
}
