/* SPDX-License-Identifier: MIT */
/*
 * The workers of a pool: a table that grows and never shrinks, in which each has a place that can be started again
 * once its thread has ended.
 *
 * Starts, joins and looks on; does not decide how many there shall be, nor who has to leave. One thread, the owner of
 * the pool, calls what changes the table; whatever reads is for every thread, the workers included. Private to
 * threadpool/.
 */
#ifndef LIDO_THREADPOOL_CREW_H
#define LIDO_THREADPOOL_CREW_H

#include "threadpool/threadpool.h"
#include "threadpool/worker.h"

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Only the owner writes the table, with the lock held, so it may read it without; everybody else reads it with the
 * lock. The lock is never held while a thread is started or joined or while another lock is taken: so a worker may read
 * the counters from within serve() even while the owner waits for this worker to end.
 */
struct crew {
    struct work_queue *queue;
    const struct threadpool_options *options;
    struct worker_crowd crowd;

    pthread_mutex_t lock;    /* guards all that follows, and is_listed of each worker */
    struct worker **workers; /* by index; those that are not listed have no thread and are to be reused */
    size_t count;
    struct worker_counts ended; /* by threads that have been joined */
};

/* What the owner finds when it looks for those who do not get on. */
struct crew_look {
    size_t stuck;  /* in one operation for longer than stuck_after_ns, */
    size_t absent; /* or for long enough that nobody else should have to wait for it; the stuck included */
    size_t absent_later; /* of these, at work that could have waited */
};

/* Begin without workers. `queue` and `options` stay the caller's and must outlive the crew. Returns 0 or a negative
 * errno. */
int crew_init(struct crew *crew, struct work_queue *queue, const struct threadpool_options *options)
    __attribute__((warn_unused_result));

/* Free all places. No thread may be left. Only after the queue's deinit. */
void crew_deinit(struct crew *crew);

/* Start one more thread. Returns 0 or a negative errno. The owner's. */
int crew_start_worker(struct crew *crew) __attribute__((warn_unused_result));

/* Join those who have ended; waits for nobody. Returns how many are left. The owner's. */
size_t crew_join_ended(struct crew *crew);

/* Join all, and wait for them. The owner's. */
void crew_join_all(struct crew *crew);

/* Look for those who do not get on, and tell options->on_stuck of each when it begins and when it is over. The
 * owner's. */
struct crew_look crew_look(struct crew *crew, int64_t now_ns);

/* Read the counters of all, those that have ended included. Thread-safe. */
void crew_read_counts(struct crew *crew, struct worker_counts *counts);

/* As threadpool_read_workers(). Thread-safe. */
size_t crew_read_workers(struct crew *crew, struct worker_report *reports, size_t capacity);

#endif
