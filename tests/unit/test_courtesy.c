/* SPDX-License-Identifier: MIT */
/* When a worker yields, by clocks that go as the test says. */
#include "server/courtesy.h"

#include <criterion/criterion.h>
#include <sched.h>
#include <time.h>

enum { US = 1000, MS = 1000 * 1000, WORKED_US = 300, PAUSE_MS = 200 };

static const int64_t second_ns = 1000 * 1000 * 1000;

/* ---- What the linker wraps ---- */

static int64_t now_ns = 5000 * (int64_t)MS;
static int64_t used_ns; /* of the processors, by all threads */
static size_t yield_count;
static int64_t away_ns;           /* how long a yield takes */
static int64_t used_meanwhile_ns; /* by the other workers */

int __wrap_clock_gettime(clockid_t clock, struct timespec *time);
int __wrap_sched_yield(void);

int __wrap_clock_gettime(clockid_t clock, struct timespec *time) {
    const int64_t ns = clock == CLOCK_PROCESS_CPUTIME_ID ? used_ns : now_ns;
    cr_assert(clock == CLOCK_PROCESS_CPUTIME_ID || clock == CLOCK_MONOTONIC);
    *time = (struct timespec){.tv_sec = ns / second_ns, .tv_nsec = ns % second_ns};
    return 0;
}

int __wrap_sched_yield(void) {
    yield_count++;
    now_ns += away_ns;
    used_ns += used_meanwhile_ns;
    return 0;
}

/* ---- The stage ---- */

TestSuite(courtesy, .timeout = 20);

static struct courtesy courtesy;
static int64_t yielded_ns;

static void work(int64_t ns) {
    now_ns += ns;
    used_ns += ns;
}

/* Work for as long as it takes, and step aside. Returns whether it did. */
static bool works_and_yields(void) {
    const size_t before = yield_count;
    work(WORKED_US * US);
    courtesy_yield(&courtesy, &yielded_ns);
    return yield_count > before;
}

/* Others take the processor for 3 ms each time; the server gets so much of it in the meantime. */
static void meet_hogs(int64_t got_meanwhile_ns) {
    away_ns = 3 * MS;
    used_meanwhile_ns = got_meanwhile_ns;
}

/* Returns how many of the yields were made. */
static size_t yields_of(size_t count) {
    size_t made = 0;
    for (size_t i = 0; i < count; i++) {
        made += works_and_yields() ? 1 : 0;
    }
    return made;
}

/* ---- The tests ---- */

Test(courtesy, is_for_who_has_worked_for_some_time) {
    courtesy_init(&courtesy, 2, 2);
    courtesy_yield(&courtesy, &yielded_ns);
    cr_assert_eq(yield_count, 1);
    work(WORKED_US * US - 1);
    courtesy_yield(&courtesy, &yielded_ns);
    cr_assert_eq(yield_count, 1);
    work(1);
    courtesy_yield(&courtesy, &yielded_ns);
    cr_assert_eq(yield_count, 2);
}

Test(courtesy, counts_that_time_from_the_end_of_the_last_yield) {
    courtesy_init(&courtesy, 2, 2);
    away_ns = 500 * US;
    courtesy_yield(&courtesy, &yielded_ns);
    work(WORKED_US * US - 1);
    courtesy_yield(&courtesy, &yielded_ns);
    cr_assert_eq(yield_count, 1);
}

Test(courtesy, is_each_workers_own) {
    int64_t of_another = 0;
    courtesy_init(&courtesy, 2, 2);
    courtesy_yield(&courtesy, &yielded_ns);
    courtesy_yield(&courtesy, &of_another);
    cr_assert_eq(yield_count, 2);
}

Test(courtesy, goes_on_where_others_are_quick) {
    courtesy_init(&courtesy, 2, 2);
    away_ns = 990 * US; /* nothing is used meanwhile: a share of a quarter of one processor in two */
    cr_expect_eq(yields_of(2000), 2000);
}

Test(courtesy, pauses_where_others_leave_too_little) {
    courtesy_init(&courtesy, 2, 2);
    meet_hogs(0);
    const size_t first = yields_of(40);
    cr_expect(first > 5 && first < 40, "%zu yields before it was noticed", first);
    cr_assert_not(works_and_yields());
    work((int64_t)PAUSE_MS * MS);
    cr_expect(works_and_yields(), "it tries again");
}

/* What the kernel would give away by itself is not this module's: the two processors are shared half and half. */
Test(courtesy, gives_hogs_little_more_than_their_share) {
    courtesy_init(&courtesy, 2, 2);
    meet_hogs(0);
    const int64_t began_ns = now_ns;
    size_t yields = 0;
    while (now_ns - began_ns < 20 * second_ns) {
        yields += works_and_yields() ? 1 : 0;
        used_ns += WORKED_US * US; /* by the other worker, on the other processor */
    }
    const int64_t gone_ns = (int64_t)yields * away_ns;
    cr_expect_lt(gone_ns, 3 * second_ns, "%zu yields: away for %jd ms of 20 s", yields,
                 (intmax_t)(gone_ns / MS));
    cr_expect_gt(yields, 100, "it tries again");
}

Test(courtesy, goes_on_where_workers_yield_to_workers) {
    courtesy_init(&courtesy, 8, 2);
    meet_hogs(3 * MS);
    cr_expect_eq(yields_of(2000), 2000);
}

Test(courtesy, goes_by_the_processors_that_can_be_used) {
    static const struct {
        const char *name;
        size_t threads, processors;
        bool is_too_little;
    } rows[] = {
        {"one thread on many", 1, 64, false},
        {"one of each", 1, 1, false},
        {"as many of both", 64, 64, true},
        {"more threads than processors", 64, 8, true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        courtesy_init(&courtesy, rows[i].threads, rows[i].processors);
        meet_hogs(1500 * US); /* about half of one processor in all */
        const size_t made = yields_of(500);
        cr_expect_eq(made < 500, rows[i].is_too_little, "%s: %zu of 500", rows[i].name, made);
    }
}

/* A server that had nothing to do has not got too little. */
Test(courtesy, does_not_judge_by_the_time_that_was_spent_asleep) {
    courtesy_init(&courtesy, 2, 2);
    meet_hogs(3 * MS);
    cr_assert_eq(yields_of(100), 100);
    now_ns += 60 * second_ns;
    cr_assert_eq(yields_of(100), 100);
}
