/* SPDX-License-Identifier: MIT */
/* The advice against simulated pools: followed, it does what it says, and no other size is much better. */
#include "server/advice/advice.h"
#include "tests/unit/support/simulated_pool.h"

#include <criterion/criterion.h>
#include <stdbool.h>

TestSuite(advice_simulated, .timeout = 60);

static struct measure_snapshot snapshot;
static struct advice advice;

static double wait_with(struct simulation plan, size_t threads) {
    plan.threads = threads;
    simulate(&plan, &snapshot);
    return snapshot.windows[0].wait.mean_s;
}

static double rate_with(struct simulation plan, size_t threads) {
    plan.threads = threads;
    simulate(&plan, &snapshot);
    return (double)snapshot.windows[0].counts.requests / snapshot.windows[0].span_s;
}

static void weigh_with(struct simulation plan, size_t threads) {
    plan.threads = threads;
    simulate(&plan, &snapshot);
    advice_weigh(&snapshot, &advice);
}

/* The smallest size with which requests wait for a tenth of their service at most. */
static size_t sweep(const struct simulation *plan) {
    enum { SIZES = 128 };
    double wait_max_s = 0.1 * (plan->files_s + plan->computing_s);
    size_t too_few = 0;
    size_t enough = SIZES;
    while (enough - too_few > 1) {
        size_t threads = too_few + (enough - too_few) / 2;
        bool is_stable = plan->clients > 0 || (double)threads > 1.05 * plan->rate * plan->files_s;
        if (is_stable && wait_with(*plan, threads) <= wait_max_s) {
            enough = threads;
        } else {
            too_few = threads;
        }
    }
    return enough;
}

/* What is shorter than a fiftieth of the service is as good as none. */
static void expect_factor_of_two(const char *name, double foretold_s, double measured_s, double service_s) {
    double least_s = service_s / 50;
    double foretold = foretold_s > least_s ? foretold_s : least_s;
    double measured = measured_s > least_s ? measured_s : least_s;
    cr_expect(foretold < 2 * measured && measured < 2 * foretold, "%s: foretold %f s, measured %f s", name,
              foretold_s, measured_s);
}

#define SLOW .processors = 4, .computing_s = 0.0001, .seconds = 12

static const struct {
    const char *name;
    size_t threads; /* before the advice */
    struct simulation plan;
} rows[] = {
    {"64 clients that come again at once", 8, {SLOW, .files_s = 0.05, .clients = 64, .think_s = 1e-9}},
    {"the same, nearly right already", 50, {SLOW, .files_s = 0.05, .clients = 64, .think_s = 1e-9}},
    {"64 clients, exponential files",
     8,
     {SLOW, .files_s = 0.05, .times = SIMULATED_EXPONENTIAL, .clients = 64, .think_s = 1e-9}},
    {"200 clients that think",
     8,
     {SLOW, .files_s = 0.02, .times = SIMULATED_EXPONENTIAL, .clients = 200, .think_s = 0.2}},
    {"200 clients that think, equal files", 8, {SLOW, .files_s = 0.02, .clients = 200, .think_s = 0.2}},
    {"1000 clients that think for long",
     12,
     {SLOW, .files_s = 0.01, .times = SIMULATED_EXPONENTIAL, .clients = 1000, .think_s = 1}},
    {"64 clients, as many hogs as processors",
     8,
     {SLOW, .files_s = 0.05, .clients = 64, .think_s = 1e-9, .hogs = 4}},
    {"the same from 32", 32, {SLOW, .files_s = 0.05, .clients = 64, .think_s = 1e-9, .hogs = 4}},
    {"64 clients, files by a daemon",
     8,
     {SLOW, .files_s = 0.05, .daemon_s = 0.0002, .clients = 64, .think_s = 1e-9}},
    {"open load, exponential files", 9, {SLOW, .files_s = 0.02, .times = SIMULATED_EXPONENTIAL, .rate = 420}},
    {"open load, equal files", 9, {SLOW, .files_s = 0.02, .rate = 430}},
    {"open load, mixed files", 10, {SLOW, .files_s = 0.02, .times = SIMULATED_MIXED, .rate = 420}},
};

Test(advice_simulated, advises_a_size_near_the_best_one_and_foretells_its_wait) {
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct simulation *plan = &rows[i].plan;
        weigh_with(*plan, rows[i].threads);
        struct advice given = advice;
        size_t best = sweep(plan);
        cr_expect_eq(given.verdict, ADVICE_MORE_THREADS, "%s: %d", rows[i].name, given.verdict);
        cr_expect(given.threads_advised * 4 <= best * 5 && given.threads_advised * 5 >= best * 4,
                  "%s: advised %zu, best %zu", rows[i].name, given.threads_advised, best);
        weigh_with(*plan, given.threads_advised);
        expect_factor_of_two(rows[i].name, given.wait_advised_s, advice.wait_s, plan->files_s);
        cr_expect_eq(advice.verdict, ADVICE_FINE, "%s, done as advised: %d, %zu", rows[i].name,
                     advice.verdict, advice.threads_advised);
    }
}

/* Each request computes for 1 ms and waits for 4 ms: four processors can have 20 threads at work. */
static const struct simulation crowd = {
    .processors = 4, .computing_s = 0.001, .files_s = 0.004, .clients = 200, .think_s = 1e-9, .seconds = 20};

Test(advice_simulated, knows_what_the_processors_can_do) {
    struct simulation plan = crowd;
    weigh_with(plan, 4);
    cr_expect(advice.threads_useful >= 17 && advice.threads_useful <= 23, "%zu", advice.threads_useful);
    cr_expect(advice.threads_advised >= 17 && advice.threads_advised <= 23, "%zu", advice.threads_advised);
    size_t advised = advice.threads_advised;
    double most = rate_with(plan, 200);
    cr_expect_gt(rate_with(plan, advised), 0.8 * most);
    weigh_with(plan, 60);
    cr_expect_eq(advice.verdict, ADVICE_PROCESSORS_BUSY, "%d", advice.verdict);
}

/* The daemon computes for 2 ms, Lido for 1: as there are four processors, they can do 1333 a second. */
Test(advice_simulated, knows_what_a_daemon_needs_for_each_request) {
    struct simulation plan = {.processors = 4,
                              .computing_s = 0.001,
                              .daemon_s = 0.002,
                              .files_s = 0.010,
                              .clients = 200,
                              .think_s = 1e-9,
                              .idle_s = 5,
                              .seconds = 20};
    double most = rate_with(plan, 200);
    weigh_with(plan, 4);
    double useful = (double)advice.threads_useful;
    double rate = (double)advice.requests / advice.span_s;
    cr_expect_gt(rate, 200);
    cr_expect_lt(rate, 400);
    cr_expect(useful > 0.8 * most * 0.012 && useful < 1.25 * most * 0.012, "%f", useful);
}

/* At the end of the processors it makes no difference for whom others work. */
Test(advice_simulated, knows_without_having_seen_another_rate_when_processors_are_at_their_end) {
    struct simulation plan = {.processors = 4,
                              .computing_s = 0.002,
                              .daemon_s = 0.001,
                              .files_s = 0.010,
                              .clients = 200,
                              .think_s = 1e-9,
                              .seconds = 20};
    double most = rate_with(plan, 200);
    weigh_with(plan, 40);
    double useful = (double)advice.threads_useful;
    cr_expect(useful > 0.8 * most * 0.013 && useful < 1.25 * most * 0.02, "%f", useful);
    cr_expect_eq(advice.verdict, ADVICE_PROCESSORS_BUSY, "%d", advice.verdict);
}

/* Two of four processors are taken whatever comes; a fair share of them is to be had. */
Test(advice_simulated, counts_on_what_hogs_leave_and_on_half_at_least) {
    struct simulation plan = crowd;
    plan.hogs = 1;
    weigh_with(plan, 4);
    cr_expect(advice.threads_useful >= 13 && advice.threads_useful <= 18, "%zu", advice.threads_useful);
    plan.hogs = 8;
    weigh_with(plan, 4);
    cr_expect(advice.threads_useful >= 9 && advice.threads_useful <= 12, "%zu", advice.threads_useful);
}

Test(advice_simulated, tells_when_fewer_would_do) {
    struct simulation plan = {.processors = 2,
                              .computing_s = 0.0001,
                              .files_s = 0.001,
                              .clients = 3,
                              .think_s = 0.004,
                              .seconds = 61};
    weigh_with(plan, 8);
    cr_expect_eq(advice.verdict, ADVICE_FEWER_THREADS, "%d", advice.verdict);
    cr_expect_eq(advice.threads_advised, 4);
    double before_s = snapshot.windows[0].wait.mean_s;
    cr_expect_leq(wait_with(plan, 4), before_s + 0.0001);
}
