/* SPDX-License-Identifier: MIT */
#include "server/sandbox/calls.h"

#include <errno.h>
#include <stddef.h>

#if LIDO_HAVE_SECCOMP && !defined LIDO_HAVE_SANITIZERS
#include "calls_filter.h" /* of filter/write_calls.c */

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The kernel logs what is not allowed. Nobody's code runs here but ours: so it need not slow down guesses of the processor,
 * as old kernels do for who is under a filter. Those that are older still know none of it. */
static int load(struct sock_filter *filter, size_t count) {
    static const unsigned flags[] = {SECCOMP_FILTER_FLAG_LOG | SECCOMP_FILTER_FLAG_SPEC_ALLOW,
                                     SECCOMP_FILTER_FLAG_LOG, 0};
    struct sock_fprog program = {.len = (unsigned short)count, .filter = filter};
    int result = -EINVAL;
    for (size_t i = 0; i < sizeof flags / sizeof flags[0] && result == -EINVAL; i++) {
        result = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags[i], &program) == -1 ? -errno : 0;
    }
    return result;
}

int calls_enter(bool connects) {
    unsigned pid = (unsigned)getpid();
    if (connects) {
        struct sock_filter filter[] = {CONNECTING_CALLS(pid)};
        return load(filter, sizeof filter / sizeof filter[0]);
    }
    struct sock_filter filter[] = {SERVING_CALLS(pid)};
    return load(filter, sizeof filter / sizeof filter[0]);
}

#else

int calls_enter(bool connects) {
    (void)connects;
    return -ENOTSUP;
}

#endif

const char *calls_library(void) {
#if LIDO_HAVE_SECCOMP
    return "libseccomp " LIDO_SECCOMP_VERSION;
#else
    return NULL;
#endif
}
