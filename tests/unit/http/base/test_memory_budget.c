/* SPDX-License-Identifier: MIT */
#include "http/base/memory_budget.h"

#include <criterion/criterion.h>
#include <pthread.h>
#include <stdint.h>

Test(memory_budget, gives_out_what_it_has_and_no_more) {
    struct memory_budget budget = {.limit_bytes = 100};
    cr_expect(memory_budget_take(&budget, 0));
    cr_expect(memory_budget_take(&budget, 60));
    cr_expect_not(memory_budget_take(&budget, 41));
    cr_expect_eq(budget.used_bytes, 60, "nothing is taken when there is not enough");
    cr_expect(memory_budget_take(&budget, 40));
    cr_expect_not(memory_budget_take(&budget, 1));
    cr_expect(memory_budget_take(&budget, 0));
    memory_budget_give(&budget, 40);
    cr_expect_eq(budget.used_bytes, 60);
    cr_expect(memory_budget_take(&budget, 1));
}

Test(memory_budget, keeps_a_half_from_who_can_do_without) {
    struct memory_budget budget = {.limit_bytes = 100};
    cr_expect(memory_budget_take_spare(&budget, 50));
    cr_expect_not(memory_budget_take_spare(&budget, 1));
    cr_expect(memory_budget_take(&budget, 1));
    memory_budget_give(&budget, 11);
    cr_expect(memory_budget_take_spare(&budget, 10));
    cr_expect_eq(budget.used_bytes, 50);
    cr_expect(memory_budget_take_spare(NULL, SIZE_MAX));
}

Test(memory_budget, is_not_misled_by_sizes_that_would_wrap_round) {
    struct memory_budget budget = {.limit_bytes = 100};
    cr_expect(memory_budget_take(&budget, 50));
    cr_expect_not(memory_budget_take(&budget, SIZE_MAX));
    cr_expect_not(memory_budget_take(&budget, SIZE_MAX - 49));
    cr_expect_eq(budget.used_bytes, 50);
}

Test(memory_budget, of_nothing_gives_nothing) {
    struct memory_budget budget = {.limit_bytes = 0};
    cr_expect_not(memory_budget_take(&budget, 1));
    cr_expect(memory_budget_take(&budget, 0));
}

Test(memory_budget, without_end_always_has_enough) {
    cr_expect(memory_budget_take(NULL, SIZE_MAX));
    memory_budget_give(NULL, SIZE_MAX);
}

enum { THREADS = 4, ROUNDS = 20 * 1000, SHARE = 3, LIMIT = 2 * SHARE + 1 };

struct crowd {
    struct memory_budget budget;
    atomic_size_t held; /* raised before giving back, so that it is never more than what was really taken */
    atomic_size_t most_held;
    atomic_size_t success_count;
};

static void *take_and_give(void *argument) {
    struct crowd *crowd = argument;
    for (int i = 0; i < ROUNDS; i++) {
        if (!memory_budget_take(&crowd->budget, SHARE)) {
            continue;
        }
        atomic_fetch_add(&crowd->success_count, 1);
        size_t held = atomic_fetch_add(&crowd->held, SHARE) + SHARE;
        size_t most = atomic_load(&crowd->most_held);
        while (held > most && !atomic_compare_exchange_weak(&crowd->most_held, &most, held)) {
        }
        atomic_fetch_sub(&crowd->held, SHARE);
        memory_budget_give(&crowd->budget, SHARE);
    }
    return NULL;
}

Test(memory_budget, holds_between_threads, .timeout = 60) {
    struct crowd crowd = {.budget = {.limit_bytes = LIMIT}};
    pthread_t threads[THREADS];
    for (size_t i = 0; i < THREADS; i++) {
        cr_assert_eq(pthread_create(&threads[i], NULL, take_and_give, &crowd), 0);
    }
    for (size_t i = 0; i < THREADS; i++) {
        cr_assert_eq(pthread_join(threads[i], NULL), 0);
    }
    cr_expect_eq(crowd.budget.used_bytes, 0);
    cr_expect_leq(crowd.most_held, LIMIT);
    cr_expect_geq(crowd.success_count, ROUNDS, "somebody always has enough");
}
