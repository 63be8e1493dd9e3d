/* SPDX-License-Identifier: MIT */
#include "server/top/status.h"

#include <stdio.h>
#include <string.h>

/* Whether json_unpack_ex(3) took it; if not, says why. */
static bool is_taken(int result, const json_error_t *why, char error[TOP_STATUS_ERROR_BYTES]) {
    if (result != 0) {
        (void)snprintf(error, TOP_STATUS_ERROR_BYTES, "it is no status of Lido: %s", why->text);
    }
    return result == 0;
}

static bool read_server(struct top_status *status, json_t *root, char error[TOP_STATUS_ERROR_BYTES]) {
    json_error_t why;
    int result = json_unpack_ex(
        root, &why, 0, "{s:{s:s, s:I, s:F, s:I}, s:{s:s}, s:{s:I, s:I, s:I, s:I, s:I, s:I}}", "server",
        "version", &status->version, "pid", &status->pid, "uptime_s", &status->uptime_s, "processors",
        &status->processors, "health", "status", &status->health, "pool", "threads", &status->threads, "busy",
        &status->busy, "busy_high_water", &status->busy_high_water, "leaders", &status->leaders, "spares",
        &status->spares, "stuck", &status->stuck);
    return is_taken(result, &why, error);
}

static bool read_gauges(struct top_status *status, json_t *root, char error[TOP_STATUS_ERROR_BYTES]) {
    json_error_t why;
    int result = json_unpack_ex(
        root, &why, 0, "{s:{s:I, s:I, s:I}, s:{s:I, s:I, s:I, s:{s:I, s:I, s:I, s:I}}, s:{s:I, s:I, s:I}}",
        "queue", "depth", &status->queue_depth, "capacity", &status->queue_capacity, "high_water",
        &status->queue_high_water, "connections", "open", &status->connections, "max",
        &status->connections_max, "high_water", &status->connections_high_water, "parked", "idle",
        &status->parked[0], "reading", &status->parked[1], "writing", &status->parked[2], "lingering",
        &status->parked[3], "cache", "bytes", &status->cache_bytes, "bytes_max", &status->cache_bytes_max,
        "files", &status->cache_files);
    return is_taken(result, &why, error);
}

static bool read_counts(struct top_status *status, json_t *root, char error[TOP_STATUS_ERROR_BYTES]) {
    json_int_t timeouts[3] = {0};
    json_error_t why;
    int result = json_unpack_ex(root, &why, 0, "{s:{s:I, s:I, s:I, s:I, s:{s:I, s:I, s:I}}}", "counts",
                                "requests", &status->requests, "accepted", &status->accepted, "rejected",
                                &status->rejected, "gave_way", &status->gave_way, "timeouts", "reading",
                                &timeouts[0], "writing", &timeouts[1], "lingering", &timeouts[2]);
    status->timeouts = timeouts[0] + timeouts[1] + timeouts[2];
    return is_taken(result, &why, error);
}

static bool read_window(struct top_window *window, json_t *windows, const char *name,
                        char error[TOP_STATUS_ERROR_BYTES]) {
    json_int_t statuses[4];
    json_error_t why;
    int result = json_unpack_ex(
        windows, &why, 0,
        "{s:{s:F, s:F, s:F, s:F, s:F, s:{s:F, s:F}, s:{s:F, s:F}, s:[I, I, I, I, I], s:I, s:I}}", name,
        "span_s", &window->span_s, "requests_per_s", &window->requests_per_s, "bytes_per_s",
        &window->bytes_per_s, "busy_mean", &window->busy_mean, "queue_depth_mean", &window->queue_depth_mean,
        "wait", "median_s", &window->wait_median_s, "p99_s", &window->wait_p99_s, "service", "median_s",
        &window->service_median_s, "p99_s", &window->service_p99_s, "statuses", &statuses[0], &statuses[1],
        &statuses[2], &statuses[3], &window->server_errors, "cache_hits", &window->cache_hits, "cache_misses",
        &window->cache_misses);
    return is_taken(result, &why, error);
}

static bool read_windows(struct top_status *status, json_t *root, char error[TOP_STATUS_ERROR_BYTES]) {
    static const char *const names[TOP_WINDOWS] = {"10s", "1m", "5m"};
    json_t *windows = json_object_get(root, "windows");
    for (size_t i = 0; i < TOP_WINDOWS; i++) {
        if (!read_window(&status->windows[i], windows, names[i], error)) {
            return false;
        }
    }
    return true;
}

/* Takes over a further element of a list; says why if it cannot. */
typedef bool read_element(struct top_status *status, json_t *element, char error[TOP_STATUS_ERROR_BYTES]);

static bool read_worker(struct top_status *status, json_t *element, char error[TOP_STATUS_ERROR_BYTES]) {
    struct top_worker *worker = &status->workers[status->worker_count++];
    json_error_t why;
    int result = json_unpack_ex(element, &why, 0, "{s:I, s:s, s:F, s:s, s:b, s:I}", "index", &worker->index,
                                "state", &worker->state, "for_s", &worker->for_s, "target", &worker->target,
                                "stuck", &worker->is_stuck, "served", &worker->served);
    return is_taken(result, &why, error);
}

static bool read_slow(struct top_status *status, json_t *element, char error[TOP_STATUS_ERROR_BYTES]) {
    struct top_slow *slow = &status->slowest[status->slow_count++];
    json_error_t why;
    int result = json_unpack_ex(element, &why, 0, "{s:s, s:I, s:F, s:F}", "target", &slow->target, "status",
                                &slow->status, "duration_s", &slow->duration_s, "ago_s", &slow->ago_s);
    return is_taken(result, &why, error);
}

/* The first elements of a list, so many at most. */
static bool read_list(struct top_status *status, json_t *list, size_t most, read_element *read,
                      char error[TOP_STATUS_ERROR_BYTES]) {
    for (size_t i = 0; i < json_array_size(list) && i < most; i++) {
        if (!read(status, json_array_get(list, i), error)) {
            return false;
        }
    }
    return true;
}

/* The first texts of a list; what is no text is left out. */
static size_t read_lines(json_t *list, const char *lines[TOP_LINES_MAX]) {
    size_t count = 0;
    for (size_t i = 0; i < json_array_size(list) && count < TOP_LINES_MAX; i++) {
        const char *line = json_string_value(json_array_get(list, i));
        if (line != NULL) {
            lines[count++] = line;
        }
    }
    return count;
}

static bool read_lists(struct top_status *status, json_t *root, char error[TOP_STATUS_ERROR_BYTES]) {
    json_t *workers = NULL;
    json_t *slowest = NULL;
    json_t *reasons = NULL;
    json_t *advice = NULL;
    json_error_t why;
    int result = json_unpack_ex(root, &why, 0, "{s:o, s:o, s:{s:o}, s:{s:o}}", "workers", &workers, "slowest",
                                &slowest, "health", "reasons", &reasons, "advice", "lines", &advice);
    if (!is_taken(result, &why, error)) {
        return false;
    }
    status->reason_count = read_lines(reasons, status->reasons);
    status->advice_count = read_lines(advice, status->advice);
    return read_list(status, workers, TOP_WORKERS_MAX, read_worker, error) &&
           read_list(status, slowest, TOP_SLOWEST_MAX, read_slow, error);
}

bool top_status_read(struct top_status *status, const char *text, size_t length,
                     char error[TOP_STATUS_ERROR_BYTES]) {
    json_error_t why;
    memset(status, 0, sizeof *status);
    status->root = json_loadb(text, length, JSON_REJECT_DUPLICATES, &why);
    if (status->root == NULL) {
        (void)snprintf(error, TOP_STATUS_ERROR_BYTES, "it is no JSON: %s", why.text);
        return false;
    }
    return read_server(status, status->root, error) && read_gauges(status, status->root, error) &&
           read_counts(status, status->root, error) && read_windows(status, status->root, error) &&
           read_lists(status, status->root, error);
}

void top_status_deinit(struct top_status *status) {
    json_decref(status->root);
    status->root = NULL;
}
