/* SPDX-License-Identifier: MIT */
#include "server/state.h"

#include "conf/config.h"
#include "http/base/clock.h"
#include "http/file_cache/forms.h"
#include "server/reactor/reactor.h"

#include <stdlib.h>
#include <string.h>

void state_name_sources(struct server *server) {
    bool is_auto = server->setup.config->threads == 0;
    struct config_thread_limits limits = config_thread_limits(server->setup.config);
    struct measure_sources sources = {
        .reactor = server->reactor,
        .pool = server->pool,
        .cache = server->setup.sites.cache,
        .logs = &server->logs,
        .connections_max = server->setup.limits.connections,
        .threads_min = is_auto ? limits.min : 0,
        .threads_max = is_auto ? limits.max : 0,
    };
    measure_set_sources(server->measure, &sources);
}

/* Half of the threads may compress: the others answer. */
static void share_threads(struct server *server) {
    size_t half = server->thread_count / 2;
    file_forms_set_workers_max(server->setup.sites.forms, half > 0 ? half : 1);
}

static int set_pool_bounds(const struct server *server, const struct setup *setup, size_t thread_count) {
    const struct config *config = setup->config;
    struct threadpool_bounds bounds = {
        .queue_capacity = config->queue,
        .later_capacity = setup->limits.connections,
        .stuck_after_ns = config->stuck_after_ms * CLOCK_NS_PER_MS,
        .spare_max = config_spare_count(config, thread_count),
    };
    return threadpool_set_bounds(server->pool, &bounds);
}

int state_resize_pool(struct server *server, const struct setup *setup, size_t thread_count) {
    int error = set_pool_bounds(server, setup, thread_count);
    if (error != 0) {
        return error;
    }
    error = threadpool_resize(server->pool, thread_count);
    if (error == 0) {
        server->thread_count = thread_count;
    } else {
        int undone = set_pool_bounds(server, &server->setup, server->thread_count);
        (void)undone; /* it cannot fail, as there was room before */
    }
    share_threads(server);
    return error;
}

void state_read_load(const struct server *server, struct service_load *load) {
    struct threadpool_load pool;
    struct reactor_stats stats;
    threadpool_read_load(server->pool, &pool);
    reactor_read_stats(server->reactor, &stats);
    *load = (struct service_load){
        .busy = pool.busy_count, .threads = pool.thread_count, .connections = stats.open};
}

void state_follow(struct server *server) {
    const struct config *config = server->setup.config;
    share_threads(server);
    atomic_store(&server->folder_budget.limit_bytes, config->folder_memory_bytes);
    atomic_store(&server->request_budget.limit_bytes, server->setup.limits.request_bytes);
    atomic_store(&server->logs_status_pages, config->status_log);
    logs_turn_to(&server->logs, server->setup.log_plan);
    error_log_turn_to(&server->error_log, &server->setup.error_log, config);
}

void state_tell(struct server *server, enum error_level level, const char *line) {
    bool is_apart = strcmp(server->setup.config->error_log, "-") != 0;
    if (is_apart) {
        error_log_tell(&server->error_log, level, line);
    } else {
        server->tell(server->tell_context, line);
    }
}

void state_tell_notice(void *server, const char *line) {
    state_tell(server, ERROR_LEVEL_NOTICE, line);
}

void state_tell_warning(void *server, const char *line) {
    state_tell(server, ERROR_LEVEL_WARNING, line);
}

void state_tell_refused_start(struct server *server, const char *error) {
    struct error_log_plan plan;
    bool is_apart = strcmp(server->config->error_log, "-") != 0;
    if (is_apart && error_log_prepare(&plan, NULL, server->config) == 0) {
        error_log_turn_to(&server->error_log, &plan, server->config);
        error_log_tell(&server->error_log, ERROR_LEVEL_ERROR, error);
    }
}

void state_renew_config(struct server *server, struct config *config) {
    if (server->renewed != NULL) {
        config_deinit(server->renewed);
        free(server->renewed);
    }
    server->renewed = config;
    server->config = config;
}
