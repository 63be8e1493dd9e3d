/* SPDX-License-Identifier: MIT */
#include "server/advice/follower.h"

#include <criterion/criterion.h>

enum { LEAST = 4, MOST = 64, LOOK_S = 10 };

static struct follower follower;
static int64_t now_ns;
static size_t threads;

static void begin(void) {
    follower = (struct follower){.more_since_ns = 0};
    now_ns = 1;
    threads = 8;
}

TestSuite(follower, .init = begin, .timeout = 60);

/* Advise the same for so long, and do what it decides. Returns how often it changed the pool. */
static int advise(enum advice_verdict verdict, size_t advised, int seconds) {
    int changes = 0;
    for (int passed = 0; passed < seconds; passed += LOOK_S) {
        now_ns += LOOK_S * INT64_C(1000000000);
        struct advice advice = {.verdict = verdict, .threads = threads, .threads_advised = advised};
        size_t decided = follower_decide(&follower, &advice, LEAST, MOST, now_ns);
        changes += decided != threads;
        threads = decided;
    }
    return changes;
}

/* As the advice does: more if there are fewer than that, fewer if there are many more. */
static int need(size_t needed, int seconds) {
    int changes = 0;
    for (int passed = 0; passed < seconds; passed += LOOK_S) {
        enum advice_verdict verdict = needed > threads            ? ADVICE_MORE_THREADS
                                      : needed * 4 <= threads * 3 ? ADVICE_FEWER_THREADS
                                                                  : ADVICE_FINE;
        changes += advise(verdict, needed, LOOK_S);
    }
    return changes;
}

Test(follower, leaves_a_pool_alone_that_is_right) {
    cr_expect_eq(advise(ADVICE_FINE, 8, 86400), 0);
    cr_expect_eq(advise(ADVICE_UNKNOWN, 8, 86400), 0);
    cr_expect_eq(advise(ADVICE_PROCESSORS_BUSY, 8, 86400), 0);
}

Test(follower, does_not_heed_a_burst) {
    cr_expect_eq(advise(ADVICE_MORE_THREADS, 40, 20), 0);
    cr_expect_eq(advise(ADVICE_FINE, 8, 10), 0);
    cr_expect_eq(advise(ADVICE_MORE_THREADS, 40, 20), 0);
}

Test(follower, grows_to_twice_the_size_each_half_minute_until_it_is_enough) {
    cr_expect_eq(advise(ADVICE_MORE_THREADS, 40, 30), 1);
    cr_expect_eq(threads, 16);
    cr_expect_eq(advise(ADVICE_MORE_THREADS, 40, 30), 1);
    cr_expect_eq(threads, 32);
    cr_expect_eq(advise(ADVICE_MORE_THREADS, 40, 30), 1);
    cr_expect_eq(threads, 40);
    cr_expect_eq(need(40, 3600), 0);
}

Test(follower, leaves_a_little_more_alone) {
    threads = 30;
    cr_expect_eq(need(33, 3600), 0);
    cr_expect_eq(need(34, 3600), 1);
    cr_expect_eq(threads, 34);
}

Test(follower, shrinks_to_half_the_size_each_five_minutes) {
    threads = 60;
    cr_expect_eq(need(7, 300), 0);
    cr_expect_eq(need(7, 20), 1);
    cr_expect_eq(threads, 30);
    (void)need(7, 1200);
    cr_expect_eq(threads, 7);
}

Test(follower, shrinks_to_the_most_that_would_have_been_needed_meanwhile) {
    threads = 60;
    (void)need(31, 100);
    (void)need(40, 10);
    (void)need(31, 200);
    cr_expect_eq(threads, 40);
}

Test(follower, stays_within_the_limits) {
    cr_expect_eq(advise(ADVICE_MORE_THREADS, 1000, 7200), 3, "8, 16, 32, 64");
    cr_expect_eq(threads, MOST);
    (void)advise(ADVICE_FEWER_THREADS, 1, 7200);
    cr_expect_eq(threads, LEAST);
    threads = 100;
    cr_expect_eq(advise(ADVICE_FINE, 100, LOOK_S), 1, "the limit was lowered");
    cr_expect_eq(threads, MOST);
    threads = 2;
    cr_expect_eq(advise(ADVICE_UNKNOWN, 2, LOOK_S), 1, "it was raised");
    cr_expect_eq(threads, LEAST);
}

/* Whatever the period, it soon stays; only after hours it may try again. */
Test(follower, does_not_swing_with_a_load_that_comes_and_goes) {
    for (int period_s = 20; period_s <= 7200; period_s += period_s < 1200 ? 20 : 600) {
        begin();
        (void)need(64, 120);
        int changes = 0;
        for (int passed = 0; passed < 2 * 86400; passed += 2 * (period_s / 2)) {
            changes += need(6, period_s / 2) + need(64, period_s / 2);
        }
        cr_expect_leq(changes, 24, "a period of %d s: %d changes in two days", period_s, changes);
        cr_expect_geq(threads, 32, "a period of %d s", period_s);
    }
}

Test(follower, follows_a_day_and_a_night) {
    (void)need(40, 3600);
    for (int day = 0; day < 5; day++) {
        (void)need(6, 12 * 3600);
        cr_expect_eq(threads, 6);
        cr_expect_leq(need(40, 12 * 3600), 3);
        cr_expect_eq(threads, 40);
    }
}
