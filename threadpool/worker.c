/* SPDX-License-Identifier: MIT */
#include "threadpool/worker.h"

#include "http/base/clock.h"

#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    STACK_BYTES = 256 * 1024, /* what serve() may use; thread-local storage and signal frames come on top */
    NAME_BYTES = 16,          /* all that the kernel keeps */
    ACTIVITY_BITS = 8,
};

static const char *const activity_names[] = {
    [WORKER_IDLE] = "idle",
    [WORKER_READING] = "reading",
    [WORKER_RESOLVING] = "resolving",
    [WORKER_SENDING] = "sending",
};
static_assert(sizeof activity_names / sizeof activity_names[0] == WORKER_ACTIVITY_COUNT,
              "each activity has a name");
static_assert(WORKER_ACTIVITY_COUNT <= 1 << ACTIVITY_BITS, "an activity fits into its part of worker.state");

const char *worker_activity_name(enum worker_activity activity) {
    return (unsigned)activity < WORKER_ACTIVITY_COUNT ? activity_names[activity] : "unknown";
}

void *worker_local(struct worker *worker) {
    return worker->local;
}

/* The coarse clock lags by a tick at most and is several times cheaper: good enough for people. */
void worker_enter(struct worker *worker, enum worker_activity activity) {
    uint64_t since_ms = (uint64_t)clock_steady_coarse_ms();
    atomic_store_explicit(&worker->state, since_ms << ACTIVITY_BITS | (uint64_t)activity,
                          memory_order_relaxed);
}

int64_t worker_last_wait_ns(const struct worker *worker) {
    return worker->last_wait_ns;
}

void worker_note_wait(struct worker *worker, int64_t wait_ns) {
    worker->last_wait_ns = wait_ns;
    histogram_note(&worker->waits, wait_ns);
}

unsigned worker_index(const struct worker *worker) {
    return worker->index;
}

bool worker_is_wanted(const struct worker *worker) {
    return work_queue_has_something(worker->queue);
}

void worker_call_leader(struct worker *worker) {
    work_queue_send_away(worker->queue);
}

static void serve(struct worker *worker, const struct work_queue_taken *taken) {
    const struct threadpool_options *options = worker->options;
    worker_note_wait(worker, clock_steady_ns() - taken->entry.queued_ns);
    if (taken->makes_room && options->on_room != NULL) {
        options->on_room(options->context);
    }
    options->serve(options->context, worker, taken->entry.item);
    atomic_store_explicit(&worker->served, counter_read(&worker->served) + 1, memory_order_release);
    worker_enter(worker, WORKER_IDLE);
}

/* The queue counts those that have an item: one that turns to other work has none. */
static bool lead(struct worker *worker) {
    const struct threadpool_options *options = worker->options;
    if (options->lead == NULL) {
        return false;
    }
    if (worker->popper.is_busy && !worker_is_wanted(worker)) {
        work_queue_finish(worker->queue, &worker->popper);
    }
    return options->lead(options->context, worker);
}

/* Find the next item, or whatever else the queue has to say; meanwhile do what lead() does. */
static enum work_queue_answer next(struct worker *worker, struct work_queue_taken *taken) {
    for (;;) {
        enum work_queue_answer answer = WORK_QUEUE_AWAY;
        if (!lead(worker)) {
            answer = work_queue_pop(worker->queue, &worker->popper, taken);
        } else if (!work_queue_try_pop(worker->queue, &worker->popper, taken, &answer)) {
            continue;
        }
        if (answer != WORK_QUEUE_AWAY) {
            return answer;
        }
    }
}

static void *run(void *argument) {
    struct worker *worker = argument;
    const struct threadpool_options *options = worker->options;
    char name[NAME_BYTES];
    (void)snprintf(name, sizeof name, "worker-%u", worker->index);
    (void)pthread_setname_np(pthread_self(), name);
    struct work_queue_taken taken;
    while (next(worker, &taken) == WORK_QUEUE_ITEM) {
        serve(worker, &taken);
    }
    if (worker->local != NULL && options->local_deinit != NULL) {
        options->local_deinit(options->context, worker->local);
    }
    atomic_store_explicit(&worker->is_running, false, memory_order_release);
    return NULL;
}

int worker_create(struct worker **out, unsigned index, struct work_queue *queue,
                  const struct threadpool_options *options) {
    struct worker *worker = aligned_alloc(alignof(struct worker), sizeof *worker);
    if (worker == NULL) {
        return -ENOMEM;
    }
    memset(worker, 0, sizeof *worker);
    worker->index = index;
    worker->queue = queue;
    worker->options = options;
    int error = work_queue_popper_init(&worker->popper);
    if (error != 0) {
        free(worker);
        return error;
    }
    *out = worker;
    return 0;
}

void worker_destroy(struct worker *worker) {
    work_queue_popper_deinit(&worker->popper);
    free(worker);
}

/* Block all signals but those that a thread brings upon itself: a fault with its signal blocked is
 * undefined, and hidden from the tools that report it. */
static void block_signals(sigset_t *previous) {
    static const int faults[] = {SIGBUS, SIGFPE, SIGILL, SIGSEGV, SIGSYS, SIGTRAP};
    sigset_t blocked;
    (void)sigfillset(&blocked);
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        (void)sigdelset(&blocked, faults[i]);
    }
    (void)pthread_sigmask(SIG_SETMASK, &blocked, previous);
}

/* The thread inherits the signal mask, so there is no moment at which a signal could hit it. */
static int create_thread(struct worker *worker) {
    pthread_attr_t attributes;
    int error = pthread_attr_init(&attributes);
    if (error != 0) {
        return -error;
    }
    error = pthread_attr_setstacksize(&attributes, STACK_BYTES + (size_t)PTHREAD_STACK_MIN);
    if (error == 0) {
        sigset_t previous;
        block_signals(&previous);
        error = pthread_create(&worker->thread, &attributes, run, worker);
        (void)pthread_sigmask(SIG_SETMASK, &previous, NULL);
    }
    (void)pthread_attr_destroy(&attributes);
    return -error;
}

/* A cache line more than asked for, so that no two workers' memory shares one. */
static int allocate_local(struct worker *worker) {
    size_t bytes = worker->options->local_bytes;
    if (bytes == 0) {
        return 0;
    }
    worker->local = calloc(1, bytes + WORKER_CACHE_LINE_BYTES);
    return worker->local != NULL ? 0 : -ENOMEM;
}

static void free_local(struct worker *worker) {
    free(worker->local);
    worker->local = NULL;
}

int worker_start(struct worker *worker) {
    int error = allocate_local(worker);
    if (error != 0) {
        return error;
    }
    worker_enter(worker, WORKER_IDLE);
    atomic_store_explicit(&worker->is_running, true, memory_order_release);
    error = create_thread(worker);
    if (error != 0) {
        atomic_store_explicit(&worker->is_running, false, memory_order_release);
        free_local(worker);
    }
    return error;
}

bool worker_is_running(const struct worker *worker) {
    return atomic_load_explicit(&worker->is_running, memory_order_acquire);
}

void worker_join(struct worker *worker) {
    (void)pthread_join(worker->thread, NULL);
    free_local(worker);
}

void worker_add_counts(const struct worker *worker, struct worker_counts *counts) {
    counts->served += atomic_load_explicit(&worker->served, memory_order_acquire);
    histogram_read(&worker->waits, &counts->waits);
}

void worker_reset_counts(struct worker *worker) {
    atomic_store_explicit(&worker->served, 0, memory_order_relaxed);
    histogram_clear(&worker->waits);
}

struct worker_report worker_report(const struct worker *worker) {
    uint64_t state = atomic_load_explicit(&worker->state, memory_order_relaxed);
    return (struct worker_report){
        .index = worker->index,
        .activity = (enum worker_activity)(state & ((1U << ACTIVITY_BITS) - 1)),
        .since_ms = (int64_t)(state >> ACTIVITY_BITS),
        .served = atomic_load_explicit(&worker->served, memory_order_relaxed),
    };
}
