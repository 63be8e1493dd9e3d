/* SPDX-License-Identifier: MIT */
/* Who is too slow; time is what the tests say it is, and what was taken is what the other end of a pair has read. */
#include "http/transport/pace.h"
#include "tests/unit/support/socket_pair.h"

#include <criterion/criterion.h>
#include <poll.h>

enum { NOW_MS = 1000 * 1000, TIMEOUT_MS = 10 * 1000, RATE = 100, LEAST = 1000 /* in a period */ };

static const struct pace_limits limits = {TIMEOUT_MS, RATE};
static struct socket_pair pair;
static struct pace pace;

static void set_up(void) {
    socket_pair_open_tcp(&pair);
    pace = (struct pace){.sent_bytes = socket_pair_fill(&pair)};
}

static void tear_down(void) {
    socket_pair_close(&pair);
}

TestSuite(pace, .init = set_up, .fini = tear_down, .timeout = 60);

static int64_t look_at(int64_t now_ms) {
    return pace_look(&pace, &limits, pair.ours, now_ms);
}

/* What the kernel of the other end has room for is taken, too: as if it were, the sender says that it sent more. */
static void take(uint64_t bytes) {
    pace.sent_bytes += bytes;
}

Test(pace, begins_with_the_first_look) {
    cr_expect_eq(look_at(NOW_MS), NOW_MS + TIMEOUT_MS);
    cr_expect_lt(pace.taken_bytes, pace.sent_bytes, "the kernel holds some");
}

Test(pace, ends_after_a_timeout_in_which_nothing_is_taken) {
    (void)look_at(NOW_MS);
    cr_expect_eq(look_at(NOW_MS + TIMEOUT_MS - 1), NOW_MS + TIMEOUT_MS);
    cr_expect_eq(look_at(NOW_MS + TIMEOUT_MS), 0);
}

Test(pace, ends_after_a_period_in_which_too_little_is_taken) {
    (void)look_at(NOW_MS);
    take(LEAST - 1);
    cr_expect_eq(look_at(NOW_MS + TIMEOUT_MS - 1), NOW_MS + TIMEOUT_MS, "the period ends before the timeout");
    cr_expect_eq(look_at(NOW_MS + TIMEOUT_MS), 0);
}

Test(pace, goes_on_while_enough_is_taken) {
    (void)look_at(NOW_MS);
    for (int64_t i = 1; i <= 5; i++) {
        take(LEAST);
        cr_expect_eq(look_at(NOW_MS + i * TIMEOUT_MS - 1), NOW_MS + i * TIMEOUT_MS, "period %d", (int)i);
        cr_expect_eq(look_at(NOW_MS + i * TIMEOUT_MS), NOW_MS + (i + 1) * TIMEOUT_MS - 1, "period %d",
                     (int)i);
    }
}

/* Nor is there anything to be made up for: a fast beginning does not pay for what follows. */
Test(pace, counts_each_period_by_itself) {
    (void)look_at(NOW_MS);
    take(100 * LEAST);
    cr_expect_neq(look_at(NOW_MS + TIMEOUT_MS - 1), 0);
    cr_expect_neq(look_at(NOW_MS + TIMEOUT_MS), 0);
    take(LEAST - 1);
    cr_expect_neq(look_at(NOW_MS + 2 * TIMEOUT_MS - 2), 0);
    cr_expect_eq(look_at(NOW_MS + 2 * TIMEOUT_MS), 0);
}

Test(pace, of_any_progress_will_do_without_a_rate) {
    struct pace_limits any = {TIMEOUT_MS, 0};
    int64_t now_ms = NOW_MS;
    for (int i = 0; i < 5; i++, now_ms += TIMEOUT_MS - 1) {
        cr_expect_neq(pace_look(&pace, &any, pair.ours, now_ms), 0, "look %d", i);
        take(1);
    }
    cr_expect_neq(pace_look(&pace, &any, pair.ours, now_ms), 0);
    cr_expect_eq(pace_look(&pace, &any, pair.ours, now_ms + TIMEOUT_MS), 0);
}

Test(pace, begins_anew_after_a_rest) {
    (void)look_at(NOW_MS);
    pace_rest(&pace);
    cr_expect_eq(look_at(NOW_MS + 5 * TIMEOUT_MS), NOW_MS + 6 * TIMEOUT_MS);
}

Test(pace, sees_what_the_client_has_read) {
    static char bytes[1024 * 1024];
    (void)look_at(NOW_MS);
    uint64_t before = pace.taken_bytes;
    while (pace.taken_bytes == before) { /* ends with the test's time, if it does not */
        (void)socket_pair_receive(&pair, bytes, sizeof bytes);
        (void)look_at(NOW_MS + 1);
    }
    cr_expect_leq(pace.taken_bytes, pace.sent_bytes);
}

/* It was looked at late: nobody is woken when a client takes what the kernel holds already. */
Test(pace, counts_from_when_something_was_taken_not_from_when_that_was_seen) {
    enum { LATER_MS = 1000, REAL_MS = 600 };
    (void)look_at(NOW_MS);
    (void)poll(NULL, 0, REAL_MS); /* the kernel's clock is the real one */
    take(LEAST);
    int64_t deadline_ms = look_at(NOW_MS + LATER_MS);
    cr_expect_leq(deadline_ms, NOW_MS + TIMEOUT_MS + LATER_MS - REAL_MS + 10);
    cr_expect_geq(deadline_ms, NOW_MS + TIMEOUT_MS, "not less than before");
}
