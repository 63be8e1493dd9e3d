/* SPDX-License-Identifier: MIT */
/*
 * Puts the parts together: site, access log, listeners, reactor, pool. Starts them, runs them, stops them in
 * order.
 */
#ifndef LIDO_SERVER_SERVER_H
#define LIDO_SERVER_SERVER_H

#include "conf/settings.h"
#include "server/listen/listener.h"
#include "server/reactor/reactor.h"
#include "server/result.h"
#include "threadpool/threadpool.h"

#include <stddef.h>
#include <stdint.h>

struct server;

/* What happened from start to stop. */
struct server_totals {
    uint64_t requests;
    uint64_t body_bytes;
    uint64_t log_lines_dropped;
    struct reactor_stats reactor;
    struct threadpool_stats pool;
};

/* Open everything that the settings name, listening sockets included, and start the threads. The config must
 * outlive the server. On failure nothing is left open and `error` holds one line. */
enum server_result server_create(struct server **out, const struct config *config,
                                 char error[SERVER_ERROR_BYTES]) __attribute__((warn_unused_result));

/* The sockets that are open, for the banner. Only before server_run(). */
const struct listener_set *server_listeners(const struct server *server);

/* Serve until a signal stops it. Blocks. Only the main thread may call it. */
enum server_result server_run(struct server *server, char error[SERVER_ERROR_BYTES]);

/* What was done. Only after server_run(). */
void server_read_totals(struct server *server, struct server_totals *totals);

/* Stop what runs, close what is open, free. NULL is allowed. */
void server_destroy(struct server *server);

/* Check, without opening a socket, what only a look at the system can tell: the root can be opened, the names
 * of the listen addresses resolve, the descriptors suffice. */
enum server_result server_check(const struct config *config, char error[SERVER_ERROR_BYTES])
    __attribute__((warn_unused_result));

#endif
