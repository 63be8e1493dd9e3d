/* SPDX-License-Identifier: MIT */
/*
 * What the parts of the server share: the main thread's (server.c) and what the workers do (workers.c). Private to
 * them; nobody else looks into a server.
 *
 * All of it is set up before the workers start, and only read by them, but for what is theirs and what says so itself.
 */
#ifndef LIDO_SERVER_STATE_H
#define LIDO_SERVER_STATE_H

#include "http/base/memory_budget.h"
#include "http/connection.h"
#include "server/log/line.h"
#include "server/measure/measure.h"
#include "server/setup.h"
#include "threadpool/threadpool.h"

#include <stdbool.h>
#include <stddef.h>

/* What each worker keeps to itself (threadpool_options.local_bytes). */
struct worker_local {
    struct server *server; /* NULL until the worker serves for the first time */
    struct worker *worker; /* NULL in the main thread */
    struct connection_worker http;
    struct log_clock log_clock;
    struct measure_worker counts;
};

struct server {
    const struct config *config;
    struct setup setup;
    struct memory_budget folder_budget;
    struct connection_service service;
    struct reactor *reactor;
    struct threadpool *pool;
    struct measure *measure;
    void (*tell)(void *context, const char *line);
    void *tell_context;
    size_t thread_count;
    bool hangs;                     /* a worker was left behind */
    struct worker_local main_local; /* what the main thread does in a worker's place */
};

#endif
