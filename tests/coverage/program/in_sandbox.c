/* SPDX-License-Identifier: MIT */
/*
 * gcov writes what it has counted at the end of a process, which is in the sandbox by then: so that folder is granted,
 * too. Whoever becomes another user, or goes into a folder for good, can write nothing there afterwards: what was counted
 * before is written before. The linker puts these in the places of landlock_enter, setresuid and chroot (--wrap).
 */
#include "server/sandbox/sandbox.h"

#include <gcov.h>
#include <unistd.h>

int __real_landlock_enter(const struct grants *grants, const char **failed);
int __wrap_landlock_enter(const struct grants *grants, const char **failed);

int __wrap_landlock_enter(const struct grants *grants, const char **failed) {
    struct grants more = {0};
    int result = grants_add(&more, LIDO_COUNTS_DIR, GRANT_READ | GRANT_WRITE);
    for (size_t i = 0; i < grants->count && result == 0; i++) {
        result = grants_add(&more, grants->items[i].path, grants->items[i].rights);
    }
    result = result == 0 ? __real_landlock_enter(&more, failed) : result;
    *failed = NULL; /* its text goes with `more` */
    grants_deinit(&more);
    return result;
}

static void write_counts(void) {
    __gcov_dump();
    __gcov_reset();
}

int __real_setresuid(uid_t real, uid_t effective, uid_t saved);
int __wrap_setresuid(uid_t real, uid_t effective, uid_t saved);

int __wrap_setresuid(uid_t real, uid_t effective, uid_t saved) {
    write_counts();
    return __real_setresuid(real, effective, saved);
}

int __real_chroot(const char *path);
int __wrap_chroot(const char *path);

int __wrap_chroot(const char *path) {
    write_counts();
    return __real_chroot(path);
}
