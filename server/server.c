/* SPDX-License-Identifier: MIT */
#include "server/server.h"

#include "conf/config.h"
#include "http/handler/handler.h"
#include "server/log/access_log.h"
#include "server/log/line.h"
#include "server/measure/measure.h"
#include "server/reactor/lane/lane.h"
#include "server/setup.h"

#include <errno.h>
#include <stdlib.h>

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
    struct worker_local main_local; /* what the main thread does in a worker's place */
};

/* --- in the workers ------------------------------------------------------------------------------------- */

static void write_log(struct server *server, const struct answer_record *record, struct log_clock *clock) {
    if (server->setup.log != NULL) {
        char line[LOG_LINE_BYTES];
        size_t length = log_line_format(line, record, server->config->log_format, clock);
        access_log_write(server->setup.log, line, length);
    }
}

static void on_answered(void *context, const struct answer_record *record) {
    struct worker_local *local = context;
    measure_count_answer(&local->counts, (int)record->status, record->body_bytes, record->duration_ns,
                         record->complete);
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

static void ahead_of_blocking(void *context, enum blocking_kind kind) {
    static const enum worker_activity activities[] = {
        [BLOCKING_FILE] = WORKER_IN_FILE,
        [BLOCKING_FOLDER] = WORKER_IN_FOLDER,
        [BLOCKING_COMPRESSION] = WORKER_COMPRESSING,
    };
    const struct worker_local *local = context;
    const struct view *target = local->http.target;
    worker_enter_long(local->worker, activities[kind], target->bytes, target->length);
    lane_step_out(reactor_lane(local->server->reactor), local->worker);
}

static bool leads_alone(void *context) {
    const struct worker_local *local = context;
    return lane_is_led_alone(reactor_lane(local->server->reactor), local->worker);
}

static void local_init(struct worker_local *local, struct server *server, struct worker *worker) {
    struct blocking blocking = {.ahead = ahead_of_blocking, .is_dear = leads_alone, .context = local};
    *local = (struct worker_local){
        .server = server,
        .worker = worker,
        .http = {.service = &server->service,
                 .on_step = worker != NULL ? on_step : NULL,
                 .on_answered = on_answered,
                 .context = local,
                 .blocking = worker != NULL ? blocking : (struct blocking){0}},
    };
    measure_join(server->measure, &local->counts);
}

static struct worker_local *local_of(struct server *server, struct worker *worker) {
    struct worker_local *local = worker_local(worker);
    if (local->server == NULL) {
        local_init(local, server, worker);
    }
    return local;
}

static void serve_client(void *context, struct worker *worker, struct client *client) {
    struct server *server = context;
    struct worker_local *local = local_of(server, worker);
    local->http.waited_ns = worker_last_wait_ns(worker);
    reactor_return(server->reactor, client, connection_serve(&client->connection, &local->http));
}

static bool receive_from(void *context, struct worker *worker, struct client *client) {
    struct server *server = context;
    enum connection_verdict verdict = CONNECTION_DONE;
    if (connection_receive(&client->connection, &local_of(server, worker)->http, &verdict)) {
        return true;
    }
    reactor_return(server->reactor, client, verdict);
    return false;
}

static void serve(void *context, struct worker *worker, void *item) {
    serve_client(context, worker, item);
}

static void rest(void *context, struct worker *worker) {
    struct server *server = context;
    generation_put_down(&local_of(server, worker)->http.generation, &server->setup.sites.place);
}

static bool lead(void *context, struct worker *worker) {
    struct server *server = context;
    (void)local_of(server, worker); /* for local_deinit() to know the worker */
    bool looks_again = lane_lead(reactor_lane(server->reactor), worker);
    if (!looks_again) {
        rest(server, worker); /* at the queue, perhaps */
    }
    return looks_again;
}

static bool summon(void *context) {
    const struct server *server = context;
    return lane_summon(reactor_lane(server->reactor));
}

static void local_deinit(void *context, void *memory) {
    struct server *server = context;
    struct worker_local *local = memory;
    if (local->server == NULL) {
        return;
    }
    measure_leave(server->measure, &local->counts);
    connection_worker_deinit(&local->http);
    if (local->worker != NULL) {
        lane_step_out(reactor_lane(server->reactor), local->worker);
    }
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
    measure_count_status(&server->main_local.counts, (int)record.status);
    write_log(server, &record, &server->main_local.log_clock);
}

static void on_reopen(void *context) {
    const struct server *server = context;
    if (server->setup.log != NULL) {
        access_log_reopen(server->setup.log);
    }
}

static void tell_nobody(void *context, const char *line) {
    (void)context;
    (void)line;
}

static bool on_tick(void *context) {
    struct server *server = context;
    measure_look(server->measure);
    sites_look(&server->setup.sites, server->tell, server->tell_context);
    return sites_trim(&server->setup.sites);
}

/* Let the connection end as if its deadline had passed, so that the log has a line of it. */
static void on_cut(void *context, struct connection *connection) {
    struct server *server = context;
    connection->expired = true;
    enum connection_verdict verdict = connection_serve(connection, &server->main_local.http);
    (void)verdict; /* whatever it still wants: it is closed now */
}

static void wake(void *context) {
    reactor_wake(context);
}

static int set_up_service(struct server *server) {
    server->folder_budget.limit_bytes = server->config->folder_memory_bytes;
    server->service = (struct connection_service){
        .generations = &server->setup.sites.place,
        .folder_budget = &server->folder_budget,
    };
    return handler_write_overload(&server->service.overload);
}

/* The reactor comes first, as it blocks the signals that no other thread may take. */
static enum server_result start_threads(struct server *server, char error[SERVER_ERROR_BYTES]) {
    const struct config *config = server->config;
    struct reactor_options reactor = {
        .listeners = &server->setup.listeners,
        .service = &server->service,
        .max_connections = server->setup.max_connections,
        .reject_when_full = config->when_full == WHEN_FULL_REJECT,
        .shutdown_timeout_ms = config->shutdown_timeout_ms,
        .receive = receive_from,
        .serve = serve_client,
        .rest = rest,
        .on_rejected = on_rejected,
        .on_cut = on_cut,
        .on_reopen = on_reopen,
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
        .lead = lead,
        .summon = summon,
        .context = server,
    };
    int result = set_up_service(server);
    result = result == 0 ? reactor_create(&server->reactor, &reactor) : result;
    if (result != 0) {
        errno = -result;
        return setup_fail(error, SERVER_FAILED, "cannot start: %m");
    }
    server->setup.sites.refused.wake = wake;
    server->setup.sites.refused.context = server->reactor;
    result = threadpool_create(&server->pool, &pool);
    if (result != 0) {
        errno = -result;
        return setup_fail(error, SERVER_FAILED,
                          "cannot start %zu thread%s: %m; set fewer (threads, --threads)", pool.thread_count,
                          pool.thread_count == 1 ? "" : "s");
    }
    return SERVER_OK;
}

static enum server_result begin_to_measure(struct server *server, char error[SERVER_ERROR_BYTES]) {
    if (measure_create(&server->measure) != 0) {
        return setup_fail(error, SERVER_FAILED, "no memory");
    }
    local_init(&server->main_local, server, NULL);
    return SERVER_OK;
}

static void name_sources(struct server *server) {
    struct measure_sources sources = {
        .reactor = server->reactor,
        .pool = server->pool,
        .cache = server->setup.sites.cache,
        .log = server->setup.log,
        .connections_max = server->setup.max_connections,
    };
    measure_set_sources(server->measure, &sources);
}

enum server_result server_create(struct server **out, const struct config *config,
                                 char error[SERVER_ERROR_BYTES]) {
    struct server *server = calloc(1, sizeof *server);
    if (server == NULL) {
        return setup_fail(error, SERVER_FAILED, "no memory");
    }
    server->config = config;
    server->tell = tell_nobody;
    enum server_result result = begin_to_measure(server, error);
    result = result == SERVER_OK ? setup_open(&server->setup, config, error) : result;
    result = result == SERVER_OK ? start_threads(server, error) : result;
    if (result != SERVER_OK) {
        server_destroy(server);
        return result;
    }
    name_sources(server);
    *out = server;
    return SERVER_OK;
}

const struct listener_set *server_listeners(const struct server *server) {
    return &server->setup.listeners;
}

void server_on_news(struct server *server, void (*tell)(void *context, const char *line), void *context) {
    server->tell = tell;
    server->tell_context = context;
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
    return setup_fail(error, SERVER_FAILED, "cannot go on: %m");
}

void server_read_totals(struct server *server, struct server_totals *totals) {
    struct measure_now now;
    measure_read_now(server->measure, &now);
    *totals = (struct server_totals){
        .requests = now.counts.requests,
        .body_bytes = now.counts.body_bytes,
        .log_lines_dropped = now.counts.log_lines_dropped,
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
    measure_destroy(server->measure);
    connection_worker_deinit(&server->main_local.http);
    text_deinit(&server->service.overload);
    setup_close(&server->setup);
    free(server);
}

enum server_result server_check(const struct config *config, char error[SERVER_ERROR_BYTES]) {
    return setup_check(config, error);
}
