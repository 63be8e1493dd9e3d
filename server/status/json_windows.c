/* SPDX-License-Identifier: MIT */
/* What status.json says of the last seconds and minutes. */
#include "server/status/json.h"

json_t *json_times(const struct measure_times *times) {
    json_t *object = json_object();
    json_put_seconds(&object, "idle_s", times->idle_ns);
    json_put_seconds(&object, "computing_s", times->computing_ns);
    json_put_seconds(&object, "files_s", times->files_ns);
    json_put_seconds(&object, "processor_s", times->processor_ns);
    json_put_seconds(&object, "process_s", times->process_ns);
    json_put_seconds(&object, "machine_busy_s", times->machine_busy_ns);
    json_put_seconds(&object, "machine_idle_s", times->machine_idle_ns);
    return object;
}

static json_t *duration(const struct measure_duration *duration) {
    json_t *object = json_object();
    json_put_count(&object, "count", duration->count);
    json_put_number(&object, "mean_s", duration->mean_s);
    json_put_number(&object, "median_s", duration->median_s);
    json_put_number(&object, "p90_s", duration->p90_s);
    json_put_number(&object, "p99_s", duration->p99_s);
    return object;
}

static json_t *statuses(const struct measure_window *window) {
    json_t *array = json_array();
    for (size_t i = 0; i < MEASURE_STATUS_CLASSES; i++) {
        json_writer_add(&array, json_integer((json_int_t)window->statuses[i]));
    }
    return array;
}

static json_t *window_object(const struct measure_window *window) {
    const struct measure_counts *counts = &window->counts;
    double span_s = window->span_s > 0 ? window->span_s : 1;
    json_t *object = json_object();
    json_put_number(&object, "span_s", window->span_s);
    json_put_count(&object, "requests", counts->requests);
    json_put_number(&object, "requests_per_s", (double)counts->requests / span_s);
    json_put_count(&object, "body_bytes", counts->body_bytes);
    json_put_number(&object, "bytes_per_s", (double)counts->body_bytes / span_s);
    json_put_count(&object, "accepted", counts->accepted);
    json_put_count(&object, "rejected", counts->rejected);
    json_put_count(&object, "timeouts",
                   counts->timeouts[PARKED_READING] + counts->timeouts[PARKED_WRITING] +
                       counts->timeouts[PARKED_LINGERING]);
    json_put_count(&object, "cache_hits", counts->cache_hits);
    json_put_count(&object, "cache_misses", counts->cache_misses);
    json_writer_set(&object, "statuses", statuses(window));
    json_put_number(&object, "busy_mean", window->busy_mean);
    json_put_count(&object, "busy_max", window->busy_max);
    json_put_number(&object, "threads_mean", window->threads_mean);
    json_put_number(&object, "queue_depth_mean", window->queue_depth_mean);
    json_put_count(&object, "queue_depth_max", window->queue_depth_max);
    json_put_number(&object, "connections_mean", window->connections_mean);
    json_put_number(&object, "parked_mean", window->parked_mean);
    json_writer_set(&object, "times", json_times(&counts->times));
    json_writer_set(&object, "wait", duration(&window->wait));
    json_writer_set(&object, "service", duration(&window->service));
    return object;
}

json_t *json_windows(const struct measure_snapshot *snapshot) {
    static const char *const names[MEASURE_SPANS] = {
        [MEASURE_10_S] = "10s", [MEASURE_1_MIN] = "1m", [MEASURE_5_MIN] = "5m"};
    json_t *object = json_object();
    for (size_t i = 0; i < MEASURE_SPANS; i++) {
        json_writer_set(&object, names[i], window_object(&snapshot->windows[i]));
    }
    return object;
}
