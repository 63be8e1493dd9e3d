/* SPDX-License-Identifier: MIT */
#include "http/base/blob.h"
#include "tests/unit/support/memory_faults.h"

#include <criterion/criterion.h>
#include <pthread.h>
#include <stdint.h>
#include <string.h>

TestSuite(blob, .timeout = 20);

enum { LENGTH = 100 * 1000, THREADS = 4, TURNS = 300 * 1000 };

Test(blob, is_freed_with_its_last_hold) {
    ptrdiff_t before = memory_live_count();
    struct blob *blob = blob_create(LENGTH);
    cr_assert_not_null(blob);
    cr_expect_eq(blob->length, LENGTH);
    memset(blob->bytes, 'x', LENGTH);
    cr_expect_eq(blob_hold(blob), blob);
    blob_release(blob);
    cr_assert_eq(memory_live_count(), before + 1, "freed under a holder");
    cr_expect_eq(blob->bytes[LENGTH - 1], 'x');
    blob_release(blob);
    cr_expect_eq(memory_live_count(), before);
}

Test(blob, may_be_empty) {
    struct blob *blob = blob_create(0);
    cr_assert_not_null(blob);
    cr_expect_eq(blob->length, 0);
    blob_release(blob);
}

Test(blob, releases_nothing_where_there_is_none) {
    ptrdiff_t before = memory_live_count();
    blob_release(NULL);
    cr_expect_eq(memory_live_count(), before);
}

Test(blob, is_not_made_without_memory) {
    memory_fail_after(0);
    cr_expect_null(blob_create(1));
    cr_expect(memory_stop_failing());
}

/* The room for the bytes and the head must not add up to a small number. */
Test(blob, is_not_made_longer_than_memory_can_be) {
    (void)memory_take_largest();
    cr_expect_null(blob_create(SIZE_MAX));
    cr_expect_null(blob_create(SIZE_MAX - sizeof(struct blob) + 1));
    cr_expect_eq(memory_take_largest(), 0);
}

Test(blob, shrinks_to_its_first_bytes) {
    ptrdiff_t before = memory_live_count();
    struct blob *blob = blob_create(LENGTH);
    cr_assert_not_null(blob);
    memcpy(blob->bytes, "abcdef", 6);
    (void)memory_take_largest();
    blob = blob_shrink(blob, 4);
    cr_expect_eq(memory_take_largest(), sizeof(struct blob) + 4, "the memory behind was not given back");
    cr_expect_eq(blob->length, 4);
    cr_expect_arr_eq(blob->bytes, "abcd", 4);
    blob_release(blob);
    cr_expect_eq(memory_live_count(), before);
}

Test(blob, shrinks_where_no_memory_is_to_be_had) {
    struct blob *blob = blob_create(LENGTH);
    cr_assert_not_null(blob);
    memcpy(blob->bytes, "abcdef", 6);
    memory_fail_after(0);
    blob = blob_shrink(blob, 4);
    cr_expect(memory_stop_failing());
    cr_assert_not_null(blob);
    cr_expect_eq(blob->length, 4);
    cr_expect_arr_eq(blob->bytes, "abcd", 4);
    blob_release(blob);
}

static pthread_barrier_t all_there;

static void *hold_and_release(void *context) {
    struct blob *blob = context;
    (void)pthread_barrier_wait(&all_there);
    for (int i = 0; i < TURNS; i++) {
        blob_release(blob_hold(blob));
    }
    blob_release(blob); /* the hold that came with the thread */
    return NULL;
}

Test(blob, counts_the_holds_of_all_threads) {
    struct blob *blob = blob_create(1);
    pthread_t threads[THREADS];
    cr_assert_not_null(blob);
    cr_assert_eq(pthread_barrier_init(&all_there, NULL, THREADS), 0);
    for (int i = 0; i < THREADS; i++) {
        cr_assert_eq(pthread_create(&threads[i], NULL, hold_and_release, blob_hold(blob)), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        cr_assert_eq(pthread_join(threads[i], NULL), 0);
    }
    cr_expect_eq(atomic_load(&blob->holds), 1, "the test's own hold is left");
    (void)pthread_barrier_destroy(&all_there);
    blob_release(blob);
}
