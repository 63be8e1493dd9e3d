/* SPDX-License-Identifier: MIT */
/* A sweep over a made-up pool, of which it is known how many requests each size serves. */
#ifndef LIDO_TESTS_UNIT_SERVER_TUNE_MADE_SWEEP_H
#define LIDO_TESTS_UNIT_SERVER_TUNE_MADE_SWEEP_H

#include "server/tune/sweep.h"

extern struct sweep sweep;

/* Of each mode, requests/s with so many threads; NULL: it is not measured. */
typedef double made_rate(size_t threads);

/* Forget all, for 2 processors, 64 clients and 4 threads in force. */
void made_sweep_begin(made_rate *memory, made_rate *disk);

/* Measure one size: a second in each mode, in which every request takes this long. */
void made_sweep_measure(size_t threads, double latency_s);

/* Measure whatever sweep_next() wants, until it wants no more. Returns how often that was. */
size_t made_sweep_run(void);

#endif
