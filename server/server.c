/* SPDX-License-Identifier: MIT */
#include "server/server.h"

#include "conf/config.h"
#include "http/base/clock.h"
#include "http/base/json_writer.h"
#include "http/handler/handler.h"
#include "http/handler/sharing/folder_jobs.h"
#include "server/ending/ending.h"
#include "server/relief.h"
#include "server/reload/reload.h"
#include "server/state.h"
#include "server/weighing.h"
#include "server/worker_news.h"
#include "server/workers.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static void wake_main_thread(void *context) {
    const struct server *server = context;
    reactor_on_room(server->reactor);
}

static void on_rejected(void *context, const struct connection *connection) {
    struct server *server = context;
    struct answer_record record = {
        .client = &connection->client, .status = HTTP_SERVICE_UNAVAILABLE, .complete = true};
    measure_count_status(&server->main_local.counts, (int)record.status);
    logs_write(&server->logs, &server->main_local.log_user, &record);
    error_log_tell_sparingly(&server->error_log, ERROR_LEVEL_ERROR,
                             "503: all threads are busy and the queue is full (queue, when_full)");
}

static void on_reopen(void *context) {
    struct server *server = context;
    logs_reopen(&server->logs);
    error_log_reopen(&server->error_log);
}

static void on_reload(void *context) {
    struct server *server = context;
    struct service_load load;
    service_tell_reloading(&server->manager);
    atomic_store(&server->work, "a reload");
    reload_run(server);
    atomic_store(&server->work, NULL);
    state_read_load(server, &load);
    service_tell_ready(&server->manager, &load);
}

static void tell_nobody(void *context, const char *line) {
    (void)context;
    (void)line;
}

static void on_stuck(void *context, const struct worker_stuck *stuck) {
    char line[WORKER_NEWS_BYTES];
    worker_news_stuck(line, stuck);
    state_tell(context, ERROR_LEVEL_WARNING, line);
}

/* Returns whether there is more to tell, if only in some time. */
static bool tell_manager(struct server *server) {
    struct service_load load;
    if (!service_is_watched(&server->manager)) {
        return false;
    }
    state_read_load(server, &load);
    if (atomic_load(&server->service.closing)) {
        service_tell_stopping(&server->manager, &load);
    }
    return service_look(&server->manager, &load);
}

static void tell_pressure(struct server *server) {
    struct reactor_stats stats;
    reactor_read_stats(server->reactor, &stats);
    pressure_tell(&server->pressure, &stats, clock_steady_coarse_ms(), state_tell_warning, server);
}

static bool look_after_heap(struct server *server) {
    const struct generation *current = generation_place_current(&server->setup.sites.place);
    return heap_look(&server->heap, current, clock_steady_coarse_ms());
}

static bool on_tick(void *context) {
    struct server *server = context;
    bool has_more_to_tell = tell_manager(server);
    measure_look(server->measure);
    slowest_forget(&server->slowest, clock_steady_ns());
    bool has_more = logs_look(&server->logs, state_tell_notice, server);
    has_more = error_log_look(&server->error_log) || has_more;
    weighing_tick(server);
    tell_pressure(server);
    sites_look(&server->setup.sites, state_tell_notice, server);
    has_more = look_after_heap(server) || has_more;
    return sites_trim(&server->setup.sites) || has_more_to_tell || has_more;
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
    state_follow(server);
    server->wide_budget.limit_bytes = server->setup.limits.wide_bytes;
    server->service = (struct connection_service){
        .generations = &server->setup.sites.place,
        .own_pages = &server->own_pages,
        .folder_jobs = folder_jobs_create(),
        .folder_budget = &server->folder_budget,
        .request_budget = &server->request_budget,
        .wide_budget = &server->wide_budget,
    };
    return server->service.folder_jobs != NULL ? handler_write_overload(&server->service.overload) : -ENOMEM;
}

/* Before any thread is started, as it blocks the signals that no other thread may take. */
static enum server_result create_reactor(struct server *server, char error[SERVER_ERROR_BYTES]) {
    const struct config *config = server->config;
    struct reactor_options options = {
        .listeners = &server->setup.listeners,
        .service = &server->service,
        .max_connections = server->setup.limits.connections,
        .max_of_address = server->setup.limits.connections_of_one,
        .local_are_exempt = server->setup.limits.local_are_exempt,
        .reject_when_full = config->when_full == WHEN_FULL_REJECT,
        .shutdown_timeout_ms = config->shutdown_timeout_ms,
        .on_rejected = on_rejected,
        .on_cut = on_cut,
        .on_reload = on_reload,
        .on_reopen = on_reopen,
        .on_tick = on_tick,
        .pulse_ms = service_pulse_ms(&server->manager),
        .context = server,
    };
    workers_fill_in_reactor(&options);
    relief_fill_in(server, &options);
    server->thread_count = config_thread_count(config);
    int result = set_up_service(server);
    result = result == 0 ? reactor_create(&server->reactor, &options) : result;
    result = result == 0 ? reactor_open_guard(server->reactor, &server->guard, ending_without_main_thread)
                         : result;
    if (result != 0) {
        errno = -result;
        return setup_fail(error, SERVER_FAILED, "cannot start: %m");
    }
    sites_on_news(&server->setup.sites, wake, server->reactor);
    return SERVER_OK;
}

static enum server_result start_threads(struct server *server, char error[SERVER_ERROR_BYTES]) {
    const struct config *config = server->config;
    struct threadpool_options pool = {
        .thread_count = server->thread_count,
        .queue_capacity = config->queue,
        .later_capacity = server->setup.limits.connections,
        .on_room = wake_main_thread,
        .on_end = wake_main_thread,
        .on_stuck = on_stuck,
        .stuck_after_ns = config->stuck_after_ms * CLOCK_NS_PER_MS,
        .spare_max = config_spare_count(config, server->thread_count),
        .context = server,
    };
    workers_fill_in_pool(&pool);
    int result = threadpool_create(&server->pool, &pool);
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
    workers_local_init(&server->main_local, server, NULL);
    return SERVER_OK;
}

/* What libraries would open when they are first used, and which may be out of reach by then: time zone, random seed. */
static void open_ahead(void) {
    tzset();
    json_writer_seed();
}

enum server_result server_create(struct server **out, const struct config *config,
                                 char error[SERVER_ERROR_BYTES]) {
    struct server *server = calloc(1, sizeof *server);
    if (server == NULL) {
        return setup_fail(error, SERVER_FAILED, "no memory");
    }
    server->begun = config;
    server->config = config;
    server->own_pages = (struct own_pages){.answer = status_answer, .context = &server->status};
    server->guard.wakeup.fd = -1;
    slowest_init(&server->slowest);
    logs_init(&server->logs);
    error_log_init(&server->error_log);
    server->tell = tell_nobody;
    open_ahead();
    service_open(&server->manager);
    enum server_result result = begin_to_measure(server, error);
    result = result == SERVER_OK ? setup_open(&server->setup, config, error) : result;
    result = result == SERVER_OK ? create_reactor(server, error) : result;
    if (result != SERVER_OK) {
        state_tell_refused_start(server, error);
        server_destroy(server);
        return result;
    }
    *out = server;
    return SERVER_OK;
}

/* First of all threads, as opening a log may hang. */
static enum server_result start_guard(struct server *server, char error[SERVER_ERROR_BYTES]) {
    int result = stop_guard_start(&server->guard);
    errno = -result;
    return result == 0 ? SERVER_OK : setup_fail(error, SERVER_FAILED, "cannot start a thread: %m");
}

enum server_result server_start(struct server *server, char error[SERVER_ERROR_BYTES]) {
    enum server_result result = start_guard(server, error);
    result = result == SERVER_OK ? setup_start_log(&server->setup, error) : result;
    state_follow(server);
    result = result == SERVER_OK ? start_threads(server, error) : result;
    if (result != SERVER_OK) {
        state_tell_refused_start(server, error);
        return result;
    }
    state_name_sources(server);
    server->status = (struct status_sources){
        .measure = server->measure, .slowest = &server->slowest, .pool = server->pool};
    return SERVER_OK;
}

const struct listener_set *server_listeners(const struct server *server) {
    return &server->setup.listeners;
}

void server_on_news(struct server *server, void (*tell)(void *context, const char *line), void *context) {
    server->tell = tell;
    server->tell_context = context;
}

void server_on_reload(struct server *server,
                      bool (*configure)(void *context, struct config *config, char error[CONFIG_ERROR_BYTES]),
                      void (*reloaded)(void *context, const struct config *former,
                                       const struct config *config),
                      void *context) {
    server->configure = configure;
    server->reloaded = reloaded;
    server->reload_context = context;
}

static void tell_manager_ready(struct server *server) {
    struct service_load load;
    char line[SERVER_ERROR_BYTES];
    state_read_load(server, &load);
    service_tell_ready(&server->manager, &load);
    if (server->manager.failure != 0) {
        errno = -server->manager.failure;
        (void)setup_fail(line, SERVER_OK, "cannot tell the service manager (NOTIFY_SOCKET) anything: %m");
        server->tell(server->tell_context, line);
    }
}

enum server_result server_run(struct server *server, char error[SERVER_ERROR_BYTES]) {
    server->weighing.weighed_ns = clock_steady_ns();
    stop_guard_advance(&server->guard, STOP_RUNNING, SERVER_OK);
    tell_manager_ready(server);
    int result = reactor_run(server->reactor, server->pool);
    ending_run(server, result == 0 ? SERVER_OK : SERVER_FAILED);
    errno = -result;
    return result == 0 ? SERVER_OK : setup_fail(error, SERVER_FAILED, "cannot go on: %m");
}

bool server_hangs(const struct server *server) {
    return server->hangs;
}

void server_read_now(struct server *server, struct measure_now *now) {
    measure_read_now(server->measure, now);
}

void server_read_totals(struct server *server, struct server_totals *totals) {
    struct measure_now now;
    server_read_now(server, &now);
    *totals = (struct server_totals){
        .requests = now.counts.requests,
        .body_bytes = now.counts.body_bytes,
        .log_lines_dropped = now.counts.log_lines_dropped,
    };
    reactor_read_stats(server->reactor, &totals->reactor);
    threadpool_read_stats(server->pool, &totals->pool);
    /* The pool has none any more, and may have had more when it was busiest. */
    totals->pool.thread_count = server->thread_count > totals->pool.busy_high_water
                                    ? server->thread_count
                                    : totals->pool.busy_high_water;
    totals->advice_count = server->advice_count;
    memcpy(totals->advice, server->advice, sizeof totals->advice);
}

void server_destroy(struct server *server) {
    if (server == NULL) {
        return;
    }
    ending_begin_to_free(server);
    threadpool_destroy(server->pool);
    sites_on_news(&server->setup.sites, NULL, NULL);
    reactor_destroy(server->reactor);
    measure_destroy(server->measure);
    slowest_deinit(&server->slowest);
    connection_worker_deinit(&server->main_local.http);
    text_deinit(&server->service.overload);
    folder_jobs_destroy(server->service.folder_jobs);
    logs_deinit(&server->logs);
    error_log_deinit(&server->error_log);
    setup_close(&server->setup);
    service_close(&server->manager);
    state_renew_config(server, NULL);
    stop_guard_close(&server->guard);
    free(server);
}

enum server_result server_check(const struct config *config, char error[SERVER_ERROR_BYTES]) {
    return setup_check(config, error);
}
