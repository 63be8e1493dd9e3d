/* SPDX-License-Identifier: MIT */
#include "server/advice/model.h"

#include <criterion/criterion.h>
#include <math.h>

static void expect_near(double value, double expected) {
    double off = value / expected - 1;
    cr_expect(off < 1e-3 && off > -1e-3, "%f is not near %f", value, expected);
}

/* From tables of Erlang's C formula. */
Test(model, knows_the_chance_to_wait) {
    static const struct {
        size_t threads;
        double load;
        double chance;
    } rows[] = {{1, 0.5, 0.5}, {2, 1, 1.0 / 3}, {10, 5, 0.036105}, {100, 90, 0.21695}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        expect_near(model_chance_to_wait(rows[i].threads, rows[i].load), rows[i].chance);
    }
    cr_expect_eq(model_chance_to_wait(4, 4), 1);
    cr_expect_eq(model_chance_to_wait(4, 5), 1);
    cr_expect_eq(model_chance_to_wait(4, 0), 0);
}

/* With one thread the formulas are simple: M/M/1, and M/D/1 with half the waiting. */
Test(model, foretells_the_wait_of_an_open_load) {
    struct model_load load = {.service_s = 0.01, .variation = 1, .rate = 80};
    expect_near(model_predict(&load, 1).wait_s, 0.04);
    load.variation = 0;
    expect_near(model_predict(&load, 1).wait_s, 0.02);
    expect_near(model_predict(&load, 1).rate, 80);
    load.rate = 101;
    cr_expect(isinf(model_predict(&load, 1).wait_s));
    expect_near(model_predict(&load, 1).rate, 100);
}

Test(model, foretells_what_a_closed_load_comes_to) {
    struct model_load load = {.service_s = 0.05, .variation = 0, .clients = 64};
    expect_near(model_predict(&load, 8).rate, 160);
    expect_near(model_predict(&load, 8).wait_s, 0.35);
    expect_near(model_predict(&load, 64).rate, 1280);
    cr_expect_lt(model_predict(&load, 64).wait_s, 1e-9);
    cr_expect_lt(model_predict(&load, 65).wait_s, 1e-9);
}

/* One repairman and two machines (Palm): by hand, p0 = 1 / (1 + 2r + 2r^2), with r = service / thinking. */
Test(model, foretells_the_wait_of_clients_that_think) {
    struct model_load load = {.service_s = 1, .variation = 1, .clients = 2, .think_s = 2};
    expect_near(model_predict(&load, 1).rate, 0.6);
    expect_near(model_predict(&load, 1).wait_s, 1 / 3.0);
}

Test(model, survives_any_number_of_clients) {
    for (size_t count = 1; count < 10000000; count *= 7) {
        double clients = (double)count;
        struct model_load load = {
            .service_s = 0.001, .variation = 1, .rate = 900, .clients = clients, .think_s = clients / 900};
        struct model_result result = model_predict(&load, 1);
        cr_expect(isfinite(result.wait_s) && isfinite(result.rate), "%f", clients);
        cr_expect_leq(result.rate, 1000);
    }
}

Test(model, expects_no_more_than_the_processors_can_do) {
    struct model_load load = {.service_s = 0.005, .clients = 200, .rate_max = 4000};
    expect_near(model_threads_useful(&load), 20);
    expect_near(model_predict(&load, 20).rate, 4000);
    expect_near(model_predict(&load, 100).rate, 4000);
    cr_expect_eq(model_threads_for(&load, 0, 1024), 20);
}

Test(model, finds_the_smallest_number_of_threads) {
    struct model_load load = {.service_s = 0.05, .clients = 64};
    for (size_t threads = 1; threads <= 70; threads++) {
        double wait_s = model_predict(&load, threads).wait_s;
        size_t found = model_threads_for(&load, wait_s, 1024);
        cr_expect_leq(found, threads);
        cr_expect_leq(model_predict(&load, found).wait_s, wait_s);
        cr_expect(found == 1 || model_predict(&load, found - 1).wait_s > wait_s, "%zu", found);
    }
    cr_expect_eq(model_threads_for(&load, 0, 32), 32, "no more than it may");
}
