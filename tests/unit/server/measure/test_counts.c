/* SPDX-License-Identifier: MIT */
#include "server/measure/counts.h"

#include <criterion/criterion.h>

static struct measure_worker worker;
static struct measure_now now;

Test(counts, counts_answers) {
    measure_count_answer(&worker, 200, 1000, 5000000, true);
    measure_count_answer(&worker, 200, 24, 5000000, true);
    measure_count_answer(&worker, 404, 100, 70000, false);
    measure_count_status(&worker, 503);
    measure_worker_read(&worker, &now);
    cr_expect_eq(now.counts.requests, 3);
    cr_expect_eq(now.counts.incomplete, 1);
    cr_expect_eq(now.counts.body_bytes, 1124);
    cr_expect_eq(now.statuses[200 - MEASURE_STATUS_FIRST], 2);
    cr_expect_eq(now.statuses[404 - MEASURE_STATUS_FIRST], 1);
    cr_expect_eq(now.statuses[503 - MEASURE_STATUS_FIRST], 1);
    cr_expect_eq(histogram_reading_count(&now.services), 3);
    cr_expect_eq(now.services.sum_ns, 10070000);
}

Test(counts, adds_to_what_others_have_counted) {
    now.counts.requests = 7;
    measure_count_answer(&worker, 206, 1, 1, true);
    measure_worker_read(&worker, &now);
    cr_expect_eq(now.counts.requests, 8);
}

Test(counts, counts_what_is_sent_of_an_answer_that_goes_on) {
    measure_count_sent(&worker, 4096);
    measure_worker_read(&worker, &now);
    cr_expect_eq(now.counts.body_bytes, 4096);
    cr_expect_eq(now.counts.requests, 0);
}

Test(counts, survives_a_status_that_is_none) {
    measure_count_answer(&worker, 0, 0, 0, false);
    measure_count_answer(&worker, 600, 0, 0, false);
    measure_worker_read(&worker, &now);
    cr_expect_eq(now.counts.requests, 2);
    for (size_t i = 0; i < MEASURE_STATUSES; i++) {
        cr_expect_eq(now.statuses[i], 0);
    }
}
