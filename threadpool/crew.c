/* SPDX-License-Identifier: MIT */
#include "threadpool/crew.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { ABSENT_NS = 100 * 1000 * 1000 }; /* longer than a busy disk takes, shorter than people wait */

int crew_init(struct crew *crew, struct work_queue *queue, const struct threadpool_options *options) {
    crew->queue = queue;
    crew->options = options;
    return -pthread_mutex_init(&crew->lock, NULL);
}

void crew_deinit(struct crew *crew) {
    for (size_t i = 0; i < crew->count; i++) {
        worker_destroy(crew->workers[i]);
    }
    free(crew->workers);
    (void)pthread_mutex_destroy(&crew->lock);
}

static void lock(struct crew *crew) {
    (void)pthread_mutex_lock(&crew->lock);
}

static void unlock(struct crew *crew) {
    (void)pthread_mutex_unlock(&crew->lock);
}

/* --- starting and joining ------------------------------------------------------------------------------- */

static int append_worker(struct crew *crew, struct worker *worker) {
    lock(crew);
    struct worker **workers = realloc(crew->workers, (crew->count + 1) * sizeof(struct worker *));
    if (workers != NULL) {
        crew->workers = workers;
        crew->workers[crew->count++] = worker;
    }
    unlock(crew);
    return workers != NULL ? 0 : -ENOMEM;
}

/* Find a worker without a thread, or make one. There can be more than THREADPOOL_THREADS_MAX while surplus ones are on
 * their way out, or others stand in for those that are stuck. */
static int provide_worker(struct crew *crew, struct worker **out) {
    for (size_t i = 0; i < crew->count; i++) {
        if (!crew->workers[i]->is_listed) {
            *out = crew->workers[i];
            return 0;
        }
    }
    struct worker *worker = NULL;
    int error = worker_create(&worker, (unsigned)crew->count, crew->queue, &crew->crowd, crew->options);
    if (error != 0) {
        return error;
    }
    error = append_worker(crew, worker);
    if (error != 0) {
        worker_destroy(worker);
    } else {
        *out = worker;
    }
    return error;
}

static void set_listed(struct crew *crew, struct worker *worker, bool is_listed) {
    lock(crew);
    worker->is_listed = is_listed;
    unlock(crew);
}

/* List the worker before it runs, so that no item that it serves is missing from the counters. */
int crew_start_worker(struct crew *crew) {
    struct worker *worker = NULL;
    int error = provide_worker(crew, &worker);
    if (error != 0) {
        return error;
    }
    set_listed(crew, worker, true);
    error = worker_start(worker);
    if (error != 0) {
        set_listed(crew, worker, false);
    }
    return error;
}

/* Join a thread and move its counters to the total in one step, for no reader to count them twice or not
 * at all. */
static void join_worker(struct crew *crew, struct worker *worker) {
    worker_join(worker);
    lock(crew);
    worker_add_counts(worker, &crew->ended);
    worker_reset_counts(worker);
    worker->is_listed = false;
    unlock(crew);
}

static size_t join(struct crew *crew, bool waits) {
    size_t left = 0;
    for (size_t i = 0; i < crew->count; i++) {
        struct worker *worker = crew->workers[i];
        if (worker->is_listed && (waits || !worker_is_running(worker))) {
            join_worker(crew, worker);
        }
        left += worker->is_listed ? 1 : 0;
    }
    return left;
}

size_t crew_join_ended(struct crew *crew) {
    return join(crew, false);
}

void crew_join_all(struct crew *crew) {
    (void)join(crew, true);
}

/* --- who does not get on -------------------------------------------------------------------------------- */

static void tell(const struct crew *crew, const struct worker *worker, int64_t now_ns) {
    const struct worker_watch *watch = &worker->watch;
    if (crew->options->on_stuck != NULL) {
        struct worker_stuck stuck = {
            .index = worker->index,
            .activity = watch->activity,
            .subject = watch->subject,
            .for_ns = now_ns - watch->since_ns,
            .is_over = !worker_is_stuck(worker),
        };
        crew->options->on_stuck(crew->options->context, &stuck);
    }
}

static void begin_to_be_stuck(const struct crew *crew, struct worker *worker, int64_t since_ns,
                              int64_t now_ns) {
    struct worker_report report;
    worker_read_report(worker, &report);
    worker->watch.activity = report.activity;
    worker->watch.since_ns = report.since_ns;
    memcpy(worker->watch.subject, report.subject, sizeof report.subject);
    if (report.since_ns == since_ns) { /* it has not come back while it was looked at */
        worker_set_stuck(worker, true);
        tell(crew, worker, now_ns);
    }
}

/* Returns since when the worker is in its operation, or 0. */
static int64_t look_at(const struct crew *crew, struct worker *worker, int64_t now_ns) {
    bool is_running = worker->is_listed && worker_is_running(worker);
    int64_t since_ns = is_running ? worker_away_since_ns(worker) : 0;
    if (worker_is_stuck(worker) && since_ns != worker->watch.since_ns) {
        worker_set_stuck(worker, false);
        tell(crew, worker, now_ns);
    }
    int64_t limit_ns = crew->options->stuck_after_ns;
    if (since_ns != 0 && limit_ns > 0 && !worker_is_stuck(worker) && now_ns - since_ns >= limit_ns) {
        begin_to_be_stuck(crew, worker, since_ns, now_ns);
    }
    return since_ns;
}

struct crew_look crew_look(struct crew *crew, int64_t now_ns) {
    struct crew_look look = {0};
    for (size_t i = 0; i < crew->count; i++) {
        int64_t since_ns = look_at(crew, crew->workers[i], now_ns);
        bool is_absent = since_ns != 0 && now_ns - since_ns >= ABSENT_NS;
        look.stuck += worker_is_stuck(crew->workers[i]) ? 1 : 0;
        look.absent += is_absent ? 1 : 0;
        look.absent_later += is_absent && worker_has_place(crew->workers[i]) ? 1 : 0;
    }
    return look;
}

/* --- by anybody ----------------------------------------------------------------------------------------- */

void crew_read_counts(struct crew *crew, struct worker_counts *counts) {
    lock(crew);
    *counts = crew->ended;
    for (size_t i = 0; i < crew->count; i++) {
        worker_add_counts(crew->workers[i], counts);
    }
    unlock(crew);
}

size_t crew_read_workers(struct crew *crew, struct worker_report *reports, size_t capacity) {
    size_t read = 0;
    lock(crew);
    for (size_t i = 0; i < crew->count && read < capacity; i++) {
        if (crew->workers[i]->is_listed && worker_is_running(crew->workers[i])) {
            worker_read_report(crew->workers[i], &reports[read++]);
        }
    }
    unlock(crew);
    return read;
}
