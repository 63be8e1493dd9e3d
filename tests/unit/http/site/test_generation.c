/* SPDX-License-Identifier: MIT */
#include "http/site/generation.h"

#include <criterion/criterion.h>

TestSuite(generation, .timeout = 60);

static size_t destroyed;

static void destroy(struct generation *generation) {
    cr_assert_eq(atomic_load(&generation->holds), 0);
    destroyed++;
}

static struct generation make(void) {
    struct generation generation = {.destroy = destroy};
    atomic_init(&generation.holds, 1);
    return generation;
}

Test(generation, lives_in_its_place_until_the_next_one_comes) {
    struct generation first = make();
    struct generation second = make();
    struct generation_place place;
    generation_place_init(&place, &first);
    cr_expect_eq(destroyed, 0);
    generation_place_change(&place, &second);
    cr_expect_eq(destroyed, 1);
    generation_place_deinit(&place);
    cr_expect_eq(destroyed, 2);
}

Test(generation, lives_as_long_as_somebody_holds_it) {
    struct generation first = make();
    struct generation second = make();
    struct generation_place place;
    struct generation *held = NULL;
    generation_place_init(&place, &first);
    generation_renew(&held, &place);
    cr_assert_eq(held, &first);
    struct generation *again = generation_hold(held);
    generation_place_change(&place, &second);
    cr_expect_eq(destroyed, 0);
    generation_renew(&held, &place);
    cr_expect_eq(held, &second);
    cr_expect_eq(destroyed, 0, "somebody still answers with it");
    generation_release(again);
    cr_expect_eq(destroyed, 1);
    generation_place_deinit(&place);
    generation_release(held);
    cr_expect_eq(destroyed, 2);
}

Test(generation, takes_one_hold_however_often_it_is_renewed) {
    struct generation first = make();
    struct generation_place place;
    struct generation *held = NULL;
    generation_place_init(&place, &first);
    for (int i = 0; i < 3; i++) {
        generation_renew(&held, &place);
    }
    cr_expect_eq(atomic_load(&first.holds), 2);
    generation_release(held);
    generation_place_deinit(&place);
    cr_expect_eq(destroyed, 1);
    generation_release(NULL);
}
