/* SPDX-License-Identifier: MIT */
#include "server/status/metrics.h"
#include "tests/support/prometheus.h"
#include "tests/unit/server/status/made_reading.h"

#include <criterion/criterion.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

static struct text text;

static void write_all(void) {
    struct reading *reading = made_reading(20);
    metrics_write(reading, &text);
    text_append_bytes(&text, "", 1);
    cr_assert_not(text.failed);
    reading_release(reading);
}

static void tear_down(void) {
    text_deinit(&text);
}

TestSuite(metrics, .fini = tear_down, .timeout = 60);

Test(metrics, are_of_the_format) {
    write_all();
    prometheus_check(text.bytes);
}

Test(metrics, have_the_numbers_of_the_reading) {
    static const struct {
        const char *sample;
        double value;
    } rows[] = {
        {"lido_requests_total", 1234567},
        {"lido_responses_total{status=\"404\"}", 10},
        {"lido_rejected_total", 3},
        {"lido_timeouts_total{reason=\"writing\"}", 3},
        {"lido_connections_parked{reason=\"lingering\"}", 1},
        {"lido_queue_capacity", 10},
        {"lido_threads_seconds_total{state=\"waiting_for_files\"}", 1},
        {"lido_workers{state=\"in a file\"}", 2},
        {"lido_healthy", 1},
        {"process_start_time_seconds", 784111764.5},
    };
    write_all();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        cr_expect_eq(prometheus_value(text.bytes, rows[i].sample), rows[i].value, "%s", rows[i].sample);
    }
}

/* 3 ms lie between 2^21 and 2^22 ns; 100 s above all bounds. */
Test(metrics, count_durations_exactly) {
    static const char bucket[] = "lido_request_service_seconds_bucket{le=";
    static const struct {
        const char *bound;
        double value;
    } rows[] = {{"\"0.002097152\"}", 0}, {"\"0.004194304\"}", 9}, {"\"34.3597384\"}", 9}, {"\"+Inf\"}", 10}};
    write_all();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char sample[128];
        (void)snprintf(sample, sizeof sample, "%s%s", bucket, rows[i].bound);
        cr_expect_eq(prometheus_value(text.bytes, sample), rows[i].value, "%s", sample);
    }
    cr_expect_eq(prometheus_value(text.bytes, "lido_request_service_seconds_sum"), 127);
    cr_expect_eq(prometheus_value(text.bytes, "lido_request_wait_seconds_count"), 0);
}

/* Fail unless each metric of an expression is there. */
static void expect_metrics_of(const char *expression) {
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz_";
    for (const char *at = expression; *at != '\0'; at++) {
        size_t length = strspn(at, letters);
        bool is_metric = strncmp(at, "lido_", 5) == 0 || strncmp(at, "process_", 8) == 0;
        if (is_metric) {
            char plain[128];
            char labelled[128];
            (void)snprintf(plain, sizeof plain, "\n%.*s ", (int)length, at);
            (void)snprintf(labelled, sizeof labelled, "\n%.*s{", (int)length, at);
            cr_expect(strstr(text.bytes, plain) != NULL || strstr(text.bytes, labelled) != NULL,
                      "there is no %s", plain + 1);
        }
        at += length > 0 ? length - 1 : 0;
    }
}

Test(metrics, are_those_of_the_dashboard) {
    json_t *dashboard = json_load_file(LIDO_SOURCE_DIR "/conf/grafana-dashboard.json", 0, NULL);
    cr_assert_not_null(dashboard);
    write_all();
    size_t i = 0;
    size_t count = 0;
    const json_t *panel = NULL;
    json_array_foreach(json_object_get(dashboard, "panels"), i, panel) {
        size_t k = 0;
        const json_t *target = NULL;
        json_array_foreach(json_object_get(panel, "targets"), k, target) {
            expect_metrics_of(json_string_value(json_object_get(target, "expr")));
            count++;
        }
    }
    cr_expect_gt(count, 20);
    json_decref(dashboard);
}
