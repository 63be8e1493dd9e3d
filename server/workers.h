/* SPDX-License-Identifier: MIT */
/*
 * What the workers do for the server: serve clients that come from the queue or the lane, log and count what they have
 * answered, and tell what they are at.
 *
 * Runs in the workers, and starts none. Private to server.c.
 */
#ifndef LIDO_SERVER_WORKERS_H
#define LIDO_SERVER_WORKERS_H

#include "server/reactor/reactor.h"
#include "threadpool/threadpool.h"

struct client;
struct server;
struct worker_local;

/* Set what the pool calls in the workers, and the reactor; the context of both has to be the server. */
void workers_fill_in_pool(struct threadpool_options *pool);
void workers_fill_in_reactor(struct reactor_options *reactor);

/* Prepare what a thread keeps to itself; `worker` is NULL for the main thread. By that thread. */
void workers_local_init(struct worker_local *local, struct server *server, struct worker *worker);

/* Give back what it refers to, and count it among what was. `context` is the server, `memory` a struct worker_local. By
 * that thread, or when it is no more. */
void workers_local_deinit(void *context, void *memory);

/* End a client whose deadline has passed, which is the caller's, by whatever thread, and log it. Thread-safe. */
void workers_see_off(struct server *server, struct client *client);

#endif
