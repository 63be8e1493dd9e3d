/* SPDX-License-Identifier: MIT */
#include "http/handler/sharing/folder_jobs.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define HASH_NONFATAL_OOM 1
#define uthash_nonfatal_oom(element) (is_added = false)
#include <uthash.h>

struct folder_jobs {
    pthread_mutex_t lock;    /* guards the table, and of each job what is said there */
    struct folder_job *open; /* by key: those that come are to join or to follow */
};

struct folder_job {
    /* guarded by jobs->lock */
    size_t holder_count;
    size_t waiter_count;      /* jobs that follow it, and turns that were lent to it */
    struct folder_job *ahead; /* one of its waiters is this; NULL: it may begin */
    bool has_begun;
    bool is_over; /* done, and not in the table any more */
    bool is_open; /* in the table */

    /* guarded by `turn`, until it is done */
    struct folder_product product;

    /* never changed */
    pthread_mutex_t turn;
    struct folder_jobs *jobs; /* NULL: nobody can join */
    size_t held_bytes;
    UT_hash_handle hh;
    size_t key_length;
    char key[];
};

struct folder_jobs *folder_jobs_create(void) {
    struct folder_jobs *jobs = calloc(1, sizeof *jobs);
    if (jobs != NULL) {
        (void)pthread_mutex_init(&jobs->lock, NULL);
    }
    return jobs;
}

void folder_jobs_destroy(struct folder_jobs *jobs) {
    if (jobs != NULL) {
        assert(jobs->open == NULL);
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
    (void)pthread_mutex_init(&job->turn, NULL);
    return job;
}

static void destroy(struct folder_job *job) {
    struct folder_product *product = &job->product;
    listing_close(product->listing);
    archive_destroy(product->archive);
    text_deinit(&product->body);
    text_deinit(&product->readme);
    digest_destroy(product->digest);
    memory_budget_give(product->budget, product->budget_bytes + job->held_bytes);
    (void)pthread_mutex_destroy(&job->turn);
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

struct folder_turn folder_job_begin_turn(struct folder_job *job) {
    struct folder_turn turn = {.job = job};
    struct folder_job *unneeded = NULL;
    lock(job->jobs);
    if (job->ahead != NULL && (job->ahead->is_over || job->ahead->holder_count == 0)) {
        unneeded = let_ahead_go(job);
    }
    if (job->ahead != NULL) {
        turn.job = job->ahead;
        turn.job->waiter_count++;
    } else {
        job->has_begun = true;
        turn.is_own = true;
        turn.is_alone = job->holder_count == 1;
    }
    unlock(job->jobs);
    destroy_if(unneeded);
    (void)pthread_mutex_lock(&turn.job->turn);
    turn.product = &turn.job->product;
    return turn;
}

void folder_job_end_turn(struct folder_turn *turn) {
    struct folder_job *job = turn->job;
    bool is_done = job->product.is_done;
    (void)pthread_mutex_unlock(&job->turn);
    lock(job->jobs);
    if (is_done) {
        job->is_over = true;
        close_job(job);
    }
    job->waiter_count -= turn->is_own ? 0 : 1;
    bool is_needed = job->holder_count + job->waiter_count > 0;
    unlock(job->jobs);
    destroy_if(is_needed ? NULL : job);
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
