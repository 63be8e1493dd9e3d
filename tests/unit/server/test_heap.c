/* SPDX-License-Identifier: MIT */
#include "server/heap.h"

#include <criterion/criterion.h>
#ifdef __GLIBC__

enum { NOW_MS = 5000 };

static struct heap heap;
static const char settings[3]; /* stand for them by their addresses */
static int trim_count;

int __wrap_malloc_trim(size_t pad);

int __wrap_malloc_trim(size_t pad) {
    cr_assert_eq(pad, 0);
    trim_count++;
    return 1;
}

Test(heap, is_left_alone_while_the_settings_are_the_same) {
    for (int i = 0; i < 5; i++) {
        cr_expect_not(heap_look(&heap, &settings[0], NOW_MS + (int64_t)i * HEAP_PATIENCE_MS));
    }
    cr_expect_eq(trim_count, 0);
}

Test(heap, gives_back_once_some_time_after_a_change) {
    (void)heap_look(&heap, &settings[0], NOW_MS);
    cr_expect(heap_look(&heap, &settings[1], NOW_MS), "it has to be called again");
    cr_expect(heap_look(&heap, &settings[1], NOW_MS + HEAP_PATIENCE_MS - 1));
    cr_expect_eq(trim_count, 0, "the former ones may still be in use");
    cr_expect_not(heap_look(&heap, &settings[1], NOW_MS + HEAP_PATIENCE_MS));
    cr_expect_eq(trim_count, 1);
    cr_expect_not(heap_look(&heap, &settings[1], NOW_MS + 3 * HEAP_PATIENCE_MS));
    cr_expect_eq(trim_count, 1);
}

Test(heap, does_not_wait_for_changes_to_end) {
    (void)heap_look(&heap, &settings[0], NOW_MS);
    for (int i = 1; i <= 10; i++) { /* one each second */
        (void)heap_look(&heap, &settings[i % 3], NOW_MS + (int64_t)i * 1000);
    }
    cr_expect_geq(trim_count, 3);
    cr_expect_leq(trim_count, 5);
}

#endif
