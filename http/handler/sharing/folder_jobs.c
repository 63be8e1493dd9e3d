/* SPDX-License-Identifier: MIT */
#include "http/handler/sharing/folder_jobs.h"

#include "http/base/clock.h"
#include "http/base/steady_condition.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define HASH_NONFATAL_OOM 1
#define uthash_nonfatal_oom(element) (is_added = false)
#include <uthash.h>

/* How long to wait for the end of another one's turn before this worker is given back. */
enum { PATIENCE_MS = 5 };

struct folder_jobs {
    pthread_mutex_t lock;      /* guards the table, and of each job what is said there */
    pthread_cond_t turn_ended; /* of any job */
    struct folder_job *open;   /* by key: those that come are to join or to follow */
};

struct folder_job {
    /* guarded by jobs->lock */
    size_t holder_count;
    size_t waiter_count;      /* jobs that follow it, and turns that were lent to it */
    struct folder_job *ahead; /* one of its waiters is this; NULL: it may begin */
    bool has_begun;
    bool is_over; /* done, and not in the table any more */
    bool is_open; /* in the table */
    bool is_busy; /* somebody has a turn; never true without `jobs` */
    int64_t busy_since_ns;

    /* of the one who has a turn, until it is done */
    struct folder_product product;

    /* never changed */
    struct folder_jobs *jobs; /* NULL: nobody can join */
    size_t held_bytes;
    UT_hash_handle hh;
    size_t key_length;
    char key[];
};

struct folder_jobs *folder_jobs_create(void) {
    struct folder_jobs *jobs = calloc(1, sizeof *jobs);
    if (jobs == NULL || steady_condition_init_with_lock(&jobs->turn_ended, &jobs->lock) != 0) {
        free(jobs);
        return NULL;
    }
    return jobs;
}

void folder_jobs_destroy(struct folder_jobs *jobs) {
    if (jobs != NULL) {
        assert(jobs->open == NULL);
        (void)pthread_cond_destroy(&jobs->turn_ended);
        (void)pthread_mutex_destroy(&jobs->lock);
        free(jobs);
    }
}

static void lock(struct folder_jobs *jobs) {
    if (jobs != NULL) {
        (void)pthread_mutex_lock(&jobs->lock);
    }
}

static void unlock(struct folder_jobs *jobs) {
    if (jobs != NULL) {
        (void)pthread_mutex_unlock(&jobs->lock);
    }
}

/* --- one job -------------------------------------------------------------------------------------------- */

static struct folder_job *create(struct folder_jobs *jobs, struct view key, struct memory_budget *budget) {
    size_t size = sizeof(struct folder_job) + key.length;
    if (!memory_budget_take(budget, memory_held(size))) {
        return NULL;
    }
    /* NOLINTNEXTLINE(clang-analyzer-optin.portability.UnixAPI): no key is so long that this goes round */
    struct folder_job *job = calloc(1, size);
    if (job == NULL) {
        memory_budget_give(budget, memory_held(size));
        return NULL;
    }
    job->jobs = jobs;
    job->product.budget = budget;
    job->held_bytes = memory_held(size);
    job->key_length = key.length;
    memcpy(job->key, key.bytes, key.length);
    return job;
}

static void destroy(struct folder_job *job) {
    struct memory_budget *budget = job->product.budget;
    folder_product_deinit(&job->product);
    memory_budget_give(budget, job->held_bytes);
    free(job);
}

/* --- the table ------------------------------------------------------------------------------------------ */

static void close_job(struct folder_job *job) {
    if (job->is_open) {
        HASH_DEL(job->jobs->open, job);
        job->is_open = false;
    }
}

/* Returns false without memory. */
static bool open_job(struct folder_job *job) {
    bool is_added = true;
    /* NOLINTNEXTLINE(clang-analyzer-*): does not see through uthash's macros */
    HASH_ADD_KEYPTR(hh, job->jobs->open, job->key, job->key_length, job);
    job->is_open = is_added;
    return is_added;
}

/* Forget the job ahead. Returns it if nobody needs it any more. */
static struct folder_job *let_ahead_go(struct folder_job *job) {
    struct folder_job *ahead = job->ahead;
    job->ahead = NULL;
    if (ahead == NULL || --ahead->waiter_count > 0 || ahead->holder_count > 0) {
        return NULL;
    }
    return ahead;
}

static void destroy_if(struct folder_job *job) {
    if (job != NULL) {
        destroy(job);
    }
}

/* The one before has begun; it goes on without being found. */
static struct folder_job *follow(struct folder_jobs *jobs, struct folder_job *before, struct view key,
                                 struct memory_budget *budget) {
    struct folder_job *job = create(jobs, key, budget);
    if (job == NULL) {
        return NULL;
    }
    if (before != NULL) {
        close_job(before);
        before->waiter_count++;
        job->ahead = before;
    }
    if (!open_job(job)) {
        (void)let_ahead_go(job); /* its holders have it */
        destroy(job);
        return NULL;
    }
    return job;
}

struct folder_job *folder_jobs_join(struct folder_jobs *jobs, struct view key, struct memory_budget *budget) {
    if (jobs == NULL) {
        struct folder_job *job = create(NULL, key, budget);
        if (job != NULL) {
            job->holder_count = 1;
        }
        return job;
    }
    struct folder_job *job = NULL;
    lock(jobs);
    HASH_FIND(hh, jobs->open, key.bytes, key.length, job);
    if (job == NULL || job->has_begun) {
        job = follow(jobs, job, key, budget);
    }
    if (job != NULL) {
        job->holder_count++;
    }
    unlock(jobs);
    return job;
}

void folder_job_release(struct folder_job *job) {
    if (job == NULL) {
        return;
    }
    struct folder_job *ahead = NULL;
    lock(job->jobs);
    bool is_last = --job->holder_count == 0;
    if (is_last) {
        close_job(job);
        ahead = let_ahead_go(job);
    }
    bool is_needed = !is_last || job->waiter_count > 0;
    unlock(job->jobs);
    destroy_if(ahead);
    destroy_if(is_needed ? NULL : job);
}

bool folder_job_has_to_wait(struct folder_job *job) {
    lock(job->jobs);
    bool has_to = job->ahead != NULL;
    unlock(job->jobs);
    return has_to;
}

/* --- turns ---------------------------------------------------------------------------------------------- */

/* All with the lock. */

static bool hangs(const struct folder_job *job) {
    return job->is_busy && clock_steady_ns() - job->busy_since_ns >= FOLDER_JOB_HANGS_MS * CLOCK_NS_PER_MS;
}

static bool has_to_follow(const struct folder_job *job) {
    const struct folder_job *ahead = job->ahead;
    return ahead != NULL && !ahead->is_over && ahead->holder_count > 0 && !hangs(ahead);
}

/* Returns whether the job is free. */
static bool wait_for_end_of_turn(struct folder_job *job) {
    struct timespec end = clock_time_of(clock_steady_ns() + PATIENCE_MS * CLOCK_NS_PER_MS);
    int error = 0;
    while (job->is_busy && error == 0) {
        error = pthread_cond_timedwait(&job->jobs->turn_ended, &job->jobs->lock, &end);
    }
    return !job->is_busy;
}

static void take_turn(struct folder_turn *turn) {
    struct folder_job *job = turn->job;
    if (wait_for_end_of_turn(job)) {
        job->is_busy = job->jobs != NULL;
        job->busy_since_ns = clock_steady_ns();
        turn->product = &job->product;
        turn->is_alone = turn->is_own && job->holder_count == 1;
    } else if (turn->is_own && hangs(job)) {
        close_job(job);
        turn->hangs = true;
    }
}

/* Who has lent a turn, or got none, needs the job no more. Returns it if nobody does. */
static struct folder_job *leave_turn(const struct folder_turn *turn) {
    struct folder_job *job = turn->job;
    job->waiter_count -= turn->is_own ? 0 : 1;
    return job->holder_count + job->waiter_count == 0 ? job : NULL;
}

struct folder_turn folder_job_begin_turn(struct folder_job *job) {
    struct folder_turn turn = {.job = job};
    struct folder_job *unneeded = NULL;
    struct folder_job *left = NULL;
    lock(job->jobs);
    if (has_to_follow(job)) {
        turn.job = job->ahead;
        turn.job->waiter_count++;
    } else {
        unneeded = let_ahead_go(job);
        job->has_begun = true;
        turn.is_own = true;
    }
    take_turn(&turn);
    if (turn.product == NULL) {
        left = leave_turn(&turn);
    }
    unlock(job->jobs);
    destroy_if(unneeded);
    destroy_if(left);
    return turn;
}

void folder_job_end_turn(struct folder_turn *turn) {
    struct folder_job *job = turn->job;
    struct folder_jobs *jobs = job->jobs;
    lock(jobs);
    if (job->product.is_done) {
        job->is_over = true;
        close_job(job);
    }
    job->is_busy = false;
    if (jobs != NULL) {
        (void)pthread_cond_broadcast(&jobs->turn_ended);
    }
    struct folder_job *left = leave_turn(turn);
    unlock(jobs);
    destroy_if(left);
}

const struct folder_product *folder_job_product(const struct folder_job *job) {
    return &job->product;
}

struct folder_product *folder_job_product_of_one(struct folder_job *job) {
    lock(job->jobs);
    bool is_of_one = job->holder_count == 1;
    unlock(job->jobs);
    return is_of_one ? &job->product : NULL;
}
