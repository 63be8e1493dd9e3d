/* SPDX-License-Identifier: MIT */
/*
 * Work on folders, shared by the requests whose answers are the same: it is done once for all that have asked before it
 * begins, by whoever of them has a turn. One who goes away leaves it to the others; the last one frees it.
 *
 * Nobody gets what was read before he asked, so sharing makes no answer older than it would be alone (RFC 9111 section 4
 * lets caches go further). Who comes while it is under way waits for the next, and lends his turns to that which
 * is under way: hence of any number who ask at once two read the folder, or three. When he who has a turn does not come
 * back, as from a disk that hangs, nobody waits for the job any more. How the work is done is not known
 * here.
 */
#ifndef LIDO_HTTP_HANDLER_SHARING_FOLDER_JOBS_H
#define LIDO_HTTP_HANDLER_SHARING_FOLDER_JOBS_H

#include "http/base/memory_budget.h"
#include "http/base/view.h"
#include "http/handler/sharing/folder_product.h"

#include <stdbool.h>

/* What is under way for all requests of a server. */
struct folder_jobs;

struct folder_job;

/* Returns NULL when there is no memory. */
struct folder_jobs *folder_jobs_create(void);

/* There must be no job. NULL is allowed. */
void folder_jobs_destroy(struct folder_jobs *jobs);

/* Hold the job of all requests with this key that have come since the last one began, perhaps a new one. `jobs` NULL:
 * nobody else's. The key tells any two requests apart whose answers are not the same. Returns NULL without memory.
 * Release it with folder_job_release(). Thread-safe, as all below. */
struct folder_job *folder_jobs_join(struct folder_jobs *jobs, struct view key, struct memory_budget *budget)
    __attribute__((warn_unused_result));

/* NULL is allowed. */
void folder_job_release(struct folder_job *job);

/* Whether another one has to be done before. */
bool folder_job_has_to_wait(struct folder_job *job);

enum { FOLDER_JOB_HANGS_MS = 1000 }; /* a turn that takes longer is no longer waited for */

struct folder_turn {
    struct folder_product
        *product; /* to be worked on, unless it is done; NULL: another one has the turn, come again */
    bool hangs;   /* ... and has not ended it for long: release the job and join anew */
    bool is_own;  /* else it is that of the job which is done before */
    bool
        is_alone; /* nobody else gets it: what the caller has looked at during its turn is as new as he may ask for */
    struct folder_job *job; /* for folder_job_end_turn() */
};

/* Begin to work, at most for a time slice, as others may wait for that. From now on nobody joins the job. Blocks for some
 * milliseconds while another one works. With a product, folder_job_end_turn() has to follow. */
struct folder_turn folder_job_begin_turn(struct folder_job *job) __attribute__((warn_unused_result));

/* product->is_done says whether there is more to do. */
void folder_job_end_turn(struct folder_turn *turn);

/* What has been done, once it is done. */
const struct folder_product *folder_job_product(const struct folder_job *job);

/* The same, to be used up, if nobody else holds the job; else NULL. */
struct folder_product *folder_job_product_of_one(struct folder_job *job);

#endif
