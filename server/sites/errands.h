/* SPDX-License-Identifier: MIT */
/*
 * Errands: what may hang in a file system, done by a thread of its own, first come, first served, so that nobody else does.
 *
 * The thread is started with the first one. Once one has hung for a second, another thread does the next, four at most:
 * from then on they wait. So two of them may be under way at once. That a second has passed is seen by errands_look() and
 * errands_give(). Knows nothing of what they do. Private to server/sites/.
 */
#ifndef LIDO_SERVER_SITES_ERRANDS_H
#define LIDO_SERVER_SITES_ERRANDS_H

#include <stdbool.h>

struct errands;

/* To be the first member of what it is about. */
struct errand {
    void (*run)(struct errand *errand);     /* by a thread; it may free the errand, unless it comes back: */
    void (*discard)(struct errand *errand); /* for those that errands_take() gives back; NULL of others */
    struct errand *next;
};

enum { ERRANDS_PATIENCE_MS = 1000 }; /* with the last one, at the end */

/* Returns NULL when there is no memory. */
struct errands *errands_create(void);

/* Have a thread call this after each errand, with a lock held, so not for long; NULL: nothing, from now on. Thread-safe. */
void errands_on_done(struct errands *errands, void (*wake)(void *context), void *context);

/* Give one away. Returns false when there is no thread for it, or not any more: it is the caller's then. Blocks on a lock
 * that is never held for long. Thread-safe, as errands_take(). */
bool errands_give(struct errands *errands, struct errand *errand) __attribute__((warn_unused_result));

/* Start another thread, if it is time for that. Returns whether it may be so later, too, and so is to be called again.
 * Thread-safe. */
bool errands_look(struct errands *errands);

/* Take one that was done by this function and comes back: the caller's, or NULL. */
struct errand *errands_take(struct errands *errands, void (*run)(struct errand *errand))
    __attribute__((warn_unused_result));

/* Nobody gives any more: wait for what is left to be done, for ERRANDS_PATIENCE_MS at most; a thread that hangs frees
 * all when it is back, the last one. What has come back is discarded. NULL is allowed. */
void errands_release(struct errands *errands);

#endif
