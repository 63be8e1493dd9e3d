/* SPDX-License-Identifier: MIT */
/*
 * Measures a running server: what its threads count (counts.h), what its parts tell of themselves, and what came of
 * it lately (history.h), put together to one snapshot for whoever shows or weighs it.
 *
 * No thread that serves waits for it: counting takes no lock; a thread takes one when it starts and when it ends, and
 * whoever reads. Judges nothing and shows nothing.
 */
#ifndef LIDO_SERVER_MEASURE_MEASURE_H
#define LIDO_SERVER_MEASURE_MEASURE_H

#include "server/measure/counts.h"
#include "server/measure/snapshot.h"

#include <stddef.h>

struct logs;
struct file_cache;
struct measure;
struct reactor;
struct threadpool;

/* What is asked. The server's; all outlive the last reading. */
struct measure_sources {
    const struct reactor *reactor;
    struct threadpool *pool;
    const struct file_cache *cache; /* NULL: there is none */
    struct logs *logs;              /* NULL: there is none */
    size_t connections_max;
    size_t threads_min; /* see measure_gauges, as the next one */
    size_t threads_max;
};

/* Returns 0 and sets *out, for measure_destroy(); or -ENOMEM. */
int measure_create(struct measure **out) __attribute__((warn_unused_result));

/* NULL is allowed. */
void measure_destroy(struct measure *measure);

/* Name the sources, again when they change, before what is no source any more goes. By the main thread, and before the
 * first reading. */
void measure_set_sources(struct measure *measure, const struct measure_sources *sources);

/* Begin to count with these, all-zero, which are the calling thread's own until measure_leave(). Thread-safe. */
void measure_join(struct measure *measure, struct measure_worker *worker);

/* The thread counts no more; what it has counted is kept. Thread-safe. */
void measure_leave(struct measure *measure, struct measure_worker *worker);

/* Look how things stand, for the windows and the points. A few times a second while the server is awake, by its main
 * thread, before what has woken it is dealt with. */
void measure_look(struct measure *measure);

/* Read all that is known, now. Thread-safe, as are the next ones. */
void measure_read(struct measure *measure, struct measure_snapshot *snapshot);

/* The same, but only what is counted since the start, and stands now. */
void measure_read_now(struct measure *measure, struct measure_now *now);

/* The points for plots: see history_read_seconds() and history_read_day(). */
size_t measure_read_seconds(struct measure *measure, struct measure_point points[MEASURE_SECONDS]);
size_t measure_read_day(struct measure *measure, struct measure_point points[MEASURE_DAY_POINTS]);

#endif
