/* SPDX-License-Identifier: MIT */
/*
 * One thread (pthread_create(3)) of a pool: takes items from the queue and serves them until the queue sends
 * it away.
 *
 * A worker counts for itself, in cache lines that no other worker writes, and anybody may look on while it
 * works. It outlives its thread: its place is kept and can be started again. It knows nothing of its fellows
 * and does not decide how many there are; that is the pool's. Private to threadpool/; what serve() may call
 * is in threadpool.h.
 */
#ifndef LIDO_THREADPOOL_WORKER_H
#define LIDO_THREADPOOL_WORKER_H

#include "threadpool/threadpool.h"
#include "threadpool/work_queue.h"

#include <pthread.h>
#include <stdalign.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

enum {
    WORKER_CACHE_LINE_BYTES = 64,
    WORKER_SUBJECT_WORDS = WORKER_SUBJECT_BYTES / sizeof(uint64_t),
};

/* How many of the workers that share it have something to do. All-zero at first. */
struct worker_crowd {
    alignas(WORKER_CACHE_LINE_BYTES) atomic_size_t busy;
    atomic_size_t busy_high_water;
};

/* What the pool's owner found when it last looked at a worker; its own, but for is_stuck, which anybody may read. */
struct worker_watch {
    atomic_bool is_stuck;
    int64_t since_ns; /* of the operation in which it is stuck, as the next two */
    enum worker_activity activity;
    char subject[WORKER_SUBJECT_BYTES];
};

/*
 * What others read while the worker writes
 *
 * Each of these atomics has one writer, the worker's thread, which therefore adds by a load and a store; no
 * read-modify-write is needed. `state` holds the activity and its start in one word, so that nobody sees the
 * one without the other: bits 0 to 3 the activity, the rest since_ns without its lowest four bits. Accesses are
 * relaxed where a value means something on its own. `served` is released and acquired, so that who sees an item
 * served finds it counted as submitted and waited for, too; `is_running` likewise, so that who sees it set finds
 * the state of this thread, not of the one before, and who sees it cleared finds the counters final.
 *
 * Note on snapshots. `state`, `spent_ns` and `subject` belong together when an activity begins or ends that is
 * timed. Then `version` is odd while they change; who has read it even and the same before and after has read
 * what belongs together. No fence orders that (ThreadSanitizer knows none): the worker releases each of its stores
 * behind the odd version, and the reader acquires each of its loads, so that who reads one of the new values reads
 * a new version after it.
 */
struct worker {
    alignas(WORKER_CACHE_LINE_BYTES) _Atomic(uint64_t) state;
    _Atomic(uint64_t) served;
    _Atomic(uint64_t) led;
    _Atomic(uint32_t) version;
    atomic_int thread_id;
    _Atomic(int64_t) started_ns;
    _Atomic(int64_t) spent_ns[WORKER_ACTIVITY_COUNT];
    _Atomic(uint64_t) subject[WORKER_SUBJECT_WORDS];
    struct histogram waits;
    atomic_bool is_running; /* there is a thread, and it has not come to its end */
    atomic_bool has_place;  /* works on what can wait */

    bool is_busy;               /* has something to do; the worker's alone, as the next two */
    enum worker_activity timed; /* the activity, if it is one that is timed, else READING, */
    int64_t timed_since_ns;     /* and when it began */

    unsigned index;
    struct work_queue *queue;
    struct worker_crowd *crowd;
    const struct threadpool_options *options;
    int64_t last_wait_ns; /* the thread's own, as is the next */
    int64_t began_ns;     /* to serve what it serves now */
    void *local;          /* from worker_start() to worker_join() */
    pthread_t thread;
    bool is_listed; /* the crew's, guarded by its lock: has a thread to join, or is getting one */

    struct worker_watch watch;

    /* On a line of its own: written by whoever calls this worker. */
    alignas(WORKER_CACHE_LINE_BYTES) struct work_queue_popper popper;
};

/* Totals over several workers. */
struct worker_counts {
    uint64_t served;
    uint64_t led;
    struct histogram_reading waits;
};

/* Make a worker without a thread. `queue`, `crowd` and `options` stay the caller's and must outlive it.
 * Returns 0 and sets *out, or a negative errno. */
int worker_create(struct worker **out, unsigned index, struct work_queue *queue, struct worker_crowd *crowd,
                  const struct threadpool_options *options) __attribute__((warn_unused_result));

/* Free a worker whose thread has been joined, or that never had one. Only after the queue's deinit. */
void worker_destroy(struct worker *worker);

/* Start the worker's thread, named and with signals blocked; the counters go on from where they are. Not
 * while it has one. Returns 0 or a negative errno, and then there is no thread. */
int worker_start(struct worker *worker) __attribute__((warn_unused_result));

/* False without a thread, and once the thread serves no more and a join takes next to no time.
 * Thread-safe. */
bool worker_is_running(const struct worker *worker);

/* Whether it is at work that could have waited. Thread-safe. */
bool worker_has_place(const struct worker *worker);

/* Wait for the thread to end and free its local memory. */
void worker_join(struct worker *worker);

/* Add the worker's counters to *counts. Thread-safe. */
void worker_add_counts(const struct worker *worker, struct worker_counts *counts);

/* Set the counters to zero. Only while there is no thread. */
void worker_reset_counts(struct worker *worker);

/* Begin to rest at the queue or, as worker_rest() does, in lead(). By the worker itself. */
void worker_rest_as(struct worker *worker, enum worker_activity activity, int64_t now_ns);

/* Forget what the thread before did. Only while there is no thread. */
void worker_begin_report(struct worker *worker, int64_t now_ns);

/* Since when it is in an operation that worker_enter_long() told of; 0: it is in none. Thread-safe. */
int64_t worker_away_since_ns(const struct worker *worker);

/* Thread-safe. */
static inline bool worker_is_stuck(const struct worker *worker) {
    return atomic_load_explicit(&worker->watch.is_stuck, memory_order_relaxed);
}

/* The owner's. */
static inline void worker_set_stuck(struct worker *worker, bool is_stuck) {
    atomic_store_explicit(&worker->watch.is_stuck, is_stuck, memory_order_relaxed);
}

/* Read what the worker does; means something while it is running. Thread-safe. */
void worker_read_report(const struct worker *worker, struct worker_report *report);

#endif
