/* SPDX-License-Identifier: MIT */
#include "server/advice/saturation.h"

#include <criterion/criterion.h>

static struct saturation saturation;
static int64_t now_ns = 1;

/* How often it is told in so long. */
static int pass(const struct advice *advice, int seconds) {
    int told = 0;
    for (int passed = 0; passed < seconds; passed += 10) {
        now_ns += INT64_C(10000000000);
        told += saturation_note(&saturation, advice, now_ns);
    }
    return told;
}

static const struct advice calm = {.verdict = ADVICE_FINE, .threads = 8};
static const struct advice saturated = {.verdict = ADVICE_MORE_THREADS, .threads = 8, .threads_advised = 20};

Test(saturation, is_told_when_it_has_lasted_for_two_minutes) {
    cr_expect_eq(pass(&saturated, 120), 0);
    cr_expect_eq(pass(&saturated, 10), 1);
}

Test(saturation, is_not_told_of_a_burst) {
    for (int i = 0; i < 10; i++) {
        cr_expect_eq(pass(&saturated, 110), 0);
        cr_expect_eq(pass(&calm, 10), 0);
    }
}

Test(saturation, is_told_again_after_half_an_hour) {
    cr_expect_eq(pass(&saturated, 130), 1);
    cr_expect_eq(pass(&saturated, 1790), 0);
    cr_expect_eq(pass(&saturated, 10), 1);
    cr_expect_eq(pass(&calm, 600), 0);
    cr_expect_eq(pass(&saturated, 600), 0, "that was a moment ago");
}

Test(saturation, is_whatever_makes_clients_wait) {
    struct advice advice = calm;
    cr_expect_not(saturation_is(&advice));
    advice.cache_bytes_advised = 1 << 20;
    cr_expect_not(saturation_is(&advice), "nobody waits for that");
    advice.queue_advised = 2048;
    cr_expect(saturation_is(&advice));
    advice = calm;
    advice.connections_advised = 2048;
    cr_expect(saturation_is(&advice));
    advice = calm;
    advice.verdict = ADVICE_PROCESSORS_BUSY;
    cr_expect(saturation_is(&advice));
}

Test(saturation, is_none_while_the_pool_may_grow_by_itself) {
    struct advice advice = saturated;
    advice.gauges.threads_max = 16;
    cr_expect_not(saturation_is(&advice));
    advice.threads = 16;
    cr_expect(saturation_is(&advice));
}
