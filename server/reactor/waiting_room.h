/* SPDX-License-Identifier: MIT */
/*
 * The clients that wait for their socket, ordered by their deadlines.
 *
 * Any worker brings clients in; the reactor takes them out, when epoll has reported them, or the worker does
 * so itself, when something came while it was about to bring one; see client_watch.h. A client whose deadline
 * has passed is not taken out on the spot, as the worker might not be done with it: its socket is shut down
 * instead, which makes epoll report it, so that an expiry comes along the same way as everything else. Until
 * it is taken out, nobody closes its descriptor.
 *
 * Deadlines are kept in a hashed timing wheel (Varghese and Lauck, 1987) for each kind of wait, connections between
 * requests in the order in which they came: all operations take constant time, whatever the crowd. As those of one kind
 * have the same timeout, counted from their last progress, whoever is next in a wheel is also who has got on least:
 * the one to go when there is not enough for all.
 */
#ifndef LIDO_SERVER_REACTOR_WAITING_ROOM_H
#define LIDO_SERVER_REACTOR_WAITING_ROOM_H

#include "http/base/counter.h"
#include "server/reactor/client.h"
#include "server/reactor/parked.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    WAITING_ROOM_TICK_MS = 100, /* how exact deadlines are, and how often to sweep */
    WAITING_ROOM_SLOTS = 512    /* deadlines further ahead than all slots are met again in the next round */
};

/* What those wait for who are in the wheels. */
enum waiting_for {
    WAITING_FOR_FIRST_BYTE, /* of a new connection */
    WAITING_FOR_REQUEST,    /* the rest of one */
    WAITING_FOR_TAKING,     /* the client to take some of its answer */
    WAITING_FOR_END,        /* the client to close */
    WAITING_FOR_COUNT
};

/* By which it is told who does not get on. */
struct waiting_limits {
    int64_t header_timeout_ms;
    struct pace_limits send;
    int64_t linger_timeout_ms; /* more for each time that one who lingers has taken some of its answer */
};

struct waiting_room {
    pthread_mutex_t lock; /* guards all below, and the links of the clients inside */
    struct client *wheels[WAITING_FOR_COUNT][WAITING_ROOM_SLOTS];
    struct client *idle;     /* between requests, longest idle first */
    struct client *expiring; /* shut down; epoll is about to report them */
    struct client *returned; /* could go on, but there was no room in the queue */
    size_t count;
    _Atomic(uint64_t)
        parked[PARKED_KINDS]; /* of these; written with the lock held, read without, as the next */
    _Atomic(uint64_t) expired[PARKED_KINDS]; /* how many deadlines have passed */
    _Atomic(size_t)
        leaving_bytes;  /* of the memory of requests: what those in `expiring` hold; read without the lock */
    int64_t swept_tick; /* all slots up to this tick have been looked at */
    bool closing;       /* nobody may be idle any more */
    struct waiting_limits limits;
};

/* Make an empty room. All times here are by clock_steady_coarse_ms(). Returns 0 or a negative errno. */
int waiting_room_init(struct waiting_room *room, int64_t now_ms) __attribute__((warn_unused_result));

/* The room must be empty. */
void waiting_room_deinit(struct waiting_room *room);

/* Let a client wait until connection.deadline_ms; see client_watch_wait(), which makes it the reactor's.
 * Thread-safe. */
void waiting_room_enter(struct waiting_room *room, struct client *client);

/* Take out clients that are the caller's again. Thread-safe. */
void waiting_room_leave(struct waiting_room *room, struct client *const clients[], size_t count);

/* Let a client wait for the reactor, which has to be woken. Thread-safe. */
void waiting_room_hand_back(struct waiting_room *room, struct client *client);

/* Take out all who were handed back, as a list of utlist.h, the first of them first; NULL for nobody. Reactor
 * only. */
struct client *waiting_room_take_back(struct waiting_room *room);

/* Shut down those whose deadline has passed. Returns how many. Reactor only. */
size_t waiting_room_sweep(struct waiting_room *room, int64_t now_ms);

/* Shut down the connection that has been idle for longest. Of the first few, those to whom something has come that
 * nobody has seen yet are passed over. Returns whether there was one. Thread-safe. */
bool waiting_room_dismiss_longest_idle(struct waiting_room *room);

/* Let these limits hold from now on. Thread-safe. */
void waiting_room_set_limits(struct waiting_room *room, const struct waiting_limits *limits);

/* Shut down the connection that has got on least among those who wait for this, if it has stood still for `still_ms` at
 * least: one that sends a request since that has begun, but for the time that it has earned; one that is sent an answer
 * since it has last taken some. Returns whether there was one. Thread-safe. */
bool waiting_room_dismiss_slowest(struct waiting_room *room, enum waiting_for what, int64_t still_ms,
                                  int64_t now_ms);

/* Shut down all that are between requests, and from now on any that comes to be so; but for those whose next one is there
 * and has not been seen yet: it is answered. Reactor only. */
void waiting_room_close(struct waiting_room *room);

/* How many wait for this. Takes no lock; thread-safe, as is the next. */
static inline uint64_t waiting_room_parked(const struct waiting_room *room, enum parked kind) {
    return counter_read(&room->parked[kind]);
}

/* How much of the memory of requests is held by those who were shut down and have not been taken out yet: it will be given
 * back. */
static inline size_t waiting_room_leaving_bytes(const struct waiting_room *room) {
    return atomic_load_explicit(&room->leaving_bytes, memory_order_relaxed);
}

/* How many deadlines of those who waited for this have passed. */
static inline uint64_t waiting_room_expired(const struct waiting_room *room, enum parked kind) {
    return counter_read(&room->expired[kind]);
}

/* Take out one of those who were shut down, before epoll reports it: it is the caller's, with its deadline passed, and to
 * serve it ends it. Who has sent a part of a request is passed over, as it gets an answer, which may take a file. NULL:
 * there is no other one, or others have them already. Thread-safe. */
struct client *waiting_room_take_expiring(struct waiting_room *room) __attribute__((warn_unused_result));

/* Take out anybody; it is the caller's. NULL: the room is empty, but for those whom a worker has that has not ended. The
 * reactor's thread only. */
struct client *waiting_room_take_any(struct waiting_room *room);

#endif
