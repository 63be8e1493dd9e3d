/* SPDX-License-Identifier: MIT */
/*
 * What a server tells of itself in its status.json (server/status/README.md has the names), as far as the terminal view
 * shows it.
 *
 * Strict: a name that has to be there and is not, or is of another type, makes the whole of it no status. Names that
 * are new are passed over. Texts are as the server sent them: whoever shows them makes them printable.
 */
#ifndef LIDO_SERVER_TOP_STATUS_H
#define LIDO_SERVER_TOP_STATUS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

enum {
    TOP_PARKED_KINDS = 4, /* idle, reading, writing, lingering */
    TOP_WINDOWS = 3,      /* 10 s, 1 min, 5 min */
    TOP_WORKERS_MAX = 2048,
    TOP_SLOWEST_MAX = 16,
    TOP_LINES_MAX = 8,
    TOP_STATUS_ERROR_BYTES = 256
};

struct top_worker {
    json_int_t index;
    const char *state;
    const char *target; /* "": none */
    double for_s;
    json_int_t served;
    int is_stuck;
};

struct top_window {
    double span_s;
    double requests_per_s;
    double bytes_per_s;
    double busy_mean;
    double queue_depth_mean;
    double wait_median_s;
    double wait_p99_s;
    double service_median_s;
    double service_p99_s;
    json_int_t server_errors; /* answers 5xx */
    json_int_t cache_hits;
    json_int_t cache_misses;
};

struct top_slow {
    const char *target;
    json_int_t status;
    double duration_s;
    double ago_s;
};

/* The texts live as long as `root`. */
struct top_status {
    json_t *root;
    const char *version;
    double uptime_s;
    json_int_t pid;
    json_int_t processors;
    const char *health;
    const char *reasons[TOP_LINES_MAX];
    size_t reason_count;
    json_int_t threads;
    json_int_t busy;
    json_int_t busy_high_water;
    json_int_t leaders;
    json_int_t spares;
    json_int_t stuck;
    json_int_t queue_depth;
    json_int_t queue_capacity;
    json_int_t queue_high_water;
    json_int_t connections;
    json_int_t connections_max;
    json_int_t connections_high_water;
    json_int_t parked[TOP_PARKED_KINDS];
    json_int_t cache_bytes;
    json_int_t cache_bytes_max;
    json_int_t cache_files;
    json_int_t requests; /* as all counts, since the start */
    json_int_t accepted;
    json_int_t rejected;
    json_int_t gave_way;
    json_int_t timeouts; /* but for idle connections */
    struct top_window windows[TOP_WINDOWS];
    struct top_worker workers[TOP_WORKERS_MAX];
    size_t worker_count;
    struct top_slow slowest[TOP_SLOWEST_MAX];
    size_t slow_count;
    const char *advice[TOP_LINES_MAX];
    size_t advice_count;
};

/* Read text[0 .. length). Returns whether it is a status; if not, `error` says why. Release with top_status_deinit() in
 * any case. Not for threads that share a struct. */
bool top_status_read(struct top_status *status, const char *text, size_t length,
                     char error[TOP_STATUS_ERROR_BYTES]) __attribute__((warn_unused_result));

/* Doing it again does nothing. */
void top_status_deinit(struct top_status *status);

#endif
