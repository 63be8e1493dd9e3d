/* SPDX-License-Identifier: MIT */
/*
 * One generation of what is served: the sites and their hosts, as they are from one change to the next.
 *
 * A generation never changes. When a root folder is replaced, the next generation is made aside and takes the
 * place of the current one; requests that have begun with the old one end with it, and the last of them
 * destroys it. So no answer mixes two states. What is in a generation is made and destroyed elsewhere.
 *
 * Note on holds: whoever uses a generation holds it. The place where the current one stands has a hold of its
 * own. A worker keeps its hold from one request to the next and only compares pointers (a generation that is
 * held cannot be another one at the same address); so a request costs one load as long as nothing changes.
 */
#ifndef LIDO_HTTP_SITE_GENERATION_H
#define LIDO_HTTP_SITE_GENERATION_H

#include <pthread.h>
#include <stdatomic.h>

struct hosts;
struct site;

struct generation {
    const struct site *site;   /* for all hosts that have none of their own */
    const struct hosts *hosts; /* NULL: `site` for all */
    void (*destroy)(struct generation *generation);
    atomic_size_t holds; /* 1 at first: its maker's */
};

/* Where the current generation stands. */
struct generation_place {
    pthread_mutex_t lock; /* so that nobody takes a hold of what is just being given up */
    _Atomic(struct generation *) current;
};

/* Take over the maker's hold of the first generation. */
void generation_place_init(struct generation_place *place, struct generation *first);

/* Give up the current one. Nobody uses the place any more. */
void generation_place_deinit(struct generation_place *place);

/* Let `next` be the current one from now on; takes over its maker's hold. Thread-safe. */
void generation_place_change(struct generation_place *place, struct generation *next);

/* Make *held, a hold or NULL, a hold of the current generation. Blocks on a lock only after a change; never
 * long. Thread-safe, for different *held. */
void generation_renew(struct generation **held, struct generation_place *place);

/* Take one more hold of a generation that the caller holds. Thread-safe. */
struct generation *generation_hold(struct generation *generation);

/* Give up a hold; NULL is allowed. Destroys the generation if it was the last one. Thread-safe. */
void generation_release(struct generation *generation);

#endif
