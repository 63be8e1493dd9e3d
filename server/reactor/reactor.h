/* SPDX-License-Identifier: MIT */
/*
 * The main thread's loop, the door: accepts clients and hands them over to the pool, keeps all deadlines, and
 * watches the lane (lane/lane.h), in which the workers let clients wait, and from which they take them themselves.
 *
 * It reads and writes no request (but for the 503 of when_full = reject), and it blocks on nothing but its own
 * epoll, and for 2 ms at most on a pool that has enough to do: a full queue makes it stop accepting, not stop. A
 * new client goes straight to the pool, and is registered with epoll(7) only when it first has to wait. Those
 * that were answered 503 wait with the main thread itself.
 *
 * What handing over costs was measured: tests/bench/NOTES.md.
 */
#ifndef LIDO_SERVER_REACTOR_REACTOR_H
#define LIDO_SERVER_REACTOR_REACTOR_H

#include "http/connection.h"
#include "server/listen/listener.h"
#include "server/reactor/client.h"
#include "server/reactor/lane/lane.h"
#include "server/reactor/parked.h"
#include "server/reactor/stop/guard.h"
#include "threadpool/threadpool.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct reactor;

struct reactor_options {
    struct listener_set *listeners;     /* open; changed and closed by the reactor */
    struct connection_service *service; /* `closing` is set when the drain begins */
    size_t max_connections;
    size_t max_of_address; /* of these, see address_counts.h; 0: any number */
    bool local_are_exempt; /* the clients of this machine may have any number */
    bool reject_when_full; /* else: stop accepting until there is room */
    int64_t shutdown_timeout_ms;

    /* See lane_options; may be NULL. */
    bool (*receive)(void *context, struct worker *worker, struct client *client);
    /* Serves a client that comes from the lane, and gives it back with reactor_return(); called by workers. */
    void (*serve)(void *context, struct worker *worker, struct client *client);
    /* See lane_options; may be NULL. */
    void (*rest)(void *context, struct worker *worker);
    /* Called in the main thread; each may be NULL. */
    void (*on_rejected)(void *context, const struct connection *connection); /* one was answered 503 */
    void (*on_cut)(void *context, struct connection *connection); /* one is to be closed unfinished */
    /* There is no descriptor for a client: returns whether one is being given back, and reactor_wake() tells when it is. */
    bool (*on_shortage)(void *context);
    void (*on_reload)(void *context); /* SIGHUP asks to read the settings anew */
    void (*on_reopen)(void *context); /* SIGUSR1 asks to open the log anew */
    bool (*on_tick)(void *context);   /* a few times a second while there are clients or it returned true, */
    int pulse_ms;                     /* else at least this often; 0: not at all */
    void *context;
};

/* What happened at the door, and who is there. Each is exact, but they are not read in one instant. */
struct reactor_stats {
    uint64_t accepted;
    uint64_t accept_errors;          /* of single clients that were gone before they could be accepted */
    uint64_t turned_away;            /* as their address had as many as one may have */
    uint64_t rejected;               /* answered 503 because the queue was full */
    uint64_t expired;                /* deadlines that passed */
    uint64_t gave_way;               /* idle and silent connections dismissed for new clients, */
    uint64_t gave_way_slow;          /* slow requests and answers for new clients, */
    uint64_t gave_way_memory;        /* and for the memory that they hold */
    uint64_t paused_full;            /* how often accepting paused: the queue was full, */
    uint64_t paused_connections;     /* max_connections were open, */
    uint64_t paused_resources;       /* or descriptors or memory had run out */
    uint64_t deposed;                /* leaders that did not get on, and others led in their place */
    uint64_t cut;                    /* connections still open when the server stopped */
    uint64_t timeouts[PARKED_KINDS]; /* of `expired`, by what was waited for */
    size_t parked[PARKED_KINDS];     /* who wait now, by what they wait for */
    size_t request_bytes;            /* memory that requests and answers under way hold, */
    size_t request_bytes_max;        /* and may hold; 0: any */
    size_t open;                     /* connections, now */
    size_t open_high_water;          /* the most ever open at once */
    size_t leaders;                  /* of the lane, now; one of them may sleep there */
};

/* Block the signals of signals.h in the calling thread, ignore SIGPIPE, and make the descriptors. To be
 * called by the main thread before it starts another one, so that they inherit the signal mask. What the
 * options point to must outlive the reactor. Returns 0 and sets *out, the caller's for reactor_destroy(), or
 * a negative errno. */
int reactor_create(struct reactor **out, const struct reactor_options *options)
    __attribute__((warn_unused_result));

/* Have a guard see to it that the server stops even if the main thread hangs: open it for this reactor, with the context
 * of the options for on_late(). The guard is the caller's to be started and closed, and has to last for longer than the
 * reactor. Returns 0 or a negative errno. Before reactor_run(). */
int reactor_open_guard(struct reactor *reactor, struct stop_guard *guard,
                       void (*on_late)(void *context, enum stop_stage stage, int status))
    __attribute__((warn_unused_result));

/* Run until a signal asks to stop and the drain is over: all clients gone, those that waited to be accepted
 * included, or shutdown_timeout_ms passed, or a second signal. The pool must serve each client with
 * reactor_return(). Returns 0, or a negative errno when the loop cannot go on. Afterwards stop the pool, then
 * destroy the reactor. Blocks; the main thread only. */
int reactor_run(struct reactor *reactor, struct threadpool *pool);

/* What may change while it runs, besides what the generation has; see reactor_options. */
struct reactor_bounds {
    size_t max_connections; /* who is there already may stay */
    size_t max_of_address;
    bool local_are_exempt;
    bool reject_when_full;
    int64_t shutdown_timeout_ms;
};

/* Let other bounds hold, and the timeouts of the generation that is current now. From within on_reload(). */
void reactor_set_bounds(struct reactor *reactor, const struct reactor_bounds *bounds);

/* Turn to the next set of listeners, of which the present one is the former, and which takes its place; see
 * door_turn_to(). From within on_reload(). */
int reactor_change_listeners(struct reactor *reactor, struct listener_set *next, int backlog)
    __attribute__((warn_unused_result));

/* Have the workers end, and wait for it, a quarter of a second at most: one that is in a file system that does not
 * answer cannot be called back. Returns whether all have ended; else nothing that they may touch may be freed any more.
 * After reactor_run(); the pool's on_end must call reactor_wake(). The main thread only. */
bool reactor_await_workers(struct reactor *reactor) __attribute__((warn_unused_result));

/* The same for the guard when the main thread is late, after STOP_STARTING: frees nothing, joins nobody. */
void reactor_dismiss_workers(struct reactor *reactor);

/* For threadpool_options.lead and .summon of the pool: lane_lead(), lane_summon(). As long as the reactor. */
struct lane *reactor_lane(struct reactor *reactor);

/* Give a client back after connection_serve(); the reactor's from here on. Called by workers; thread-safe. */
void reactor_return(struct reactor *reactor, struct client *client, enum connection_verdict verdict);

/* Tell the reactor that the queue has room again. Called by workers; thread-safe, never blocks. */
void reactor_on_room(struct reactor *reactor);

/* Take out a client that others can do without, as there are no descriptors: the one that has taken nothing of its answer
 * for longest, for a second at least, else the one that has been idle for longest. It is the caller's, to be served, which
 * ends it, and given back with reactor_return(). NULL: there is none. Thread-safe. */
struct client *reactor_take_weakest(struct reactor *reactor) __attribute__((warn_unused_result));

/* Let on_tick() be called within its usual time, even if there are no clients. Thread-safe, never blocks. */
void reactor_wake(const struct reactor *reactor);

/* Close all clients that are left, but for those that workers have who do not come back. After reactor_await_workers(). */
void reactor_cut_clients(struct reactor *reactor);

/* Cut the clients that are left, and free. NULL is allowed. */
void reactor_destroy(struct reactor *reactor);

/* Takes no lock. Thread-safe. */
void reactor_read_stats(const struct reactor *reactor, struct reactor_stats *stats);

#endif
