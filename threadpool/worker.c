/* SPDX-License-Identifier: MIT */
#include "threadpool/worker.h"

#include "http/base/clock.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const int64_t WAIT_LEFT_OUT = INT64_MIN;

enum {
    STACK_BYTES = 256 * 1024, /* what serve() may use; thread-local storage and signal frames come on top */
    NAME_BYTES = 16,          /* all that the kernel keeps */
};

void *worker_local(struct worker *worker) {
    return worker->local;
}

int64_t worker_last_wait_ns(const struct worker *worker) {
    return worker->last_wait_ns;
}

static void count_wait(struct worker *worker) {
    if (worker->last_wait_ns != WAIT_LEFT_OUT) {
        histogram_note(&worker->waits, worker->last_wait_ns);
    }
}

void worker_begin_led(struct worker *worker, int64_t ready_ns, int64_t now_ns) {
    worker_resume(worker, now_ns);
    worker->last_wait_ns = now_ns - ready_ns;
}

void worker_has_waited_since(struct worker *worker, int64_t ready_ns) {
    if (worker->last_wait_ns < worker->began_ns - ready_ns) {
        worker->last_wait_ns = worker->began_ns - ready_ns;
    }
}

void worker_end_led(struct worker *worker) {
    count_wait(worker);
    counter_add(&worker->led, 1);
}

void worker_leave_wait_out(struct worker *worker) {
    worker->last_wait_ns = WAIT_LEFT_OUT;
}

unsigned worker_index(const struct worker *worker) {
    return worker->index;
}

bool worker_is_wanted(const struct worker *worker) {
    return work_queue_has_something(worker->queue);
}

bool worker_is_pressed(const struct worker *worker, int64_t now_ns) {
    return work_queue_is_pressing(worker->queue, now_ns);
}

void worker_call_leader(struct worker *worker) {
    work_queue_send_away(worker->queue);
}

static void set_place(struct worker *worker, bool has_place) {
    atomic_store_explicit(&worker->has_place, has_place, memory_order_relaxed);
}

bool worker_has_place(const struct worker *worker) {
    return atomic_load_explicit(&worker->has_place, memory_order_relaxed);
}

bool worker_begin_later(struct worker *worker) {
    if (!worker_has_place(worker)) {
        set_place(worker, work_queue_begin_later(worker->queue));
    }
    return worker_has_place(worker);
}

void worker_end_later(struct worker *worker) {
    if (worker_has_place(worker)) {
        set_place(worker, false);
        work_queue_end_later(worker->queue);
    }
}

static void serve(struct worker *worker, const struct work_queue_taken *taken) {
    const struct threadpool_options *options = worker->options;
    int64_t now_ns = clock_steady_ns();
    worker_resume(worker, now_ns);
    worker->began_ns = now_ns;
    worker->last_wait_ns = now_ns - taken->entry.queued_ns;
    set_place(worker, taken->has_place);
    if (taken->makes_room && options->on_room != NULL) {
        options->on_room(options->context);
    }
    options->serve(options->context, worker, taken->entry.item);
    worker_end_later(worker);
    if (!taken->has_place) { /* what can wait does, and says nothing of how busy the pool is */
        count_wait(worker);
    }
    atomic_store_explicit(&worker->served, counter_read(&worker->served) + 1, memory_order_release);
}

static bool lead(struct worker *worker) {
    const struct threadpool_options *options = worker->options;
    return options->lead != NULL && options->lead(options->context, worker);
}

/* Find the next item, or whatever else the queue has to say; meanwhile do what lead() does. */
static enum work_queue_answer next(struct worker *worker, struct work_queue_taken *taken) {
    for (;;) {
        enum work_queue_answer answer = WORK_QUEUE_AWAY;
        if (!lead(worker)) {
            worker_rest_as(worker, WORKER_IDLE, clock_steady_ns());
            answer = work_queue_pop(worker->queue, &worker->popper, taken);
        } else if (!work_queue_try_pop(worker->queue, taken, &answer)) {
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
    atomic_store_explicit(&worker->thread_id, gettid(), memory_order_relaxed);
    struct work_queue_taken taken;
    while (next(worker, &taken) == WORK_QUEUE_ITEM) {
        serve(worker, &taken);
    }
    worker_rest_as(worker, WORKER_IDLE, clock_steady_ns());
    if (worker->local != NULL && options->local_deinit != NULL) {
        options->local_deinit(options->context, worker->local);
    }
    atomic_store_explicit(&worker->is_running, false, memory_order_release);
    if (options->on_end != NULL) {
        options->on_end(options->context);
    }
    return NULL;
}

int worker_create(struct worker **out, unsigned index, struct work_queue *queue, struct worker_crowd *crowd,
                  const struct threadpool_options *options) {
    struct worker *worker = aligned_alloc(alignof(struct worker), sizeof *worker);
    if (worker == NULL) {
        return -ENOMEM;
    }
    memset(worker, 0, sizeof *worker);
    worker->index = index;
    worker->queue = queue;
    worker->crowd = crowd;
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
    worker_begin_report(worker, clock_steady_ns());
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
    counts->led += counter_read(&worker->led);
    histogram_read(&worker->waits, &counts->waits);
}

void worker_reset_counts(struct worker *worker) {
    atomic_store_explicit(&worker->served, 0, memory_order_relaxed);
    counter_set(&worker->led, 0);
    histogram_clear(&worker->waits);
}
