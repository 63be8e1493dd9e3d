/* SPDX-License-Identifier: MIT */
#include "server/setup.h"

#include "conf/config.h"
#include "server/descriptor_limit.h"
#include "server/log/access_log.h"

#include <assert.h>
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum server_result setup_fail(char error[SERVER_ERROR_BYTES], enum server_result result, const char *format,
                              ...) {
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(error, SERVER_ERROR_BYTES, format, arguments);
    va_end(arguments);
    return result;
}

/* Share the descriptors out: so many connections, and so many files that stay open between requests. */
static enum server_result share_descriptors(const struct config *config, size_t *connections,
                                            size_t *kept_files, char error[SERVER_ERROR_BYTES]) {
    size_t limit = descriptor_limit_raise();
    bool is_set = config->max_connections > 0;
    size_t count = is_set ? config->max_connections : descriptor_limit_connections(limit);
    size_t needed = descriptor_limit_needed(count, config_thread_count(config) + config_spare_count(config));
    if (is_set && needed > limit) {
        return setup_fail(
            error, SERVER_MISTAKE,
            "%s: max_connections: %zu connection%s a limit of %zu open files, and it is %zu; lower "
            "max_connections or raise the limit (ulimit -n, LimitNOFILE= of systemd)",
            config_origin(config, "max_connections", 0), count, count == 1 ? " needs" : "s need", needed,
            limit);
    }
    *connections = count;
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

/* Open all listen addresses, or with `listeners` NULL check them only. */
static enum server_result listen_at_all(struct listener_set *listeners, const struct config *config,
                                        char error[SERVER_ERROR_BYTES]) {
    for (size_t i = 0; i < config->listen.count; i++) {
        const char *text = config->listen.items[i];
        char reason[LISTENER_ERROR_BYTES];
        enum listener_result result = listeners != NULL
                                          ? listener_set_open(listeners, text, config->backlog, reason)
                                          : listener_check(text, reason);
        if (result == LISTENER_MISTAKE) {
            return fail_to_listen(config, i, reason, error);
        }
        if (result != LISTENER_OK) {
            return setup_fail(error, SERVER_FAILED, "%s", reason);
        }
    }
    return SERVER_OK;
}

static enum server_result open_log(struct access_log **log, const struct config *config,
                                   char error[SERVER_ERROR_BYTES]) {
    const char *path = config->access_log;
    int result = strcmp(path, "off") == 0 ? 0 : access_log_open(log, path);
    if (result == 0) {
        return SERVER_OK;
    }
    errno = -result;
    return setup_fail(error, SERVER_MISTAKE, "%s: access_log: cannot write to '%s': %m",
                      config_origin(config, "access_log", 0), path);
}

/* None of these may end the program, not even before the reactor heeds them; it gets them although they are
 * ignored, as it has them blocked (signal(7)). */
static void ignore_signals(void) {
    (void)signal(SIGHUP, SIG_IGN);
    (void)signal(SIGUSR1, SIG_IGN);
    (void)signal(SIGUSR2, SIG_IGN);
}

enum server_result setup_open(struct setup *setup, const struct config *config,
                              char error[SERVER_ERROR_BYTES]) {
    ignore_signals();
    size_t kept_files = 0;
    enum server_result result = share_descriptors(config, &setup->max_connections, &kept_files, error);
    result = result == SERVER_OK ? open_sites(&setup->sites, config, kept_files, error) : result;
    result = result == SERVER_OK ? listen_at_all(&setup->listeners, config, error) : result;
    return result == SERVER_OK ? open_log(&setup->log, config, error) : result;
}

enum server_result setup_check(const struct config *config, char error[SERVER_ERROR_BYTES]) {
    struct setup setup = {0};
    size_t kept_files = 0;
    enum server_result result = share_descriptors(config, &setup.max_connections, &kept_files, error);
    result = result == SERVER_OK ? listen_at_all(NULL, config, error) : result;
    result = result == SERVER_OK ? open_sites(&setup.sites, config, kept_files, error) : result;
    setup_close(&setup);
    return result;
}

void setup_close(struct setup *setup) {
    listener_set_close(&setup->listeners);
    access_log_close(setup->log);
    sites_close(&setup->sites);
}
