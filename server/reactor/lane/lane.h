/* SPDX-License-Identifier: MIT */
/*
 * The lane: where kept clients wait for their next request, in a set of epoll(7) that the workers harvest
 * themselves, so that a request of a kept connection passes through no other thread.
 *
 * A worker that harvests is a leader. One of them at most waits in epoll_wait(2) for as long as it takes, the
 * others for a moment or not at all (help.h); who finds nothing and is not the last goes back to the queue. A leader
 * claims what is ready, up to a batch, receives what all of them have to say and then serves one after the other;
 * whoever has nothing to do takes from the batches of others. Before it does what may block, a worker steps out:
 * another one leads then, and what is left in its batch is served by others, too.
 * One that has been busy for a millisecond, and finds a crowd, calls one more, at most as many as there are
 * processors. The queue and the lane take turns: after each batch the queue has up to LANE_QUEUE_TURN_NS. Who
 * gets stuck unforeseen is noticed by the main thread, which steps out in its place (watch.h).
 *
 * The lane accepts nobody, knows no HTTP, and does not decide what becomes of a client that was served.
 */
#ifndef LIDO_SERVER_REACTOR_LANE_LANE_H
#define LIDO_SERVER_REACTOR_LANE_LANE_H

#include "server/reactor/client_table.h"
#include "server/reactor/client_watch.h"
#include "server/reactor/lane/batch.h"
#include "server/reactor/lane/readiness.h"
#include "server/reactor/waiting_room.h"
#include "server/reactor/wakeup.h"
#include "threadpool/threadpool.h"

#include <stdalign.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    LANE_LINE_BYTES = 64,
    LANE_LEADERS_MAX = 2 * THREADPOOL_THREADS_MAX, /* workers that may ever lead; surplus ones included */
    LANE_QUEUE_TURN_NS = 200 * 1000                /* of the queue, after a batch of the lane */
};

/*
 * Note on ownership. Whoever takes a client out of the set (client_turn.h) owns it until it is in a batch; who
 * takes it from there serves it and gives it back with reactor_return(). A leader's batches are empty before
 * it harvests again, so that none is forgotten.
 *
 * Note on leadership. leader->leads is set by the worker itself only, and cleared by whoever comes first: the
 * worker, or the main thread in its place; lane->leaders counts those that are set, and never exceeds
 * lane->leaders_max. Invariant: leaders > 0, or a worker has been sent for (threadpool_call_leader()) since it
 * became 0. Two that lead at once, or one that harvests although its lead was taken, do no harm: the turn of a
 * client and the word of a batch give each client to one of them.
 *
 * Note on wake-ups. One leader at most is lane->waiter, and only that one may sleep for long. Whoever sleeps counts
 * itself among the sleepers from before its last look at the queue and the batches until after epoll_wait(2). One
 * that is deposed in its sleep is the waiter no more, but goes on sleeping, and others linger: hence there may be
 * several sleepers, and whoever calls one goes by their number. Whoever leaves something in the queue or in a batch
 * stores that first and then looks for a sleeper; a sleeper counts itself first and then looks for something (all
 * sequentially consistent): one of them sees the other. If nobody sleeps but somebody leads, that leader will look
 * before it sleeps. A call is a write to an eventfd(2) that is registered edge-triggered and never read; is_called is
 * set from the write until somebody harvests the event, so that one call at a time is pending. It may be harvested by
 * one who was awake: then that one looks. One who is stopped before it says that it has harvested it keeps others from
 * being called: that is for the watch to find.
 *
 * Note on turns. What a worker does in turn when both have something for it: at most one batch, which is
 * BATCH_CLIENTS_MAX clients, and then at least one item of the queue; at most as many items as it begins within
 * LANE_QUEUE_TURN_NS, and then a batch. So an item that comes behind `n` others waits for at most n + 2 batches for
 * each worker that leads, the one in hand included, and an event waits for the items of one turn at most. Whatever
 * blocks on the way is no part of it: who steps out or is deposed leaves its turn to others.
 */
struct lane_leader {                               /* of one worker, by its index */
    alignas(LANE_LINE_BYTES) struct batch claimed; /* not received yet, */
    struct batch received;                         /* and those that are */
    alignas(LANE_LINE_BYTES) atomic_bool leads;
    _Atomic(uint32_t) beats; /* counts what the worker has done here, for the watch; it alone writes it */
    bool owes_turn;          /* to the queue, since the last batch; the worker's alone, as the next three */
    int64_t turn_ns;         /* when the last batch was served */
    int64_t busy_since_ns;   /* when it last came from sleeping */
    int64_t service_ns;      /* what a client of its batches takes, on average of late */
    uint32_t beats_seen;     /* the watch's alone, in the main thread, as is the next: */
    bool stands;             /* without a step between its last two looks */
};

struct lane {
    int epoll_fd; /* clients, each with its token, and wake_fd with 0 */
    int wake_fd;
    size_t leaders_max; /* at once */
    struct client_table *clients;
    struct waiting_room *room;
    const struct wakeup *wakeup; /* of the main thread */
    struct lane_leader *all;     /* LANE_LEADERS_MAX of them, in a mapping of their own */
    bool (*receive)(void *context, struct worker *worker, struct client *client);
    void (*serve)(void *context, struct worker *worker, struct client *client);
    void (*rest)(void *context, struct worker *worker);
    void *context;
    alignas(LANE_LINE_BYTES) atomic_size_t leaders; /* who lead now */
    _Atomic(struct lane_leader *) waiter;
    atomic_size_t sleepers;
    atomic_bool is_called;
    atomic_bool is_closed;
    atomic_bool is_watched;             /* the main thread's to change, see lane_have_watched() */
    atomic_size_t led_count;            /* no worker of a higher index has led yet */
    _Atomic(uint32_t) usual_sixteenths; /* of a client: how many a harvest brings, on average of late */
    struct readiness readiness;
};

struct lane_options {
    struct client_table *clients; /* this and the room stay the caller's, and outlive the lane */
    struct waiting_room *room;
    const struct wakeup *wakeup; /* of the main thread; likewise */
    size_t leaders_max;
    /* Take what a client of the lane has to say, but do not answer yet. Returns false when there is nothing to serve;
     * then it has been given back. NULL: there is nothing to do before serve(). */
    bool (*receive)(void *context, struct worker *worker, struct client *client);
    /* Serve a client of the lane; it is the callee's. In a worker that leads, or has led. */
    void (*serve)(void *context, struct worker *worker, struct client *client);
    /* The worker is about to sleep here. NULL: it leaves nothing behind. */
    void (*rest)(void *context, struct worker *worker);
    void *context;
};

/* Make an empty lane. Returns 0 or a negative errno; lane_deinit() is due in either case. */
int lane_init(struct lane *lane, const struct lane_options *options) __attribute__((warn_unused_result));

/* No worker runs any more. Clients that wait stay in the room. */
void lane_deinit(struct lane *lane);

/* Lead, as threadpool_options.lead: harvests and serves until the queue wants the worker (true), or others lead
 * (false). Blocks in epoll_wait(2) while there is nothing to do. */
bool lane_lead(struct lane *lane, struct worker *worker);

/* Have nobody lead any more, once the pool is stopped: what comes then is not served. Thread-safe. */
void lane_close(struct lane *lane);

/* Let a client wait in the lane, and in its room until its deadline. As client_watch_wait(). */
static inline enum watch_result lane_wait(struct lane *lane, struct client *client, enum watch_for what) {
    return client_watch_wait(lane->epoll_fd, lane->room, client, what);
}

/* Wake one who sleeps in the lane, at most one at a time. Returns whether there is one. Thread-safe. */
bool lane_call_sleeper(struct lane *lane);

/* The same, although there may be a call already: the one who took it does not get on. Thread-safe. */
void lane_call_again(struct lane *lane);

/* Something was left where no event tells of it, in a batch or in the queue: have the main thread look whether
 * somebody comes (watch.h), unless it does. Costs one load while it does. Thread-safe. */
void lane_have_watched(struct lane *lane);

/* Whether there is a client in any batch. Sequentially consistent. Thread-safe. */
bool lane_has_left(const struct lane *lane);

/* As threadpool_options.summon. Thread-safe. */
bool lane_summon(struct lane *lane);

/* The worker is about to do what may block, or ends: let others lead. Does nothing if it does not lead. What is
 * left in its batch is for everybody. By the worker itself. */
void lane_step_out(struct lane *lane, struct worker *worker);

/* Whether nobody else leads: what may block, but hardly does, is worth a closer look. By the worker itself. */
bool lane_is_led_alone(const struct lane *lane, const struct worker *worker);

/* Whether there is more in the worker's own batches. By the worker itself. */
bool lane_has_others(const struct lane *lane, const struct worker *worker);

/* Claim clients that can go on, without waiting, up to BATCH_CLIENTS_MAX; they are the caller's. Returns how many.
 * Thread-safe; for one who is no worker, when nobody leads. */
size_t lane_harvest(struct lane *lane, struct client *clients[]);

/* The same as lane_step_out() by another thread, for a worker that does not get on. Returns whether it led and
 * nobody does now: somebody has to be sent for. */
bool lane_depose(struct lane *lane, struct lane_leader *leader) __attribute__((warn_unused_result));

#endif
