/* SPDX-License-Identifier: MIT */
#include "server/state.h"

#include "conf/config.h"

#include <stdlib.h>

void state_name_sources(struct server *server) {
    bool is_auto = server->setup.config->threads == 0;
    struct config_thread_limits limits = config_thread_limits(server->setup.config);
    struct measure_sources sources = {
        .reactor = server->reactor,
        .pool = server->pool,
        .cache = server->setup.sites.cache,
        .log = server->setup.log,
        .connections_max = server->setup.max_connections,
        .threads_min = is_auto ? limits.min : 0,
        .threads_max = is_auto ? limits.max : 0,
    };
    measure_set_sources(server->measure, &sources);
}

int state_resize_pool(struct server *server, size_t thread_count) {
    int error = threadpool_resize(server->pool, thread_count);
    server->thread_count = error == 0 ? thread_count : server->thread_count;
    return error;
}

void state_follow(struct server *server) {
    const struct config *config = server->setup.config;
    atomic_store(&server->folder_budget.limit_bytes, config->folder_memory_bytes);
    atomic_store(&server->answer_log.format, config->log_format);
    atomic_store(&server->answer_log.has_status, config->status_log);
    atomic_store(&server->answer_log.log, server->setup.logs ? server->setup.log : NULL);
}

void state_renew_config(struct server *server, struct config *config) {
    if (server->renewed != NULL) {
        config_deinit(server->renewed);
        free(server->renewed);
    }
    server->renewed = config;
    server->config = config;
}
