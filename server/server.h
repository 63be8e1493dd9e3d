/* SPDX-License-Identifier: MIT */
/*
 * Puts the parts together: sites, access log, listeners, reactor, pool. Starts them, runs them, stops them in
 * order.
 *
 * Knows the config, and what runs from start to stop. Reads no command line, prints nothing and does not
 * exit: errors are one line for the caller to print. All functions are for the main thread.
 */
#ifndef LIDO_SERVER_SERVER_H
#define LIDO_SERVER_SERVER_H

#include "conf/settings.h"
#include "server/advice/advice.h"
#include "server/listen/listener.h"
#include "server/reactor/reactor.h"
#include "server/result.h"
#include "threadpool/threadpool.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct measure_now;
struct server;

/* What happened from start to stop. */
struct server_totals {
    uint64_t requests;
    uint64_t body_bytes;
    uint64_t log_lines_dropped;
    struct reactor_stats reactor;
    struct threadpool_stats pool;
    size_t advice_count; /* what the owner should know of the pool, a sentence each */
    char advice[ADVICE_LINES_MAX][ADVICE_LINE_BYTES];
};

/* Open what the settings name, listening sockets included, but for the log, and start no thread. Raises RLIMIT_NOFILE, ignores or blocks the signals of reactor/signals.h, and blocks itself while a name
 * server is asked. The config must outlive the server, also when a reload has put another one in its place.
 * Returns SERVER_OK and sets *out, the caller's for server_destroy(); on failure nothing is left open, and
 * `error` holds one line. */
enum server_result server_create(struct server **out, const struct config *config,
                                 char error[SERVER_ERROR_BYTES]) __attribute__((warn_unused_result));

/* Open the log and start the threads: what the caller gives up before, no thread has. Once, before server_run(). Returns
 * SERVER_OK; on failure `error` holds one line, and the server is to be destroyed. */
enum server_result server_start(struct server *server, char error[SERVER_ERROR_BYTES])
    __attribute__((warn_unused_result));

/* The sockets that are open, for the banner. Before server_run(), and when a reload is told. */
const struct listener_set *server_listeners(const struct server *server);

/* Let `tell` have a line about each thing that the owner should know and that is no request: a root that has
 * gone, say. Called in the main thread, during server_run(); without this, nobody is told. */
void server_on_news(struct server *server, void (*tell)(void *context, const char *line), void *context);

/* Let SIGHUP read the settings anew. `configure` reads all sources once more into *config, which is the server's from
 * then on, whatever it returns: true, or false with what is wrong in config->mistakes or, if there is nothing, in
 * `error`. `reloaded` is told the settings that held and those that hold from now on. Both are called in the main
 * thread, during server_run(); without this, SIGHUP does nothing. */
void server_on_reload(struct server *server,
                      bool (*configure)(void *context, struct config *config, char error[CONFIG_ERROR_BYTES]),
                      void (*reloaded)(void *context, const struct config *former,
                                       const struct config *config),
                      void *context);

/* Serve until a signal stops it, then finish what is under way, for shutdown_timeout at most, whatever a worker hangs
 * in. Blocks. Returns
 * SERVER_OK, or SERVER_FAILED with one line in `error`. */
enum server_result server_run(struct server *server, char error[SERVER_ERROR_BYTES]);

/* Whether a worker is left that cannot be called back from a file system. Then the server must not be destroyed, as it
 * may still be used, and the process has to leave by _exit(2). Only after server_run(). */
bool server_hangs(const struct server *server);

/* What is counted since the start, and how things stand. Thread-safe while the server lives. */
void server_read_now(struct server *server, struct measure_now *now);

/* What was done. Only after server_run(). */
void server_read_totals(struct server *server, struct server_totals *totals);

/* Stop what runs, close what is open, free. NULL is allowed. */
void server_destroy(struct server *server);

/* Check, without opening a socket, what only a look at the system can tell: the root can be opened, the names
 * of the listen addresses resolve and are not the same twice, files can be where they are said to be, the
 * descriptors suffice. Returns as server_create(). */
enum server_result server_check(const struct config *config, char error[SERVER_ERROR_BYTES])
    __attribute__((warn_unused_result));

#endif
