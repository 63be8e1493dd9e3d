/* SPDX-License-Identifier: MIT */
#include "http/base/histogram.h"

#include <criterion/criterion.h>

static struct histogram histogram;

static struct histogram_reading read(void) {
    struct histogram_reading reading = {.sum_ns = 0};
    histogram_read(&histogram, &reading);
    return reading;
}

static double absolute(double value) {
    return value < 0 ? -value : value;
}

Test(histogram, has_every_bucket_begin_where_the_one_before_ends) {
    int64_t end_ns = 1 << HISTOGRAM_LOWEST_BIT;
    for (size_t i = 0; i + 1 < HISTOGRAM_BUCKETS; i++) {
        cr_assert_eq(histogram_bucket_of(histogram_bucket_end_ns(i) - 1), i, "%zu", i);
        cr_assert_eq(histogram_bucket_of(histogram_bucket_end_ns(i)), i + 1, "%zu", i);
        end_ns = histogram_bucket_end_ns(i);
    }
    cr_expect_eq(end_ns, INT64_C(1) << HISTOGRAM_HIGHEST_BIT);
    cr_expect_eq(histogram_bucket_end_ns(HISTOGRAM_BUCKETS - 1), INT64_MAX);
}

Test(histogram, takes_any_duration) {
    cr_expect_eq(histogram_bucket_of(INT64_MIN), 0);
    cr_expect_eq(histogram_bucket_of(0), 0);
    cr_expect_eq(histogram_bucket_of(INT64_MAX), HISTOGRAM_BUCKETS - 1);
    histogram_note(&histogram, -1);
    cr_expect_eq(read().sum_ns, 0);
}

/* From 1 us to 1 hour. */
Test(histogram, tells_a_duration_with_an_error_of_at_most_five_per_cent) {
    for (int64_t duration_ns = 1024; duration_ns < INT64_C(3600) * 1000000000;
         duration_ns += duration_ns / 27) {
        histogram_clear(&histogram);
        histogram_note(&histogram, duration_ns);
        struct histogram_reading reading = read();
        double told_ns = (double)histogram_reading_quantile_ns(&reading, 0.5);
        cr_assert_leq(absolute(told_ns / (double)duration_ns - 1), 0.032, "%lld ns", (long long)duration_ns);
    }
}

Test(histogram, tells_quantiles_and_the_mean) {
    for (int64_t ms = 1; ms <= 1000; ms++) {
        histogram_note(&histogram, ms * 1000000);
    }
    struct histogram_reading reading = read();
    cr_expect_eq(histogram_reading_count(&reading), 1000);
    cr_expect_leq(absolute((double)histogram_reading_quantile_ns(&reading, 0.5) / 500e6 - 1), 0.05);
    cr_expect_leq(absolute((double)histogram_reading_quantile_ns(&reading, 0.99) / 990e6 - 1), 0.05);
    cr_expect_leq(absolute((double)histogram_reading_quantile_ns(&reading, 1) / 1000e6 - 1), 0.05);
    cr_expect_leq(absolute((double)histogram_reading_quantile_ns(&reading, 0) / 1e6 - 1), 0.05);
    cr_expect_leq(absolute(histogram_reading_mean_ns(&reading) / 500.5e6 - 1), 1e-9, "the mean is exact");
    cr_expect_leq(absolute(histogram_reading_variation(&reading) - 1.0 / 3), 0.02);
}

Test(histogram, finds_no_variation_where_all_is_the_same) {
    for (size_t i = 0; i < 100; i++) {
        histogram_note(&histogram, 50 * 1000 * 1000);
    }
    struct histogram_reading reading = read();
    cr_expect_lt(histogram_reading_variation(&reading), 1e-9);
}

Test(histogram, tells_nothing_of_nothing) {
    struct histogram_reading reading = read();
    cr_expect_eq(histogram_reading_count(&reading), 0);
    cr_expect_eq(histogram_reading_quantile_ns(&reading, 0.99), 0);
    cr_expect_eq(histogram_reading_mean_ns(&reading), 0);
    cr_expect_eq(histogram_reading_variation(&reading), 0);
}

Test(histogram, adds_up) {
    histogram_note(&histogram, 5000);
    struct histogram_reading reading = read();
    histogram_read(&histogram, &reading);
    struct histogram_reading other = read();
    histogram_reading_add(&reading, &other);
    cr_expect_eq(reading.counts[histogram_bucket_of(5000)], 3);
    cr_expect_eq(histogram_reading_count(&reading), 3);
    cr_expect_eq(reading.sum_ns, 15000);
}

Test(histogram, forgets) {
    histogram_note(&histogram, 5000);
    histogram_clear(&histogram);
    struct histogram_reading reading = read();
    cr_expect_eq(histogram_reading_count(&reading), 0);
    cr_expect_eq(reading.sum_ns, 0);
}
