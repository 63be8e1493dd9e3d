/* SPDX-License-Identifier: MIT */
#include "tests/unit/server/top/made_status.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static json_t *make_window(double rate) {
    return json_pack("{s:f, s:f, s:f, s:f, s:f, s:{s:f, s:f}, s:{s:f, s:f}, s:[i, i, i, i, i], s:i, s:i}",
                     "span_s", 10.0, "requests_per_s", rate, "bytes_per_s", 2e6, "busy_mean", 1.5,
                     "queue_depth_mean", 0.25, "wait", "median_s", 100e-6, "p99_s", 2e-3, "service",
                     "median_s", 50e-6, "p99_s", 1e-3, "statuses", 0, 900, 10, 5, 3, "cache_hits", 90,
                     "cache_misses", 10);
}

static json_t *make_workers(size_t threads) {
    json_t *workers = json_array();
    for (size_t i = 0; i < threads; i++) {
        json_t *worker = json_pack("{s:I, s:s, s:f, s:s, s:b, s:i}", "index", (json_int_t)i + 10, "state",
                                   i == 1 ? "in a file" : "idle", "for_s", i == 1 ? 7.5 : 0.5, "target",
                                   i == 1 ? "/slow\x1b[2J.bin" : "", "stuck", i == 1, "served", 10);
        cr_assert(json_array_append_new(workers, worker) == 0);
    }
    return workers;
}

char *made_status_text(size_t threads) {
    json_t *root = json_pack(
        "{s:{s:s, s:i, s:f, s:i}, s:{s:s, s:[s]}, s:{s:I, s:i, s:i, s:i, s:i, s:i}, s:{s:i, s:i, s:i}}",
        "server", "version", "1.2.3", "pid", 4711, "uptime_s", 7200.0, "processors", 2, "health", "status",
        "degraded", "reasons", "1 thread is stuck", "pool", "threads", (json_int_t)threads, "busy", 1,
        "busy_high_water", 4, "leaders", 1, "spares", 1, "stuck", 1, "queue", "depth", 512, "capacity", 1024,
        "high_water", 600);
    json_t *more = json_pack(
        "{s:{s:i, s:i, s:i, s:{s:i, s:i, s:i, s:i}}, s:{s:i, s:i, s:i}, "
        "s:{s:i, s:i, s:i, s:i, s:{s:i, s:i, s:i, s:i}}, s:{s:o, s:o, s:o}, s:o, s:[{s:s, s:i, s:f, s:f}], "
        "s:{s:[s]}}",
        "connections", "open", 20, "max", 1000, "high_water", 30, "parked", "idle", 11, "reading", 2,
        "writing", 3, "lingering", 1, "cache", "bytes", 1000000, "bytes_max", 33554432, "files", 12, "counts",
        "requests", 12345, "accepted", 678, "rejected", 9, "gave_way", 0, "timeouts", "idle", 100, "reading",
        1, "writing", 2, "lingering", 0, "windows", "10s", make_window(1000), "1m", make_window(2000), "5m",
        make_window(3000), "workers", make_workers(threads), "slowest", "target", "/large.iso", "status", 200,
        "duration_s", 12.5, "ago_s", 30.0, "advice", "lines", "8 threads were 97 % busy: try threads = 20");
    cr_assert(root != NULL && more != NULL && json_object_update(root, more) == 0);
    char *text = json_dumps(root, 0);
    json_decref(more);
    json_decref(root);
    cr_assert(text != NULL);
    return text;
}

void made_status_read(struct top_status *status, size_t threads) {
    char error[TOP_STATUS_ERROR_BYTES];
    char *text = made_status_text(threads);
    top_status_deinit(status);
    cr_assert(top_status_read(status, text, strlen(text), error), "%s", error);
    free(text);
}
