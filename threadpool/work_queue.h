/* SPDX-License-Identifier: MIT */
/*
 * A bounded queue of pointers between threads: first in, first out, each item with the time at which it was
 * queued.
 *
 * Any number of threads push and pop. A pop blocks (pthread_cond_wait(3)) until there is something to hand
 * out; a push never does: what does not fit is refused. There is no blocking push on purpose, as the producer
 * is an event loop, and one that sleeps on a full queue serves nobody. A producer that was refused is instead
 * told, through the pop that makes room, when to try again; and one that has pushed enough may rest until
 * little is left, for a limited time. The queue never looks into an item, starts no thread and calls nobody
 * back, but for the one function that summons poppers who are elsewhere.
 */
#ifndef LIDO_THREADPOOL_WORK_QUEUE_H
#define LIDO_THREADPOOL_WORK_QUEUE_H

#include "threadpool/later_work.h"
#include "threadpool/work_ring.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Waking in turn
 *
 * At most one waiting popper is on its way at any time, however many items arrive: a push calls one, and
 * whoever leaves the queue with something still in it calls the next. So a burst of items costs its producer
 * one wake-up; a pool that is too large for its processors does not wake threads that the running ones leave
 * without work; and yet nobody sleeps while there is something to do, for a call is always made or under way.
 *
 * Poppers are called in the order in which they began to wait, each on a condition of its own. One condition
 * for all would do by the book, but with several waiters it can lose a wake-up in glibc 2.25 to 2.40
 * (sourceware bug 25847), and with one call under way at a time, a lost one would stop the pool for good. A
 * condition with one waiter loses none.
 *
 * Invariant, whenever the lock is free: if there is something to hand out and a popper waits, then
 * call_is_under_way; or it was put back by a popper that is about to pop; or summon() has said since that one
 * who is elsewhere comes.
 *
 * Poppers who are elsewhere
 *
 * A popper may have other work than the queue's, and wait for it elsewhere, where no condition reaches it. Then
 * it looks at work_queue_has_something(), which takes no lock, before it goes to sleep, after it has made known
 * that it does; and summon(), called after each change that left something to hand out, wakes it there. Both
 * store before they look (sequentially consistent), so that one of them sees the other. Only if summon() says
 * that there is nobody to come is a popper called that waits here.
 *
 * And the other way round: work_queue_send_away() sends one popper, who waits here or is the next to come, to
 * that other work.
 *
 * Invariant, whenever the lock is free: if is_sent_for and a popper waits, then call_is_under_way.
 *
 * What can wait
 *
 * Items that a popper has put off are handed out when there is no other one, or one of them is due, each with a place
 * that its popper gives back (work_queue_end_later()). Putting off and giving back call nobody, as the popper comes for
 * the next item itself, at once. Once the queue is closed they are handed out without a place: not to be worked on.
 */

/* One thread's place at a queue. Its memory stays valid until the queue's deinit, even if the thread ends
 * before, for a call that came to nothing may touch it late. One thread at a time uses it. Guarded by the
 * queue's lock. */
struct work_queue_popper {
    pthread_cond_t called;          /* predicate: is_called */
    bool is_called;                 /* shall look at the queue */
    struct work_queue_popper *next; /* who began to wait after this one */
};

/* What happened so far. */
struct work_queue_stats {
    size_t depth; /* items, without those that can wait */
    size_t depth_high_water;
    size_t later_depth;  /* items that can wait, and do */
    size_t later_places; /* of them, how many are being worked on */
    uint64_t accepted;
    uint64_t refused; /* for want of room; not those that came after the close */
};

/* In the caller's storage, but private: use the functions. */
struct work_queue {
    pthread_mutex_t lock;  /* guards all that follows and the fields of the poppers */
    struct work_ring ring; /* its memory is set by whoever sets the capacity */
    size_t capacity;       /* how many may wait; there may be memory for more */
    struct later_work later;
    struct work_queue_stats stats;           /* but for the depths */
    struct work_queue_popper *first_waiting; /* the next to be called; NULL if none waits */
    struct work_queue_popper *last_waiting;  /* means nothing if none waits */
    bool call_is_under_way;                  /* a popper is called and has not come yet */
    size_t to_retire;                        /* poppers that still are to be sent away */
    bool room_is_wanted;                     /* an item was refused, and nothing was popped since */
    pthread_cond_t depth_reached;            /* predicate: !depth_is_awaited; one waits at most */
    bool depth_is_awaited;                   /* the producer rests until no more than... */
    size_t awaited_depth;                    /* ... so many items are left */
    bool is_closed;
    bool is_sent_for;          /* a popper shall go elsewhere */
    atomic_bool has_something; /* to hand out; written with the lock held, read without, as the next two */
    atomic_bool is_pressing;   /* that is not, or not only, what can wait */
    /* When what can wait is due, if it could be handed out; INT64_MAX: it could not. */
    _Atomic(int64_t) due_ns;
    /* See "Poppers who are elsewhere"; NULL: there are none. Both are set before use. */
    bool (*summon)(void *context);
    void *summon_context;
};

/* What a pop has to say. */
enum work_queue_answer {
    WORK_QUEUE_ITEM,   /* here is an item */
    WORK_QUEUE_RETIRE, /* the caller is one of those that work_queue_retire() sends away */
    WORK_QUEUE_CLOSED, /* closed, and nothing is left */
    WORK_QUEUE_AWAY /* the caller is the one that work_queue_send_away() sends elsewhere; it may come back */
};

struct work_queue_taken {
    struct work_queue_entry entry;
    bool makes_room; /* the first pop since an item was refused: tell the producer */
    bool has_place;  /* an item that was put off; work_queue_end_later() is due when it has been worked on */
};

/* Prepare an empty queue for `capacity` items, at least 1.
 * Returns 0, -EINVAL for no capacity, or -ENOMEM; the queue must not be used then. */
int work_queue_init(struct work_queue *queue, size_t capacity) __attribute__((warn_unused_result));

/* Let at most so many items wait from now on, at least 1; those that wait already stay, even if they are more. Returns
 * 0, -EINVAL or -ENOMEM, and then all is as before. By one thread at a time, beside all others. */
int work_queue_set_capacity(struct work_queue *queue, size_t capacity) __attribute__((warn_unused_result));

/* Let at least so many items that can wait do so, of which none is worked on before work_queue_set_places(). Returns 0,
 * or -ENOMEM and then all is as before. By one thread at a time, beside all others. */
int work_queue_allow_later(struct work_queue *queue, size_t capacity) __attribute__((warn_unused_result));

/* Release the queue's memory. Nobody may be using it any more. Items left in it are forgotten: they are
 * not its own. */
void work_queue_deinit(struct work_queue *queue);

/* Prepare a place at a queue for one thread. Returns 0 or a negative errno. */
int work_queue_popper_init(struct work_queue_popper *popper) __attribute__((warn_unused_result));

/* Only after the queue's deinit; see struct work_queue_popper. */
void work_queue_popper_deinit(struct work_queue_popper *popper);

/* Append as many of the `count` items as there is room for, in their order, in one operation and with one
 * time of arrival, and call at most one waiting popper. Does not wait for room.
 * Returns how many were taken, from the front of `items`: none once the queue is closed. Thread-safe. */
size_t work_queue_try_push(struct work_queue *queue, void *const items[], size_t count)
    __attribute__((warn_unused_result));

/* Append one item, but call nobody: the caller is a popper, and comes for the next item itself, at once.
 * Returns whether there was room. Thread-safe. */
bool work_queue_try_put_back(struct work_queue *queue, void *item) __attribute__((warn_unused_result));

/* Put one item off, behind all others, or with `is_next` before others that were put off. As
 * work_queue_try_put_back(). */
bool work_queue_try_put_later(struct work_queue *queue, void *item, bool is_next)
    __attribute__((warn_unused_result));

/* Take a place, to work at once on what could be put off. Returns false when anything else is there that should come
 * first: then put it off. By a popper between two pops. Thread-safe. */
bool work_queue_begin_later(struct work_queue *queue) __attribute__((warn_unused_result));

/* Give a place back. By the popper that has it, before the next pop. Thread-safe. */
void work_queue_end_later(struct work_queue *queue);

/* Say how many of those that can wait may be worked on at once. Thread-safe. */
void work_queue_set_places(struct work_queue *queue, size_t places);

/* Rest until no more than `depth` items are left, at most until `until_ns`: for a producer that can gather
 * more in the meantime. One at a time. Returns false when the time was over before. */
bool work_queue_await_depth(struct work_queue *queue, size_t depth, int64_t until_ns);

/* Take the oldest item; blocks until there is one or the caller is to leave. Fills in *taken with
 * WORK_QUEUE_ITEM only. After WORK_QUEUE_RETIRE or _CLOSED the caller is expected to pop no more. Thread-safe, each
 * thread with a popper of its own. */
enum work_queue_answer work_queue_pop(struct work_queue *queue, struct work_queue_popper *popper,
                                      struct work_queue_taken *taken) __attribute__((warn_unused_result));

/* The same without waiting, for a popper that is elsewhere: returns false when there is nothing to hand out, and
 * *answer is not set. */
bool work_queue_try_pop(struct work_queue *queue, struct work_queue_taken *taken,
                        enum work_queue_answer *answer) __attribute__((warn_unused_result));

/* Whether a pop would not wait. Takes no lock; sequentially consistent. Thread-safe. */
bool work_queue_has_something(const struct work_queue *queue);

/* Whether it is more than what can wait that a pop would not wait for; what is due at `now_ns` cannot. As above. */
bool work_queue_is_pressing(const struct work_queue *queue, int64_t now_ns);

/* Send one popper away: the first that waits, or the next to come if none does. Does not wait for it. To send
 * several, send the next when one has come. Thread-safe. */
void work_queue_send_away(struct work_queue *queue);

/* Take no more items. Poppers get what is left and then WORK_QUEUE_CLOSED. Again: does nothing.
 * Thread-safe. */
void work_queue_close(struct work_queue *queue);

/* Send `count` poppers away: the next ones to ask, before they get another item, those that wait now
 * included. Does not wait for them. Somebody must stay to drain the queue; that is the caller's concern.
 * Thread-safe. */
void work_queue_retire(struct work_queue *queue, size_t count);

/* Take back up to `count` of the retirements that nobody has followed yet. Returns how many. Thread-safe. */
size_t work_queue_retain(struct work_queue *queue, size_t count) __attribute__((warn_unused_result));

/* Read the counters, all in one instant. Thread-safe. */
void work_queue_read_stats(struct work_queue *queue, struct work_queue_stats *stats);

#endif
