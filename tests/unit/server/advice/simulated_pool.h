/* SPDX-License-Identifier: MIT */
/*
 * A pool of threads, its queue and its clients in simulated time, event by event: what the advice is tested against.
 * Knows nothing of the model. A request waits for a thread, computes on one of the processors (waiting for it with the
 * thread), waits for a file, and is answered.
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
    enum simulated_times times; /* of files */
    double rate;                /* of new clients each second, with one request each; or */
    size_t clients;             /* so many that come again, */
    double think_s;             /* after so long (mean, exponential) */
    double seconds;             /* for so long, after a tenth of it that does not count */
};

/* Run it, and fill in what would be measured. */
void simulate(const struct simulation *simulation, struct measure_snapshot *snapshot);

#endif
