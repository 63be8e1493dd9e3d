/* SPDX-License-Identifier: MIT */
#include "http/base/clock.h"
#include "server/measure/history.h"

#include <criterion/criterion.h>

enum { START_NS = 5000000 };

static struct history history;
static struct measure_now now;
static int64_t time_ms;
static struct measure_point points[MEASURE_POINTS_MAX];
static struct measure_window window;

static void set_up(void) {
    now = (struct measure_now){.taken_ns = START_NS, .gauges = {.threads = 4}};
    time_ms = 0;
    history = (struct history){.start_ns = 0};
    history_init(&history, START_NS);
}

TestSuite(history, .init = set_up);

static void add_to(struct histogram_reading *reading, int64_t duration_ns, uint64_t count) {
    reading->counts[histogram_bucket_of(duration_ns)] += count;
    reading->sum_ns += (uint64_t)duration_ns * count;
}

static void serve(uint64_t requests) {
    now.counts.requests += requests;
    now.statuses[200 - MEASURE_STATUS_FIRST] += requests;
    add_to(&now.waits, 10 * CLOCK_NS_PER_MS, requests);
    add_to(&now.services, 50 * CLOCK_NS_PER_MS, requests);
}

static void set_time(int64_t ms) {
    time_ms = ms;
    now.taken_ns = START_NS + ms * CLOCK_NS_PER_MS;
}

/* So many requests in each tenth of a second. */
static void run(int64_t seconds, uint64_t requests) {
    for (int64_t i = 0; i < seconds * 10; i++) {
        serve(requests);
        set_time(time_ms + 100);
        if (history_is_due(&history, now.taken_ns)) {
            history_look(&history, &now);
        } else {
            history_note(&history, &now.gauges, now.taken_ns);
        }
    }
}

/* What woke the server is served after the look. */
static void sleep_for(int64_t seconds) {
    set_time(time_ms + seconds * 1000);
    history_look(&history, &now);
}

static void read(enum measure_span span) {
    history_read_window(&history, &now, span, &window);
}

static void expect_near(double value, double expected) {
    double off = expected != 0 ? value / expected - 1 : value;
    cr_expect(off < 0.1 && off > -0.1, "%f is not near %f", value, expected);
}

Test(history, tells_what_happened_in_each_window) {
    run(400, 1);
    run(100, 2);
    run(20, 5);
    read(MEASURE_10_S);
    cr_expect_eq(window.counts.requests, 500);
    expect_near(window.span_s, 10);
    read(MEASURE_1_MIN);
    expect_near(window.span_s, 60);
    cr_expect_eq(window.counts.requests, 20 * 50 + (uint64_t)((window.span_s - 20) * 20 + 0.5));
    read(MEASURE_5_MIN);
    expect_near((double)window.counts.requests / window.span_s, (1000 + 2000 + 180 * 10) / 300.0);
    cr_expect_eq(window.statuses[1], window.counts.requests);
}

Test(history, tells_of_a_young_server_what_there_is) {
    run(3, 4);
    serve(1);
    set_time(time_ms + 50);
    read(MEASURE_5_MIN);
    expect_near(window.span_s, 3.05);
    cr_expect_eq(window.counts.requests, 121, "to the last one");
}

Test(history, tells_durations_of_the_window_alone) {
    add_to(&now.waits, 2000 * CLOCK_NS_PER_MS, 1000000);
    run(100, 0);
    run(30, 1);
    read(MEASURE_10_S);
    cr_expect_eq(window.wait.count, window.counts.requests);
    expect_near(window.wait.p99_s, 0.01);
    expect_near(window.wait.mean_s, 0.01);
    expect_near(window.service.median_s, 0.05);
    read(MEASURE_5_MIN);
    expect_near(window.wait.median_s, 2);
}

Test(history, tells_the_means_and_highs_of_gauges) {
    run(100, 0);
    now.gauges.busy = 4;
    now.gauges.queue_depth = 30;
    run(5, 0);
    now.gauges.busy = 2;
    now.gauges.queue_depth = 0;
    run(5, 0);
    read(MEASURE_10_S);
    expect_near(window.busy_mean, 3);
    cr_expect_eq(window.busy_max, 4);
    expect_near(window.queue_depth_mean, 15);
    cr_expect_eq(window.queue_depth_max, 30);
    run(20, 0);
    read(MEASURE_10_S);
    cr_expect_eq(window.busy_max, 2, "that was before");
    cr_expect_eq(window.queue_depth_max, 0);
}

Test(history, has_a_point_for_each_second) {
    run(2, 1);
    run(1, 7);
    size_t count = history_read_seconds(&history, now.taken_ns, points);
    cr_assert_eq(count, 3);
    cr_expect_eq(points[0].requests, 10);
    cr_expect_eq(points[1].requests, 10);
    cr_expect_eq(points[2].requests, 70);
    expect_near(points[2].span_s, 1);
    expect_near((double)points[2].threads, 4);
    expect_near((double)points[2].wait_median_s, 0.01);
    expect_near((double)points[2].service_p99_s, 0.05);
    run(MEASURE_SECONDS, 1);
    count = history_read_seconds(&history, now.taken_ns, points);
    cr_assert_eq(count, MEASURE_SECONDS);
    cr_expect_eq(points[0].requests, 10, "the oldest has gone");
}

Test(history, loses_no_request_between_the_points) {
    run(17, 3);
    sleep_for(40);
    run(31, 2);
    size_t count = history_read_seconds(&history, now.taken_ns, points);
    uint64_t sum = 0;
    for (size_t i = 0; i < count; i++) {
        sum += points[i].requests;
    }
    cr_expect_eq(sum, now.counts.requests);
    cr_expect_eq(count, 88);
}

Test(history, has_a_point_for_each_five_minutes_of_a_day) {
    run(600, 1);
    run(60, 2);
    size_t count = history_read_day(&history, now.taken_ns, points);
    cr_assert_eq(count, 3);
    cr_expect_eq(points[0].requests, 3000);
    cr_expect_eq(points[1].requests, 3000);
    cr_expect_eq(points[2].requests, 1200, "it grows");
    expect_near(points[2].span_s, 60);
}

Test(history, finds_nothing_in_a_gap) {
    now.gauges.threads = 4;
    now.gauges.connections = 7;
    now.gauges.busy = 1;
    run(20, 1);
    serve(3);
    sleep_for(100);
    serve(1);
    size_t count = history_read_seconds(&history, now.taken_ns, points);
    cr_assert_eq(count, 120);
    cr_expect_eq(points[19].requests, 10);
    cr_expect_eq(points[20].requests, 3, "what came after the last look");
    for (size_t i = 21; i < count; i++) {
        cr_expect_eq(points[i].requests, 0);
        cr_expect_eq(points[i].span_s, 0);
        expect_near((double)points[i].threads, 4);
        expect_near((double)points[i].connections, 7);
        cr_expect_eq(points[i].busy, 0);
    }
    read(MEASURE_10_S);
    cr_expect_eq(window.counts.requests, 1);
    expect_near(window.span_s, 10);
    read(MEASURE_1_MIN);
    cr_expect_eq(window.counts.requests, 1);
    read(MEASURE_5_MIN);
    cr_expect_eq(window.counts.requests, 204);
    expect_near(window.span_s, 120);
}

Test(history, forgets_a_day_in_its_sleep) {
    run(30, 1);
    sleep_for(INT64_C(3) * 86400);
    run(10, 1);
    size_t count = history_read_day(&history, now.taken_ns, points);
    cr_assert_eq(count, MEASURE_DAY_POINTS);
    for (size_t i = 0; i + 1 < count; i++) {
        cr_expect_eq(points[i].requests, 0);
    }
    cr_expect_eq(points[count - 1].requests, 100);
    read(MEASURE_5_MIN);
    cr_expect_eq(window.counts.requests, 100);
}

Test(history, has_short_gaps_in_its_windows) {
    for (size_t i = 0; i < 100; i++) {
        run(1, 1);
        sleep_for(9);
    }
    read(MEASURE_5_MIN);
    expect_near((double)window.counts.requests / window.span_s, 1);
    read(MEASURE_1_MIN);
    cr_expect(window.counts.requests >= 50 && window.counts.requests <= 70);
}
