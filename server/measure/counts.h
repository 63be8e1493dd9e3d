/* SPDX-License-Identifier: MIT */
/*
 * What one thread counts of the requests that it answers, for others to read meanwhile.
 *
 * One writer for each, relaxed atomics, no lock. Adds nothing up and keeps no past: measure.h does.
 */
#ifndef LIDO_SERVER_MEASURE_COUNTS_H
#define LIDO_SERVER_MEASURE_COUNTS_H

#include "http/base/counter.h"
#include "http/base/histogram.h"
#include "server/measure/snapshot.h"

#include <stdbool.h>
#include <stdint.h>

/* All-zero: nothing yet. The links are those of the list that it is on (utlist.h). */
struct measure_worker {
    _Atomic(uint64_t) requests;
    _Atomic(uint64_t) status_requests;
    _Atomic(uint64_t) incomplete;
    _Atomic(uint64_t) body_bytes;
    _Atomic(uint64_t) statuses[MEASURE_STATUSES];
    struct histogram services;
    struct measure_worker *prev;
    struct measure_worker *next;
};

/* Count bytes of the body of an answer that is not over; those are not counted again with it. By its thread. */
static inline void measure_count_sent(struct measure_worker *worker, uint64_t body_bytes) {
    counter_add(&worker->body_bytes, body_bytes);
}

/* Count an answer of this status alone: of a client that was turned away. By its thread. */
static inline void measure_count_status(struct measure_worker *worker, int status) {
    int index = status - MEASURE_STATUS_FIRST;
    if (index >= 0 && index < MEASURE_STATUSES) {
        counter_add(&worker->statuses[index], 1);
    }
}

/* Count the answer to a request, and how long it took. By its thread. */
static inline void measure_count_answer(struct measure_worker *worker, int status, uint64_t body_bytes,
                                        int64_t duration_ns, bool complete) {
    counter_add(&worker->requests, 1);
    counter_add(&worker->incomplete, complete ? 0 : 1);
    counter_add(&worker->body_bytes, body_bytes);
    measure_count_status(worker, status);
    histogram_note(&worker->services, duration_ns);
}

/* The same for a status page: whoever looks at how long requests take must not change it. By its thread. */
static inline void measure_count_status_page(struct measure_worker *worker, int status, uint64_t body_bytes,
                                             bool complete) {
    counter_add(&worker->requests, 1);
    counter_add(&worker->status_requests, 1);
    counter_add(&worker->incomplete, complete ? 0 : 1);
    counter_add(&worker->body_bytes, body_bytes);
    measure_count_status(worker, status);
}

/* Add what it has counted to a reading. Thread-safe. */
void measure_worker_read(const struct measure_worker *worker, struct measure_now *now);

#endif
