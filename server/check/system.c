/* SPDX-License-Identifier: MIT */
#include "server/check/system.h"

#include "conf/config.h"
#include "http/files/mime_lines.h"
#include "server/descriptor_limit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char somaxconn_path[] = "/proc/sys/net/core/somaxconn";

/* --- limits --------------------------------------------------------------------------------------------- */

static void check_descriptors(const struct config *config, struct findings *findings) {
    size_t limit = descriptor_limit_raise();
    size_t threads = config_thread_count(config);
    size_t needed =
        descriptor_limit_needed(config->max_connections, threads + config_spare_count(config, threads));
    size_t possible = descriptor_limit_connections(limit);
    if (config->max_connections > 0 && needed > limit) {
        findings_say(findings, FINDING_MISTAKE,
                     "max_connections = %zu needs %zu open files, and the limit is %zu; raise it (ulimit -n, "
                     "LimitNOFILE= of systemd)",
                     config->max_connections, needed, limit);
    } else if (config->max_connections == 0 && possible < config->queue) {
        findings_say(findings, FINDING_ADVICE,
                     "a limit of %zu open files is enough for %zu connections, fewer than may wait in the "
                     "queue (%zu); raise it (ulimit -n, LimitNOFILE= of systemd)",
                     limit, possible, config->queue);
    }
}

/* Returns 0 where the kernel does not tell. */
static long read_number(const char *path) {
    char line[32] = "";
    FILE *file = fopen(path, "re");
    if (file == NULL) {
        return 0;
    }
    long number = fgets(line, sizeof line, file) != NULL ? strtol(line, NULL, 10) : 0;
    (void)fclose(file);
    return number;
}

static void check_backlog(const struct config *config, struct findings *findings) {
    long most = read_number(somaxconn_path);
    if (most > 0 && most < config->backlog) {
        findings_say(findings, FINDING_ADVICE,
                     "backlog = %d, but the kernel queues %ld clients at most; raise net.core.somaxconn "
                     "(sysctl) or lower backlog",
                     config->backlog, most);
    }
}

/* --- tables --------------------------------------------------------------------------------------------- */

static bool take_type(void *context, struct view extension, struct view type) {
    (void)extension;
    (void)type;
    bool *has_some = context;
    *has_some = true;
    return false;
}

/* That there is none at the usual place is no matter: the built-in table has what the web needs. */
static void check_media_types(const struct config_site *site, struct findings *findings) {
    const char *path = site->media_types;
    bool has_some = false;
    if (strcmp(path, "off") == 0 || (access(path, F_OK) == -1 && errno == ENOENT)) {
        return;
    }
    if (access(path, R_OK) == -1) {
        findings_say(findings, FINDING_ADVICE, "%s cannot be read: %s; files have fewer media types", path,
                     strerror(errno));
        return;
    }
    (void)mime_file_read(path, take_type, &has_some);
    if (!has_some) {
        findings_say(
            findings, FINDING_ADVICE,
            "%s names no extension; write lines such as \"text/html html htm\", or media_types = off", path);
    }
}

void system_check_limits(const struct config *config, struct findings *findings) {
    check_descriptors(config, findings);
    check_backlog(config, findings);
}

void system_check_tables(const struct config *config, struct findings *findings) {
    check_media_types(&config->site, findings);
    for (size_t i = 0; i < config->host_count; i++) {
        if (strcmp(config->hosts[i].site.media_types, config->site.media_types) != 0) {
            check_media_types(&config->hosts[i].site, findings);
        }
    }
}
