/* SPDX-License-Identifier: MIT */
#include "server/status/metrics.h"

#include "http/base/clock.h"
#include "server/status/words.h"

#include <inttypes.h>

enum { LOWEST_BOUND_BIT = 14, HIGHEST_BOUND_BIT = 35 /* 2^14 to 2^35 ns */ };

static void begin(struct text *out, const char *name, const char *type, const char *help) {
    words_add(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

/* --- numbers without labels ----------------------------------------------------------------------------- */

struct number {
    const char *name;
    const char *help;
    uint64_t value;
};

static void write_numbers(struct text *out, const char *type, const struct number *numbers, size_t count) {
    for (size_t i = 0; i < count; i++) {
        begin(out, numbers[i].name, type, numbers[i].help);
        words_add(out, "%s %" PRIu64 "\n", numbers[i].name, numbers[i].value);
    }
}

static void write_counters(struct text *out, const struct measure_counts *counts) {
    const struct number numbers[] = {
        {"lido_requests_total", "Requests that were answered, or whose client has left meanwhile.",
         counts->requests},
        {"lido_status_requests_total", "Of these, requests for the status pages.", counts->status_requests},
        {"lido_requests_incomplete_total", "Answers that were not sent to the end.", counts->incomplete},
        {"lido_response_body_bytes_total", "Bytes of bodies given to the kernel.", counts->body_bytes},
        {"lido_connections_accepted_total", "Connections accepted.", counts->accepted},
        {"lido_accept_errors_total", "Connections that were gone before they could be accepted.",
         counts->accept_errors},
        {"lido_rejected_total", "Requests answered 503 at once because the queue was full.",
         counts->rejected},
        {"lido_connections_gave_way_total", "Idle and silent connections closed to make room for new ones.",
         counts->gave_way},
        {"lido_connections_gave_way_slow_total", "Slow clients cut off to make room for new ones.",
         counts->gave_way_slow},
        {"lido_connections_gave_way_memory_total", "Slow clients cut off for the memory that they held.",
         counts->gave_way_memory},
        {"lido_connections_turned_away_total", "Connections of addresses that had as many as one may have.",
         counts->turned_away},
        {"lido_connections_cut_total", "Connections closed unfinished when the server stopped.", counts->cut},
        {"lido_leaders_deposed_total", "Leaders of the lane that did not get on.", counts->deposed},
        {"lido_queued_total", "Clients that passed through the queue; the others came by the lane.",
         counts->queued},
        {"lido_queue_refused_total", "How often a client found the queue full.", counts->refused},
        {"lido_cache_hits_total", "Files found in the file cache.", counts->cache_hits},
        {"lido_cache_misses_total", "Files that had to be opened, or were not there.", counts->cache_misses},
        {"lido_cache_evictions_total", "Files that had to leave the file cache for others.",
         counts->cache_evictions},
        {"lido_log_lines_dropped_total", "Lines that the access log could not take.",
         counts->log_lines_dropped},
    };
    write_numbers(out, "counter", numbers, sizeof numbers / sizeof *numbers);
}

static void write_gauges(struct text *out, const struct reading *reading) {
    const struct measure_gauges *gauges = &reading->snapshot.now.gauges;
    const struct number numbers[] = {
        {"lido_processors", "Processors that the server may use.", gauges->processors},
        {"lido_threads", "Threads of the pool.", gauges->threads},
        {"lido_threads_busy", "Threads that have something to do.", gauges->busy},
        {"lido_threads_spare", "Threads that stand in for those that are stuck.", gauges->spares},
        {"lido_threads_stuck", "Threads that a file system does not let go.", gauges->stuck},
        {"lido_threads_advised", "Threads that would be right for what was measured.",
         reading->advice.threads_advised},
        {"lido_lane_leaders", "Threads that lead the lane.", gauges->leaders},
        {"lido_queue_depth", "Clients that wait in the queue.", gauges->queue_depth},
        {"lido_queue_capacity", "Places in the queue.", gauges->queue_capacity},
        {"lido_connections", "Connections that are open.", gauges->connections},
        {"lido_connections_max", "Connections that may be open.", gauges->connections_max},
        {"lido_request_bytes", "Memory that requests and answers hold whose clients are waited for.",
         gauges->request_bytes},
        {"lido_request_max_bytes", "Memory that they may hold.", gauges->request_bytes_max},
        {"lido_cache_bytes", "Memory that the file cache uses.", gauges->cache_bytes},
        {"lido_cache_max_bytes", "Memory that the file cache may use; 0 when there is none.",
         gauges->cache_bytes_max},
        {"lido_cache_files", "Files in the file cache.", gauges->cache_files},
        {"lido_cache_descriptors", "Files that the file cache keeps open.", gauges->cache_descriptors},
        {"lido_healthy", "1 when health says ok, else 0.", reading->health.state == HEALTH_OK},
    };
    write_numbers(out, "gauge", numbers, sizeof numbers / sizeof *numbers);
}

/* --- numbers by something ------------------------------------------------------------------------------- */

static void write_parked(struct text *out, const struct measure_now *now) {
    begin(out, "lido_connections_parked", "gauge",
          "Connections that wait without a thread, by what they wait for.");
    for (enum parked kind = PARKED_IDLE; kind < PARKED_KINDS; kind++) {
        words_add(out, "lido_connections_parked{reason=\"%s\"} %zu\n", reading_parked_name(kind),
                  now->gauges.parked[kind]);
    }
    begin(out, "lido_timeouts_total", "counter", "Deadlines that passed, by what was waited for.");
    for (enum parked kind = PARKED_IDLE; kind < PARKED_KINDS; kind++) {
        words_add(out, "lido_timeouts_total{reason=\"%s\"} %" PRIu64 "\n", reading_parked_name(kind),
                  now->counts.timeouts[kind]);
    }
}

static void write_pauses(struct text *out, const struct measure_counts *counts) {
    static const char name[] = "lido_accept_pauses_total";
    begin(out, name, "counter", "How often accepting paused, by what was missing.");
    words_add(out, "%s{reason=\"queue\"} %" PRIu64 "\n", name, counts->paused_queue);
    words_add(out, "%s{reason=\"connections\"} %" PRIu64 "\n", name, counts->paused_connections);
    words_add(out, "%s{reason=\"resources\"} %" PRIu64 "\n", name, counts->paused_resources);
}

static void write_statuses(struct text *out, const struct measure_now *now) {
    begin(out, "lido_responses_total", "counter", "Answers by status, those at once among them.");
    for (int i = 0; i < MEASURE_STATUSES; i++) {
        if (now->statuses[i] > 0) {
            words_add(out, "lido_responses_total{status=\"%d\"} %" PRIu64 "\n", MEASURE_STATUS_FIRST + i,
                      now->statuses[i]);
        }
    }
}

static double seconds(uint64_t ns) {
    return (double)ns / (double)CLOCK_NS_PER_S;
}

static void write_times(struct text *out, const struct measure_times *times) {
    static const char threads[] = "lido_threads_seconds_total";
    begin(out, threads, "counter", "What the threads have done with their time.");
    words_add(out, "%s{state=\"idle\"} %.9g\n", threads, seconds(times->idle_ns));
    words_add(out, "%s{state=\"computing\"} %.9g\n", threads, seconds(times->computing_ns));
    words_add(out, "%s{state=\"waiting_for_files\"} %.9g\n", threads, seconds(times->files_ns));
    words_add(out, "%s{state=\"waiting_for_processor\"} %.9g\n", threads, seconds(times->processor_ns));
}

static void write_workers(struct text *out, const struct reading *reading) {
    size_t counts[WORKER_ACTIVITY_COUNT] = {0};
    for (size_t i = 0; i < reading->worker_count; i++) {
        counts[reading->workers[i].activity]++;
    }
    begin(out, "lido_workers", "gauge", "Threads by what they do at this moment.");
    for (enum worker_activity activity = WORKER_IDLE; activity < WORKER_ACTIVITY_COUNT; activity++) {
        words_add(out, "lido_workers{state=\"%s\"} %zu\n", worker_activity_name(activity), counts[activity]);
    }
}

/* --- durations ------------------------------------------------------------------------------------------ */

static void write_histogram(struct text *out, const char *name, const char *help,
                            const struct histogram_reading *reading) {
    uint64_t count = 0;
    size_t bucket = 0;
    begin(out, name, "histogram", help);
    for (int bit = LOWEST_BOUND_BIT; bit <= HIGHEST_BOUND_BIT; bit++) {
        int64_t bound_ns = INT64_C(1) << bit;
        for (; histogram_bucket_end_ns(bucket) <= bound_ns; bucket++) {
            count += reading->counts[bucket];
        }
        words_add(out, "%s_bucket{le=\"%.9g\"} %" PRIu64 "\n", name, seconds((uint64_t)bound_ns), count);
    }
    words_add(out, "%s_bucket{le=\"+Inf\"} %" PRIu64 "\n", name, histogram_reading_count(reading));
    words_add(out, "%s_sum %.9g\n", name, seconds(reading->sum_ns));
    words_add(out, "%s_count %" PRIu64 "\n", name, histogram_reading_count(reading));
}

/* --- of the process ------------------------------------------------------------------------------------- */

static void write_process(struct text *out, const struct reading *reading) {
    struct timespec processor;
    begin(out, "lido_build_info", "gauge", "Always 1; the label has the version.");
    words_add(out, "lido_build_info{version=\"%s\"} 1\n", LIDO_VERSION);
    begin(out, "process_start_time_seconds", "gauge", "Start time of the process since the epoch.");
    words_add(out, "process_start_time_seconds %.12g\n",
              (double)reading->wall_s - reading->snapshot.uptime_s);
    if (clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &processor) == 0) {
        begin(out, "process_cpu_seconds_total", "counter", "Processor time of the process, user and system.");
        words_add(out, "process_cpu_seconds_total %.9g\n",
                  (double)processor.tv_sec + (double)processor.tv_nsec / (double)CLOCK_NS_PER_S);
    }
}

void metrics_write(const struct reading *reading, struct text *out) {
    const struct measure_now *now = &reading->snapshot.now;
    write_process(out, reading);
    write_counters(out, &now->counts);
    write_statuses(out, now);
    write_pauses(out, &now->counts);
    write_parked(out, now);
    write_gauges(out, reading);
    write_workers(out, reading);
    write_times(out, &now->counts.times);
    write_histogram(out, "lido_request_wait_seconds",
                    "From the moment that a request could have been served to its first step.", &now->waits);
    write_histogram(out, "lido_request_service_seconds",
                    "From the first step of a request to the end of its answer.", &now->services);
}
