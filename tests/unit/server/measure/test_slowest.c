/* SPDX-License-Identifier: MIT */
#include "http/base/clock.h"
#include "server/measure/slowest.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static struct slowest slowest;
static struct slow_request all[SLOWEST_MAX];

static void set_up(void) {
    slowest_init(&slowest);
}

static void tear_down(void) {
    slowest_deinit(&slowest);
}

TestSuite(slowest, .init = set_up, .fini = tear_down, .timeout = 60);

static void note(int64_t duration_ms, int64_t ended_s, const char *line) {
    struct slow_request request = {
        .duration_ns = duration_ms * CLOCK_NS_PER_MS, .ended_ns = ended_s * CLOCK_NS_PER_S, .status = 200};
    slowest_note(&slowest, &request, view_of(line));
}

Test(slowest, knows_none_at_first) {
    cr_expect_eq(slowest_read(&slowest, all), 0);
    cr_expect_not(slowest_wants(&slowest, CLOCK_NS_PER_MS - 1), "that was not slow");
    cr_expect(slowest_wants(&slowest, CLOCK_NS_PER_MS));
}

Test(slowest, keeps_the_slowest_in_their_order) {
    for (int i = 0; i < 3 * SLOWEST_MAX; i++) {
        char line[64];
        int number = i * 7 % (3 * SLOWEST_MAX); /* each once, in no order */
        (void)snprintf(line, sizeof line, "GET /%d HTTP/1.1", number);
        note(10 + number, 1, line);
    }
    cr_assert_eq(slowest_read(&slowest, all), SLOWEST_MAX);
    for (int i = 0; i < SLOWEST_MAX; i++) {
        char target[64];
        int number = 3 * SLOWEST_MAX - 1 - i;
        (void)snprintf(target, sizeof target, "/%d", number);
        cr_expect_str_eq(all[i].target, target);
        cr_expect_eq(all[i].duration_ns, (10 + number) * CLOCK_NS_PER_MS);
    }
    cr_expect_not(slowest_wants(&slowest, all[SLOWEST_MAX - 1].duration_ns), "as slow as the last one");
    cr_expect(slowest_wants(&slowest, all[SLOWEST_MAX - 1].duration_ns + 1));
}

Test(slowest, forgets_what_is_long_ago) {
    for (int i = 0; i < SLOWEST_MAX; i++) {
        note(1000, i, "GET / HTTP/1.1");
    }
    cr_expect_not(slowest_wants(&slowest, CLOCK_NS_PER_MS));
    slowest_forget(&slowest, (SLOWEST_KEPT_S + 2) * CLOCK_NS_PER_S);
    cr_expect_eq(slowest_read(&slowest, all), SLOWEST_MAX - 2);
    cr_expect(slowest_wants(&slowest, CLOCK_NS_PER_MS), "there is room again");
    note(5, SLOWEST_KEPT_S + SLOWEST_MAX, "GET /late HTTP/1.1");
    cr_assert_eq(slowest_read(&slowest, all), 1);
    cr_expect_str_eq(all[0].target, "/late");
}

Test(slowest, finds_the_target_in_any_line) {
    static const struct {
        const char *line, *target;
    } rows[] = {
        {"GET /a?b HTTP/1.1", "/a?b"}, {"GET /old", "/old"}, {"GET", ""}, {"", ""},
        {"GET /a b HTTP/1.0", "/a b"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        note(100 - (int64_t)i, 1, rows[i].line);
    }
    struct slow_request nameless = {.duration_ns = CLOCK_NS_PER_MS, .ended_ns = CLOCK_NS_PER_S};
    slowest_note(&slowest, &nameless, (struct view){0});
    cr_assert_eq(slowest_read(&slowest, all), sizeof rows / sizeof *rows + 1);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        cr_expect_str_eq(all[i].target, rows[i].target);
    }
}

Test(slowest, cuts_a_long_target) {
    static const char begin[] = {'G', 'E', 'T', ' ', '/'};
    char line[4 * SLOWEST_TARGET_BYTES];
    memset(line, 'x', sizeof line);
    memcpy(line, begin, sizeof begin);
    slowest_note(&slowest, &(struct slow_request){.duration_ns = CLOCK_NS_PER_S},
                 (struct view){line, sizeof line});
    cr_assert_eq(slowest_read(&slowest, all), 1);
    cr_expect_eq(strlen(all[0].target), SLOWEST_TARGET_BYTES - 1);
}

Test(slowest, waits_for_nobody) {
    (void)pthread_mutex_lock(&slowest.lock);
    note(1000, 1, "GET / HTTP/1.1");
    slowest_forget(&slowest, 0);
    (void)pthread_mutex_unlock(&slowest.lock);
    cr_expect_eq(slowest_read(&slowest, all), 0);
}
