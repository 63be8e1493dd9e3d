/* SPDX-License-Identifier: MIT */
/* What Landlock makes of a path that cannot be looked at. What holds inside is tried out by test_confinement.c. */
#include "server/sandbox/landlock.h"
#include "tests/unit/support/opening/open_instead.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int open_error;
static int stat_error;

int __wrap_fstat(int fd, struct stat *status);
int __wrap_fstat64(int fd, struct stat *status); /* what glibc makes of it */

int open_instead(const char *path, int flags, mode_t mode) {
    errno = open_error;
    return open_error == 0 ? open_really(path, flags, mode) : -1;
}

int __wrap_fstat(int fd, struct stat *status) {
    errno = stat_error;
    return stat_error == 0 ? fstatat(fd, "", status, AT_EMPTY_PATH) : -1;
}

int __wrap_fstat64(int fd, struct stat *status) {
    return __wrap_fstat(fd, status);
}

/* Else what lies there would be refused to everybody, or the folder without what is in it. */
Test(landlock, refuses_to_hold_when_a_grant_cannot_be_made_out, .timeout = 60) {
    static const int errors[] = {EIO, EMFILE, ENFILE, ENOMEM, ESTALE};
    struct grants grants = {.items = NULL};
    const char *failed = NULL;
    cr_assert_eq(grants_add(&grants, "/usr", GRANT_READ), 0);
    for (size_t i = 0; i < 2 * sizeof errors / sizeof errors[0]; i++) {
        int error = errors[i / 2];
        open_error = i % 2 == 0 ? error : 0;
        stat_error = i % 2 == 0 ? 0 : error;
        int result = landlock_enter(&grants, &failed);
        if (result == -ENOSYS || result == -EOPNOTSUPP) {
            grants_deinit(&grants);
            cr_skip_test("this kernel has no Landlock, or a container hides it");
        }
        cr_expect_eq(result, -error, "%s: %d", strerror(error), result);
        cr_expect_str_eq(failed != NULL ? failed : "none", "/usr");
    }
    grants_deinit(&grants);
}
