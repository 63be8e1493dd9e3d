/* SPDX-License-Identifier: MIT */
#include "server/server.h"

#include "http/handler/handler.h"
#include "server/descriptor_limit.h"
#include "server/log/access_log.h"
#include "server/log/line.h"
#include "server/sites/sites.h"

#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What each worker keeps to itself (threadpool_options.local_bytes). */
struct worker_local {
    struct server *server; /* NULL until the worker serves for the first time */
    struct worker *worker; /* NULL in the main thread */
    struct connection_worker http;
    struct log_clock log_clock;
    uint64_t requests;
    uint64_t body_bytes;
};

struct server {
    const struct config *config;
    struct sites sites;
    struct access_log *log; /* NULL when it is off */
    struct listener_set listeners;
    struct memory_budget folder_budget;
    struct connection_service service;
    struct reactor *reactor;
    struct threadpool *pool;
    struct worker_local main_local; /* what the main thread does in a worker's place */
    atomic_uint_fast64_t requests;  /* of workers that have ended */
    atomic_uint_fast64_t body_bytes;
};

/* Say what failed; %m is the text of errno. */
static enum server_result fail(char error[SERVER_ERROR_BYTES], enum server_result result, const char *format,
                               ...) __attribute__((format(printf, 3, 4)));

static enum server_result fail(char error[SERVER_ERROR_BYTES], enum server_result result, const char *format,
                               ...) {
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(error, SERVER_ERROR_BYTES, format, arguments);
    va_end(arguments);
    return result;
}

/* --- in the workers ------------------------------------------------------------------------------------- */

static void write_log(struct server *server, const struct answer_record *record, struct log_clock *clock) {
    if (server->log != NULL) {
        char line[LOG_LINE_BYTES];
        size_t length =
            log_line_format(line, record, server->config->log_format == LOG_FORMAT_COMBINED, clock);
        access_log_write(server->log, line, length);
    }
}

static void on_answered(void *context, const struct answer_record *record) {
    struct worker_local *local = context;
    local->requests++;
    local->body_bytes += record->body_bytes;
    write_log(local->server, record, &local->log_clock);
}

static void on_step(void *context, enum connection_step step) {
    static const enum worker_activity activities[] = {
        [CONNECTION_STEP_READ] = WORKER_READING,
        [CONNECTION_STEP_RESOLVE] = WORKER_RESOLVING,
        [CONNECTION_STEP_SEND] = WORKER_SENDING,
    };
    const struct worker_local *local = context;
    worker_enter(local->worker, activities[step]);
}

static void local_init(struct worker_local *local, struct server *server, struct worker *worker) {
    *local = (struct worker_local){
        .server = server,
        .worker = worker,
        .http = {.service = &server->service,
                 .on_step = worker != NULL ? on_step : NULL,
                 .on_answered = on_answered,
                 .context = local},
    };
}

static void serve(void *context, struct worker *worker, void *item) {
    struct server *server = context;
    struct client *client = item;
    struct worker_local *local = worker_local(worker);
    if (local->server == NULL) {
        local_init(local, server, worker);
    }
    reactor_return(server->reactor, client, connection_serve(&client->connection, &local->http));
}

static void local_deinit(void *context, void *memory) {
    struct server *server = context;
    struct worker_local *local = memory;
    atomic_fetch_add(&server->requests, local->requests);
    atomic_fetch_add(&server->body_bytes, local->body_bytes);
    connection_worker_deinit(&local->http);
}

static void on_room(void *context) {
    const struct server *server = context;
    reactor_on_room(server->reactor);
}

/* --- in the main thread --------------------------------------------------------------------------------- */

static void on_rejected(void *context, const struct connection *connection) {
    struct server *server = context;
    struct answer_record record = {
        .client = &connection->client, .status = HTTP_SERVICE_UNAVAILABLE, .complete = true};
    write_log(server, &record, &server->main_local.log_clock);
}

static bool on_tick(void *context) {
    const struct server *server = context;
    return sites_trim(&server->sites);
}

/* Nothing is lost without a line: let the connection end as if its time were over. */
static void on_cut(void *context, struct connection *connection) {
    struct server *server = context;
    connection->expired = true;
    enum connection_verdict verdict = connection_serve(connection, &server->main_local.http);
    (void)verdict; /* whatever it still wants: it is closed now */
}

static enum server_result choose_connection_count(const struct config *config, size_t *count,
                                                  char error[SERVER_ERROR_BYTES]) {
    size_t limit = descriptor_limit_raise();
    size_t needed = descriptor_limit_needed(config->max_connections, config_thread_count(config));
    if (config->max_connections > 0 && needed > limit) {
        return fail(
            error, SERVER_MISTAKE,
            "%s: max_connections: %zu connections need a limit of %zu open files, and it is %zu; lower "
            "max_connections or raise the limit (ulimit -n, LimitNOFILE= of systemd)",
            config_origin(config, "max_connections", 0), config->max_connections, needed, limit);
    }
    *count = config->max_connections > 0 ? config->max_connections : descriptor_limit_connections(limit);
    return SERVER_OK;
}

static enum server_result open_sites(struct sites *sites, const struct config *config,
                                     char error[SERVER_ERROR_BYTES]) {
    static_assert((int)SITES_ERROR_BYTES <= (int)SERVER_ERROR_BYTES, "a complaint fits");
    return sites_open(sites, config, error) ? SERVER_OK : SERVER_MISTAKE;
}

/* Say what is wrong with a listen address, and where that stands if it is a mistake of the settings. */
static enum server_result tell_listener(const struct config *config, size_t index,
                                        enum listener_result result, const char *reason,
                                        char error[SERVER_ERROR_BYTES]) {
    switch (result) {
    case LISTENER_OK:
        return SERVER_OK;
    case LISTENER_MISTAKE:
        return fail(error, SERVER_MISTAKE, "%s: listen: %s", config_origin(config, "listen", index), reason);
    case LISTENER_IN_USE:
    case LISTENER_DENIED:
    case LISTENER_FAILED:
        break;
    }
    return fail(error, SERVER_FAILED, "%s", reason);
}

static enum server_result open_listeners(struct server *server, char error[SERVER_ERROR_BYTES]) {
    const struct config *config = server->config;
    enum server_result result = SERVER_OK;
    for (size_t i = 0; result == SERVER_OK && i < config->listen.count; i++) {
        char reason[LISTENER_ERROR_BYTES];
        enum listener_result opened =
            listener_set_open(&server->listeners, config->listen.items[i], config->backlog, reason);
        result = tell_listener(config, i, opened, reason, error);
    }
    return result;
}

/* Whether the names can be found is asked here, too: a config that is checked should start. */
static enum server_result check_listeners(const struct config *config, char error[SERVER_ERROR_BYTES]) {
    enum server_result result = SERVER_OK;
    for (size_t i = 0; result == SERVER_OK && i < config->listen.count; i++) {
        char reason[LISTENER_ERROR_BYTES];
        result = tell_listener(config, i, listener_check(config->listen.items[i], reason), reason, error);
    }
    return result;
}

static enum server_result open_log(struct server *server, char error[SERVER_ERROR_BYTES]) {
    const char *path = server->config->access_log;
    if (strcmp(path, "off") == 0) {
        return SERVER_OK;
    }
    int result = access_log_open(&server->log, path);
    if (result == 0) {
        return SERVER_OK;
    }
    errno = -result;
    return fail(error, SERVER_MISTAKE, "%s: access_log: cannot write to '%s': %m",
                config_origin(server->config, "access_log", 0), path);
}

static int set_up_service(struct server *server) {
    const struct config *config = server->config;
    server->folder_budget.limit_bytes = config->folder_memory_bytes;
    server->service = (struct connection_service){
        .site = server->sites.items[0],
        .hosts = server->sites.hosts,
        .limits = {.head = {.request_line_bytes = config->max_request_line_bytes,
                            .head_bytes = config->max_head_bytes,
                            .field_count = config->max_fields},
                   .body_bytes = config->max_body_bytes},
        .header_timeout_ms = config->header_timeout_ms,
        .keepalive_timeout_ms = config->keepalive_timeout_ms,
        .send_timeout_ms = config->send_timeout_ms,
        .linger_timeout_ms = config->linger_timeout_ms,
        .folder_budget = &server->folder_budget,
    };
    return handler_write_overload(&server->service.overload);
}

/* The reactor comes first, as it blocks the signals that no other thread may take. */
static enum server_result start_threads(struct server *server, size_t max_connections,
                                        char error[SERVER_ERROR_BYTES]) {
    const struct config *config = server->config;
    struct reactor_options reactor = {
        .listeners = &server->listeners,
        .service = &server->service,
        .max_connections = max_connections,
        .reject_when_full = config->when_full == WHEN_FULL_REJECT,
        .shutdown_timeout_ms = config->shutdown_timeout_ms,
        .on_rejected = on_rejected,
        .on_cut = on_cut,
        .on_tick = on_tick,
        .context = server,
    };
    struct threadpool_options pool = {
        .thread_count = config_thread_count(config),
        .queue_capacity = config->queue,
        .local_bytes = sizeof(struct worker_local),
        .serve = serve,
        .local_deinit = local_deinit,
        .on_room = on_room,
        .context = server,
    };
    int result = set_up_service(server);
    result = result == 0 ? reactor_create(&server->reactor, &reactor) : result;
    if (result != 0) {
        errno = -result;
        return fail(error, SERVER_FAILED, "cannot start: %m");
    }
    result = threadpool_create(&server->pool, &pool);
    if (result != 0) {
        errno = -result;
        return fail(error, SERVER_FAILED, "cannot start %zu threads: %m; set fewer (threads, --threads)",
                    pool.thread_count);
    }
    return SERVER_OK;
}

enum server_result server_create(struct server **out, const struct config *config,
                                 char error[SERVER_ERROR_BYTES]) {
    struct server *server = calloc(1, sizeof *server);
    if (server == NULL) {
        return fail(error, SERVER_FAILED, "no memory");
    }
    server->config = config;
    local_init(&server->main_local, server, NULL);
    size_t max_connections = 0;
    enum server_result result = choose_connection_count(config, &max_connections, error);
    result = result == SERVER_OK ? open_sites(&server->sites, config, error) : result;
    result = result == SERVER_OK ? open_listeners(server, error) : result;
    result = result == SERVER_OK ? open_log(server, error) : result;
    result = result == SERVER_OK ? start_threads(server, max_connections, error) : result;
    if (result != SERVER_OK) {
        server_destroy(server);
        return result;
    }
    *out = server;
    return SERVER_OK;
}

const struct listener_set *server_listeners(const struct server *server) {
    return &server->listeners;
}

enum server_result server_run(struct server *server, char error[SERVER_ERROR_BYTES]) {
    int result = reactor_run(server->reactor, server->pool);
    threadpool_stop(server->pool);
    reactor_cut_clients(server->reactor);
    local_deinit(server, &server->main_local);
    if (result == 0) {
        return SERVER_OK;
    }
    errno = -result;
    return fail(error, SERVER_FAILED, "cannot go on: %m");
}

void server_read_totals(struct server *server, struct server_totals *totals) {
    *totals = (struct server_totals){
        .requests = atomic_load(&server->requests),
        .body_bytes = atomic_load(&server->body_bytes),
        .log_lines_dropped = server->log != NULL ? access_log_dropped(server->log) : 0,
    };
    reactor_read_stats(server->reactor, &totals->reactor);
    threadpool_read_stats(server->pool, &totals->pool);
    totals->pool.thread_count = config_thread_count(server->config); /* the pool has none any more */
}

void server_destroy(struct server *server) {
    if (server == NULL) {
        return;
    }
    threadpool_destroy(server->pool);
    reactor_destroy(server->reactor);
    connection_worker_deinit(&server->main_local.http);
    listener_set_close(&server->listeners);
    access_log_close(server->log);
    text_deinit(&server->service.overload);
    sites_close(&server->sites);
    free(server);
}

enum server_result server_check(const struct config *config, char error[SERVER_ERROR_BYTES]) {
    size_t max_connections = 0;
    struct sites sites = {0};
    enum server_result result = choose_connection_count(config, &max_connections, error);
    result = result == SERVER_OK ? check_listeners(config, error) : result;
    result = result == SERVER_OK ? open_sites(&sites, config, error) : result;
    sites_close(&sites);
    return result;
}
