/* SPDX-License-Identifier: MIT */
#include "server/setup.h"

#include "conf/config.h"
#include "server/budget/memory_limit.h"
#include "server/claims/claims.h"
#include "server/descriptor_limit.h"
#include "server/listen/inherited.h"
#include "server/listen/succession.h"
#include "server/log/plan.h"

#include <assert.h>
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum server_result setup_fail(char error[SERVER_ERROR_BYTES], enum server_result result, const char *format,
                              ...) {
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(error, SERVER_ERROR_BYTES, format, arguments);
    va_end(arguments);
    return result;
}

/* Share the descriptors out: so many connections, and so many files that stay open between requests. */
static enum server_result share_descriptors(struct setup *setup, const struct config *config,
                                            size_t *kept_files, char error[SERVER_ERROR_BYTES]) {
    size_t limit = descriptor_limit_raise();
    setup->limits = client_limits_of(config, limit, setup->memory_bytes);
    size_t count = setup->limits.connections;
    size_t threads = config_thread_count(config);
    size_t needed = descriptor_limit_needed(count, threads + config_spare_count(config, threads));
    if (config->max_connections > 0 && needed > limit) {
        return setup_fail(
            error, SERVER_MISTAKE,
            "%s: max_connections: %zu connection%s a limit of %zu open files, and it is %zu; lower "
            "max_connections or raise the limit (ulimit -n, LimitNOFILE= of systemd)",
            config_origin(config, "max_connections", 0), count, count == 1 ? " needs" : "s need", needed,
            limit);
    }
    *kept_files = descriptor_limit_kept_files(limit, needed, config->file_cache_descriptors);
    return SERVER_OK;
}

static enum server_result open_sites(struct sites *sites, const struct config *config, size_t kept_files,
                                     char error[SERVER_ERROR_BYTES]) {
    static_assert((int)SITES_ERROR_BYTES <= (int)SERVER_ERROR_BYTES, "a complaint fits");
    return sites_open(sites, config, kept_files, error) ? SERVER_OK : SERVER_MISTAKE;
}

/* A port that PORT or --port gave is their mistake, whatever the address is. */
static enum server_result fail_to_listen(const struct config *config, size_t index, const char *reason,
                                         char error[SERVER_ERROR_BYTES]) {
    static const char port_from[] = ", port from ";
    const char *where = config_origin(config, "listen", index);
    const char *giver = strstr(where, port_from);
    if (giver != NULL && strncmp(reason, "no port", strlen("no port")) == 0) {
        return setup_fail(error, SERVER_MISTAKE, "%s: %s", giver + strlen(port_from), reason);
    }
    return setup_fail(error, SERVER_MISTAKE, "%s: listen: %s", where, reason);
}

/* Open a listen address; for a check, find out only what can be known without. */
static enum listener_result open_or_check(struct listener_set *listeners, const struct config *config,
                                          const char *text, bool is_check,
                                          char reason[LISTENER_ERROR_BYTES]) {
    return is_check ? listener_check(listeners, text, reason)
                    : listener_set_open(listeners, text, config->backlog, reason);
}

static enum server_result listen_at(struct listener_set *listeners, const struct config *config, size_t index,
                                    bool is_check, char error[SERVER_ERROR_BYTES]) {
    char reason[LISTENER_ERROR_BYTES];
    enum listener_result result =
        open_or_check(listeners, config, config->listen.items[index], is_check, reason);
    if (result == LISTENER_MISTAKE) {
        return fail_to_listen(config, index, reason, error);
    }
    return result == LISTENER_OK ? SERVER_OK : setup_fail(error, SERVER_FAILED, "%s", reason);
}

static bool is_standard(const struct config *config) {
    return strcmp(config_origin(config, "listen", 0), "default") == 0;
}

/* How many listen addresses there are. If nobody has named one, it is none beside sockets that are inherited. */
static size_t listen_count(const struct config *config, const struct listener_set *listeners) {
    return is_standard(config) && inherited_is_any(listeners) ? 0 : config->listen.count;
}

/* The same with all. */
static enum server_result listen_at_all(struct listener_set *listeners, const struct config *config,
                                        bool is_check, char error[SERVER_ERROR_BYTES]) {
    enum server_result result = SERVER_OK;
    size_t count = listen_count(config, listeners);
    for (size_t i = 0; i < count && result == SERVER_OK; i++) {
        result = listen_at(listeners, config, i, is_check, error);
    }
    return result;
}

static bool is_admin_off(const struct config *config) {
    return strcmp(config->admin, "off") == 0;
}

/* The address of the status pages, if they have one of their own. */
static enum server_result listen_for_admin(struct listener_set *listeners, const struct config *config,
                                           bool is_check, char error[SERVER_ERROR_BYTES]) {
    char reason[LISTENER_ERROR_BYTES];
    if (is_admin_off(config)) {
        return SERVER_OK;
    }
    size_t first = listeners->count;
    enum listener_result result = open_or_check(listeners, config, config->admin, is_check, reason);
    if (result != LISTENER_OK) {
        return setup_fail(error, result == LISTENER_MISTAKE ? SERVER_MISTAKE : SERVER_FAILED, "%s: admin: %s",
                          config_origin(config, "admin", 0), reason);
    }
    if (!is_check && listeners->count == first) {
        return setup_fail(error, SERVER_MISTAKE,
                          "%s: admin: '%s': the socket that takes clients there is one of listen",
                          config_origin(config, "admin", 0), config->admin);
    }
    for (size_t i = first; i < listeners->count; i++) {
        listeners->items[i].is_admin = true;
    }
    return SERVER_OK;
}

/* If the only sockets that are inherited are the admin's, the standard address is none, and nobody gets to the site. */
static enum server_result expect_site(const struct listener_set *listeners, const struct config *config,
                                      char error[SERVER_ERROR_BYTES]) {
    for (size_t i = 0; i < listeners->count; i++) {
        if (!listeners->items[i].is_admin && !listeners->items[i].is_leaving) {
            return SERVER_OK;
        }
    }
    return setup_fail(
        error, SERVER_MISTAKE,
        "%s: admin: '%s' takes all sockets that the program was started with, and none is left for "
        "the site; name an address by listen",
        config_origin(config, "admin", 0), config->admin);
}

/* Open where the logs write, but for what `beside` (NULL: nothing) has opened already. */
static enum server_result open_logs(struct setup *setup, const struct log_plan *beside,
                                    char error[SERVER_ERROR_BYTES]) {
    const struct config *config = setup->config;
    const struct config_rule *failed = NULL;
    int result = log_plan_create(&setup->log_plan, beside, config, &failed);
    if (result == 0) {
        return SERVER_OK;
    }
    errno = -result;
    return setup_fail(error, SERVER_MISTAKE, "%s: access_log: cannot write to '%s': %m",
                      failed != NULL ? failed->where : config_origin(config, "access_log", 0),
                      failed != NULL ? failed->title : config->access_log);
}

static enum server_result open_error_log(struct setup *setup, const struct config *before,
                                         char error[SERVER_ERROR_BYTES]) {
    int result = error_log_prepare(&setup->error_log, before, setup->config);
    if (result == 0) {
        return SERVER_OK;
    }
    errno = -result;
    return setup_fail(error, SERVER_MISTAKE, "%s: error_log: cannot write to '%s': %m",
                      config_origin(setup->config, "error_log", 0), setup->config->error_log);
}

/* None of these may end the program, not even before the reactor heeds them; it gets them although they are
 * ignored, as it has them blocked (signal(7)). */
static void ignore_signals(void) {
    (void)signal(SIGHUP, SIG_IGN);
    (void)signal(SIGUSR1, SIG_IGN);
    (void)signal(SIGUSR2, SIG_IGN);
    if (getpid() == 1) { /* as in a container: orphans become our children, and nobody waits for them */
        (void)signal(SIGCHLD, SIG_IGN);
    }
}

/* Listen at all that is configured, and at all that is inherited. */
static enum server_result open_listeners(struct setup *setup, char error[SERVER_ERROR_BYTES]) {
    char reason[LISTENER_ERROR_BYTES];
    enum listener_result taken = inherited_take(&setup->inherited, reason);
    if (taken != LISTENER_OK) {
        return setup_fail(error, taken == LISTENER_MISTAKE ? SERVER_MISTAKE : SERVER_FAILED, "%s", reason);
    }
    setup->listeners.former = setup->inherited.count > 0 ? &setup->inherited : NULL;
    enum server_result result = listen_at_all(&setup->listeners, setup->config, false, error);
    result = result == SERVER_OK ? listen_for_admin(&setup->listeners, setup->config, false, error) : result;
    if (result == SERVER_OK && setup->inherited.count > 0 &&
        inherited_settle(&setup->listeners, &setup->inherited) != 0) {
        return setup_fail(error, SERVER_FAILED, "no memory");
    }
    return result == SERVER_OK ? expect_site(&setup->listeners, setup->config, error) : result;
}

enum server_result setup_open(struct setup *setup, const struct config *config,
                              char error[SERVER_ERROR_BYTES]) {
    ignore_signals();
    setup->config = config;
    setup->memory_bytes = memory_limit_read();
    size_t kept_files = 0;
    enum server_result result = claims_check_pairs(config, error);
    result = result == SERVER_OK ? share_descriptors(setup, config, &kept_files, error) : result;
    result = result == SERVER_OK ? open_sites(&setup->sites, config, kept_files, error) : result;
    return result == SERVER_OK ? open_listeners(setup, error) : result;
}

enum server_result setup_start_log(struct setup *setup, char error[SERVER_ERROR_BYTES]) {
    enum server_result result = open_error_log(setup, NULL, error);
    return result == SERVER_OK ? open_logs(setup, NULL, error) : result;
}

/* Number of the address of the status pages, if they have one. */
static size_t admin_entry(const struct setup *setup) {
    return listen_count(setup->config, &setup->listeners);
}

/* Take over the sockets of a listen address of the former config, if there are any. */
static enum server_result take_over(struct setup *next, size_t entry, bool *is_there,
                                    char error[SERVER_ERROR_BYTES]) {
    int result = succession_take_over(&next->listeners, entry);
    *is_there = result == 0;
    return result == 0 || result == -ENOENT ? SERVER_OK : setup_fail(error, SERVER_FAILED, "no memory");
}

static enum server_result prepare_admin(struct setup *next, const struct setup *setup,
                                        char error[SERVER_ERROR_BYTES]) {
    bool is_there = is_admin_off(next->config);
    enum server_result result = SERVER_OK;
    if (!is_there && strcmp(next->config->admin, setup->config->admin) == 0) {
        result = take_over(next, admin_entry(setup), &is_there, error);
    }
    return result == SERVER_OK && !is_there ? listen_for_admin(&next->listeners, next->config, false, error)
                                            : result;
}

/* Take over those of the first one that is written so and that nobody has taken over yet: with port 0 several may. */
static enum server_result take_over_alike(struct setup *next, const struct config *former, const char *text,
                                          bool *is_there, char error[SERVER_ERROR_BYTES]) {
    enum server_result result = SERVER_OK;
    *is_there = false;
    size_t count = listen_count(former, next->listeners.former);
    for (size_t i = 0; i < count && !*is_there && result == SERVER_OK; i++) {
        if (strcmp(former->listen.items[i], text) == 0) {
            result = take_over(next, i, is_there, error);
        }
    }
    return result;
}

/* Beside the listeners that are there: what is written as before stays. */
static enum server_result prepare_listeners(struct setup *next, const struct setup *setup,
                                            char error[SERVER_ERROR_BYTES]) {
    enum server_result result = SERVER_OK;
    next->listeners.former = &setup->listeners;
    size_t count = listen_count(next->config, &setup->listeners);
    for (size_t i = 0; i < count && result == SERVER_OK; i++) {
        bool is_there = false;
        result = take_over_alike(next, setup->config, next->config->listen.items[i], &is_there, error);
        if (result == SERVER_OK && !is_there) {
            result = listen_at(&next->listeners, next->config, i, false, error);
        }
    }
    result = result == SERVER_OK ? prepare_admin(next, setup, error) : result;
    if (result == SERVER_OK && succession_settle(&next->listeners) != 0) {
        return setup_fail(error, SERVER_FAILED, "no memory");
    }
    return result == SERVER_OK ? expect_site(&next->listeners, next->config, error) : result;
}

enum server_result setup_prepare(struct setup *next, struct setup *setup, const struct config *config,
                                 char error[SERVER_ERROR_BYTES]) {
    *next = (struct setup){.config = config, .memory_bytes = setup->memory_bytes};
    size_t kept_files = 0;
    enum server_result result = claims_check_pairs(config, error);
    result = result == SERVER_OK ? share_descriptors(next, config, &kept_files, error) : result;
    if (result == SERVER_OK && !sites_prepare(&next->sites, &setup->sites, config, kept_files, error)) {
        result = SERVER_MISTAKE;
    }
    result = result == SERVER_OK ? prepare_listeners(next, setup, error) : result;
    result = result == SERVER_OK ? open_logs(next, setup->log_plan, error) : result;
    return result == SERVER_OK ? open_error_log(next, setup->config, error) : result;
}

void setup_turn_to(struct setup *setup, struct setup *next) {
    setup->config = next->config;
    setup->limits = next->limits;
    sites_turn_to(&setup->sites, &next->sites);
    struct log_plan *former = setup->log_plan;
    setup->log_plan = next->log_plan;
    next->log_plan = former;
    setup->error_log = next->error_log;
    next->error_log = (struct error_log_plan){0};
}

/* Beside the standard address anything may be named, as sockets that are inherited take its place. */
static enum server_result check_listeners(struct setup *setup, const struct config *config,
                                          char error[SERVER_ERROR_BYTES]) {
    struct listener_set standard = {0};
    struct listener_set *site = is_standard(config) ? &standard : &setup->listeners;
    enum server_result result = listen_at_all(site, config, true, error);
    result = result == SERVER_OK ? listen_for_admin(&setup->listeners, config, true, error) : result;
    listener_set_close(&standard);
    return result;
}

enum server_result setup_check(const struct config *config, char error[SERVER_ERROR_BYTES]) {
    struct setup setup = {.memory_bytes = memory_limit_read()};
    size_t kept_files = 0;
    enum server_result result = claims_check(config, error);
    result = result == SERVER_OK ? share_descriptors(&setup, config, &kept_files, error) : result;
    result = result == SERVER_OK ? check_listeners(&setup, config, error) : result;
    result = result == SERVER_OK ? open_sites(&setup.sites, config, kept_files, error) : result;
    setup_close(&setup);
    return result;
}

void setup_close(struct setup *setup) {
    listener_set_close(&setup->listeners);
    listener_set_close(&setup->inherited);
    log_plan_release(setup->log_plan);
    error_log_plan_deinit(&setup->error_log);
    sites_close(&setup->sites);
}
