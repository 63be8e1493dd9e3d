/* SPDX-License-Identifier: MIT */
/*
 * A fixed set of named threads (pthreads(7)) that take items from one bounded work queue.
 *
 * The pool knows nothing of what an item is: it hands each one to the serve() callback, together with the
 * worker that runs it. A worker tells what it is doing with worker_enter(), so that anybody may look at the
 * pool while it works. The pool never blocks its submitter, unless it wants to rest: what does not fit is
 * refused, and the submitter is told once there is room again.
 *
 * One thread at a time, the owner, may call create, resize, stop and destroy; no worker is ever the owner.
 * Submitting and reading is open to every thread, the workers included, from create to destroy.
 */
#ifndef LIDO_THREADPOOL_THREADPOOL_H
#define LIDO_THREADPOOL_THREADPOOL_H

#include "http/base/histogram.h"
#include "threadpool/processor_time.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    THREADPOOL_THREADS_MAX = 1024,
    WORKER_SUBJECT_BYTES = 128 /* see worker_report.subject */
};

/* What a worker does at this moment. */
enum worker_activity {
    WORKER_IDLE,        /* waits for work at the queue, */
    WORKER_LEADING,     /* or in lead() */
    WORKER_READING,     /* receives and parses a request */
    WORKER_RESOLVING,   /* looks up what the request is for */
    WORKER_SENDING,     /* sends the answer */
    WORKER_IN_FILE,     /* looks at, opens or reads a file, and may have to wait for its file system */
    WORKER_IN_FOLDER,   /* works on a folder, likewise */
    WORKER_COMPRESSING, /* reads a file and compresses it, or expands it */
    WORKER_ACTIVITY_COUNT
};

struct threadpool;
struct worker;

/* A worker that does not get on, or that does again. */
struct worker_stuck {
    unsigned index;
    enum worker_activity activity;
    const char *subject; /* see worker_report.subject */
    int64_t for_ns;      /* in that operation, up to now; if it is over: at most by a look too long */
    bool is_over;
};

struct threadpool_options {
    size_t thread_count;   /* 1 .. THREADPOOL_THREADS_MAX */
    size_t queue_capacity; /* items, at least 1 */
    size_t later_capacity; /* items that can wait, see threadpool_put_later() */
    size_t local_bytes;    /* zeroed memory that each worker owns, see worker_local(); 0 for none */

    /* Serves one item; runs in a worker, without a lock held. The item is the callee's from here on; it
     * may submit it again. The worker counts as idle until it says otherwise, see worker_enter(). */
    void (*serve)(void *context, struct worker *worker, void *item);
    /* Releases what a worker's local memory refers to (not the memory itself); may be NULL. Runs in the
     * worker, as the last thing that it does; not called if local_bytes is 0. */
    void (*local_deinit)(void *context, void *local);
    /* Told by a worker, without a lock held, as soon as there is room after a submission was refused,
     * wholly or in part; may be NULL. Refusals that meet the same full queue share one call. It may come
     * before the threadpool_submit() that it belongs to has returned, so it should leave a mark that lasts
     * (an eventfd). None comes for refusals that a stop overtakes. */
    void (*on_room)(void *context);
    /* Do work that does not come by way of the queue, and wait for it, until worker_is_wanted() or somebody else
     * does so in the worker's place; runs in a worker, without a lock held, before each look at the queue. Returns
     * true when the worker shall look whether there is an item, but not wait for one; false when it shall wait
     * at the queue, too. NULL: there is no such work. */
    bool (*lead)(void *context, struct worker *worker);
    /* Something has come into the queue: let one who is in lead() look at it. Called without a lock held, by
     * whoever submits and by workers; has to be quick. Returns false when nobody is there who will. NULL only if
     * lead is. */
    bool (*summon)(void *context);
    /* Told by threadpool_watch() when a worker has been in one operation, of which worker_enter_long() told, for
     * longer than stuck_after_ns, and when it comes back; may be NULL. `stuck` lives during the call. */
    void (*on_stuck)(void *context, const struct worker_stuck *stuck);
    int64_t stuck_after_ns; /* 0: nobody is ever */
    size_t spare_max; /* how many threads may stand in for those that are stuck, see threadpool_watch() */
    /* Told by a thread that has ended, so that a join does not wait; may be NULL. Only stores or writes. */
    void (*on_end)(void *context);
    void *context;
};

/* A reading of the pool's counters. Each is exact, but they are not read in one instant; what is in
 * `served` is in `submitted` and, unless it was put off, in `waits`, too. After a stop all agree. */
struct threadpool_stats {
    size_t thread_count;     /* threads that take work, without those that leave after their present item */
    size_t spare_count;      /* threads besides, for those that are stuck */
    size_t stuck_count;      /* in one operation for longer than stuck_after_ns, when last looked at */
    size_t busy_count;       /* of all, how many have something to do, by way of the queue or of lead() */
    size_t busy_high_water;  /* the most threads that ever had at once */
    size_t queue_capacity;   /* items */
    size_t queue_depth;      /* items waiting now */
    size_t queue_high_water; /* the most that ever waited */
    size_t later_depth;      /* items that were put off, and wait */
    size_t later_count;      /* of them, how many are being worked on */
    uint64_t submitted;      /* items accepted into the queue */
    uint64_t refused;        /* items refused because the queue was full */
    uint64_t served;         /* items whose serve() has returned */
    uint64_t led;            /* what lead() has served besides, see worker_begin_led() */
    /* Items by the time that they spent in the queue, without those that were put off, and requests that lead() served
     * by the time that they waited (worker_begin_led()). */
    struct histogram_reading waits;
};

/* The part of it that changes from moment to moment, and costs little to read. */
struct threadpool_load {
    size_t thread_count;
    size_t busy_count;
    size_t queue_depth;
};

/* One worker, as threadpool_read_workers() found it. All times are of clock_steady_ns(). */
struct worker_report {
    unsigned index; /* from 0, reused; the thread is named "worker-<index>" */
    int thread_id;  /* gettid(2), for processor_time_read(); 0: not there yet */
    bool is_stuck;  /* at what it does now, for longer than stuck_after_ns */
    enum worker_activity activity;
    int64_t since_ns; /* when it took that up: exact where it is timed, else by the kernel's last tick */
    uint64_t served;  /* items, and what lead() has served, since the worker started */
    int64_t started_ns;
    /* How long it was at each, up to now. Only what may take long is timed: IDLE, LEADING, IN_FILE, IN_FOLDER and
     * COMPRESSING. The rest since started_ns it was computing, or waiting for a processor. IN_FILE, IN_FOLDER and
     * COMPRESSING have computing in them, too: see processor_time.h for what was that. */
    int64_t spent_ns[WORKER_ACTIVITY_COUNT];
    /* What it works on while it is at one of the last three, cut to fit; else "". From a client: not to be
     * trusted. */
    char subject[WORKER_SUBJECT_BYTES];
};

/* Start the threads, in which all signals are blocked but those of a fault of their own (SIGSEGV and the
 * like). Nothing keeps running if one fails to start. `options` is copied.
 * Returns 0 and sets *out (the caller's, for threadpool_destroy), or a negative errno: -EINVAL for a
 * number out of range, -ENOMEM, -EAGAIN where the system allows no more threads. */
int threadpool_create(struct threadpool **out, const struct threadpool_options *options)
    __attribute__((warn_unused_result));

/* Put up to `count` items into the queue in one operation and wake at most one worker. Never waits for
 * room.
 * Returns how many were taken, from the front of `items`: these belong to the pool; the rest stay the
 * caller's. After a stop none are taken. Thread-safe. */
size_t threadpool_submit(struct threadpool *pool, void *const items[], size_t count)
    __attribute__((warn_unused_result));

/* Put an item at the end of the queue, by a worker from within serve(), as the last thing that it does: wakes
 * nobody, as this worker comes for the next item itself. Returns false when there is no room, or the pool is
 * stopped; the item stays the caller's then. */
bool threadpool_put_back(struct threadpool *pool, void *item) __attribute__((warn_unused_result));

/* The same for an item that can wait until there is nothing else to do. It is served when the queue is empty and
 * lead() has nothing, or when it is its turn after 20 ms; by half of the threads at most at once, not counting those
 * that do not come back. `is_next`: before others that can wait, rather than behind them. */
bool threadpool_put_later(struct threadpool *pool, void *item, bool is_next)
    __attribute__((warn_unused_result));

/* Let the pool get on with what it has: returns at once while the queue holds little, else when little is
 * left, at the latest after 2 ms, and does not wait again while the pool is stuck. For the owner, if it is
 * the one that submits and what it gathers keeps its order in the meantime: larger batches spare both sides
 * many wake-ups. */
void threadpool_rest(struct threadpool *pool);

/* Change the number of threads. Growing starts threads at once; shrinking lets surplus workers end after
 * the item that they serve, without waiting for them. The threads that have ended are joined here or by
 * the stop.
 * Returns 0 or a negative errno as threadpool_create does, or -ECANCELED after a stop; the pool then keeps
 * what it has. The owner's, beside any submissions and readers. */
int threadpool_resize(struct threadpool *pool, size_t thread_count) __attribute__((warn_unused_result));

/* What may change while the pool runs, besides the number of threads: see threadpool_options. */
struct threadpool_bounds {
    size_t queue_capacity;
    size_t later_capacity; /* there may always be as many as ever before */
    int64_t stuck_after_ns;
    size_t spare_max;
};

/* Let other bounds hold. What is in the queue stays there; substitutes that are too many leave. Returns 0, or -ENOMEM or
 * -EINVAL and then all is as before, but for room for items that can wait. The owner's, beside any submissions and
 * readers. */
int threadpool_set_bounds(struct threadpool *pool, const struct threadpool_bounds *bounds)
    __attribute__((warn_unused_result));

/* Look for workers that are in one operation for longer than stuck_after_ns, tell of them, and have up to spare_max
 * more threads while they are: the pool keeps its size. If nobody at all gets on, one comes after 100 ms already, and
 * as many again if they do not either. They leave when those whose place they took come back. Does nothing if it did
 * within the last 50 ms. Starting a thread is all that it waits for. The owner's. */
void threadpool_watch(struct threadpool *pool);

/* Whether any worker was stuck when last looked at. Thread-safe. */
bool threadpool_is_degraded(const struct threadpool *pool);

/* Whether any was in one operation for 100 ms or longer then. Thread-safe. */
bool threadpool_has_absent(const struct threadpool *pool);

/* Take no more items, and let the workers end when they have served those that wait in the queue. Waits for nobody.
 * Thread-safe. */
void threadpool_close(struct threadpool *pool);

/* Whether all threads have ended since threadpool_close(); joins those that have. Waits for nobody. The owner's. */
bool threadpool_has_ended(struct threadpool *pool) __attribute__((warn_unused_result));

/* Close, and join all workers. Blocks until the last has ended. Calling it again does nothing. The owner's. */
void threadpool_stop(struct threadpool *pool);

/* Stop, if that was not done, and free. Nobody may be using the pool any more. NULL is allowed. */
void threadpool_destroy(struct threadpool *pool);

/* Read the counters without stopping anybody; also after the stop. Thread-safe. */
void threadpool_read_stats(struct threadpool *pool, struct threadpool_stats *stats);

/* Read the load alone. Thread-safe. */
void threadpool_read_load(struct threadpool *pool, struct threadpool_load *load);

/* Read what each worker does into reports[0 .. capacity), by index. Returns how many were filled in: for a
 * moment after a shrink more than thread_count, as each worker is listed until it has left. No worker waits for it.
 * Thread-safe. */
size_t threadpool_read_workers(struct threadpool *pool, struct worker_report *reports, size_t capacity);

/* Send a worker that waits at the queue, or the next to come there, to lead(). Thread-safe. */
void threadpool_call_leader(struct threadpool *pool);

/* Whether there is something in the queue that nobody has taken yet. Thread-safe. */
bool threadpool_has_items(const struct threadpool *pool);

/* A name for an activity, e.g. "idle"; "unknown" for any other value. Thread-safe. */
const char *worker_activity_name(enum worker_activity activity);

/* The calling worker's own memory (threadpool_options.local_bytes), zeroed when the worker started; NULL
 * if there is none. */
void *worker_local(struct worker *worker);

/* The worker's number, from 0: see worker_report. */
unsigned worker_index(const struct worker *worker);

/* Whether something has come into the queue, or the worker is to end. By a worker in lead(): before it sleeps,
 * and after it has made known to summon() that it does. */
bool worker_is_wanted(const struct worker *worker);

/* Whether that is more than what can wait; what is due at `now_ns` cannot. By a worker in lead(): it may look first
 * whether it has anything to do there itself. */
bool worker_is_pressed(const struct worker *worker, int64_t now_ns);

/* Begin work that can wait. Returns false when anything else should come first, or enough workers are at such work:
 * then the item is to be put off (threadpool_put_later()). What was put off may begin when it is served, but not after
 * a stop. Again: stays as it is. From within serve() or lead(), by the worker itself. */
bool worker_begin_later(struct worker *worker) __attribute__((warn_unused_result));

/* End it, before the item is handed on. Does nothing if it has not begun; serve() ends it, too. By the worker itself. */
void worker_end_later(struct worker *worker);

/* As threadpool_call_leader(), by a worker. */
void worker_call_leader(struct worker *worker);

/* As worker_resume(), and say that lead() serves a request from now on, which could have been served since `ready_ns`;
 * and, when it is served, count it and how long it waited. By the worker itself. */
void worker_begin_led(struct worker *worker, int64_t ready_ns, int64_t now_ns);
void worker_end_led(struct worker *worker);

/* The item that is served now could have been served since `ready_ns`, before it came into the queue. By the worker
 * itself, from within serve(). */
void worker_has_waited_since(struct worker *worker, int64_t ready_ns);

/* Do not count how long what is served now has waited. By the worker itself, from within serve() or lead(). */
void worker_leave_wait_out(struct worker *worker);

/* How long what it serves now has waited. By the worker itself. */
int64_t worker_last_wait_ns(const struct worker *worker);

/* Say that this worker has something to do, and does not rest any more, since `now_ns` by clock_steady_ns(); for
 * lead() only. Costs next to nothing if it had before. By the worker itself. */
void worker_resume(struct worker *worker, int64_t now_ns);

/* Say that lead() has nothing to do and waits, since `now_ns`. By the worker itself. */
void worker_rest(struct worker *worker, int64_t now_ns);

/* Say which step this worker takes from now on: READING, RESOLVING or SENDING. Only from within serve() or lead(), by
 * the worker itself. Costs one store and a look at the coarse clock; ends what worker_enter_long() began. */
void worker_enter(struct worker *worker, enum worker_activity activity);

/* Say that this worker begins something that may take long, IN_FILE, IN_FOLDER or COMPRESSING, and what it works on:
 * of subject[0 .. length) the beginning is kept (NULL, 0: there is none). It ends with the next call of any of these four.
 * Again before that: something that is part of the same work. By the worker itself. Costs a look at the clock and a copy. */
void worker_enter_long(struct worker *worker, enum worker_activity activity, const char *subject,
                       size_t length);

#endif
