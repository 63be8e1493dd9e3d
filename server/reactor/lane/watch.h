/* SPDX-License-Identifier: MIT */
/*
 * The main thread's look at the lane: a leader that does not get on, be it off the processor or in a call that
 * nobody thought could block, is deposed, and another worker leads.
 *
 * Due is whatever somebody could do at once: to harvest an event, to take a client from a batch, to take an item from
 * the queue. What is due at two looks in a row, while no leader took a step, is overdue: then all who should have come
 * are called again, since a call may be lost with a worker that was stopped between two of its steps.
 *
 * If all workers are stuck or blocked, none comes: then the main thread harvests, and clients take the way of new
 * ones, through the queue, with all that when_full says.
 *
 * While there is something to do it looks every LANE_WATCH_LOOK_MS. So, from the moment at which something is due,
 * another worker is sent for within LANE_WATCH_NOTICED_LOOKS looks, which is 8 ms and the delay of a timer; and the
 * main thread harvests itself one look later. While there is nothing to do it sleeps: the lane's epoll(7) descriptor
 * is then registered in the main thread's own set, and wakes it with the first event; and a worker that leaves something
 * in a batch or in the queue wakes it by lane_have_watched(). All of it is for the main thread.
 */
#ifndef LIDO_SERVER_REACTOR_LANE_WATCH_H
#define LIDO_SERVER_REACTOR_LANE_WATCH_H

#include "server/reactor/client.h"
#include "server/reactor/lane/lane.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    LANE_WATCH_LOOK_MS = 4,
    LANE_WATCH_NOTICED_LOOKS = 3, /* the first of which may come at the very moment */
    LANE_WATCH_QUIET_LOOKS = 12   /* without any step of anybody, before it sleeps */
};

struct lane_watch {
    enum event_source source; /* SOURCE_LANE, for epoll to point to */
    int epoll_fd;             /* of the main thread */
    struct lane *lane;
    bool is_awake;
    bool was_due; /* something was at the last look, */
    bool was_led; /* and somebody led */
    unsigned quiet_looks;
    int64_t looked_ns;
};

/* Begin asleep. Returns 0 or a negative errno. Nothing has to be undone but by lane_deinit(). */
int lane_watch_init(struct lane_watch *watch, int epoll_fd, struct lane *lane)
    __attribute__((warn_unused_result));

/* There is something to do: epoll has reported the lane, something was put into the queue, or a worker has woken the
 * main thread. */
void lane_watch_wake(struct lane_watch *watch);

/* How long to wait at most until the next look; -1: it sleeps. */
int lane_watch_wait_ms(const struct lane_watch *watch);

/* Look, if it is time to. Returns how many leaders were deposed. *is_deserted: no worker comes to lead, although
 * one has been sent for: the caller should harvest in its place. */
size_t lane_watch_look(struct lane_watch *watch, struct threadpool *pool, bool *is_deserted);

#endif
