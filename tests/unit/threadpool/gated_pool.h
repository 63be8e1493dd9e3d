/* SPDX-License-Identifier: MIT */
/*
 * A pool for tests that need to know exactly how far its workers are. Its items are gates: a worker that
 * serves one reports in and stays until the test lets it go. One pool a test; included by one source file a
 * program.
 *
 * Link with -Wl,--wrap=pthread_create,--wrap=pthread_join: threads run out on demand, and a test sees when
 * somebody waits for one to end.
 */
#ifndef LIDO_TESTS_UNIT_THREADPOOL_GATED_POOL_H
#define LIDO_TESTS_UNIT_THREADPOOL_GATED_POOL_H

#include "threadpool/threadpool.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>

/* ---- What the linker wraps ----------------------------------------------------------------------------- */

static size_t threads_allowed = SIZE_MAX; /* how many more can be created */
static size_t threads_created;
static sem_t joins;

int __real_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *),
                          void *argument);
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *),
                          void *argument);
int __real_pthread_join(pthread_t thread, void **result);
int __wrap_pthread_join(pthread_t thread, void **result);

int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *),
                          void *argument) {
    if (threads_allowed == 0) {
        return EAGAIN;
    }
    threads_allowed--;
    threads_created++;
    return __real_pthread_create(thread, attributes, run, argument);
}

int __wrap_pthread_join(pthread_t thread, void **result) {
    (void)sem_post(&joins);
    return __real_pthread_join(thread, result);
}

/* ---- A pool with gates --------------------------------------------------------------------------------- */

static struct threadpool *pool;
static sem_t entered; /* posted by each worker at the gate */
static sem_t gate;    /* lets one of them go on */
static sem_t left;    /* posted by each worker that leaves the pool */
static sem_t gone;    /* posted by each thread that served something, when it is over and done with */
static pthread_key_t at_thread_end;
static atomic_size_t room_count;
static void (*at_the_gate)(void);

static inline void post_gone(void *value) {
    (void)value;
    (void)sem_post(&gone);
}

static inline void serve(void *context, struct worker *worker, void *item) {
    (void)context;
    (void)item;
    worker_enter(worker, WORKER_READING);
    (void)pthread_setspecific(at_thread_end, worker);
    (void)sem_post(&entered);
    (void)sem_wait(&gate);
    if (at_the_gate) {
        at_the_gate();
    }
}

static inline void leave(void *context, void *local) {
    (void)context;
    (void)local;
    (void)sem_post(&left);
}

static inline void note_room(void *context) {
    (void)context;
    atomic_fetch_add(&room_count, 1);
}

static struct threadpool_options options = {.thread_count = 1,
                                            .queue_capacity = 64,
                                            .local_bytes = 1,
                                            .serve = serve,
                                            .local_deinit = leave,
                                            .on_room = note_room};

static inline void init_gates(void) {
    (void)sem_init(&joins, 0, 0);
    (void)sem_init(&entered, 0, 0);
    (void)sem_init(&gate, 0, 0);
    (void)sem_init(&left, 0, 0);
    (void)sem_init(&gone, 0, 0);
    (void)pthread_key_create(&at_thread_end, post_gone);
}

static inline void create(size_t thread_count, size_t queue_capacity) {
    init_gates();
    options.thread_count = thread_count;
    options.queue_capacity = queue_capacity;
    cr_assert_eq(threadpool_create(&pool, &options), 0);
}

static inline void await(sem_t *semaphore, size_t count) {
    for (size_t i = 0; i < count; i++) {
        (void)sem_wait(semaphore);
    }
}

static inline void open_gate(size_t count) {
    for (size_t i = 0; i < count; i++) {
        (void)sem_post(&gate);
    }
}

static inline size_t submit(size_t count) {
    static char something;
    void *items[256];

    for (size_t i = 0; i < count; i++) {
        items[i] = &something;
    }
    return threadpool_submit(pool, items, count);
}

/* Makes that many workers busy at once, or hangs. */
static inline void occupy(size_t count) {
    cr_assert_eq(submit(count), count);
    await(&entered, count);
}

static inline struct threadpool_stats stats(void) {
    struct threadpool_stats read;

    threadpool_read_stats(pool, &read);
    return read;
}

static inline uint64_t waits_counted(const struct threadpool_stats *read) {
    return histogram_reading_count(&read->waits);
}

/* After the stop nothing is under way, so all counters must agree. */
static inline void stop_and_expect_served(uint64_t count) {
    struct threadpool_stats read;

    threadpool_stop(pool);
    read = stats();
    cr_assert_eq(read.served, count, "served %ju instead of %ju", (uintmax_t)read.served, (uintmax_t)count);
    cr_assert_eq(read.submitted, count);
    cr_assert_eq(waits_counted(&read), count);
    cr_assert_eq(read.queue_depth, 0);
    cr_assert_eq(read.busy_count, 0);
    cr_assert_eq(read.thread_count, 0);
    threadpool_destroy(pool);
}

#endif
