/* SPDX-License-Identifier: MIT */
#include "server/reactor/lane/batch.h"

#include <criterion/criterion.h>
#include <pthread.h>

TestSuite(batch, .timeout = 60);

static struct client clients[BATCH_CLIENTS_MAX];
static struct batch batch;

static void publish(size_t count) {
    struct client *pointers[BATCH_CLIENTS_MAX] = {NULL};
    for (size_t i = 0; i < count; i++) {
        pointers[i] = &clients[i];
    }
    batch_publish(&batch, pointers, count);
}

Test(batch, is_empty_at_first) {
    cr_expect_not(batch_has_left(&batch));
    cr_expect_null(batch_take(&batch));
}

Test(batch, gives_each_client_once_and_in_order) {
    for (size_t round = 0; round < 3; round++) {
        publish(BATCH_CLIENTS_MAX);
        for (size_t i = 0; i < BATCH_CLIENTS_MAX; i++) {
            cr_expect(batch_has_left(&batch));
            cr_expect_eq(batch_take(&batch), &clients[i]);
        }
        cr_expect_not(batch_has_left(&batch));
        cr_expect_null(batch_take(&batch));
    }
}

Test(batch, may_hold_nobody) {
    publish(0);
    cr_expect_not(batch_has_left(&batch));
    cr_expect_null(batch_take(&batch));
}

/* ---- Many who take ------------------------------------------------------------------------------------- */

enum { ROUNDS = 20000, THIEVES = 3 };

static atomic_uint taken[BATCH_CLIENTS_MAX];
static atomic_size_t total;
static atomic_bool is_over;

static void take_all(void) {
    struct client *client = NULL;
    while ((client = batch_take(&batch)) != NULL) {
        atomic_fetch_add(&taken[client - clients], 1);
        atomic_fetch_add(&total, 1);
    }
}

static void *steal(void *argument) {
    (void)argument;
    while (!atomic_load(&is_over)) {
        take_all();
    }
    return NULL;
}

/* The leader publishes the next batch as soon as this one is empty, so that those who take meet old words. */
Test(batch, gives_nobody_twice_to_many_who_take) {
    pthread_t thieves[THIEVES];
    for (size_t i = 0; i < THIEVES; i++) {
        cr_assert_eq(pthread_create(&thieves[i], NULL, steal, NULL), 0);
    }
    for (size_t round = 0; round < ROUNDS; round++) {
        publish(1 + round % BATCH_CLIENTS_MAX);
        take_all();
    }
    atomic_store(&is_over, true);
    for (size_t i = 0; i < THIEVES; i++) {
        cr_assert_eq(pthread_join(thieves[i], NULL), 0);
    }
    size_t expected_total = 0;
    for (size_t i = 0; i < BATCH_CLIENTS_MAX; i++) {
        size_t expected = ROUNDS / BATCH_CLIENTS_MAX * (BATCH_CLIENTS_MAX - i);
        size_t rest = ROUNDS % BATCH_CLIENTS_MAX;
        expected += rest > i ? rest - i : 0;
        cr_expect_eq(atomic_load(&taken[i]), expected, "client %zu", i);
        expected_total += expected;
    }
    cr_expect_eq(atomic_load(&total), expected_total);
}
