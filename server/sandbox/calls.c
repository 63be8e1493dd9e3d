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

/* `log` is SECCOMP_FILTER_FLAG_LOG, for the kernel to log what is not allowed, or 0. Nobody's code runs here but ours: so it
 * need not slow down guesses of the processor, as old kernels do for who is under a filter. Those that are older still know
 * none of it. */
static int load(struct sock_filter *filter, size_t count, unsigned log) {
    const unsigned flags[] = {log | SECCOMP_FILTER_FLAG_SPEC_ALLOW, log, 0};
    struct sock_fprog program = {.len = (unsigned short)count, .filter = filter};
    int result = -EINVAL;
    for (size_t i = 0; i < sizeof flags / sizeof flags[0] && result == -EINVAL; i++) {
        result = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags[i], &program) == -1 ? -errno : 0;
    }
    return result;
}

/* What clone3(2) is asked for no filter can see. Without it the C library starts threads by clone(2): each of them would be
 * logged if this stood in the other filter. */
static int forbid_clone3(void) {
    struct sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone3, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    return load(filter, sizeof filter / sizeof filter[0], 0);
}

int calls_enter(bool connects) {
    unsigned pid = (unsigned)getpid();
    int result = forbid_clone3();
    if (result != 0) {
        return result;
    }
    if (connects) {
        struct sock_filter filter[] = {CONNECTING_CALLS(pid)};
        return load(filter, sizeof filter / sizeof filter[0], SECCOMP_FILTER_FLAG_LOG);
    }
    struct sock_filter filter[] = {SERVING_CALLS(pid)};
    return load(filter, sizeof filter / sizeof filter[0], SECCOMP_FILTER_FLAG_LOG);
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
