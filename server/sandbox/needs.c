/* SPDX-License-Identifier: MIT */
/* grants_find() of grants.h: what a config needs. */
#include "conf/values/log_destination.h"
#include "server/sandbox/grants.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* What is asked for while the grants are being found. */
struct search {
    struct grants *grants;
    const char *home;
    bool is_strict;
    const char *subject; /* what the config names */
    int error;           /* the first one */
    const char *failed;  /* what it is about */
};

static void stop_at(struct search *search, int error) {
    if (search->error == 0) {
        search->error = error;
        search->failed = search->subject;
    }
}

static void grant(struct search *search, const char *path, unsigned rights) {
    int result = grants_add(search->grants, path, rights);
    if (result != 0) {
        stop_at(search, result);
    }
}

/* A path without links, to be freed. NULL: there is none, or nobody knows. */
static char *resolve(struct search *search, const char *path) {
    char *real = realpath(path, NULL);
    if (real == NULL && !grants_is_absent(errno)) {
        stop_at(search, -errno);
    }
    return real;
}

/* The folder that a path leads to, or in which it would be made; as resolve() returns it. */
static char *folder_of(struct search *search, const char *path) {
    char *copy = strdup(path);
    if (copy == NULL) {
        stop_at(search, -ENOMEM);
        return NULL;
    }
    char *slash = strrchr(copy, '/');
    if (slash != NULL) {
        slash[slash == copy ? 1 : 0] = '\0';
    }
    char *real = resolve(search, slash != NULL ? copy : ".");
    free(copy);
    return real;
}

static bool is_file(struct search *search, const char *path) {
    struct stat found;
    if (stat(path, &found) == -1) {
        if (!grants_is_absent(errno)) {
            stop_at(search, -errno);
        }
        return false;
    }
    return !S_ISDIR(found.st_mode);
}

/* The folder in which it stands, so that it may come and go; only itself, if that is too much. */
static void grant_within(struct search *search, const char *path, unsigned rights) {
    char *folder = folder_of(search, path);
    if (folder != NULL && !grants_is_too_wide(folder, search->home)) {
        grant(search, folder, rights);
    } else {
        grant(search, path, rights);
    }
    free(folder);
}

/* As grant_within(), and where it is if it is a link. */
static void grant_file(struct search *search, const char *path, unsigned rights) {
    search->subject = path;
    grant_within(search, path, rights);
    char *real = resolve(search, path);
    if (real != NULL) {
        grant_within(search, real, rights);
    }
    free(real);
}

/* What is served: the folder, and where it may be replaced. A root that is a file is what its folder has. */
static void grant_root(struct search *search, const char *path) {
    search->subject = path;
    char *real = resolve(search, path);
    if (real != NULL && is_file(search, real)) {
        char *folder = folder_of(search, real);
        free(real);
        real = folder;
    }
    if (real == NULL) {
        return;
    }
    grant(search, real, GRANT_READ);
    char *around = folder_of(search, real);
    if (!search->is_strict && around != NULL && !grants_is_too_wide(around, search->home)) {
        grant(search, around, GRANT_READ);
    }
    free(around);
    free(real);
}

static void grant_site(struct search *search, const struct config_site *site) {
    grant_root(search, site->root);
    for (size_t i = 0; i < site->links.count; i++) {
        if (site->links.items[i][0] == '/') { /* else it is the word inside */
            grant_root(search, site->links.items[i]);
        }
    }
    if (strcmp(site->media_types, "off") != 0) {
        search->subject = site->media_types;
        grant(search, site->media_types, GRANT_READ);
    }
}

static void grant_socket(struct search *search, const char *address) {
    static const char scheme[] = "unix:";
    if (strncmp(address, scheme, sizeof scheme - 1) == 0) {
        search->subject = address + sizeof scheme - 1;
        grant_within(search, search->subject, GRANT_SOCKETS);
    }
}

static void grant_log(struct search *search, const char *destination) {
    struct log_destination to = log_destination_of(destination);
    if (to.kind == LOG_TO_FILE && strcmp(destination, "off") != 0) {
        grant_file(search, to.path, GRANT_WRITE);
    }
}

/* Where logs go, and what the C library reads to find the names in them. */
static void grant_logs(struct search *search, const struct config *config) {
    static const char *const of_resolver[] = {"/etc/resolv.conf", "/etc/hosts", "/etc/nsswitch.conf",
                                              "/etc/host.conf", "/etc/gai.conf"};
    grant_log(search, config->access_log);
    grant_log(search, config->error_log);
    for (size_t i = 0; i < config->site.rule_count; i++) {
        const struct config_rule *rule = &config->site.rules[i];
        if (rule->kind == SECTION_ACCESS_LOG) {
            grant_log(search, rule->title);
        }
    }
    for (size_t i = 0; config->log_hostnames && i < sizeof of_resolver / sizeof of_resolver[0]; i++) {
        search->subject = of_resolver[i];
        grant(search, of_resolver[i], GRANT_READ);
    }
}

static void grant_process(struct search *search, const struct config *config) {
    for (size_t i = 0; i < config->files.count; i++) {
        grant_file(search, config->files.items[i], GRANT_READ);
    }
    for (size_t i = 0; i < config->listen.count; i++) {
        grant_socket(search, config->listen.items[i]);
    }
    grant_socket(search, config->admin);
    grant_logs(search, config);
    if (!config->is_anew && strcmp(config->pid_file, "off") != 0) { /* a reload leaves it where it is */
        search->subject = config->pid_file;
        grant_within(search, config->pid_file, GRANT_REMOVE);
    }
}

int grants_find(struct grants *grants, const struct config *config, const char *home, const char **failed) {
    struct search search = {.grants = grants, .home = home, .is_strict = config->sandbox == SANDBOX_STRICT};
    *grants = (struct grants){.items = NULL};
    grant_site(&search, &config->site);
    for (size_t i = 0; i < config->host_count; i++) {
        grant_site(&search, &config->hosts[i].site);
    }
    grant_process(&search, config);
    if (search.error != 0) {
        *failed = search.failed;
    }
    return search.error;
}
