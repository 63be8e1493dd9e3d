/* SPDX-License-Identifier: MIT */
/* Linked with support_memory_faults.c and its --wrap for malloc, calloc, realloc, strdup and free. */
#include "http/files/order/selection.h"
#include "tests/unit/support/memory_faults.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAME_BYTES = sizeof "18446744073709551615" };

static struct memory_budget budget = {.limit_bytes = SIZE_MAX};
static size_t compare_count;

static int by_bytes(const struct folder_entry *a, const struct folder_entry *b) {
    compare_count++;
    return strcmp(a->name, b->name);
}

static void tear_down(void) {
    memory_demand_live(0);
}

TestSuite(selection, .fini = tear_down, .timeout = 60);

static int offer(struct selection *selection, const char *name) {
    char own[NAME_BYTES]; /* dies: the selection has to have a copy */
    cr_assert_lt(snprintf(own, sizeof own, "%s", name), (int)sizeof own);
    return selection_offer(selection, &(struct folder_entry){.name = own, .size = (off_t)strlen(name)});
}

/* Take all, expect them to be these names from the last to the first, and release them. */
static void expect_all(struct selection *selection, const char *const *names, size_t count) {
    cr_assert_eq(selection->count, count, "%zu instead of %zu", selection->count, count);
    for (size_t i = count; i-- > 0;) {
        struct folder_entry last = selection_take_last(selection);
        cr_expect_str_eq(last.name, names[i]);
        cr_expect_eq(last.size, (off_t)strlen(names[i]), "the rest of the entry was kept");
        selection_release(selection, &last);
        cr_expect_null(last.name);
    }
    cr_expect_eq(selection->count, 0);
}

Test(selection, keeps_the_first_ones) {
    static const char *const offered[] = {"m", "c", "x", "a", "z", "b", "y", "n"};
    static const char *const first[] = {"a", "b", "c", "m", "n", "x", "y", "z"};
    for (size_t wanted = 1; wanted <= 10; wanted++) {
        struct selection selection;
        selection_init(&selection, by_bytes, wanted, &budget);
        for (size_t i = 0; i < 8; i++) {
            cr_assert_eq(offer(&selection, offered[i]), 0);
        }
        expect_all(&selection, first, wanted < 8 ? wanted : 8);
        selection_deinit(&selection);
        cr_expect_eq(budget.used_bytes, 0, "wanted %zu", wanted);
    }
}

static uint32_t random_state = 7;

static size_t below(size_t end) { /* the same in every run */
    random_state = random_state * 1664525 + 1013904223;
    return (random_state >> 8) % end;
}

static int by_name(const void *left, const void *right) {
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

Test(selection, agrees_with_sorting_all) {
    enum { COUNT = 700 };
    static char names[COUNT][NAME_BYTES];
    const char *sorted[COUNT];
    for (int round = 0; round < 60; round++) {
        for (size_t i = 0; i < COUNT; i++) {
            (void)snprintf(names[i], sizeof names[i], "%07zu", i);
            sorted[i] = names[i];
        }
        for (size_t i = COUNT; round % 3 != 0 && i > 1;
             i--) { /* else in order: the worst case for some heaps */
            size_t other = below(i);
            char moved[NAME_BYTES];
            memcpy(moved, names[i - 1], 8);
            memcpy(names[i - 1], names[other], NAME_BYTES);
            memcpy(names[other], moved, NAME_BYTES);
        }
        struct selection selection;
        size_t wanted = 1 + below(COUNT + 50);
        selection_init(&selection, by_bytes, wanted, &budget);
        for (size_t i = 0; i < COUNT; i++) {
            cr_assert_eq(offer(&selection, round % 2 == 0 ? names[i] : names[COUNT - 1 - i]), 0);
        }
        cr_assert_leq(selection.capacity, wanted);
        qsort(sorted, COUNT, sizeof sorted[0], by_name);
        expect_all(&selection, sorted, wanted < COUNT ? wanted : COUNT);
        selection_deinit(&selection);
    }
    cr_expect_eq(budget.used_bytes, 0);
}

Test(selection, forgets_at_once_what_does_not_belong_to_it) {
    struct selection selection;
    selection_init(&selection, by_bytes, 2, &budget);
    cr_assert_eq(offer(&selection, "b"), 0);
    cr_assert_eq(offer(&selection, "c"), 0);
    size_t used = budget.used_bytes;
    ptrdiff_t live = memory_live_count();
    memory_fail_after(0); /* not even copied */
    compare_count = 0;
    cr_expect_eq(offer(&selection, "d"), 0);
    cr_expect_eq(offer(&selection, "c"), 0, "what is equal to the last one is not better");
    cr_expect_eq(compare_count, 2);
    cr_expect_not(memory_stop_failing());
    cr_assert_eq(offer(&selection, "a"), 0); /* in place of "c" */
    cr_expect_eq(budget.used_bytes, used);
    cr_expect_eq(memory_live_count(), live);
    expect_all(&selection, (const char *const[]){"a", "b"}, 2);
    selection_deinit(&selection);
}

Test(selection, is_set_up_without_memory) {
    struct selection selection;
    memory_fail_after(0);
    selection_init(&selection, by_bytes, SIZE_MAX, &budget);
    cr_expect_not(memory_stop_failing());
    cr_expect_eq(budget.used_bytes, 0);
    selection_deinit(&selection);
    selection_deinit(&selection);
    cr_expect_eq(budget.used_bytes, 0);
}

Test(selection, needs_no_budget) {
    struct selection selection;
    selection_init(&selection, by_bytes, 1, NULL);
    cr_expect_eq(offer(&selection, "b"), 0);
    cr_expect_eq(offer(&selection, "a"), 0);
    expect_all(&selection, (const char *const[]){"a"}, 1);
    selection_deinit(&selection);
}

Test(selection, keeps_what_it_has_when_there_is_no_memory) {
    struct selection selection;
    selection_init(&selection, by_bytes, 2, &budget);
    for (size_t successes = 0; successes < 2; successes++) { /* the heap, the name */
        memory_fail_after(successes);
        cr_expect_eq(offer(&selection, "b"), -ENOMEM);
        cr_expect(memory_stop_failing());
        cr_expect_eq(selection.count, 0);
    }
    cr_expect_eq(budget.used_bytes, memory_held(2 * sizeof(struct folder_entry)),
                 "the heap, with room for no more than is wanted");
    cr_assert_eq(offer(&selection, "b"), 0);
    cr_assert_eq(offer(&selection, "c"), 0);
    size_t used = budget.used_bytes;
    memory_fail_after(0);
    cr_expect_eq(offer(&selection, "a"), -ENOMEM);
    cr_expect(memory_stop_failing());
    cr_expect_eq(budget.used_bytes, used);
    expect_all(&selection, (const char *const[]){"b", "c"}, 2);
    selection_deinit(&selection);
    cr_expect_eq(budget.used_bytes, 0);
}

/* Offer this many names of seven letters, to a budget. Returns how many were taken. */
static size_t fill(struct memory_budget *own, size_t count) {
    struct selection selection;
    size_t taken = 0;
    int result = 0;
    selection_init(&selection, by_bytes, count, own);
    while (taken < count && result == 0) {
        char name[NAME_BYTES];
        (void)snprintf(name, sizeof name, "%07zu", taken);
        result = offer(&selection, name);
        taken += result == 0 ? 1 : 0;
        cr_expect_leq(own->used_bytes, own->limit_bytes);
        cr_expect_eq(own->used_bytes, selection.budget_bytes);
    }
    cr_expect(taken == count || result == -ENOMEM);
    cr_expect_eq(selection.count, taken);
    selection_deinit(&selection);
    cr_expect_eq(own->used_bytes, 0, "all is given back");
    return taken;
}

Test(selection, keeps_to_its_budget) {
    enum { COUNT = 100, FIRST = 64 };
    size_t name = memory_held(sizeof "0000000");
    size_t bytes = memory_held(COUNT * sizeof(struct folder_entry)) + COUNT * name;
    size_t first_bytes = memory_held(FIRST * sizeof(struct folder_entry)) + (FIRST + 1) * name;
    cr_expect_eq(fill(&(struct memory_budget){.limit_bytes = bytes}, COUNT), COUNT);
    cr_expect_eq(fill(&(struct memory_budget){.limit_bytes = bytes - 1}, COUNT), COUNT - 1);
    cr_expect_eq(fill(&(struct memory_budget){.limit_bytes = first_bytes}, COUNT), FIRST,
                 "the heap has to grow");
    cr_expect_eq(fill(&(struct memory_budget){.limit_bytes = 0}, COUNT), 0);
}

Test(selection, lets_those_that_were_taken_outlive_it) {
    struct selection selection;
    selection_init(&selection, by_bytes, 3, &budget);
    cr_assert_eq(offer(&selection, "a"), 0);
    cr_assert_eq(offer(&selection, "bcd"), 0);
    struct folder_entry last = selection_take_last(&selection);
    selection_deinit(&selection);
    selection_deinit(&selection); /* does nothing */
    cr_expect_str_eq(last.name, "bcd");
    cr_expect_eq(budget.used_bytes, memory_held(sizeof "bcd"));
    selection_release(&selection, &last);
    cr_expect_eq(budget.used_bytes, 0);
}

Test(selection, drops_no_more_than_it_is_told_to) {
    struct selection selection;
    selection_init(&selection, by_bytes, 10, &budget);
    for (size_t i = 0; i < 5; i++) {
        cr_assert_eq(offer(&selection, (const char *[]){"e", "d", "c", "b", "a"}[i]), 0);
    }
    ptrdiff_t live = memory_live_count();
    cr_expect_not(selection_drop(&selection, 0));
    cr_expect_not(selection_drop(&selection, 3));
    cr_expect_eq(memory_live_count(), live - 3);
    cr_expect_eq(selection.count, 2);
    cr_expect(selection_drop(&selection, 2));
    cr_expect(selection_drop(&selection, 1), "there was none");
    cr_expect_eq(budget.used_bytes, memory_held(10 * sizeof(struct folder_entry)));
    selection_deinit(&selection);
    cr_expect_eq(budget.used_bytes, 0);
}

Test(selection, compares_few_times_even_when_each_entry_is_better_than_all_before) {
    enum { WANTED = 1024, COUNT = 20 * WANTED };
    struct selection selection;
    selection_init(&selection, by_bytes, WANTED, &budget);
    for (size_t i = COUNT; i > 0; i--) {
        char name[NAME_BYTES];
        (void)snprintf(name, sizeof name, "%07zu", i);
        if (i == COUNT - WANTED) {
            compare_count = 0;
        }
        cr_assert_eq(offer(&selection, name), 0);
    }
    /* One with the top, one on each of its ten levels, and one to see that it is at its place. */
    cr_expect_lt(compare_count, (COUNT - WANTED) * 13, "%zu for each", compare_count / (COUNT - WANTED));
    selection_deinit(&selection);
}
