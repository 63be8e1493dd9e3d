/* SPDX-License-Identifier: MIT */
#include "server/tune/sweep.h"
#include "tests/unit/server/tune/made_sweep.h"

#include <criterion/criterion.h>

TestSuite(sweep, .timeout = 60);

static struct sweep_advice advice;

static double flat(size_t threads) {
    (void)threads;
    return 10000;
}

/* Up to so many threads each one brings as much as the first; beyond, nothing. */
static double rises_to_2(size_t threads) {
    return threads < 2 ? 6000 : 12000;
}

static double rises_to_11(size_t threads) {
    return threads < 11 ? 100 * (double)threads : 1100;
}

static double rises_without_end(size_t threads) {
    return 50 * (double)threads;
}

/* More threads than 4 are in each other's way. */
static double falls_behind_4(size_t threads) {
    return threads <= 4 ? 1000 * (double)threads : 4000 / (double)threads;
}

static double is_0(size_t threads) {
    (void)threads;
    return 0;
}

static bool was_measured(size_t threads) {
    for (size_t i = 0; i < sweep.count; i++) {
        if (sweep.points[i].threads == threads) {
            return true;
        }
    }
    return false;
}

static size_t advised(void) {
    cr_assert(sweep_advise(&sweep, &advice));
    return advice.point->threads;
}

Test(sweep, begins_with_the_size_in_force_and_the_powers_of_two) {
    static const size_t expected[] = {6, 1, 2, 4, 8, 16, 32, 64};
    made_sweep_begin(rises_without_end, NULL);
    sweep.threads_now = 6;
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        cr_assert_eq(sweep_next(&sweep), expected[i]);
        made_sweep_measure(expected[i], 1e-3);
    }
}

Test(sweep, takes_the_size_in_force_even_if_it_is_larger_than_any) {
    made_sweep_begin(flat, NULL);
    sweep.threads_now = 300;
    (void)made_sweep_run();
    cr_expect(was_measured(300));
    cr_expect_eq(advised(), 1);
}

Test(sweep, ends_soon_where_more_threads_bring_nothing) {
    made_sweep_begin(rises_to_2, NULL);
    cr_expect_leq(made_sweep_run(), 7);
    cr_expect(!was_measured(32), "after 4 and 8 brought nothing");
    cr_expect_eq(advised(), 2);
}

Test(sweep, goes_on_while_one_of_the_modes_has_use_for_more) {
    made_sweep_begin(rises_to_2, rises_without_end);
    (void)made_sweep_run();
    cr_expect_eq(advised(), 64);
    cr_expect(was_measured(48) && was_measured(56), "what lies below was tried");
}

Test(sweep, finds_what_lies_between_powers_of_two) {
    made_sweep_begin(rises_to_11, NULL);
    (void)made_sweep_run();
    cr_expect(advised() == 11 || advised() == 12, "%zu", advised());
    cr_expect(advice.share[TUNE_MEMORY] >= SWEEP_GOOD_SHARE);
}

Test(sweep, measures_the_best_again) {
    made_sweep_begin(falls_behind_4, NULL);
    (void)made_sweep_run();
    cr_expect_eq(advised(), 4);
    cr_expect_eq(advice.point->rounds, 2);
    cr_expect_eq(advice.best[TUNE_MEMORY], advice.point);
}

Test(sweep, where_the_modes_disagree_takes_the_size_that_loses_least) {
    made_sweep_begin(falls_behind_4, rises_to_11);
    (void)made_sweep_run();
    size_t threads = advised();
    cr_expect(threads == 4 || threads == 5, "%zu", threads);
    cr_expect(advice.share[TUNE_DISK] < SWEEP_GOOD_SHARE);
}

Test(sweep, takes_more_threads_where_one_answer_in_a_hundred_takes_too_long) {
    made_sweep_begin(flat, NULL);
    made_sweep_measure(1, 50e-3);
    made_sweep_measure(2, 30e-3);
    made_sweep_measure(4, 10e-3);
    made_sweep_measure(8, 9e-3);
    cr_expect_eq(advised(), 4);
    cr_assert(advice.slow != NULL);
    cr_expect_eq(advice.slow->threads, 1);
}

Test(sweep, counts_only_what_was_measured_in_full) {
    made_sweep_begin(flat, flat);
    cr_expect(!sweep_advise(&sweep, &advice), "nothing was");
    cr_assert(sweep_take(&sweep, 1) != NULL);
    sweep.points[0].of[TUNE_MEMORY] = (struct tune_figures){.requests = 1000000, .elapsed_ns = 1000};
    cr_expect(!sweep_advise(&sweep, &advice), "one mode is missing");
    made_sweep_measure(2, 1e-3);
    cr_expect_eq(advised(), 2);
}

Test(sweep, comes_to_an_end_where_nothing_is_answered) {
    made_sweep_begin(is_0, is_0);
    (void)made_sweep_run();
    cr_expect_eq(advised(), 1);
}

Test(sweep, keeps_its_points_in_order_and_has_a_bound) {
    made_sweep_begin(flat, NULL);
    for (size_t i = 0; i < SWEEP_POINTS_MAX; i++) {
        cr_assert(sweep_take(&sweep, i % 2 == 0 ? 100 - i : 100 + i) != NULL);
    }
    for (size_t i = 1; i < sweep.count; i++) {
        cr_expect(sweep.points[i - 1].threads < sweep.points[i].threads);
    }
    cr_expect(sweep_take(&sweep, 1) == NULL);
    cr_expect(sweep_take(&sweep, 100) != NULL, "this one is there");
}

Test(sweep, says_how_many_measurements_there_may_be) {
    made_sweep_begin(rises_without_end, rises_to_11);
    size_t most = sweep_rounds_max(&sweep);
    cr_expect_leq(made_sweep_run(), most);
}
