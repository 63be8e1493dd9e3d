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
#include "server/advice/advice.h"
#include "server/advice/follower.h"
#include "server/advice/saturation.h"
#include "server/heap.h"
#include "server/log/error_log.h"
#include "server/log/logs.h"
#include "server/measure/measure.h"
#include "server/measure/slowest.h"
#include "server/pressure.h"
#include "server/reactor/stop/guard.h"
#include "server/service/service.h"
#include "server/setup.h"
#include "server/status/status.h"
#include "threadpool/threadpool.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

/* What each worker keeps to itself (threadpool_options.local_bytes). */
struct worker_local {
    struct server *server; /* NULL until the worker serves for the first time */
    struct worker *worker; /* NULL in the main thread */
    struct connection_worker http;
    struct log_user log_user;
    struct measure_worker counts;
};

/* What the main thread keeps of its looks at the server, see weighing.h. All-zero: nothing was weighed yet. */
struct weighing {
    int64_t weighed_ns;
    struct follower follower;
    struct saturation saturation;
    int64_t failed_ns; /* when the system allowed no more threads than failed_at; 0: never */
    size_t failed_at;
    struct advice last;  /* that knew something */
    struct advice worst; /* when clients waited longest for a thread; all-zero: they never had to */
};

struct server {
    const struct config *begun;  /* the config at the start, the caller's */
    const struct config *config; /* that holds now */
    struct config *renewed;      /* the same, if a reload has made it and it is to be freed; NULL at first */
    struct setup setup;
    struct logs logs; /* that workers write to */
    struct error_log error_log;
    atomic_bool logs_status_pages; /* requests for these, too */
    struct memory_budget folder_budget;
    struct memory_budget request_budget;
    struct memory_budget wide_budget;
    struct pressure pressure;
    struct heap heap;
    struct connection_service service;
    struct service manager; /* who is told how the server does */
    struct stop_guard guard;
    _Atomic(const char *)
        work; /* that the main thread is at, if it may take long; NULL: none, or of any kind */
    struct reactor *reactor;
    struct threadpool *pool;
    struct measure *measure;
    struct slowest slowest;
    struct status_sources status;
    struct own_pages own_pages; /* what the status pages are to http/ */
    void (*tell)(void *context, const char *line);
    void *tell_context;
    /* See server_on_reload(). */
    bool (*configure)(void *context, struct config *config, char error[CONFIG_ERROR_BYTES]);
    void (*reloaded)(void *context, const struct config *former, const struct config *config);
    void *reload_context;
    size_t thread_count;
    struct weighing weighing;
    size_t advice_count; /* what is left to be said after server_run() */
    char advice[ADVICE_LINES_MAX][ADVICE_LINE_BYTES];
    bool hangs;                     /* a worker was left behind */
    struct worker_local main_local; /* what the main thread does in a worker's place */
};

/* Tell measure whom to ask, also when that has changed. This and the next ones: the main thread only. */
void state_name_sources(struct server *server);

/* Let the pool have so many threads, and the bounds that follow from that and from `setup`. Returns 0 or a negative
 * errno, and then all is as before; cannot fail with the server's own setup and no more threads than there are. */
int state_resize_pool(struct server *server, const struct setup *setup, size_t thread_count)
    __attribute__((warn_unused_result));

/* How busy it is, for the service manager. */
void state_read_load(const struct server *server, struct service_load *load);

/* Have what the workers share go by the config of the setup. */
void state_follow(struct server *server);

/* Tell whoever runs the server: in the error log, if that is elsewhere than on standard error, or by server_on_news().
 * The next two are for callers that take a function; `server` is a struct server. */
void state_tell(struct server *server, enum error_level level, const char *line);
void state_tell_notice(void *server, const char *line);
void state_tell_warning(void *server, const char *line);

/* Tell why the server does not start, if the error log is elsewhere than on standard error: whoever started the program
 * is told there, too. */
void state_tell_refused_start(struct server *server, const char *error);

/* Let this be the config from now on, which is freed with the server or by the next one; NULL: there is none any more.
 * Nobody uses the former one. */
void state_renew_config(struct server *server, struct config *config);

#endif
