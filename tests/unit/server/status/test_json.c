/* SPDX-License-Identifier: MIT */
/* status.json: its names are those of server/status/README.md, and its numbers those that were read. */
#include "server/status/json.h"
#include "tests/unit/server/status/made_reading.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct text text;
static json_t *all;

static void set_up(void) {
    struct reading *reading = made_reading(20);
    json_error_t error;
    json_write(reading, &text);
    cr_assert_not(text.failed);
    all = json_loadb(text.bytes, text.length, JSON_REJECT_DUPLICATES, &error);
    cr_assert_not_null(all, "%s", error.text);
    reading_release(reading);
}

static void tear_down(void) {
    json_decref(all);
    text_deinit(&text);
}

TestSuite(status_json, .init = set_up, .fini = tear_down, .timeout = 60);

/* What stands at "windows.10s.requests" or "workers.5.state"; NULL if nothing does. */
static const json_t *find(const char *path) {
    char name[64];
    const json_t *at = all;
    for (const char *rest = path; at != NULL && *rest != '\0';) {
        size_t length = strcspn(rest, ".");
        (void)snprintf(name, sizeof name, "%.*s", (int)length, rest);
        at = json_is_array(at) ? json_array_get(at, strtoul(name, NULL, 10)) : json_object_get(at, name);
        rest += length + (rest[length] == '.' ? 1 : 0);
    }
    return at;
}

Test(status_json, has_the_numbers_of_the_reading) {
    static const struct {
        const char *path;
        double value;
    } rows[] = {
        {"server.uptime_s", 12.5},
        {"server.processors", 2},
        {"pool.threads", 20},
        {"pool.stuck", 0},
        {"queue.depth", 5},
        {"queue.capacity", 10},
        {"connections.open", 40},
        {"connections.parked.reading", 8},
        {"workers.5.served", 105},
        {"workers.13.for_s", 0.013},
        {"counts.requests", 1234567},
        {"counts.status_requests", 7},
        {"counts.timeouts.lingering", 4},
        {"statuses.404", 10},
        {"times.files_s", 1},
        {"windows.10s.requests_per_s", 5},
        {"windows.10s.wait.p99_s", 0.5},
        {"slowest.0.duration_s", 2},
        {"slowest.0.ago_s", 10},
        {"series.seconds.requests.2", 30},
        {"series.seconds.busy.0", 0.5},
        {"series.day.step_s", 300},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const json_t *value = find(rows[i].path);
        cr_expect(json_is_number(value), "%s is no number", rows[i].path);
        cr_expect_float_eq(json_number_value(value), rows[i].value, 1e-6, "%s: %g", rows[i].path,
                           json_number_value(value));
    }
}

Test(status_json, has_texts_that_are_safe) {
    cr_expect_str_eq(json_string_value(find("server.time")), "1994-11-06T08:49:37Z");
    cr_expect_str_eq(json_string_value(find("health.status")), "ok");
    cr_expect_str_eq(json_string_value(find("workers.13.state")), "in a file");
    cr_expect_str_eq(json_string_value(find("workers.13.target")), "/<b>&\"13\xEF\xBF\xBD");
    cr_expect(json_is_true(find("workers.13.stuck")));
    cr_expect_str_eq(json_string_value(find("slowest.0.target")), "/<script>\xEF\xBF\xBD");
    cr_expect_str_eq(json_string_value(find("advice.verdict")), "unknown");
    cr_expect_str_eq(json_string_value(find("advice.lines.0")), "try threads = 9 & see");
}

Test(status_json, leaves_out_what_is_not_known) {
    cr_expect_null(find("slowest.0.wait_s"), "without times in the log");
    cr_expect_null(find("statuses.500"), "there was none");
}

Test(status_json, has_all_the_names_that_are_promised) {
    static const char *const promised[] = {
        "server",
        "health",
        "pool",
        "queue",
        "connections",
        "cache",
        "workers",
        "counts",
        "statuses",
        "times",
        "windows",
        "slowest",
        "advice",
        "series",
        "pool.busy_high_water",
        "pool.leaders",
        "pool.spares",
        "queue.high_water",
        "connections.max",
        "connections.high_water",
        "cache.bytes",
        "cache.bytes_max",
        "cache.files",
        "cache.descriptors",
        "workers.0.index",
        "counts.incomplete",
        "counts.body_bytes",
        "counts.accepted",
        "counts.accept_errors",
        "counts.gave_way",
        "counts.paused_queue",
        "counts.paused_connections",
        "counts.paused_resources",
        "counts.deposed",
        "counts.cut",
        "counts.queued",
        "counts.refused",
        "counts.cache_hits",
        "counts.cache_misses",
        "counts.cache_evictions",
        "counts.log_lines_dropped",
        "times.idle_s",
        "times.computing_s",
        "times.processor_s",
        "times.machine_busy_s",
        "times.machine_idle_s",
        "windows.1m.span_s",
        "windows.5m.bytes_per_s",
        "windows.5m.busy_mean",
        "windows.5m.busy_max",
        "windows.5m.threads_mean",
        "windows.5m.queue_depth_mean",
        "windows.5m.queue_depth_max",
        "windows.5m.connections_mean",
        "windows.5m.parked_mean",
        "windows.5m.service.median_s",
        "advice.threads_advised",
    };
    char path[256];
    FILE *readme = fopen(LIDO_SOURCE_DIR "/server/status/README.md", "r");
    cr_assert_not_null(readme);
    char *read = calloc(1, 65536);
    cr_assert_not_null(read);
    cr_assert_gt(fread(read, 1, 65535, readme), 0);
    (void)fclose(readme);
    for (size_t i = 0; i < sizeof promised / sizeof *promised; i++) {
        const char *last = strrchr(promised[i], '.');
        cr_expect_not_null(find(promised[i]), "there is no %s", promised[i]);
        (void)snprintf(path, sizeof path, "`%s`", last != NULL ? last + 1 : promised[i]);
        cr_expect_not_null(strstr(read, path), "the README lacks %s", path);
    }
    free(read);
}
