/* SPDX-License-Identifier: MIT */
#include "threadpool/threadpool.h"

#include "http/base/clock.h"
#include "http/base/processors.h"
#include "threadpool/work_queue.h"
#include "threadpool/worker.h"

#include <errno.h>
#include <pthread.h>
#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

enum {
    FEW_PER_HAND = 2,    /* items left in the queue, for each thread that has a processor: time for more, */
    ENOUGH_PER_HAND = 4, /* and no need for more */
    REST_MAX_NS = 2 * 1000 * 1000
};

/*
 * Who may do what
 *
 * create, resize, stop and destroy are called by one thread at a time, the owner. Only the owner writes the
 * table, with table_lock held, so it may read it without; everybody else reads it with the lock. The lock is
 * never held while a thread is started or joined or while another lock is taken: so a worker may read the
 * counters from within serve() even while the owner waits for this worker to end.
 */
struct threadpool {
    struct work_queue queue;

    /* Never written after creation; on a line of its own, as every worker reads it and the queue is
     * written all the time. */
    alignas(WORKER_CACHE_LINE_BYTES) struct threadpool_options options;
    bool is_stopped; /* the owner's, as the next two */
    bool is_stuck;   /* did not get on when it was last waited for */
    size_t processor_count;

    struct worker_crowd crowd;

    pthread_mutex_t table_lock; /* guards all that follows, and is_listed of each worker */
    struct worker **workers;    /* by index; those that are not listed have no thread and are to be reused */
    size_t worker_count;
    size_t thread_count;        /* how many there shall be; more are listed while surplus ones are leaving */
    struct worker_counts ended; /* by threads that have been joined */
};

static void lock_table(struct threadpool *pool) {
    (void)pthread_mutex_lock(&pool->table_lock);
}

static void unlock_table(struct threadpool *pool) {
    (void)pthread_mutex_unlock(&pool->table_lock);
}

static int append_worker(struct threadpool *pool, struct worker *worker) {
    lock_table(pool);
    struct worker **workers = realloc(pool->workers, (pool->worker_count + 1) * sizeof(struct worker *));
    if (workers != NULL) {
        pool->workers = workers;
        pool->workers[pool->worker_count++] = worker;
    }
    unlock_table(pool);
    return workers != NULL ? 0 : -ENOMEM;
}

/* Find a worker without a thread, or make one. There can be more than THREADPOOL_THREADS_MAX while
 * surplus ones are on their way out. */
static int provide_worker(struct threadpool *pool, struct worker **out) {
    for (size_t i = 0; i < pool->worker_count; i++) {
        if (!pool->workers[i]->is_listed) {
            *out = pool->workers[i];
            return 0;
        }
    }
    struct worker *worker = NULL;
    int error =
        worker_create(&worker, (unsigned)pool->worker_count, &pool->queue, &pool->crowd, &pool->options);
    if (error != 0) {
        return error;
    }
    error = append_worker(pool, worker);
    if (error != 0) {
        worker_destroy(worker);
    } else {
        *out = worker;
    }
    return error;
}

static void set_listed(struct threadpool *pool, struct worker *worker, bool is_listed) {
    lock_table(pool);
    worker->is_listed = is_listed;
    unlock_table(pool);
}

static void set_thread_count(struct threadpool *pool, size_t thread_count) {
    lock_table(pool);
    pool->thread_count = thread_count;
    unlock_table(pool);
}

/* List the worker before it runs, so that no item that it serves is missing from the counters. */
static int start_worker(struct threadpool *pool) {
    struct worker *worker = NULL;
    int error = provide_worker(pool, &worker);
    if (error != 0) {
        return error;
    }
    set_listed(pool, worker, true);
    error = worker_start(worker);
    if (error != 0) {
        set_listed(pool, worker, false);
    }
    return error;
}

/* Add `count` threads: first those that were to leave and have not noticed yet, then new ones. */
static int grow(struct threadpool *pool, size_t count) {
    size_t gained = work_queue_retain(&pool->queue, count);
    while (gained < count) {
        int error = start_worker(pool);
        if (error != 0) {
            work_queue_retire(&pool->queue, gained);
            return error;
        }
        gained++;
    }
    set_thread_count(pool, pool->thread_count + count);
    return 0;
}

static void shrink(struct threadpool *pool, size_t count) {
    set_thread_count(pool, pool->thread_count - count);
    work_queue_retire(&pool->queue, count);
}

/* Join a thread and move its counters to the total in one step, for no reader to count them twice or not
 * at all. */
static void join_worker(struct threadpool *pool, struct worker *worker) {
    worker_join(worker);
    lock_table(pool);
    worker_add_counts(worker, &pool->ended);
    worker_reset_counts(worker);
    worker->is_listed = false;
    unlock_table(pool);
}

static void join_ended_workers(struct threadpool *pool) {
    for (size_t i = 0; i < pool->worker_count; i++) {
        if (pool->workers[i]->is_listed && !worker_is_running(pool->workers[i])) {
            join_worker(pool, pool->workers[i]);
        }
    }
}

static void join_all_workers(struct threadpool *pool) {
    for (size_t i = 0; i < pool->worker_count; i++) {
        if (pool->workers[i]->is_listed) {
            join_worker(pool, pool->workers[i]);
        }
    }
}

static bool is_thread_count(size_t count) {
    return count >= 1 && count <= THREADPOOL_THREADS_MAX;
}

/* An empty pool without threads. */
static int allocate_pool(struct threadpool **out, const struct threadpool_options *options) {
    struct threadpool *pool = aligned_alloc(alignof(struct threadpool), sizeof *pool);
    if (pool == NULL) {
        return -ENOMEM;
    }
    memset(pool, 0, sizeof *pool);
    pool->processor_count = processors_count();
    pool->options = *options;
    int error = work_queue_init(&pool->queue, options->queue_capacity);
    if (error != 0) {
        goto free_pool;
    }
    pool->queue.summon = options->summon;
    pool->queue.summon_context = options->context;
    error = -pthread_mutex_init(&pool->table_lock, NULL);
    if (error != 0) {
        goto deinit_queue;
    }
    *out = pool;
    return 0;

deinit_queue:
    work_queue_deinit(&pool->queue);
free_pool:
    free(pool);
    return error;
}

int threadpool_create(struct threadpool **out, const struct threadpool_options *options) {
    if (!is_thread_count(options->thread_count)) {
        return -EINVAL;
    }
    struct threadpool *pool = NULL;
    int error = allocate_pool(&pool, options);
    if (error != 0) {
        return error;
    }
    error = grow(pool, options->thread_count);
    if (error != 0) {
        threadpool_destroy(pool);
    } else {
        *out = pool;
    }
    return error;
}

size_t threadpool_submit(struct threadpool *pool, void *const items[], size_t count) {
    return work_queue_try_push(&pool->queue, items, count);
}

bool threadpool_put_back(struct threadpool *pool, void *item) {
    return work_queue_try_put_back(&pool->queue, item);
}

/* Threads beyond the processors get through more only when it is the disk that they wait for, and then the
 * rest ends when its time is over. Measured: tests/bench/NOTES.md. */
void threadpool_rest(struct threadpool *pool) {
    size_t hands = pool->thread_count < pool->processor_count ? pool->thread_count : pool->processor_count;
    size_t few = hands * FEW_PER_HAND;
    size_t enough = hands * ENOUGH_PER_HAND;
    struct work_queue_stats queue;
    work_queue_read_stats(&pool->queue, &queue);
    if (queue.depth <= few) {
        pool->is_stuck = false;
    }
    if (queue.depth > enough && !pool->is_stuck) {
        pool->is_stuck = !work_queue_await_depth(&pool->queue, few, clock_steady_ns() + REST_MAX_NS);
    }
}

void threadpool_call_leader(struct threadpool *pool) {
    work_queue_send_away(&pool->queue);
}

void threadpool_call_worker(struct threadpool *pool) {
    work_queue_call(&pool->queue);
}

bool threadpool_has_items(const struct threadpool *pool) {
    return work_queue_has_something(&pool->queue);
}

int threadpool_resize(struct threadpool *pool, size_t thread_count) {
    if (!is_thread_count(thread_count)) {
        return -EINVAL;
    }
    if (pool->is_stopped) {
        return -ECANCELED;
    }
    join_ended_workers(pool);
    if (thread_count > pool->thread_count) {
        return grow(pool, thread_count - pool->thread_count);
    }
    if (thread_count < pool->thread_count) {
        shrink(pool, pool->thread_count - thread_count);
    }
    return 0;
}

void threadpool_stop(struct threadpool *pool) {
    if (pool->is_stopped) {
        return;
    }
    pool->is_stopped = true;
    work_queue_close(&pool->queue);
    join_all_workers(pool);
    set_thread_count(pool, 0);
}

void threadpool_destroy(struct threadpool *pool) {
    if (pool == NULL) {
        return;
    }
    threadpool_stop(pool);
    work_queue_deinit(&pool->queue);
    for (size_t i = 0; i < pool->worker_count; i++) {
        worker_destroy(pool->workers[i]);
    }
    free(pool->workers);
    (void)pthread_mutex_destroy(&pool->table_lock);
    free(pool);
}

/* The queue is read last: what was seen served is then seen submitted. A thread that is on its way out may
 * be busy still, but is not one of those that take work. */
void threadpool_read_stats(struct threadpool *pool, struct threadpool_stats *stats) {
    lock_table(pool);
    size_t thread_count = pool->thread_count;
    struct worker_counts counts = pool->ended;
    for (size_t i = 0; i < pool->worker_count; i++) {
        worker_add_counts(pool->workers[i], &counts);
    }
    unlock_table(pool);
    size_t busy = atomic_load_explicit(&pool->crowd.busy, memory_order_relaxed);
    size_t busy_before = atomic_load_explicit(&pool->crowd.busy_high_water, memory_order_relaxed);
    struct work_queue_stats queue;
    work_queue_read_stats(&pool->queue, &queue);
    *stats = (struct threadpool_stats){
        .thread_count = thread_count,
        .busy_count = busy < thread_count ? busy : thread_count,
        .busy_high_water = busy > busy_before ? busy : busy_before,
        .queue_capacity = pool->options.queue_capacity,
        .queue_depth = queue.depth,
        .queue_high_water = queue.depth_high_water,
        .submitted = queue.accepted,
        .refused = queue.refused,
        .served = counts.served,
        .led = counts.led,
        .waits = counts.waits,
    };
}

void threadpool_read_load(struct threadpool *pool, struct threadpool_load *load) {
    lock_table(pool);
    size_t thread_count = pool->thread_count;
    unlock_table(pool);
    size_t busy = atomic_load_explicit(&pool->crowd.busy, memory_order_relaxed);
    struct work_queue_stats queue;
    work_queue_read_stats(&pool->queue, &queue);
    *load = (struct threadpool_load){
        .thread_count = thread_count,
        .busy_count = busy < thread_count ? busy : thread_count,
        .queue_depth = queue.depth,
    };
}

size_t threadpool_read_workers(struct threadpool *pool, struct worker_report *reports, size_t capacity) {
    size_t count = 0;
    lock_table(pool);
    for (size_t i = 0; i < pool->worker_count && count < capacity; i++) {
        if (pool->workers[i]->is_listed && worker_is_running(pool->workers[i])) {
            worker_read_report(pool->workers[i], &reports[count++]);
        }
    }
    unlock_table(pool);
    return count;
}
