/* SPDX-License-Identifier: MIT */
#include "server/sandbox/identity.h"

#include "conf/config.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { NUMBER_DIGITS_MAX = 9, GROUPS_MAX = 65536 };

static bool is_off(const char *name) {
    return strcmp(name, "off") == 0;
}

static bool read_number(const char *text, unsigned *number) {
    size_t digits = strspn(text, "0123456789");
    bool is_number = digits > 0 && digits <= NUMBER_DIGITS_MAX && text[digits] == '\0';
    *number = is_number ? (unsigned)strtoul(text, NULL, 10) : 0;
    return is_number;
}

static enum server_result fail(const struct config *config, const char *option, const char *value,
                               const char *why, char error[SERVER_ERROR_BYTES]) {
    (void)snprintf(error, SERVER_ERROR_BYTES, "%s: %s: '%s' %s", config_origin(config, option, 0), option,
                   value, why);
    return SERVER_MISTAKE;
}

/* The user's groups, but for `identity->group`, which setgroups(2) is told, too. They are never none: whoever has no others
 * has that one. Returns 0 or a negative errno. */
static int find_others(struct identity *identity, const char *name) {
    int count = 0;
    (void)getgrouplist(name, identity->group, NULL, &count);
    if (count <= 0 || count > GROUPS_MAX) {
        return count <= 0 ? -ENOMEM : -E2BIG;
    }
    identity->others = calloc((size_t)count, sizeof *identity->others);
    if (identity->others == NULL) {
        return -ENOMEM;
    }
    int found = getgrouplist(name, identity->group, identity->others, &count);
    identity->other_count = found > 0 ? (size_t)found : 0;
    return found > 0 ? 0 : -EAGAIN;
}

/* After a lookup that has found nothing: whether that is for certain. The C library may say so by one of these, too
 * (getpwnam(3)). */
static bool is_nobody(int error) {
    return error == 0 || error == ENOENT || error == ESRCH || error == EBADF || error == EPERM;
}

static enum server_result fail_to_look_up(const struct config *config, const char *option, const char *value,
                                          char error[SERVER_ERROR_BYTES]) {
    (void)snprintf(error, SERVER_ERROR_BYTES, "%s: %s: cannot look up '%s': %m",
                   config_origin(config, option, 0), option, value);
    return SERVER_FAILED;
}

/* *entry: the user in passwd(5), or NULL for a number that is not there. */
static enum server_result find_user(struct identity *identity, const struct config *config,
                                    const struct passwd **entry, char error[SERVER_ERROR_BYTES]) {
    unsigned number = 0;
    bool is_number = read_number(config->user, &number);
    errno = 0;
    *entry = is_number ? getpwuid(number) : getpwnam(config->user);
    if (*entry == NULL && !is_nobody(errno)) {
        return fail_to_look_up(config, "user", config->user, error);
    }
    if (*entry == NULL && !is_number) {
        return fail(config, "user", config->user, "is no user of this machine", error);
    }
    if (*entry == NULL && is_off(config->group)) {
        return fail(config, "user", config->user, "has no entry in passwd; name a group, too", error);
    }
    identity->user = *entry != NULL ? (*entry)->pw_uid : number;
    identity->group = *entry != NULL ? (*entry)->pw_gid : identity->group;
    return SERVER_OK;
}

static enum server_result find_group(struct identity *identity, const struct config *config,
                                     char error[SERVER_ERROR_BYTES]) {
    unsigned number = 0;
    if (read_number(config->group, &number)) {
        identity->group = number;
        return SERVER_OK;
    }
    errno = 0;
    const struct group *entry = getgrnam(config->group);
    if (entry == NULL && !is_nobody(errno)) {
        return fail_to_look_up(config, "group", config->group, error);
    }
    if (entry == NULL) {
        return fail(config, "group", config->group, "is no group of this machine", error);
    }
    identity->group = entry->gr_gid;
    return SERVER_OK;
}

/* *entry: as find_user() sets it; NULL where it is nobody else. */
static enum server_result find_both(struct identity *identity, const struct config *config,
                                    const struct passwd **entry, char error[SERVER_ERROR_BYTES]) {
    *identity = (struct identity){.user = geteuid(), .group = getegid()};
    *entry = NULL;
    enum server_result result = SERVER_OK;
    if (!is_off(config->user)) {
        result = find_user(identity, config, entry, error);
    }
    if (result == SERVER_OK && !is_off(config->group)) {
        result = find_group(identity, config, error);
    }
    return result;
}

enum server_result identity_check(const struct config *config, char error[SERVER_ERROR_BYTES]) {
    struct identity identity;
    const struct passwd *entry = NULL;
    return find_both(&identity, config, &entry, error);
}

enum server_result identity_find(struct identity *identity, const struct config *config,
                                 char error[SERVER_ERROR_BYTES]) {
    const struct passwd *entry = NULL;
    enum server_result result = find_both(identity, config, &entry, error);
    identity->changes = identity->user != geteuid() || identity->group != getegid();
    if (result != SERVER_OK || !identity->changes) {
        return result;
    }
    if (geteuid() != 0) {
        bool other_user = identity->user != geteuid();
        return fail(config, other_user ? "user" : "group", other_user ? config->user : config->group,
                    "can be changed to by root alone, who did not start this", error);
    }
    int found = entry != NULL ? find_others(identity, entry->pw_name) : 0;
    errno = -found;
    return found == 0 ? SERVER_OK : fail_to_look_up(config, "user", config->user, error);
}

int identity_take(const struct identity *identity) {
    if (!identity->changes) {
        return 0;
    }
    if (setgroups(identity->other_count, identity->others) == -1 ||
        setresgid(identity->group, identity->group, identity->group) == -1 ||
        setresuid(identity->user, identity->user, identity->user) == -1) {
        return -errno;
    }
    return 0;
}

void identity_deinit(struct identity *identity) {
    free(identity->others);
    *identity = (struct identity){.changes = false};
}
