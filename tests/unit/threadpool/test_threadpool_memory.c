/* SPDX-License-Identifier: MIT */
/* A pool without memory for one of its parts. Link as tests/unit/gated_pool.h says. */
#include "tests/unit/support/memory_faults.h"
#include "tests/unit/threadpool/gated_pool.h"
#include "threadpool/threadpool.h"

#include <criterion/criterion.h>
#include <errno.h>

TestSuite(threadpool_memory, .timeout = 20);

Test(threadpool_memory, that_fails_leaves_no_pool) {
    size_t successes = 0;
    init_gates();
    options.thread_count = 2;
    options.later_capacity = 16;
    for (bool failed = true; failed; successes++) {
        ptrdiff_t before = memory_live_count();
        struct threadpool *made = NULL;
        memory_fail_after(successes);
        int result = threadpool_create(&made, &options);
        failed = memory_stop_failing();
        cr_expect_eq(result, failed ? -ENOMEM : 0, "allocation %zu: %d", successes, result);
        cr_expect_eq(made == NULL, failed, "allocation %zu", successes);
        threadpool_destroy(made);
        cr_expect_eq(memory_live_count(), before, "allocation %zu", successes);
    }
    cr_expect_gt(successes, 4);
}

Test(threadpool_memory, that_fails_leaves_the_pool_as_large_as_it_was) {
    create(1, 8);
    size_t successes = 0;
    for (bool failed = true; failed; successes++) {
        memory_fail_after(successes);
        int result = threadpool_resize(pool, 3);
        failed = memory_stop_failing();
        cr_expect_eq(result, failed ? -ENOMEM : 0, "allocation %zu: %d", successes, result);
        cr_expect_eq(stats().thread_count, failed ? 1 : 3, "allocation %zu", successes);
    }
    cr_expect_gt(successes, 1);
    occupy(3);
    open_gate(3);
    stop_and_expect_served(3);
}
