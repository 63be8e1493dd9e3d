/* SPDX-License-Identifier: MIT */
#include "server/claims/claims.h"

#include "conf/config.h"
#include "conf/values/log_destination.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum kind { SETTINGS_FILE, SOCKET_FILE, LOG_FILE, PID_FILE };

/* All strings but `real` are the config's. */
struct claim {
    enum kind kind;
    const char *where; /* "lido.conf:12" */
    const char *option;
    const char *path;
    char *real; /* owned: without links, as far as it leads anywhere; NULL: there was no memory */
};

struct claims {
    struct claim *items;
    size_t count;
    bool is_in_chroot; /* where the settings' own files are not */
};

/* --- which there are ------------------------------------------------------------------------------------ */

/* Split a path. Returns the folder's, to be freed, or NULL without memory. */
static char *folder_of(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash == NULL ? strdup(".") : strndup(path, slash == path ? 1 : (size_t)(slash - path));
}

/* Of a file that is not there the folder counts. NULL without memory. */
static char *real_path(const char *path) {
    char *real = realpath(path, NULL);
    char *folder = real == NULL ? folder_of(path) : NULL;
    char *real_folder = folder != NULL ? realpath(folder, NULL) : NULL;
    const char *slash = strrchr(path, '/');
    if (real_folder != NULL &&
        asprintf(&real, "%s/%s", real_folder, slash != NULL ? slash + 1 : path) == -1) {
        real = NULL;
    }
    bool is_unknown = folder != NULL && real_folder == NULL;
    free(real_folder);
    free(folder);
    return is_unknown ? strdup(path) : real;
}

static void add(struct claims *claims, enum kind kind, const char *where, const char *option,
                const char *path) {
    claims->items[claims->count++] = (struct claim){kind, where, option, path, real_path(path)};
}

static void add_log(struct claims *claims, const char *where, const char *option, const char *text) {
    struct log_destination to = log_destination_of(text);
    if (to.kind == LOG_TO_FILE && strcmp(text, "off") != 0) {
        add(claims, LOG_FILE, where, option, to.path);
    }
}

static void add_socket(struct claims *claims, const char *where, const char *option, const char *address) {
    static const char scheme[] = "unix:";
    if (strncmp(address, scheme, strlen(scheme)) == 0) {
        add(claims, SOCKET_FILE, where, option, address + strlen(scheme));
    }
}

static void add_all(struct claims *claims, const struct config *config) {
    for (size_t i = 0; i < config->files.count && !claims->is_in_chroot; i++) {
        add(claims, SETTINGS_FILE, config->files.items[i], "the settings", config->files.items[i]);
    }
    for (size_t i = 0; i < config->listen.count; i++) {
        add_socket(claims, config_origin(config, "listen", i), "listen", config->listen.items[i]);
    }
    add_socket(claims, config_origin(config, "admin", 0), "admin", config->admin);
    add_log(claims, config_origin(config, "access_log", 0), "access_log", config->access_log);
    for (size_t i = 0; i < config->site.rule_count; i++) {
        const struct config_rule *rule = &config->site.rules[i];
        if (rule->kind == SECTION_ACCESS_LOG) {
            add_log(claims, rule->where, "access_log", rule->title);
        }
    }
    add_log(claims, config_origin(config, "error_log", 0), "error_log", config->error_log);
    if (strcmp(config->pid_file, "off") != 0) {
        add(claims, PID_FILE, config_origin(config, "pid_file", 0), "pid_file", config->pid_file);
    }
}

static void deinit(struct claims *claims) {
    for (size_t i = 0; i < claims->count; i++) {
        free(claims->items[i].real);
    }
    free(claims->items);
}

/* Returns false without memory. */
static bool init(struct claims *claims, const struct config *config) {
    enum { SINGLE = 4 }; /* admin, access_log, error_log, pid_file */
    size_t most = config->files.count + config->listen.count + config->site.rule_count + SINGLE;
    *claims = (struct claims){.items = calloc(most, sizeof *claims->items),
                              .is_in_chroot = strcmp(config->chroot, "off") != 0};
    if (claims->items == NULL) {
        return false;
    }
    add_all(claims, config);
    bool is_whole = true;
    for (size_t i = 0; i < claims->count; i++) {
        is_whole = is_whole && claims->items[i].real != NULL;
    }
    return is_whole;
}

/* --- two of one file ------------------------------------------------------------------------------------ */

/* By path; those of one path in the order of their kinds. */
static int compare(const void *a, const void *b) {
    const struct claim *first = a;
    const struct claim *second = b;
    int order = strcmp(first->real, second->real);
    return order != 0 ? order : (int)first->kind - (int)second->kind;
}

/* A device or a FIFO keeps nothing that could be lost. */
static bool is_kept(const char *path) {
    struct stat status;
    return stat(path, &status) == -1 || S_ISREG(status.st_mode) || S_ISSOCK(status.st_mode);
}

static bool may_share(const struct claim *a, const struct claim *b) {
    bool are_alike = a->kind == b->kind && (a->kind == LOG_FILE || a->kind == SETTINGS_FILE);
    return are_alike || !is_kept(a->real);
}

static enum server_result find_pair(struct claims *claims, char error[SERVER_ERROR_BYTES]) {
    qsort(claims->items, claims->count, sizeof *claims->items, compare);
    for (size_t i = 1; i < claims->count; i++) {
        const struct claim *one = &claims->items[i - 1];
        const struct claim *other = &claims->items[i];
        if (strcmp(one->real, other->real) == 0 && !may_share(one, other)) {
            (void)snprintf(error, SERVER_ERROR_BYTES,
                           "%s: %s: '%s' is the file of %s (%s), too; choose another path", other->where,
                           other->option, other->path, one->option, one->where);
            return SERVER_MISTAKE;
        }
    }
    return SERVER_OK;
}

/* --- what is in the way --------------------------------------------------------------------------------- */

/* RuntimeDirectory= and its like in systemd.exec(5). */
static bool is_made_at_start(const char *folder) {
    static const char *const beneath[] = {"/run/", "/var/run/", "/var/log/", "/var/lib/", "/var/cache/"};
    for (size_t i = 0; i < sizeof beneath / sizeof beneath[0]; i++) {
        if (strncmp(folder, beneath[i], strlen(beneath[i])) == 0) {
            return true;
        }
    }
    return false;
}

/* Returns 0, also if that cannot be told, or an errno. */
static int look_at_folder(const char *path) {
    char *folder = folder_of(path);
    struct stat status;
    int error = 0;
    if (folder != NULL && stat(folder, &status) == -1) {
        error = errno == ENOENT && is_made_at_start(folder) ? 0 : errno;
    } else if (folder != NULL && !S_ISDIR(status.st_mode)) {
        error = ENOTDIR;
    }
    free(folder);
    return error;
}

/* What open(2) or bind(2) would say of what is there. */
static int judge(enum kind kind, mode_t mode) {
    switch (kind) {
    case SOCKET_FILE:
        return S_ISSOCK(mode) ? 0 : EEXIST;
    case LOG_FILE:
        return S_ISDIR(mode) ? EISDIR : S_ISSOCK(mode) ? ENXIO : 0;
    case PID_FILE:
        return S_ISLNK(mode) ? ELOOP : S_ISDIR(mode) ? EISDIR : S_ISREG(mode) ? 0 : EINVAL;
    case SETTINGS_FILE:
        break;
    }
    return 0; /* it was read */
}

static int look_at(const struct claim *claim) {
    struct stat status;
    bool follows = claim->kind == LOG_FILE;
    const char *slash = strrchr(claim->path, '/');
    int result = follows ? stat(claim->path, &status) : lstat(claim->path, &status);
    int error = result == 0 ? judge(claim->kind, status.st_mode) : errno;
    if (error == ENOENT && slash != NULL && slash[1] == '\0') {
        error = EISDIR;
    } else if (error == ENOENT) {
        error = look_at_folder(claim->path);
    }
    return error == EACCES || error == EPERM ? 0 : error;
}

static enum server_result find_obstacle(const struct claims *claims, char error[SERVER_ERROR_BYTES]) {
    for (size_t i = 0; i < claims->count; i++) {
        const struct claim *claim = &claims->items[i];
        errno = look_at(claim);
        if (errno == EEXIST) {
            (void)snprintf(error, SERVER_ERROR_BYTES,
                           "%s: %s: unix:%s exists and is not a socket; remove it, or choose another path",
                           claim->where, claim->option, claim->path);
            return SERVER_MISTAKE;
        }
        if (errno != 0) {
            (void)snprintf(error, SERVER_ERROR_BYTES, "%s: %s: cannot %s '%s': %m", claim->where,
                           claim->option, claim->kind == SOCKET_FILE ? "listen at" : "write to", claim->path);
            return SERVER_MISTAKE;
        }
    }
    return SERVER_OK;
}

static enum server_result check(const struct config *config, bool looks, char error[SERVER_ERROR_BYTES]) {
    struct claims claims;
    enum server_result result = SERVER_FAILED;
    if (init(&claims, config)) {
        result = looks ? find_obstacle(&claims, error) : SERVER_OK;
        result = result == SERVER_OK ? find_pair(&claims, error) : result;
    } else {
        (void)snprintf(error, SERVER_ERROR_BYTES, "no memory");
    }
    deinit(&claims);
    return result;
}

enum server_result claims_check_pairs(const struct config *config, char error[SERVER_ERROR_BYTES]) {
    return check(config, false, error);
}

enum server_result claims_check(const struct config *config, char error[SERVER_ERROR_BYTES]) {
    return check(config, true, error);
}
