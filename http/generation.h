/* SPDX-License-Identifier: MIT */
/*
 * One generation of the settings: the sites and their hosts, limits and timeouts, as they are from one change to
 * the next.
 *
 * A generation never changes. When the settings are read anew, or a root folder is replaced, the next generation
 * is made aside and takes the place of the current one; requests that have begun with the old one end with it, and
 * the last of them destroys it. So no answer mixes two states. What is in a generation is made and destroyed
 * elsewhere.
 *
 * Note on holds: whoever uses a generation holds it. The place where the current one stands has a hold of its
 * own. A worker keeps its hold from one request to the next and only compares pointers (a generation that is
 * held cannot be another one at the same address); so a request costs one load as long as nothing changes.
 * Before a worker sleeps it puts its hold down: then whoever changes the generation takes the hold away, and an
 * old generation does not wait for a thread that has nothing to do. Both store before they look (sequentially
 * consistent): the worker its hold and then for the current generation, the other one the current generation and
 * then for holds; so one of them sees the other.
 */
#ifndef LIDO_HTTP_GENERATION_H
#define LIDO_HTTP_GENERATION_H

#include "http/base/view.h"
#include "http/request/reader.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct hosts;
struct site;

struct timeouts {
    int64_t header_ms;    /* for a whole request, from its first byte (or the connection's start) */
    int64_t keepalive_ms; /* between requests */
    int64_t send_ms;      /* without any progress in sending */
    int64_t linger_ms;
    uint64_t header_bytes_per_s; /* who sends so fast has more time than header_ms; 0: nobody */
    uint64_t
        send_bytes_per_s; /* who takes less in a period of send_ms is too slow; 0: whoever takes some is not */
};

struct generation {
    const struct site *site;   /* for all hosts that have none of their own */
    const struct hosts *hosts; /* NULL: `site` for all */
    struct view
        own_path;       /* of the program's own pages, as of a target: ".lido/"; bytes NULL: there are none */
    bool own_are_apart; /* they are for clients that see nothing else (OWN_PAGES_ONLY) */
    struct request_limits limits;
    struct timeouts timeouts;
    bool splits_time; /* it is noted where the time of each request goes, */
    bool tells_time;  /* and answers tell of it (Server-Timing); only if splits_time */
    void (*destroy)(struct generation *generation);
    atomic_size_t holds; /* 1 at first: its maker's */
};

/* The hold of one thread. All-zero: none. */
struct generation_holder {
    struct generation *held;               /* NULL: none, or it is put down; the thread's own, as is: */
    bool is_known;                         /* to the place */
    _Atomic(struct generation *) put_down; /* NULL: it is not, or was taken away */
    struct generation_holder *prev;        /* for utlist.h; guarded by the lock of the place */
    struct generation_holder *next;
};

/* Where the current generation stands. */
struct generation_place {
    pthread_mutex_t lock; /* so that nobody takes a hold of what is just being given up */
    _Atomic(struct generation *) current;
    struct generation_holder *holders; /* who may have put a hold down */
};

/* Take over the maker's hold of the first generation. */
void generation_place_init(struct generation_place *place, struct generation *first);

/* Give up the current one. Nobody uses the place any more. */
void generation_place_deinit(struct generation_place *place);

/* Let `next` be the current one from now on; takes over its maker's hold. Thread-safe. */
void generation_place_change(struct generation_place *place, struct generation *next);

/* The current one, without a hold: for the thread that changes it. */
const struct generation *generation_place_current(const struct generation_place *place);

/* As the next one, whatever the holder has. Blocks on a lock; never for long. */
void generation_renew(struct generation_holder *holder, struct generation_place *place);

/* The current generation, held by the holder from now on. Takes a lock only after a change or a rest.
 * Thread-safe, for different holders. */
static inline const struct generation *generation_take(struct generation_holder *holder,
                                                       struct generation_place *place) {
    if (holder->held == NULL || holder->held != atomic_load_explicit(&place->current, memory_order_acquire)) {
        generation_renew(holder, place);
    }
    return holder->held;
}

/* Put the hold down, before a sleep: it is given up as soon as there is a newer generation. Thread-safe, for
 * different holders. */
void generation_put_down(struct generation_holder *holder, struct generation_place *place);

/* Give up what the holder has; the place forgets it. Thread-safe, for different holders. */
void generation_leave(struct generation_holder *holder, struct generation_place *place);

/* Take one more hold of a generation that the caller holds. Thread-safe. */
struct generation *generation_hold(struct generation *generation);

/* Give up a hold; NULL is allowed. Destroys the generation if it was the last one. Thread-safe. */
void generation_release(struct generation *generation);

#endif
