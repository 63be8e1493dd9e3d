/* SPDX-License-Identifier: MIT */
/*
 * What the workers of a pool have done with their time, and what is left of the machine's: read by the main thread
 * from what each worker notes of itself (threadpool.h) and what the kernel knows of its thread (processor_time.h) and
 * of all processors (/proc/stat, proc(5)).
 *
 * Reading a worker that was not idle is what costs, so it looks at CLOCKING_SHARE of them at a time, in turn. Takes no
 * lock that a worker waits for. Not thread-safe.
 */
#ifndef LIDO_SERVER_MEASURE_CLOCKING_H
#define LIDO_SERVER_MEASURE_CLOCKING_H

#include "server/measure/snapshot.h"
#include "threadpool/threadpool.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CLOCKING_SHARE = 64 };

/* What was known of a worker when it was last looked at. */
struct clocked_worker {
    int64_t started_ns; /* of its thread: another one begins anew */
    int64_t looked_ns;
    int64_t resting_ns;
    int64_t in_files_ns;
    struct processor_time processor;
};

/* All-zero: nothing yet. */
struct clocking {
    struct measure_times times; /* so far */
    struct clocked_worker *workers;
    struct worker_report *reports;
    size_t capacity; /* of both */
    size_t next;     /* whose turn it is */
};

void clocking_deinit(struct clocking *clocking);

/* Look at the workers, and add what came to `times`. Without memory nothing comes. */
void clocking_look(struct clocking *clocking, struct threadpool *pool, int64_t now_ns);

/* Add what came for one worker since it was last looked at; `processor` NULL: the kernel does not tell. */
void clocking_add(struct clocked_worker *before, const struct worker_report *report,
                  const struct processor_time *processor, int64_t now_ns, struct measure_times *times);

#endif
