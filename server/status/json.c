/* SPDX-License-Identifier: MIT */
#include "server/status/json.h"

#include "http/base/clock.h"
#include "http/semantics/date.h"

#include <math.h>
#include <stdio.h>
#include <unistd.h>

enum { PRECISION = 6 }; /* digits of a real number */

void json_put_count(json_t **object, const char *name, uint64_t number) {
    json_writer_set(object, name, json_integer((json_int_t)number));
}

/* What is not known is missing: JSON has no infinity. */
void json_put_number(json_t **object, const char *name, double number) {
    if (isfinite(number)) {
        json_writer_set(object, name, json_real(number));
    }
}

void json_put_seconds(json_t **object, const char *name, uint64_t ns) {
    json_put_number(object, name, (double)ns / (double)CLOCK_NS_PER_S);
}

/* --- the parts ------------------------------------------------------------------------------------------ */

static json_t *server(const struct reading *reading) {
    char date[DATE_RFC3339_BYTES];
    json_t *object = json_object();
    json_writer_set(&object, "name", json_string("Lido"));
    json_writer_set(&object, "version", json_string(LIDO_VERSION));
    json_put_count(&object, "pid", (uint64_t)getpid());
    json_put_number(&object, "uptime_s", reading->snapshot.uptime_s);
    if (date_format_rfc3339(reading->wall_s, date)) {
        json_writer_set(&object, "time", json_string(date));
    }
    json_put_count(&object, "processors", reading->snapshot.now.gauges.processors);
    return object;
}

static json_t *pool(const struct measure_gauges *gauges) {
    json_t *object = json_object();
    json_put_count(&object, "threads", gauges->threads);
    json_put_count(&object, "busy", gauges->busy);
    json_put_count(&object, "busy_high_water", gauges->busy_high_water);
    json_put_count(&object, "leaders", gauges->leaders);
    json_put_count(&object, "spares", gauges->spares);
    json_put_count(&object, "stuck", gauges->stuck);
    return object;
}

static json_t *queue(const struct measure_gauges *gauges) {
    json_t *object = json_object();
    json_put_count(&object, "depth", gauges->queue_depth);
    json_put_count(&object, "capacity", gauges->queue_capacity);
    json_put_count(&object, "high_water", gauges->queue_high_water);
    return object;
}

static json_t *connections(const struct measure_gauges *gauges) {
    json_t *object = json_object();
    json_t *parked = json_object();
    json_put_count(&object, "open", gauges->connections);
    json_put_count(&object, "max", gauges->connections_max);
    json_put_count(&object, "high_water", gauges->connections_high_water);
    json_put_count(&object, "request_bytes", gauges->request_bytes);
    json_put_count(&object, "request_bytes_max", gauges->request_bytes_max);
    for (enum parked kind = PARKED_IDLE; kind < PARKED_KINDS; kind++) {
        json_put_count(&parked, reading_parked_name(kind), gauges->parked[kind]);
    }
    json_writer_set(&object, "parked", parked);
    return object;
}

static json_t *cache(const struct measure_gauges *gauges) {
    json_t *object = json_object();
    json_put_count(&object, "bytes", gauges->cache_bytes);
    json_put_count(&object, "bytes_max", gauges->cache_bytes_max);
    json_put_count(&object, "files", gauges->cache_files);
    json_put_count(&object, "descriptors", gauges->cache_descriptors);
    return object;
}

static json_t *workers(const struct reading *reading) {
    json_t *array = json_array();
    for (size_t i = 0; i < reading->worker_count; i++) {
        const struct worker_report *worker = &reading->workers[i];
        json_t *object = json_object();
        json_put_count(&object, "index", worker->index);
        json_writer_set(&object, "state", json_string(worker_activity_name(worker->activity)));
        json_put_number(&object, "for_s", reading_worker_for_s(reading, worker));
        json_writer_set(&object, "target", json_writer_string(view_of(worker->subject)));
        json_writer_set(&object, "stuck", json_boolean(worker->is_stuck));
        json_put_count(&object, "served", worker->served);
        json_writer_add(&array, object);
    }
    return array;
}

static json_t *counts(const struct measure_counts *counts) {
    json_t *timeouts = json_object();
    for (enum parked kind = PARKED_IDLE; kind < PARKED_KINDS; kind++) {
        json_put_count(&timeouts, reading_parked_name(kind), counts->timeouts[kind]);
    }
    json_t *object = json_object();
    json_put_count(&object, "requests", counts->requests);
    json_put_count(&object, "status_requests", counts->status_requests);
    json_put_count(&object, "incomplete", counts->incomplete);
    json_put_count(&object, "body_bytes", counts->body_bytes);
    json_put_count(&object, "accepted", counts->accepted);
    json_put_count(&object, "accept_errors", counts->accept_errors);
    json_put_count(&object, "rejected", counts->rejected);
    json_put_count(&object, "gave_way", counts->gave_way);
    json_put_count(&object, "gave_way_slow", counts->gave_way_slow);
    json_put_count(&object, "gave_way_memory", counts->gave_way_memory);
    json_put_count(&object, "turned_away", counts->turned_away);
    json_put_count(&object, "paused_queue", counts->paused_queue);
    json_put_count(&object, "paused_connections", counts->paused_connections);
    json_put_count(&object, "paused_resources", counts->paused_resources);
    json_writer_set(&object, "timeouts", timeouts);
    json_put_count(&object, "deposed", counts->deposed);
    json_put_count(&object, "cut", counts->cut);
    json_put_count(&object, "queued", counts->queued);
    json_put_count(&object, "refused", counts->refused);
    json_put_count(&object, "cache_hits", counts->cache_hits);
    json_put_count(&object, "cache_misses", counts->cache_misses);
    json_put_count(&object, "cache_evictions", counts->cache_evictions);
    json_put_count(&object, "log_lines_dropped", counts->log_lines_dropped);
    return object;
}

static json_t *statuses(const struct measure_now *now) {
    json_t *object = json_object();
    for (int i = 0; i < MEASURE_STATUSES; i++) {
        char name[sizeof "2147483647"];
        if (now->statuses[i] > 0) {
            (void)snprintf(name, sizeof name, "%d", MEASURE_STATUS_FIRST + i);
            json_put_count(&object, name, now->statuses[i]);
        }
    }
    return object;
}

static void put_parts(json_t **object, const struct time_split *split) {
    if (split->mark_ns != 0) {
        json_put_seconds(object, "wait_s", (uint64_t)split->parts_ns[TIME_WAIT]);
        json_put_seconds(object, "client_s", (uint64_t)split->parts_ns[TIME_CLIENT]);
        json_put_seconds(object, "open_s", (uint64_t)split->parts_ns[TIME_OPEN]);
        json_put_seconds(object, "send_s", (uint64_t)split->parts_ns[TIME_SEND]);
    }
}

static json_t *slowest(const struct reading *reading) {
    json_t *array = json_array();
    for (size_t i = 0; i < reading->slow_count; i++) {
        const struct slow_request *slow = &reading->slow[i];
        int64_t ago_ns = reading->snapshot.now.taken_ns - slow->ended_ns;
        json_t *object = json_object();
        json_writer_set(&object, "target", json_writer_string(view_of(slow->target)));
        json_put_count(&object, "status", (uint64_t)slow->status);
        json_put_seconds(&object, "duration_s", (uint64_t)slow->duration_ns);
        json_put_count(&object, "body_bytes", slow->body_bytes);
        json_put_seconds(&object, "ago_s", ago_ns > 0 ? (uint64_t)ago_ns : 0);
        put_parts(&object, &slow->split);
        json_writer_add(&array, object);
    }
    return array;
}

static json_t *advice(const struct reading *reading) {
    static const char *const names[] = {[ADVICE_UNKNOWN] = "unknown",
                                        [ADVICE_FINE] = "fine",
                                        [ADVICE_MORE_THREADS] = "more_threads",
                                        [ADVICE_FEWER_THREADS] = "fewer_threads",
                                        [ADVICE_PROCESSORS_BUSY] = "processors_busy"};
    json_t *lines = json_array();
    for (size_t i = 0; i < reading->line_count; i++) {
        json_writer_add(&lines, json_string(reading->lines[i]));
    }
    json_t *object = json_object();
    json_writer_set(&object, "verdict", json_string(names[reading->advice.verdict]));
    json_put_count(&object, "threads_advised", reading->advice.threads_advised);
    json_put_number(&object, "wait_advised_s", reading->advice.wait_advised_s);
    json_put_count(&object, "threads_useful", reading->advice.threads_useful);
    json_writer_set(&object, "lines", lines);
    return object;
}

void json_write(const struct reading *reading, struct text *out) {
    const struct measure_now *now = &reading->snapshot.now;
    json_t *object = json_object();
    json_writer_set(&object, "server", server(reading));
    json_writer_set(&object, "health", health_object(&reading->health));
    json_writer_set(&object, "pool", pool(&now->gauges));
    json_writer_set(&object, "queue", queue(&now->gauges));
    json_writer_set(&object, "connections", connections(&now->gauges));
    json_writer_set(&object, "cache", cache(&now->gauges));
    json_writer_set(&object, "workers", workers(reading));
    json_writer_set(&object, "counts", counts(&now->counts));
    json_writer_set(&object, "statuses", statuses(now));
    json_writer_set(&object, "times", json_times(&now->counts.times));
    json_writer_set(&object, "windows", json_windows(&reading->snapshot));
    json_writer_set(&object, "slowest", slowest(reading));
    json_writer_set(&object, "advice", advice(reading));
    if (reading->series != NULL) {
        json_writer_set(&object, "series", json_series(reading->series));
    }
    json_writer_append(out, object, JSON_REAL_PRECISION(PRECISION) | JSON_COMPACT);
    text_append(out, "\n");
}
