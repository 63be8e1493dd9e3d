/* SPDX-License-Identifier: MIT */
/*
 * A lane at work without a reactor: a real pool, and clients that are pairs of sockets. They wait before any worker
 * runs, so that the first leader has all that have spoken in one batch. A worker can be stopped at each of its steps.
 * The test is the main thread: it looks, as often as it likes.
 *
 * Link with what is wrapped in lane_stage.c. Criterion runs each test in a process of its own, so there is one of
 * each and they are plain variables.
 */
#ifndef LIDO_TESTS_UNIT_SERVER_REACTOR_LANE_LANE_STAGE_H
#define LIDO_TESTS_UNIT_SERVER_REACTOR_LANE_LANE_STAGE_H

#include "server/reactor/lane/lane.h"
#include "server/reactor/lane/watch.h"

#include <semaphore.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

enum { CLIENTS = 10, QUEUE_CAPACITY = 8 };

/* Where the next worker to come there stops, until go_on is posted. */
enum stop_at {
    STOP_NOWHERE,
    STOP_BEFORE_WAITING, /* counts as asleep, but is not yet in epoll_wait(2) */
    STOP_HARVESTED,      /* has its events, and has not said so */
    STOP_CLAIMED,        /* has its clients, and nobody else sees them */
    STOP_IN_BATCH,       /* everybody does */
    STOP_RECEIVING,
    STOP_SERVING,        /* nobody thought that it could block there */
    STOP_BEFORE_CALLING, /* has stepped out, and not sent for another yet */
    STOP_STEPPED_OUT     /* serves, as it should when it may block */
};

extern struct lane lane;
extern struct lane_watch watch;
extern struct threadpool *pool;
extern _Atomic(enum stop_at) stop_at;
extern sem_t served; /* a client has been served, and waits again */
extern sem_t held;   /* a worker has been stopped */
extern sem_t go_on;
extern sem_t at_queue; /* a worker goes to wait there */

extern atomic_size_t served_count; /* clients */
extern atomic_bool speaks_again;   /* a client that has been served says the next byte at once */

/* What a worker does with an item of the queue; NULL: it posts it. */
extern void (*serve_item)(struct worker *worker, void *item);

/* For a TestSuite's .init and .fini. */
void lane_stage_set_up(void);
void lane_stage_tear_down(void);

/* Open the lane, with all clients in it. */
void open_lane(size_t leaders_max);
void open_lane_that_receives(size_t leaders_max,
                             bool (*receive)(void *context, struct worker *worker, struct client *client));

/* What the latter takes if a test has nothing to add: does nothing, but can be stopped. */
bool receive_nothing(void *context, struct worker *worker, struct client *client);

void start_workers(size_t count);

/* Start them, have the first `speakers` clients speak, and one worker stop with them at that place: `held` has been
 * waited for. The others wait at the queue. */
void start_workers_and_stop_one(size_t count, enum stop_at place, size_t speakers);

/* Clients begin .. end - 1 say a byte each; served is posted once for each of them. */
void say_from(size_t begin, size_t end);
void say_to_all(void);

/* Put an item into the queue; `done` is posted when it is served. */
void submit_item(sem_t *done);
void expect_item_served(void);

/* Put an array of items into the queue in one operation. */
void submit_items(void *items, size_t item_bytes, size_t count);

/* Let as much time pass as the queue has for a turn. */
void let_turn_pass(void);

/* Wait until it was posted so often. */
void await(sem_t *semaphore, size_t count);

/* Wait until a worker sleeps in the lane, or is about to. */
void await_sleeper(void);

/* The same; one that was deposed does not count. */
void await_waiter(void);

/* The main thread looks `count` times, with as much time between as it takes. Returns how many were deposed. */
size_t look_at_lane(size_t count);

/* Whether the last look found the lane deserted. */
extern bool is_deserted;

/* Whether a worker has asked the main thread to look; then it is awake. */
bool is_main_thread_called(void);

/* Have whoever leads deposed, stuck or not. */
void depose_whoever_leads(void);

#endif
