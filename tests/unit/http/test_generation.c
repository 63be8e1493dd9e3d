/* SPDX-License-Identifier: MIT */
#include "http/generation.h"

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
    struct generation_holder holder = {0};
    generation_place_init(&place, &first);
    cr_assert_eq(generation_take(&holder, &place), &first);
    struct generation *again = generation_hold(&first);
    generation_place_change(&place, &second);
    cr_expect_eq(destroyed, 0);
    cr_expect_eq(generation_take(&holder, &place), &second);
    cr_expect_eq(destroyed, 0, "somebody still answers with it");
    generation_release(again);
    cr_expect_eq(destroyed, 1);
    generation_leave(&holder, &place);
    generation_place_deinit(&place);
    cr_expect_eq(destroyed, 2);
}

Test(generation, takes_one_hold_however_often_it_is_taken) {
    struct generation first = make();
    struct generation_place place;
    struct generation_holder holder = {0};
    generation_place_init(&place, &first);
    for (int i = 0; i < 3; i++) {
        (void)generation_take(&holder, &place);
    }
    cr_expect_eq(atomic_load(&first.holds), 2);
    generation_leave(&holder, &place);
    generation_place_deinit(&place);
    cr_expect_eq(destroyed, 1);
    generation_release(NULL);
}

Test(generation, does_not_wait_for_who_sleeps) {
    struct generation first = make();
    struct generation second = make();
    struct generation_place place;
    struct generation_holder asleep = {0};
    struct generation_holder awake = {0};
    generation_place_init(&place, &first);
    (void)generation_take(&asleep, &place);
    (void)generation_take(&awake, &place);
    generation_put_down(&asleep, &place);
    generation_place_change(&place, &second);
    cr_expect_eq(destroyed, 0, "one is awake");
    generation_put_down(&awake, &place);
    cr_expect_eq(destroyed, 1, "what is put down too late is given up at once");
    cr_expect_eq(generation_take(&asleep, &place), &second);
    generation_leave(&asleep, &place);
    generation_leave(&awake, &place);
    generation_place_deinit(&place);
    cr_expect_eq(destroyed, 2);
}

Test(generation, is_picked_up_again_when_nothing_has_changed) {
    struct generation first = make();
    struct generation_place place;
    struct generation_holder holder = {0};
    generation_place_init(&place, &first);
    (void)generation_take(&holder, &place);
    generation_put_down(&holder, &place);
    generation_put_down(&holder, &place);
    cr_expect_eq(generation_take(&holder, &place), &first);
    cr_expect_eq(atomic_load(&first.holds), 2);
    generation_put_down(&holder, &place);
    generation_leave(&holder, &place);
    cr_expect_eq(atomic_load(&first.holds), 1, "also a hold that is put down is given up");
    generation_place_deinit(&place);
}
