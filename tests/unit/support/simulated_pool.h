/* SPDX-License-Identifier: MIT */
/*
 * A pool of threads, its queue and its clients in simulated time, event by event: what the advice is tested against.
 * Knows nothing of the model. A request waits for a thread, computes on one of the processors (waiting for it with the
 * thread), waits for a file, and is answered. Other processes compute as well, for files or for nobody.
 */
#ifndef LIDO_TESTS_UNIT_SUPPORT_SIMULATED_POOL_H
#define LIDO_TESTS_UNIT_SUPPORT_SIMULATED_POOL_H

#include "server/measure/snapshot.h"

#include <stddef.h>

enum simulated_times {
    SIMULATED_EQUAL,
    SIMULATED_EXPONENTIAL,
    SIMULATED_MIXED /* one of ten takes ten times as long */
};

struct simulation {
    size_t threads;
    size_t processors;
    double computing_s; /* mean of a request */
    double files_s;
    double daemon_s;            /* that another process computes for a request, ahead of its file (mean) */
    size_t hogs;                /* processes that compute all the time, at most 16 */
    double idle_s;              /* before the load begins */
    enum simulated_times times; /* of files */
    size_t queue;   /* so many may wait for a thread, others are turned away (of an open load); 0: all may */
    double rate;    /* of new clients each second, with one request each; or */
    size_t clients; /* so many that come again, */
    double think_s; /* after so long (mean, exponential) */
    double seconds; /* for so long, after a tenth of it that does not count */
};

/* Begin anew, at the time 0. There is one at a time. */
void simulation_begin(const struct simulation *plan);

/* Let time pass until then. There must be something to come. */
void simulation_run_until(double end_s);

/* Change the size of the pool. As in the real one, threads that are too many leave after their request. */
void simulation_set_threads(size_t threads);

/* Change the rate of an open load, from the next client on. */
void simulation_set_rate(double rate);

/* How it stands now. */
void simulation_read(struct measure_now *now);

/* What would be measured as measure_snapshot.others_per_request_s. */
double simulation_others_per_request_s(void);

/* Run it from the beginning to the end, and fill in what would be measured. */
void simulate(const struct simulation *simulation, struct measure_snapshot *snapshot);

#endif
