/* SPDX-License-Identifier: MIT */
/*
 * What size of the pool, of the queue, of the file cache would be right, and why: what was measured (measure/snapshot.h)
 * put into the model (model.h), and the outcome in a sentence for the owner.
 *
 * By the utilisation law a request keeps a thread for busy time / requests; by Little's law as many clients are in the
 * server as rate x (waiting + service). What the threads can do at most is what the processors can do: those that
 * others leave, divided by the processor time that a request takes, of Lido and of others who work for it (file systems,
 * clients on the same machine).
 *
 * Values in, values out: changes nothing, and remembers nothing. Thread-safe.
 */
#ifndef LIDO_SERVER_ADVICE_ADVICE_H
#define LIDO_SERVER_ADVICE_ADVICE_H

#include "server/measure/snapshot.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct model_load;

enum { ADVICE_LINES_MAX = 4, ADVICE_LINE_BYTES = 320, ADVICE_REQUESTS_MIN = 100, ADVICE_THREADS_MAX = 1024 };

enum advice_verdict {
    ADVICE_UNKNOWN,        /* too little was seen */
    ADVICE_FINE,           /* the pool is of a good size */
    ADVICE_MORE_THREADS,   /* `threads_advised` would let nobody wait long */
    ADVICE_FEWER_THREADS,  /* `threads_advised` would do */
    ADVICE_PROCESSORS_BUSY /* requests wait, but more threads would find no processor */
};

struct advice {
    enum advice_verdict verdict;
    size_t threads; /* as it is, with what was measured: */
    size_t processors;
    double span_s; /* over this time */
    uint64_t requests;
    double busy;         /* share of the threads' time, 0 to 1, */
    double files;        /* and of that, waiting for files */
    double machine_busy; /* share of all processors, by whoever; 0: not known */
    size_t busy_max;     /* threads at once, in five minutes */
    double wait_s;       /* mean, in the queue or the lane */
    double wait_p99_s;
    double service_s; /* how long a request keeps a thread, without waiting for a processor */

    size_t threads_advised; /* `threads` if it is fine or not known */
    double wait_advised_s;  /* mean, as the model foretells it with these */
    bool is_ample;          /* while it is fine: much fewer would do on average, */
    bool is_early;          /* and it is only too early to advise them */
    size_t threads_useful;  /* more bring nothing, as the processors are at their end then; 0: not known */

    size_t queue_advised; /* 0: as it is; as the next two */
    size_t cache_bytes_advised;
    size_t connections_advised;
    struct measure_gauges gauges; /* of these */
    struct measure_counts counts; /* in five minutes */
};

/* Weigh what was measured. */
void advice_weigh(const struct measure_snapshot *snapshot, struct advice *advice);

/* The load that a window shows, for `threads` other than those that it was measured with; see model.h. Also for tests. */
void advice_load_of(const struct measure_window *window, const struct measure_snapshot *snapshot,
                    struct model_load *load);

/* Say it, one sentence a line, the most important first. Returns how many lines, at least 1. */
size_t advice_tell(const struct advice *advice, char lines[ADVICE_LINES_MAX][ADVICE_LINE_BYTES]);

#endif
