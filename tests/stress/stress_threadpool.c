/* SPDX-License-Identifier: MIT */
/*
 * Hunts for races in the queue and the pool; meant for ThreadSanitizer, with which Criterion does not go.
 *
 * Rounds of a pool of random size under a crowd: producers submit batches, workers put some items back, the
 * owner resizes all the time, readers look on, and in the middle of it the pool is stopped. Then each item
 * must have been served exactly as often as it was accepted, and all the counters must agree.
 *
 * Usage: stress_threadpool [SECONDS]. Prints one line; exit status 0 if all was well, 1 if not.
 */
#include "tests/stress/check.h"
#include "threadpool/threadpool.h"

#include <inttypes.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
    PRODUCERS = 4,
    READERS = 2,
    ITEMS_EACH = 1000,
    BATCH_MAX = 16,
    LAPS_MAX = 3, /* times that an item may be served */
    THREADS_MAX = 24,
    CAPACITY_MAX = 48,
    REPORTS_MAX = 4 * THREADS_MAX, /* some are leaving still */
    SECONDS_DEFAULT = 3,
};

struct item {
    atomic_uint accepted;
    atomic_uint served;
};

struct round {
    struct threadpool *pool;
    struct item items[PRODUCERS][ITEMS_EACH];
    atomic_size_t handed_in;       /* items that their producers got rid of */
    atomic_uint_fast64_t in_local; /* servings, as the workers' local memories had it */
    atomic_bool is_over;           /* for the readers */
    pthread_mutex_t room_lock;     /* guards the two below */
    pthread_cond_t room;           /* predicate: room_count has changed, or is_stopping */
    uint64_t room_count;
    bool is_stopping;
};

struct actor {
    pthread_t thread;
    struct round *round;
    unsigned index;
    uint32_t random; /* never 0 */
};

/* ---- In the workers ------------------------------------------------------------------------------------ */

static void serve(void *context, struct worker *worker, void *argument) {
    struct round *round = context;
    struct item *item = argument;
    unsigned laps;
    worker_enter(worker, WORKER_READING);
    ++*(uint64_t *)worker_local(worker);
    laps = atomic_fetch_add(&item->served, 1) + 1;
    char name[WORKER_SUBJECT_BYTES];
    memset(name, laps % 2 == 0 ? 'a' : 'b', sizeof name);
    worker_enter_long(worker, WORKER_IN_FILE, name, sizeof name);
    worker_enter(worker, WORKER_SENDING);
    if (laps < LAPS_MAX && threadpool_submit(round->pool, &argument, 1) == 1) {
        atomic_fetch_add(&item->accepted, 1);
    }
}

static void add_up_local(void *context, void *local) {
    struct round *round = context;
    atomic_fetch_add(&round->in_local, *(uint64_t *)local);
}

static void announce_room(void *context) {
    struct round *round = context;
    (void)pthread_mutex_lock(&round->room_lock);
    round->room_count++;
    (void)pthread_cond_broadcast(&round->room);
    (void)pthread_mutex_unlock(&round->room_lock);
}

/* ---- The producers ------------------------------------------------------------------------------------- */

static uint64_t read_room_count(struct round *round) {
    uint64_t count;
    (void)pthread_mutex_lock(&round->room_lock);
    count = round->room_count;
    (void)pthread_mutex_unlock(&round->room_lock);
    return count;
}

/* Returns false when the pool is stopping. Room announced since `seen` was read counts: so none is missed. */
static bool wait_for_room(struct round *round, uint64_t seen) {
    bool is_stopping;
    (void)pthread_mutex_lock(&round->room_lock);
    while (round->room_count == seen && !round->is_stopping) {
        (void)pthread_cond_wait(&round->room, &round->room_lock);
    }
    is_stopping = round->is_stopping;
    (void)pthread_mutex_unlock(&round->room_lock);
    return !is_stopping;
}

static size_t submit_batch(struct round *round, struct item *items, size_t count) {
    void *batch[BATCH_MAX];
    size_t accepted;
    for (size_t i = 0; i < count; i++) {
        batch[i] = &items[i];
    }
    accepted = threadpool_submit(round->pool, batch, count);
    for (size_t i = 0; i < accepted; i++) {
        atomic_fetch_add(&items[i].accepted, 1);
    }
    atomic_fetch_add(&round->handed_in, accepted);
    return accepted;
}

static void *produce(void *argument) {
    struct actor *actor = argument;
    struct round *round = actor->round;
    size_t next = 0;
    while (next < ITEMS_EACH) {
        uint64_t seen = read_room_count(round);
        size_t count = 1 + random_below(&actor->random, BATCH_MAX);
        size_t accepted;
        if (count > ITEMS_EACH - next) {
            count = ITEMS_EACH - next;
        }
        accepted = submit_batch(round, &round->items[actor->index][next], count);
        next += accepted;
        if (accepted < count && !wait_for_room(round, seen)) {
            break;
        }
    }
    return NULL;
}

/* ---- The readers --------------------------------------------------------------------------------------- */

static uint64_t sum_of_waits(const struct threadpool_stats *stats) {
    return histogram_reading_count(&stats->waits);
}

static void check_workers(struct threadpool *pool) {
    struct worker_report reports[REPORTS_MAX];
    size_t count = threadpool_read_workers(pool, reports, REPORTS_MAX);
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    for (size_t i = 0; i < count; i++) {
        check(i == 0 || reports[i].index > reports[i - 1].index, "workers are reported by index");
        check(reports[i].activity < WORKER_ACTIVITY_COUNT, "a worker does something known");
        check((reports[i].activity == WORKER_IN_FILE) == (reports[i].subject[0] != '\0'),
              "who is in a file says so");
        check(strspn(reports[i].subject, "ab") == strlen(reports[i].subject), "a name is one that was given");
        check(strchr(reports[i].subject, 'a') == NULL || strchr(reports[i].subject, 'b') == NULL,
              "and it is one");
        check(reports[i].since_ns > 0 &&
                  reports[i].since_ns <= now.tv_sec * INT64_C(1000000000) + now.tv_nsec,
              "a worker began in the past");
    }
}

static void *look_on(void *argument) {
    struct actor *actor = argument;
    struct round *round = actor->round;
    uint64_t served_before = 0;
    while (!atomic_load(&round->is_over)) {
        struct threadpool_stats stats;
        threadpool_read_stats(round->pool, &stats);
        check(stats.served >= served_before, "served never falls");
        check(stats.served <= stats.submitted, "what is served was submitted");
        check(stats.served <= sum_of_waits(&stats), "what is served has waited");
        check(stats.queue_depth <= stats.queue_high_water, "the high-water mark is the highest");
        check(stats.queue_high_water <= stats.queue_capacity, "the queue is bounded");
        check(stats.busy_count <= stats.thread_count, "who is busy takes work");
        check(stats.busy_count <= stats.busy_high_water, "the busiest moment is the busiest");
        served_before = stats.served;
        check_workers(round->pool);
        (void)sched_yield();
    }
    return NULL;
}

/* ---- The owner ----------------------------------------------------------------------------------------- */

/* Resizes until half the items are handed in. */
static uint64_t resize_under_load(struct round *round, uint32_t *random) {
    uint64_t resizes = 0;
    while (atomic_load(&round->handed_in) < PRODUCERS * ITEMS_EACH / 2) {
        check(threadpool_resize(round->pool, 1 + random_below(random, THREADS_MAX)) == 0, "the pool resizes");
        resizes++;
        (void)sched_yield();
    }
    return resizes;
}

static void stop_under_load(struct round *round) {
    (void)pthread_mutex_lock(&round->room_lock);
    round->is_stopping = true;
    (void)pthread_cond_broadcast(&round->room);
    (void)pthread_mutex_unlock(&round->room_lock);
    threadpool_stop(round->pool);
}

static uint64_t check_the_end(struct round *round) {
    struct threadpool_stats stats;
    uint64_t accepted = 0;
    for (size_t producer = 0; producer < PRODUCERS; producer++) {
        for (size_t i = 0; i < ITEMS_EACH; i++) {
            struct item *item = &round->items[producer][i];
            check(atomic_load(&item->accepted) == atomic_load(&item->served),
                  "each item is served as often as it was accepted");
            accepted += atomic_load(&item->accepted);
        }
    }
    threadpool_read_stats(round->pool, &stats);
    check(stats.submitted == accepted, "submitted is exact");
    check(stats.served == accepted, "served is exact");
    check(sum_of_waits(&stats) == accepted, "the histogram is exact");
    check(atomic_load(&round->in_local) == accepted, "no local memory was shared or lost");
    check(stats.queue_depth == 0 && stats.busy_count == 0 && stats.thread_count == 0, "all is quiet");
    return accepted;
}

static void start(struct actor *actor, struct round *round, unsigned index, void *(*run)(void *)) {
    actor->round = round;
    actor->index = index;
    actor->random = 2463534242U + index;
    start_thread(&actor->thread, run, actor);
}

static void join_all(struct actor *actors, size_t count) {
    for (size_t i = 0; i < count; i++) {
        (void)pthread_join(actors[i].thread, NULL);
    }
}

static void play(struct round *round, uint32_t *random, uint64_t *served, uint64_t *resizes) {
    struct actor producers[PRODUCERS];
    struct actor readers[READERS];
    for (unsigned i = 0; i < PRODUCERS; i++) {
        start(&producers[i], round, i, produce);
    }
    for (unsigned i = 0; i < READERS; i++) {
        start(&readers[i], round, i, look_on);
    }
    *resizes += resize_under_load(round, random);
    stop_under_load(round);
    join_all(producers, PRODUCERS);
    atomic_store(&round->is_over, true);
    join_all(readers, READERS);
    *served += check_the_end(round);
}

static bool run_round(uint32_t *random, uint64_t *served, uint64_t *resizes) {
    struct round *round = calloc(1, sizeof *round);
    struct threadpool_options options = {.thread_count = 1 + random_below(random, THREADS_MAX),
                                         .queue_capacity = 1 + random_below(random, CAPACITY_MAX),
                                         .local_bytes = sizeof(uint64_t),
                                         .serve = serve,
                                         .local_deinit = add_up_local,
                                         .on_room = announce_room,
                                         .context = round};
    if (!check(round != NULL, "there is memory")) {
        return false;
    }
    (void)pthread_mutex_init(&round->room_lock, NULL);
    (void)pthread_cond_init(&round->room, NULL);
    if (check(threadpool_create(&round->pool, &options) == 0, "the pool starts")) {
        play(round, random, served, resizes);
        threadpool_destroy(round->pool);
    }
    (void)pthread_cond_destroy(&round->room);
    (void)pthread_mutex_destroy(&round->room_lock);
    free(round);
    return count_failures() == 0;
}

int main(int argc, char **argv) {
    long seconds = argc > 1 ? strtol(argv[1], NULL, 10) : SECONDS_DEFAULT;
    uint64_t rounds = 0;
    uint64_t served = 0;
    uint64_t resizes = 0;
    uint32_t random = 88172645;
    struct timespec now;
    struct timespec end;
    (void)alarm((unsigned)seconds * 10 + 60); /* a hang ends the program, too */
    (void)clock_gettime(CLOCK_MONOTONIC, &end);
    end.tv_sec += seconds;
    do {
        rounds++;
        if (!run_round(&random, &served, &resizes)) {
            break;
        }
        (void)clock_gettime(CLOCK_MONOTONIC, &now);
    } while (now.tv_sec < end.tv_sec || (now.tv_sec == end.tv_sec && now.tv_nsec < end.tv_nsec));

    (void)printf("stress_threadpool: %" PRIu64 " rounds, %" PRIu64 " items served, %" PRIu64
                 " resizes, %u failures\n",
                 rounds, served, resizes, count_failures());
    return count_failures() == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
