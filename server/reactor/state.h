/* SPDX-License-Identifier: MIT */
/*
 * What the parts of the reactor share: its loop (reactor.c), and the ways of clients between it and the queue
 * (queue.c), and what others may know of it (stats.c). Private to them. The main thread only.
 */
#ifndef LIDO_SERVER_REACTOR_STATE_H
#define LIDO_SERVER_REACTOR_STATE_H

#include "server/reactor/address_counts.h"
#include "server/reactor/client_table.h"
#include "server/reactor/door.h"
#include "server/reactor/lane/lane.h"
#include "server/reactor/lane/watch.h"
#include "server/reactor/reactor.h"
#include "server/reactor/signals.h"
#include "server/reactor/stop/guard.h"
#include "server/reactor/waiting_room.h"
#include "server/reactor/wakeup.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

enum { REACTOR_EVENTS_MAX = 256 }; /* taken from epoll in one call, and queued in one operation */

/* Of struct reactor_stats; the main thread counts but where it is said, anybody reads. */
struct reactor_counts {
    _Atomic(uint64_t) accepted;
    _Atomic(uint64_t) accept_errors;
    _Atomic(uint64_t) rejected;
    _Atomic(uint64_t) turned_away;
    _Atomic(uint64_t) gave_way;
    _Atomic(uint64_t) gave_way_slow;
    _Atomic(uint64_t) gave_way_memory; /* by any thread */
    _Atomic(uint64_t) paused_full;
    _Atomic(uint64_t) paused_connections;
    _Atomic(uint64_t) paused_resources;
    _Atomic(uint64_t) deposed;
    _Atomic(uint64_t) cut;
};

struct reactor {
    struct reactor_options options;
    struct threadpool *pool;
    struct waiting_room room;
    struct door door;
    struct client *ready; /* can go on, and wait for a place in the queue; the main thread's alone */
    int epoll_fd;
    struct signals signals;
    struct wakeup wakeup;
    struct stop_guard *guard; /* NULL: none */
    struct client_table clients;
    struct address_counts addresses;
    struct lane lane; /* where clients wait, but those that were rejected: they are the main thread's */
    struct lane_watch watch;

    bool has_chores;  /* of on_tick() */
    bool has_leaving; /* listeners */
    bool draining;
    int64_t drain_deadline_ms;
    int64_t chores_ms; /* when they were done last */
    int64_t swept_ms;
    struct reactor_counts counts;
};

/* Accept those who wait at the listener. Returns 0, or a negative errno when it can never work again. */
int reactor_accept(struct reactor *reactor, const struct listener *listener);

/* Before the listeners are closed: accept the clients that wait, as soon as there is room, or the kernel would reset
 * them. At inherited ones they wait for who serves there next. */
void reactor_accept_the_rest(struct reactor *reactor);

/* Have the next client that leaves tell so, and let others in if there is a place by now. */
void reactor_await_place(struct reactor *reactor);

/* Put clients that are ready into the queue, as many as it takes. */
void reactor_submit_ready(struct reactor *reactor);

/* Deal with a client that is the reactor's and may go on: make it ready, or show it out if it was
 * rejected. */
void reactor_welcome(struct reactor *reactor, struct client *client);

/* Do so with those that could go on at once, but had no place in the queue. */
void reactor_take_back(struct reactor *reactor);

/* Have one who is idle, silent or slow leave, so that there is a place for a new one; one who gets on stays. */
void reactor_dismiss_one(struct reactor *reactor);

/* Have the slowest requests and answers leave, if those who wait hold too much memory together. Thread-safe; costs two
 * loads if they do not. */
void reactor_relieve_memory(struct reactor *reactor);

/* Let what the main thread does itself go by the timeouts of the current generation. */
void reactor_take_timeouts(struct reactor *reactor);

/* Close listeners that leave, once nobody waits there. Not while events are dealt with. */
void reactor_see_off(struct reactor *reactor);

/* Accept those that have connected by now and nobody else, and see that all come to an end. */
void reactor_begin_drain(struct reactor *reactor);

/* Whether the drain is: nobody is left, or there is no more time. */
bool reactor_is_over(struct reactor *reactor);

#endif
