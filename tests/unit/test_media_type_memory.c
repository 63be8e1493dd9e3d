/* SPDX-License-Identifier: MIT */
/* The table without memory. Link with -Wl,--wrap=malloc,--wrap=calloc,--wrap=free: each allocation is counted, and one fails. */
#include "http/media_type.h"

#include <criterion/criterion.h>
#include <stdbool.h>
#include <stdlib.h>

TestSuite(media_type_memory, .timeout = 20);

enum { NEVER = -1 };

static bool counting;
static int until_failure = NEVER;
static int live;

void *__real_malloc(size_t bytes);
void *__wrap_malloc(size_t bytes);
void *__real_calloc(size_t count, size_t bytes);
void *__wrap_calloc(size_t count, size_t bytes);
void __real_free(void *memory);
void __wrap_free(void *memory);

static bool fails_now(void) {
    if (!counting || until_failure == NEVER)
        return false;
    return until_failure-- == 0;
}

static void *counted(void *memory) {
    live += counting && memory != NULL ? 1 : 0;
    return memory;
}

void *__wrap_malloc(size_t bytes) {
    return fails_now() ? NULL : counted(__real_malloc(bytes));
}

void *__wrap_calloc(size_t count, size_t bytes) {
    return fails_now() ? NULL : counted(__real_calloc(count, bytes));
}

void __wrap_free(void *memory) {
    live -= counting && memory != NULL ? 1 : 0;
    __real_free(memory);
}

/* Make the table, with the allocation of this number (from 0) failing. */
static struct media_types *create_with_failure(int number) {
    counting = true;
    until_failure = number;
    struct media_types *types = media_types_create(NULL, "utf-8");
    counting = false;
    return types;
}

static void destroy(struct media_types *types) {
    counting = true;
    media_types_destroy(types);
    counting = false;
}

Test(media_type_memory, is_given_back_whichever_allocation_fails) {
    int number = 0;
    for (;; number++) {
        live = 0;
        struct media_types *types = create_with_failure(number);
        if (until_failure != NEVER) {
            destroy(types);
            break; /* there were not so many allocations */
        }
        cr_assert_null(types, "allocation %d failed, and the table lacks something", number);
        cr_assert(live == 0, "allocation %d failed: %d pieces of memory lost", number, live);
    }
    cr_expect_gt(number, 100);
}

Test(media_type_memory, is_given_back_at_the_end) {
    struct media_types *types = create_with_failure(NEVER);
    cr_assert_not_null(types);
    cr_expect_gt(live, 0);
    destroy(types);
    cr_expect_eq(live, 0);
}
