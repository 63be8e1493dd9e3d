/* SPDX-License-Identifier: MIT */
#include "server/reload/reload.h"

#include "conf/config.h"
#include "conf/diff/diff.h"
#include "http/base/clock.h"
#include "server/reactor/reactor.h"
#include "server/state.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_BYTES = 1024 };

struct reload {
    struct server *server;
    struct config *config; /* the next one */
    struct setup setup;    /* what it needs beside what is there; later what is needed no more */
    size_t former_thread_count;
    int64_t begin_ns;
};

static void tell(const struct reload *reload, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void tell(const struct reload *reload, const char *format, ...) {
    char line[LINE_BYTES];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    state_tell(reload->server, ERROR_LEVEL_NOTICE, line);
}

static bool fail(const struct reload *reload, const char *why) {
    tell(reload, "%s", why);
    tell(reload, "reload: all stays as it was");
    return false;
}

/* --- reading -------------------------------------------------------------------------------------------- */

static void tell_mistakes(const struct reload *reload, const char *error) {
    const struct config_mistakes *mistakes = &reload->config->mistakes;
    for (size_t i = 0; i < mistakes->lines.count; i++) {
        tell(reload, "%s", mistakes->lines.items[i]);
    }
    if (mistakes->lines.count == 0) {
        tell(reload, "%s", error);
    } else if (mistakes->count > mistakes->lines.count) {
        tell(reload, "and %zu more", mistakes->count - mistakes->lines.count);
    }
    tell(reload, "reload: all stays as it was");
}

static bool read_config(struct reload *reload) {
    char error[CONFIG_ERROR_BYTES] = "";
    struct server *server = reload->server;
    reload->config = calloc(1, sizeof *reload->config);
    if (reload->config == NULL) {
        return fail(reload, "no memory");
    }
    if (!server->configure(server->reload_context, reload->config, error)) {
        tell_mistakes(reload, error);
        return false;
    }
    return true;
}

/* --- what may fail -------------------------------------------------------------------------------------- */

/* A size that the server chooses itself stays as it has chosen it, within what are the limits now. */
static size_t thread_count_of(const struct reload *reload) {
    struct config_thread_limits limits = config_thread_limits(reload->config);
    size_t count = reload->server->thread_count;
    if (reload->config->threads != 0 || reload->server->config->threads != 0) {
        return config_thread_count(reload->config);
    }
    count = count > limits.min ? count : limits.min;
    return count < limits.max ? count : limits.max;
}

/* Fewer threads are left for later. */
static bool grow_pool(const struct reload *reload) {
    size_t wanted = thread_count_of(reload);
    size_t more = wanted > reload->former_thread_count ? wanted : reload->former_thread_count;
    int error = state_resize_pool(reload->server, &reload->setup, more);
    if (error != 0) {
        char why[SERVER_ERROR_BYTES];
        errno = -error;
        (void)setup_fail(why, SERVER_FAILED, "cannot go from %zu threads to %zu: %m",
                         reload->former_thread_count, wanted);
        return fail(reload, why);
    }
    return true;
}

static void restore_pool(const struct reload *reload) {
    int error = state_resize_pool(reload->server, &reload->server->setup, reload->former_thread_count);
    (void)error; /* it cannot fail, as there was room before */
}

/* The last one of those that may fail, as it is not undone. */
static bool change_listeners(struct reload *reload) {
    int error =
        reactor_change_listeners(reload->server->reactor, &reload->setup.listeners, reload->config->backlog);
    if (error != 0) {
        char why[SERVER_ERROR_BYTES];
        restore_pool(reload);
        errno = -error;
        (void)setup_fail(why, SERVER_FAILED, "cannot change what is listened at: %m");
        return fail(reload, why);
    }
    return true;
}

static bool prepare(struct reload *reload) {
    char error[SERVER_ERROR_BYTES];
    struct server *server = reload->server;
    if (setup_prepare(&reload->setup, &server->setup, reload->config, error) != SERVER_OK) {
        return fail(reload, error);
    }
    return grow_pool(reload) && change_listeners(reload);
}

/* --- what cannot fail ----------------------------------------------------------------------------------- */

static void tell_changes(const struct reload *reload) {
    struct config_diff diff = {0};
    const struct server *server = reload->server;
    if (config_diff(server->begun, server->config, reload->config, &diff) != 0) {
        tell(reload, "reload: no memory to tell all that has changed");
    }
    for (size_t i = 0; i < diff.lines.count; i++) {
        tell(reload, "reload: %s", diff.lines.items[i]);
    }
    size_t count = diff.lines.count + diff.left_off;
    if (diff.left_off > 0) {
        tell(reload, "reload: and %zu more", diff.left_off);
    }
    tell(reload, "reload: %s in %.1f ms", count > 0 ? "done" : "nothing has changed, done",
         (double)(clock_steady_ns() - reload->begin_ns) / CLOCK_NS_PER_MS);
    config_diff_deinit(&diff);
}

static void turn(struct reload *reload) {
    struct server *server = reload->server;
    const struct config *config = reload->config;
    setup_turn_to(&server->setup, &reload->setup);
    state_follow(server);
    struct reactor_bounds bounds = {
        .max_connections = server->setup.limits.connections,
        .max_of_address = server->setup.limits.connections_of_one,
        .local_are_exempt = server->setup.limits.local_are_exempt,
        .reject_when_full = config->when_full == WHEN_FULL_REJECT,
        .shutdown_timeout_ms = config->shutdown_timeout_ms,
    };
    reactor_set_bounds(server->reactor, &bounds);
    int error = state_resize_pool(server, &server->setup, thread_count_of(reload));
    (void)error;                /* it cannot fail, as there are as many by now, or more */
    state_name_sources(server); /* before what they were is closed */
}

void reload_run(struct server *server) {
    if (server->configure == NULL) {
        return;
    }
    struct reload reload = {
        .server = server, .former_thread_count = server->thread_count, .begin_ns = clock_steady_ns()};
    bool is_ready = read_config(&reload) && prepare(&reload);
    if (is_ready) {
        turn(&reload);
        tell_changes(&reload);
        if (server->reloaded != NULL) {
            server->reloaded(server->reload_context, server->config, reload.config);
        }
        state_renew_config(server, reload.config);
        reload.config = NULL;
    }
    setup_close(&reload.setup);
    if (reload.config != NULL) {
        config_deinit(reload.config);
        free(reload.config);
    }
}
