/* SPDX-License-Identifier: MIT */
/*
 * What was measured with one size of the pool, and what follows from it. Values in, values out; measures nothing
 * itself.
 */
#ifndef LIDO_SERVER_TUNE_FIGURES_H
#define LIDO_SERVER_TUNE_FIGURES_H

#include "http/base/histogram.h"

#include <stddef.h>
#include <stdint.h>

/* Where the bytes of the files come from. */
enum tune_mode {
    TUNE_MEMORY, /* from memory: they have been read before */
    TUNE_DISK,   /* from where they are stored: taken out of memory before each request */
    TUNE_MODES
};

/* All-zero: nothing was measured. */
struct tune_figures {
    uint64_t requests; /* answered as they should be */
    uint64_t errors;   /* answered otherwise, or not at all */
    int64_t elapsed_ns;
    int64_t server_ns;                  /* processor time of the server in this time, */
    int64_t client_ns;                  /* and of the client */
    struct histogram_reading latencies; /* from the request to the last byte of the answer */
    struct histogram_reading waits;     /* for a thread, as the server counts them */
};

struct tune_point {
    size_t threads;
    size_t rounds; /* how often it was measured in full */
    struct tune_figures of[TUNE_MODES];
};

/* Add the figures of another round. */
void tune_figures_add(struct tune_figures *figures, const struct tune_figures *more);

/* Requests each second; 0 if nothing was measured. */
double tune_figures_rate(const struct tune_figures *figures);

/* Processor time of the server for each request, in seconds; 0 without requests. */
double tune_figures_server_s(const struct tune_figures *figures);

/* Which share of the time the client was busy, 0 to 1. */
double tune_figures_client_share(const struct tune_figures *figures);

#endif
