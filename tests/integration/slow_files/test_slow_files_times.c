/* SPDX-License-Identifier: MIT */
/* Waiting and serving as the program tells it, against what its clients have measured: no percentile is higher than
 * theirs, nor lower than what the test has kept them waiting for. */
#include "http/base/clock.h"
#include "tests/support/deadline.h"
#include "tests/support/prometheus.h"
#include "tests/support/slow_files/stage.h"
#include "tests/support/status_json.h"

#include <math.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    NAME_BYTES = 32,
    ROUNDS = 8,   /* as many as there are numbered files */
    STEP_MS = 25, /* each round keeps them waiting for so much longer */
    REQUESTS = SLOW_FILES_KEPT + ROUNDS * (1 + SLOW_FILES_KEPT),
};

static const double rounding = 1.05; /* of the histograms, and what acceptance allows */

/* What is known of some durations, each on its own. */
struct bounds {
    double least_s[REQUESTS];
    double most_s[REQUESTS];
    size_t count;
};

static struct bounds waits;
static struct bounds services;

TestSuite(slow_files_times, .init = slow_files_set_up, .fini = slow_files_tear_down,
          .timeout = STAGE_TIMEOUT_S);

static double now_s(void) {
    return (double)clock_steady_ns() / (double)CLOCK_NS_PER_S;
}

static void note(struct bounds *bounds, double least_s, double most_s) {
    bounds->least_s[bounds->count] = least_s;
    bounds->most_s[bounds->count] = most_s;
    bounds->count++;
}

static void begin(void) {
    char reason[SLOW_FILES_REASON_BYTES];
    if (!slow_files_mount(&disk, folder_path(&site, "slow").text, reason)) {
        stage_skip("no FUSE here (it takes /dev/fuse, fusermount3, the right to mount): %s", reason);
    }
    serve(LIST("LIDO_THREADS=1", "LIDO_STUCK_AFTER=0", "LIDO_KEEPALIVE_TIMEOUT=300s"));
    for (int i = 0; i < SLOW_FILES_KEPT; i++) {
        double asked_s = now_s();
        client_connect(&kept[i], lido.port);
        round_trip(&kept[i]);
        note(&waits, 0, now_s() - asked_s);
        note(&services, 0, now_s() - asked_s);
    }
}

static void expect_silence_for(const struct client *client, int ms) {
    struct pollfd answers = {.fd = client->fd, .events = POLLIN};
    cr_assert_eq(poll(&answers, 1, ms), 0, "it was answered: nothing was stuck");
}

/* The only thread waits for the disk, which is asked for each file once, and all others for the thread. */
static void keep_all_waiting(int file, int ms) {
    char name[NAME_BYTES];
    (void)snprintf(name, sizeof name, SLOW_FILES_NUMBERED, file);
    double asked_s = now_s();
    get_stuck(&stuck[0], name, SLOW_OPEN, 0);
    double held_s = now_s();
    for (int i = 0; i < SLOW_FILES_KEPT; i++) {
        client_send(&kept[i], "GET /fast.txt HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    }
    double sent_s = now_s();
    expect_silence_for(&kept[0], ms);
    double let_go_s = now_s();
    slow_files_let_go(&disk);
    expect_whole(&stuck[0], SLOW_FILES_SMALL_BYTES);
    client_close(&stuck[0]);
    note(&waits, 0, held_s - asked_s);
    note(&services, let_go_s - held_s, now_s() - asked_s);
    for (int i = 0; i < SLOW_FILES_KEPT; i++) {
        client_read_answer(&kept[i], "GET", &answer);
        cr_assert_str_eq(answer.body, "fast");
        note(&waits, let_go_s - sent_s, now_s() - held_s);
        note(&services, 0, now_s() - let_go_s);
    }
}

static int compare(const void *a, const void *b) {
    double first = *(const double *)a;
    double second = *(const double *)b;
    return (first > second) - (first < second);
}

static double sum_of(const double durations_s[REQUESTS]) {
    double sum_s = 0;
    for (size_t i = 0; i < REQUESTS; i++) {
        sum_s += durations_s[i];
    }
    return sum_s;
}

static void expect_between(const char *what, double seconds, double least_s, double most_s) {
    cr_expect(seconds * rounding >= least_s && seconds <= most_s * rounding, "%s: %.6f s, not %.6f to %.6f s",
              what, seconds, least_s, most_s);
}

/* However the durations lie within their bounds, the k-th of them lies between the k-th of the bounds. */
static void expect_percentiles(const json_t *all, const char *name, struct bounds *bounds) {
    static const struct {
        const char *name;
        double share;
    } percentiles[] = {{"median_s", 0.5}, {"p90_s", 0.9}, {"p99_s", 0.99}};
    cr_assert_eq(bounds->count, REQUESTS);
    qsort(bounds->least_s, REQUESTS, sizeof(double), compare);
    qsort(bounds->most_s, REQUESTS, sizeof(double), compare);
    char path[64];
    for (size_t i = 0; i < sizeof percentiles / sizeof percentiles[0]; i++) {
        size_t at = (size_t)ceil(percentiles[i].share * REQUESTS) - 1;
        (void)snprintf(path, sizeof path, "windows.5m.%s.%s", name, percentiles[i].name);
        expect_between(path, status_json_number(all, path), bounds->least_s[at], bounds->most_s[at]);
    }
    (void)snprintf(path, sizeof path, "windows.5m.%s.mean_s", name);
    expect_between(path, status_json_number(all, path), sum_of(bounds->least_s) / REQUESTS,
                   sum_of(bounds->most_s) / REQUESTS);
}

static void expect_sum(const char *metric, double mean_s) {
    double sum_s = prometheus_value(answer.body, metric);
    expect_between(metric, sum_s, mean_s * REQUESTS, mean_s * REQUESTS);
}

StageTest(slow_files_times, are_what_the_clients_have_measured) {
    begin();
    for (int round = 0; round < ROUNDS; round++) {
        keep_all_waiting(round, (round + 1) * STEP_MS);
    }
    json_t *all = status_json_read_of(REQUESTS, SLOW_FILES_KEPT);
    expect_percentiles(all, "wait", &waits);
    expect_percentiles(all, "service", &services);
    cr_assert_eq(get("/.lido/metrics"), 200);
    expect_sum("lido_request_wait_seconds_sum", status_json_number(all, "windows.5m.wait.mean_s"));
    expect_sum("lido_request_service_seconds_sum", status_json_number(all, "windows.5m.service.mean_s"));
    json_decref(all);
}
