/* SPDX-License-Identifier: MIT */
#include "server/measure/measure.h"

#include "http/base/clock.h"
#include "http/base/processors.h"
#include "http/file_cache/file_cache.h"
#include "server/log/logs.h"
#include "server/measure/clocking.h"
#include "server/measure/history.h"
#include "server/measure/others.h"
#include "server/reactor/reactor.h"
#include "threadpool/threadpool.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <utlist.h>

struct measure {
    pthread_mutex_t workers_lock;   /* guards the next two */
    struct measure_worker *workers; /* who count */
    struct measure_now ended;       /* what those have counted that do so no more */

    pthread_mutex_t lock; /* guards the rest; the main thread takes it ten times a second, and who reads */
    struct measure_sources sources;
    struct file_cache_stats former_caches; /* what is counted in those that are no source any more */
    struct clocking clocking;
    struct history history;
    struct others others;
};

int measure_create(struct measure **out) {
    struct measure *measure = calloc(1, sizeof *measure);
    if (measure == NULL) {
        return -ENOMEM;
    }
    (void)pthread_mutex_init(&measure->workers_lock, NULL);
    (void)pthread_mutex_init(&measure->lock, NULL);
    history_init(&measure->history, clock_steady_ns());
    *out = measure;
    return 0;
}

void measure_destroy(struct measure *measure) {
    if (measure != NULL) {
        clocking_deinit(&measure->clocking);
        (void)pthread_mutex_destroy(&measure->workers_lock);
        (void)pthread_mutex_destroy(&measure->lock);
        free(measure);
    }
}

void measure_join(struct measure *measure, struct measure_worker *worker) {
    (void)pthread_mutex_lock(&measure->workers_lock);
    DL_APPEND(measure->workers, worker);
    (void)pthread_mutex_unlock(&measure->workers_lock);
}

void measure_leave(struct measure *measure, struct measure_worker *worker) {
    (void)pthread_mutex_lock(&measure->workers_lock);
    measure_worker_read(worker, &measure->ended);
    DL_DELETE(measure->workers, worker);
    (void)pthread_mutex_unlock(&measure->workers_lock);
}

/* --- asking --------------------------------------------------------------------------------------------- */

static void ask_workers(struct measure *measure, struct measure_now *now) {
    (void)pthread_mutex_lock(&measure->workers_lock);
    *now = measure->ended;
    const struct measure_worker *worker = NULL;
    DL_FOREACH(measure->workers, worker) {
        measure_worker_read(worker, now);
    }
    (void)pthread_mutex_unlock(&measure->workers_lock);
    now->taken_ns = clock_steady_ns();
}

static void ask_reactor(const struct reactor *reactor, struct measure_now *now) {
    struct reactor_stats stats;
    reactor_read_stats(reactor, &stats);
    now->counts.accepted = stats.accepted;
    now->counts.accept_errors = stats.accept_errors;
    now->counts.rejected = stats.rejected;
    now->counts.gave_way = stats.gave_way;
    now->counts.gave_way_slow = stats.gave_way_slow;
    now->counts.gave_way_memory = stats.gave_way_memory;
    now->counts.turned_away = stats.turned_away;
    now->counts.paused_queue = stats.paused_full;
    now->counts.paused_connections = stats.paused_connections;
    now->counts.paused_resources = stats.paused_resources;
    now->counts.deposed = stats.deposed;
    now->counts.cut = stats.cut;
    now->gauges.connections = stats.open;
    now->gauges.connections_high_water = stats.open_high_water;
    now->gauges.leaders = stats.leaders;
    now->gauges.request_bytes = stats.request_bytes;
    now->gauges.request_bytes_max = stats.request_bytes_max;
    for (size_t i = 0; i < PARKED_KINDS; i++) {
        now->counts.timeouts[i] = stats.timeouts[i];
        now->gauges.parked[i] = stats.parked[i];
    }
}

static void ask_pool(struct threadpool *pool, struct measure_now *now) {
    struct threadpool_stats stats;
    threadpool_read_stats(pool, &stats);
    now->counts.queued = stats.submitted;
    now->counts.refused = stats.refused;
    now->waits = stats.waits;
    now->gauges.threads = stats.thread_count;
    now->gauges.spares = stats.spare_count;
    now->gauges.stuck = stats.stuck_count;
    now->gauges.busy = stats.busy_count;
    now->gauges.busy_high_water = stats.busy_high_water;
    now->gauges.queue_depth = stats.queue_depth;
    now->gauges.queue_capacity = stats.queue_capacity;
    now->gauges.queue_high_water = stats.queue_high_water;
}

static void ask_cache(const struct file_cache *cache, struct measure_now *now) {
    struct file_cache_stats stats;
    file_cache_read_stats(cache, &stats);
    now->counts.cache_hits += stats.hits;
    now->counts.cache_misses += stats.misses;
    now->counts.cache_evictions += stats.evictions;
    now->gauges.cache_bytes = stats.bytes;
    now->gauges.cache_bytes_max = stats.bytes_max;
    now->gauges.cache_files = stats.files;
    now->gauges.cache_descriptors = stats.descriptors;
}

static void ask(struct measure *measure, const struct measure_sources *sources, struct measure_now *now) {
    ask_workers(measure, now);
    ask_reactor(sources->reactor, now);
    ask_pool(sources->pool, now);
    now->counts.cache_hits = measure->former_caches.hits;
    now->counts.cache_misses = measure->former_caches.misses;
    now->counts.cache_evictions = measure->former_caches.evictions;
    if (sources->cache != NULL) {
        ask_cache(sources->cache, now);
    }
    now->counts.log_lines_dropped = sources->logs != NULL ? logs_dropped(sources->logs) : 0;
    now->counts.times = measure->clocking.times;
    now->gauges.processors = processors_count();
    now->gauges.connections_max = sources->connections_max;
    now->gauges.threads_min = sources->threads_min;
    now->gauges.threads_max = sources->threads_max;
}

/* --- looking and reading -------------------------------------------------------------------------------- */

static void look_at_gauges(struct measure *measure, int64_t now_ns) {
    struct reactor_stats reactor;
    struct threadpool_load pool;
    reactor_read_stats(measure->sources.reactor, &reactor);
    threadpool_read_load(measure->sources.pool, &pool);
    struct measure_gauges gauges = {
        .threads = pool.thread_count,
        .busy = pool.busy_count,
        .queue_depth = pool.queue_depth,
        .connections = reactor.open,
    };
    memcpy(gauges.parked, reactor.parked, sizeof gauges.parked);
    history_note(&measure->history, &gauges, now_ns);
}

static void look_at_all(struct measure *measure) {
    struct measure_now now;
    clocking_look(&measure->clocking, measure->sources.pool, clock_steady_ns());
    ask(measure, &measure->sources, &now);
    history_look(&measure->history, &now);
    others_look(&measure->others, now.taken_ns, &now.counts);
}

/* What a cache has counted stays counted. */
static void part_with(struct measure *measure, const struct file_cache *cache) {
    struct file_cache_stats stats;
    file_cache_read_stats(cache, &stats);
    measure->former_caches.hits += stats.hits;
    measure->former_caches.misses += stats.misses;
    measure->former_caches.evictions += stats.evictions;
}

void measure_set_sources(struct measure *measure, const struct measure_sources *sources) {
    (void)pthread_mutex_lock(&measure->lock);
    if (measure->sources.cache != NULL && measure->sources.cache != sources->cache) {
        part_with(measure, measure->sources.cache);
    }
    measure->sources = *sources;
    if (measure->others.looked_ns == 0) {
        look_at_all(measure); /* before there is any load */
    }
    (void)pthread_mutex_unlock(&measure->lock);
}

void measure_look(struct measure *measure) {
    int64_t now_ns = clock_steady_ns();
    (void)pthread_mutex_lock(&measure->lock);
    if (history_is_due(&measure->history, now_ns)) {
        look_at_all(measure);
    } else {
        look_at_gauges(measure, now_ns);
    }
    (void)pthread_mutex_unlock(&measure->lock);
}

void measure_read_now(struct measure *measure, struct measure_now *now) {
    (void)pthread_mutex_lock(&measure->lock);
    ask(measure, &measure->sources, now);
    (void)pthread_mutex_unlock(&measure->lock);
}

void measure_read(struct measure *measure, struct measure_snapshot *snapshot) {
    (void)pthread_mutex_lock(&measure->lock);
    ask(measure, &measure->sources, &snapshot->now);
    snapshot->uptime_s =
        (double)(snapshot->now.taken_ns - measure->history.start_ns) / (double)CLOCK_NS_PER_S;
    snapshot->others_per_request_s = others_per_request_s(&measure->others);
    for (enum measure_span span = MEASURE_10_S; span < MEASURE_SPANS; span++) {
        history_read_window(&measure->history, &snapshot->now, span, &snapshot->windows[span]);
    }
    (void)pthread_mutex_unlock(&measure->lock);
}

size_t measure_read_seconds(struct measure *measure, struct measure_point points[MEASURE_SECONDS]) {
    (void)pthread_mutex_lock(&measure->lock);
    size_t count = history_read_seconds(&measure->history, clock_steady_ns(), points);
    (void)pthread_mutex_unlock(&measure->lock);
    return count;
}

size_t measure_read_day(struct measure *measure, struct measure_point points[MEASURE_DAY_POINTS]) {
    (void)pthread_mutex_lock(&measure->lock);
    size_t count = history_read_day(&measure->history, clock_steady_ns(), points);
    (void)pthread_mutex_unlock(&measure->lock);
    return count;
}
