/* SPDX-License-Identifier: MIT */
/*
 * One worker at a queue of its own, whose items are functions to call. Criterion runs each test in a process
 * of its own, so there is one of each and they are plain variables.
 */
#ifndef LIDO_TESTS_UNIT_THREADPOOL_ONE_WORKER_H
#define LIDO_TESTS_UNIT_THREADPOOL_ONE_WORKER_H

#include "threadpool/worker.h"

#include <stddef.h>

struct task {
    void (*call)(struct worker *worker);
};

extern struct work_queue queue;
extern struct worker_crowd crowd;
extern struct worker *worker; /* of index 7 */
extern size_t deinit_count;   /* how often its local memory was deinited */
extern struct threadpool_options options;

/* Make the worker and a queue for so many items; without a thread. */
void open_worker(size_t capacity);
void close_worker(void);

void submit(void (*call)(struct worker *self));

/* Everything submitted has been served, and the thread is gone, afterwards. */
void start_and_join(void);

/* A closed queue stays closed: the worker gets another in its place. */
void reopen_queue(void);

/* All of it. */
void serve_in_a_new_thread(void (*call)(struct worker *self));

void do_nothing(struct worker *self);

#endif
