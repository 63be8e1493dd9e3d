/* SPDX-License-Identifier: MIT */
/*
 * A pool of threads, its queue and its clients in simulated time, event by event: what the advice is tested against.
 * Knows nothing of the model. A request waits for a thread, computes on one of the processors (waiting for it with the
 * thread), waits for a file, and is answered. Other processes compute as well, for files or for nobody.
 */
#ifndef LIDO_TESTS_UNIT_SERVER_ADVICE_SIMULATED_POOL_H
#define LIDO_TESTS_UNIT_SERVER_ADVICE_SIMULATED_POOL_H

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
    double rate;                /* of new clients each second, with one request each; or */
    size_t clients;             /* so many that come again, */
    double think_s;             /* after so long (mean, exponential) */
    double seconds;             /* for so long, after a tenth of it that does not count */
};

/* Run it, and fill in what would be measured. */
void simulate(const struct simulation *simulation, struct measure_snapshot *snapshot);

#endif
