/* SPDX-License-Identifier: MIT */
#include "threadpool/threadpool.h"

#include "http/base/clock.h"
#include "http/base/processors.h"
#include "threadpool/crew.h"
#include "threadpool/work_queue.h"

#include <errno.h>
#include <stdalign.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum {
    FEW_PER_HAND = 2,    /* items left in the queue, for each thread that has a processor: time for more, */
    ENOUGH_PER_HAND = 4, /* and no need for more */
    REST_MAX_NS = 2 * 1000 * 1000,
    WATCH_NS = 50 * 1000 * 1000, /* between two looks for workers that do not get on */
};

/*
 * Who may do what
 *
 * create, resize, watch, stop and destroy are called by one thread at a time, the owner.
 */
struct threadpool {
    struct work_queue queue;

    /* Not written after creation, but for bounds that only the owner reads; on a line of its own, as every worker
     * reads it and the queue is written all the time. */
    alignas(WORKER_CACHE_LINE_BYTES) struct threadpool_options options;
    atomic_bool is_stopped;
    bool is_slow; /* did not get on when it was last waited for; the owner's, as the next three */
    size_t processor_count;
    size_t places; /* of the queue, for work that can wait */
    int64_t watched_ns;

    struct crew crew;
    atomic_size_t thread_count; /* how many there shall be; more are listed while surplus ones are leaving; */
    atomic_size_t spare_count;  /* and so many more, for those that are stuck */
    atomic_size_t stuck_count;  /* as last seen, as the next one. The owner writes all five */
    atomic_size_t absent_count;
    atomic_size_t queue_capacity;
};

/* Have `count` more threads: first those that were to leave and have not noticed yet, then new ones. Returns 0, or a
 * negative errno and then it has not one more. */
static int gain(struct threadpool *pool, size_t count) {
    size_t gained = work_queue_retain(&pool->queue, count);
    while (gained < count) {
        int error = crew_start_worker(&pool->crew);
        if (error != 0) {
            work_queue_retire(&pool->queue, gained);
            return error;
        }
        gained++;
    }
    return 0;
}

/* Half of the threads may be at work that can wait; who does not come back from it takes nobody's place. */
static void set_places(struct threadpool *pool, size_t absent_later) {
    size_t half = pool->thread_count > 1 ? pool->thread_count / 2 : 1;
    size_t places = half + absent_later;
    if (places != pool->places) {
        pool->places = places;
        work_queue_set_places(&pool->queue, places);
    }
}

static int grow(struct threadpool *pool, size_t count) {
    int error = gain(pool, count);
    if (error == 0) {
        pool->thread_count += count;
        set_places(pool, 0);
    }
    return error;
}

static void shrink(struct threadpool *pool, size_t count) {
    pool->thread_count -= count;
    set_places(pool, 0);
    work_queue_retire(&pool->queue, count);
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
    pool->queue_capacity = options->queue_capacity;
    int error = work_queue_init(&pool->queue, options->queue_capacity);
    if (error != 0) {
        goto free_pool;
    }
    error = work_queue_allow_later(&pool->queue, options->later_capacity);
    if (error != 0) {
        goto deinit_queue;
    }
    pool->queue.summon = options->summon;
    pool->queue.summon_context = options->context;
    error = crew_init(&pool->crew, &pool->queue, &pool->options);
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

bool threadpool_put_later(struct threadpool *pool, void *item, bool is_next) {
    return work_queue_try_put_later(&pool->queue, item, is_next);
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
        pool->is_slow = false;
    }
    if (queue.depth > enough && !pool->is_slow) {
        pool->is_slow = !work_queue_await_depth(&pool->queue, few, clock_steady_ns() + REST_MAX_NS);
    }
}

void threadpool_call_leader(struct threadpool *pool) {
    work_queue_send_away(&pool->queue);
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
    (void)crew_join_ended(&pool->crew);
    if (thread_count > pool->thread_count) {
        return grow(pool, thread_count - pool->thread_count);
    }
    if (thread_count < pool->thread_count) {
        shrink(pool, pool->thread_count - thread_count);
    }
    return 0;
}

int threadpool_set_bounds(struct threadpool *pool, const struct threadpool_bounds *bounds) {
    int error = work_queue_allow_later(&pool->queue, bounds->later_capacity);
    error = error == 0 ? work_queue_set_capacity(&pool->queue, bounds->queue_capacity) : error;
    if (error == 0) {
        pool->queue_capacity = bounds->queue_capacity;
        pool->options.stuck_after_ns = bounds->stuck_after_ns;
        pool->options.spare_max = bounds->spare_max;
    }
    return error;
}

/* How many shall stand in for those that are stuck. They come when nobody is left, without waiting for anybody to
 * be called stuck, twice as many each time; and stay while those whose place they take do not come back. */
static size_t spares_needed(const struct threadpool *pool, struct crew_look look) {
    size_t spares = pool->spare_count;
    size_t still_absent = look.absent < spares ? look.absent : spares;
    size_t needed = look.stuck > still_absent ? look.stuck : still_absent;
    bool nobody_is_left = look.absent >= pool->thread_count + spares;
    size_t more = spares > 0 ? 2 * spares : 1;
    needed = nobody_is_left && needed < more ? more : needed;
    return needed < pool->options.spare_max ? needed : pool->options.spare_max;
}

void threadpool_watch(struct threadpool *pool) {
    int64_t now_ns = clock_steady_ns();
    if (pool->is_stopped || now_ns - pool->watched_ns < WATCH_NS) {
        return;
    }
    pool->watched_ns = now_ns;
    struct crew_look look = crew_look(&pool->crew, now_ns);
    pool->stuck_count = look.stuck;
    pool->absent_count = look.absent;
    set_places(pool, look.absent_later);
    size_t spares = pool->spare_count;
    size_t needed = spares_needed(pool, look);
    if (needed > spares && gain(pool, needed - spares) == 0) {
        pool->spare_count = needed;
    } else if (needed < spares) {
        pool->spare_count = needed;
        work_queue_retire(&pool->queue, spares - needed);
        (void)crew_join_ended(&pool->crew);
    }
}

void threadpool_close(struct threadpool *pool) {
    pool->is_stopped = true;
    work_queue_close(&pool->queue);
}

static void note_ended(struct threadpool *pool) {
    pool->thread_count = 0;
    pool->spare_count = 0;
}

bool threadpool_has_ended(struct threadpool *pool) {
    bool has_ended = pool->is_stopped && crew_join_ended(&pool->crew) == 0;
    if (has_ended) {
        note_ended(pool);
    }
    return has_ended;
}

void threadpool_stop(struct threadpool *pool) {
    threadpool_close(pool);
    crew_join_all(&pool->crew);
    note_ended(pool);
}

void threadpool_destroy(struct threadpool *pool) {
    if (pool == NULL) {
        return;
    }
    threadpool_stop(pool);
    work_queue_deinit(&pool->queue);
    crew_deinit(&pool->crew);
    free(pool);
}

/* A thread that is on its way out may be busy still, but is not one of those that take work. */
static size_t busy_count(const struct threadpool *pool, size_t threads) {
    size_t busy = atomic_load_explicit(&pool->crew.crowd.busy, memory_order_relaxed);
    return busy < threads ? busy : threads;
}

/* The queue is read last: what was seen served is then seen submitted. */
void threadpool_read_stats(struct threadpool *pool, struct threadpool_stats *stats) {
    struct worker_counts counts;
    crew_read_counts(&pool->crew, &counts);
    size_t threads = pool->thread_count;
    size_t spares = pool->spare_count;
    size_t busy = busy_count(pool, threads + spares);
    size_t busy_before = atomic_load_explicit(&pool->crew.crowd.busy_high_water, memory_order_relaxed);
    struct work_queue_stats queue;
    work_queue_read_stats(&pool->queue, &queue);
    *stats = (struct threadpool_stats){
        .thread_count = threads,
        .spare_count = spares,
        .stuck_count = pool->stuck_count,
        .busy_count = busy,
        .busy_high_water = busy > busy_before ? busy : busy_before,
        .queue_capacity = pool->queue_capacity,
        .queue_depth = queue.depth,
        .queue_high_water = queue.depth_high_water,
        .later_depth = queue.later_depth,
        .later_count = queue.later_places,
        .submitted = queue.accepted,
        .refused = queue.refused,
        .served = counts.served,
        .led = counts.led,
        .waits = counts.waits,
    };
}

void threadpool_read_load(struct threadpool *pool, struct threadpool_load *load) {
    struct work_queue_stats queue;
    work_queue_read_stats(&pool->queue, &queue);
    size_t threads = pool->thread_count;
    *load = (struct threadpool_load){
        .thread_count = threads,
        .busy_count = busy_count(pool, threads + pool->spare_count),
        .queue_depth = queue.depth,
    };
}

size_t threadpool_read_workers(struct threadpool *pool, struct worker_report *reports, size_t capacity) {
    return crew_read_workers(&pool->crew, reports, capacity);
}

bool threadpool_is_degraded(const struct threadpool *pool) {
    return pool->stuck_count > 0;
}

bool threadpool_has_absent(const struct threadpool *pool) {
    return pool->absent_count > 0;
}
