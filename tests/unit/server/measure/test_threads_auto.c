/* SPDX-License-Identifier: MIT */
/* The windows as threads = auto goes by them, over a simulated pool: under a load that comes, goes and scatters. */
#include "server/advice/follower.h"
#include "server/measure/history.h"
#include "tests/unit/support/chance.h"
#include "tests/unit/support/simulated_pool.h"

#include <criterion/criterion.h>

enum { LEAST = 4, MOST = 64, LOOKS_PER_S = 10, WEIGHED_EACH_S = 10 };

/* Files of 20 ms: a load of 100 a second keeps two threads busy, one of 800 sixteen. */
static const struct simulation plan = {.threads = LEAST,
                                       .processors = 4,
                                       .computing_s = 0.0001,
                                       .files_s = 0.02,
                                       .times = SIMULATED_EXPONENTIAL,
                                       .queue = 1024,
                                       .rate = 100};

static struct history history;
static struct follower follower;
static struct measure_snapshot snapshot;
static size_t threads;
static double now_s;
static size_t looks;
static int changes;
static int turns;     /* from growing to shrinking, or back */
static int direction; /* of the last change */

static void begin(void) {
    simulation_begin(&plan);
    history = (struct history){.start_ns = 0};
    history_init(&history, 0);
    threads = LEAST;
}

TestSuite(threads_auto, .init = begin, .timeout = 120);

static void change_to(size_t count) {
    int way = count > threads ? 1 : -1;
    changes++;
    turns += direction != 0 && way != direction;
    direction = way;
    threads = count;
    simulation_set_threads(count);
    cr_assert(count >= LEAST && count <= MOST);
}

static void weigh(void) {
    struct advice advice;
    for (size_t i = 0; i < MEASURE_SPANS; i++) {
        history_read_window(&history, &snapshot.now, (enum measure_span)i, &snapshot.windows[i]);
    }
    snapshot.others_per_request_s = simulation_others_per_request_s();
    advice_weigh(&snapshot, &advice);
    size_t decided = follower_decide(&follower, &advice, LEAST, MOST, snapshot.now.taken_ns);
    if (decided != threads) {
        change_to(decided);
    }
}

static void run(double rate, double seconds) {
    simulation_set_rate(rate);
    for (double end_s = now_s + seconds; now_s < end_s;) {
        looks++;
        now_s = (double)looks / LOOKS_PER_S;
        simulation_run_until(now_s);
        simulation_read(&snapshot.now);
        history_look(&history, &snapshot.now);
        if (looks % ((size_t)WEIGHED_EACH_S * LOOKS_PER_S) == 0) {
            weigh();
        }
    }
}

Test(threads_auto, leaves_a_steady_load_alone) {
    run(100, 3600);
    cr_expect_eq(changes, 0);
}

/* 800 a second need 16 threads to keep up at all. 100 a second keep two busy, and nine at once now and then. */
Test(threads_auto, grows_with_a_step_and_stays_and_shrinks_when_it_is_over) {
    run(100, 300);
    run(800, 200);
    cr_expect(threads >= 18 && threads <= 32, "%zu", threads);
    int steps = changes;
    cr_expect_leq(steps, 4, "%d changes", steps);
    run(800, 1800);
    cr_expect_eq(changes, steps, "it stays at %zu", threads);
    cr_expect_lt(snapshot.windows[MEASURE_10_S].wait.mean_s, 0.004);
    run(100, 1800);
    cr_expect_leq(threads, 14, "%zu", threads);
    cr_expect_leq(turns, 1);
}

Test(threads_auto, does_not_swing_with_a_square_wave) {
    for (int i = 0; i < 12; i++) {
        run(400, 600);
        run(100, 600);
    }
    cr_expect_leq(turns, 3, "%d turns, %d changes", turns, changes);
    cr_expect_geq(threads, 10);
    int before = changes;
    for (int i = 0; i < 30; i++) {
        run(400, 30);
        run(100, 30);
    }
    cr_expect_leq(changes, before + 1);
}

Test(threads_auto, does_not_swing_with_noise) {
    struct chance chance = chance_begin();
    for (int i = 0; i < 360; i++) {
        run(200 + 200 * chance_uniform(&chance), 5 + 10 * chance_uniform(&chance));
    }
    cr_expect_leq(turns, 1, "%d turns, %d changes", turns, changes);
    cr_expect_leq(changes, 5, "%d changes", changes);
}
