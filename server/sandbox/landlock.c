/* SPDX-License-Identifier: MIT */
#include "server/sandbox/landlock.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* As the kernel has them, whatever headers this is built with. */
enum {
    VERSION_REFER = 2,
    VERSION_TRUNCATE = 3,
    VERSION_NETWORK = 4,
    VERSION_DEVICES = 5,
    VERSION_SCOPES = 6
};
enum { FIRST_RIGHTS = 13 };

#define RIGHT_REFER (UINT64_C(1) << 13)
#define RIGHT_TRUNCATE (UINT64_C(1) << 14)
#define RIGHT_DEVICES (UINT64_C(1) << 15)
#define RIGHT_CONNECT_TCP (UINT64_C(1) << 1)
#define SCOPE_ABSTRACT_SOCKETS (UINT64_C(1) << 0)
#define SCOPE_SIGNALS (UINT64_C(1) << 1)

/* struct landlock_ruleset_attr, of which older headers know the beginning. */
struct ruleset {
    uint64_t files;
    uint64_t network;
    uint64_t scopes;
};

/* All that this version of the interface can forbid, but to listen, which a reload may have to. */
static struct ruleset everything(int version) {
    uint64_t files = (UINT64_C(1) << FIRST_RIGHTS) - 1;
    files |= version >= VERSION_REFER ? RIGHT_REFER : 0;
    files |= version >= VERSION_TRUNCATE ? RIGHT_TRUNCATE : 0;
    files |= version >= VERSION_DEVICES ? RIGHT_DEVICES : 0;
    return (struct ruleset){
        .files = files,
        .network = version >= VERSION_NETWORK ? RIGHT_CONNECT_TCP : 0,
        .scopes = version >= VERSION_SCOPES ? SCOPE_ABSTRACT_SOCKETS | SCOPE_SIGNALS : 0,
    };
}

static size_t size_of_ruleset(int version) {
    return version >= VERSION_SCOPES    ? sizeof(struct ruleset)
           : version >= VERSION_NETWORK ? 2 * sizeof(uint64_t)
                                        : sizeof(uint64_t);
}

static uint64_t rights_of(const struct grant *grant, bool is_folder) {
    uint64_t rights = 0;
    if ((grant->rights & GRANT_READ) != 0) {
        rights |= LANDLOCK_ACCESS_FS_READ_FILE | (is_folder ? LANDLOCK_ACCESS_FS_READ_DIR : 0);
    }
    if ((grant->rights & GRANT_WRITE) != 0) {
        rights |= LANDLOCK_ACCESS_FS_WRITE_FILE | (is_folder ? LANDLOCK_ACCESS_FS_MAKE_REG : 0);
    }
    if ((grant->rights & GRANT_REMOVE) != 0 && is_folder) {
        rights |= LANDLOCK_ACCESS_FS_REMOVE_FILE;
    }
    if ((grant->rights & GRANT_SOCKETS) != 0 && is_folder) {
        rights |= LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_REMOVE_FILE;
    }
    return rights;
}

/* What has gone meanwhile needs no rule. *failed: what cannot be looked at. */
static int add_rule(int ruleset_fd, const struct grant *grant, const char **failed) {
    struct stat found;
    int fd = open(grant->path, O_PATH | O_CLOEXEC);
    if (fd == -1) {
        int error = grants_is_absent(errno) ? 0 : -errno;
        *failed = error != 0 ? grant->path : NULL;
        return error;
    }
    int result = fstat(fd, &found) == -1 ? -errno : 0;
    *failed = result != 0 ? grant->path : NULL;
    bool is_folder = result == 0 && S_ISDIR(found.st_mode);
    struct landlock_path_beneath_attr rule = {.allowed_access = rights_of(grant, is_folder), .parent_fd = fd};
    if (result == 0 && rule.allowed_access != 0 &&
        syscall(SYS_landlock_add_rule, ruleset_fd, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) == -1) {
        result = -errno;
    }
    (void)close(fd);
    return result;
}

int landlock_enter(const struct grants *grants, const char **failed) {
    *failed = NULL;
    long version = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    if (version <= 0) {
        return version == -1 ? -errno : -ENOSYS;
    }
    struct ruleset ruleset = everything((int)version);
    long fd = syscall(SYS_landlock_create_ruleset, &ruleset, size_of_ruleset((int)version), 0);
    if (fd == -1) {
        return -errno;
    }
    int result = 0;
    for (size_t i = 0; i < grants->count && result == 0; i++) {
        result = add_rule((int)fd, &grants->items[i], failed);
    }
    if (result == 0 && syscall(SYS_landlock_restrict_self, fd, 0) == -1) {
        result = -errno;
    }
    (void)close((int)fd);
    return result == 0 ? (int)version : result;
}
