/* SPDX-License-Identifier: MIT */
/* A root that is opened while openat2(2) fails. */
#include "http/files/beneath.h"
#include "tests/support/folder.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static int refusal; /* what openat2(2) says; 0: it is made */

long __real_syscall(long number, ...);
long __wrap_syscall(long number, ...);

/* openat2(2) takes four words. */
long __wrap_syscall(long number, ...) {
    long words[4];
    va_list arguments;
    va_start(arguments, number);
    for (size_t i = 0; i < 4; i++) {
        words[i] = va_arg(arguments, long);
    }
    va_end(arguments);
    if (number == SYS_openat2 && refusal != 0) {
        errno = refusal;
        return -1;
    }
    return __real_syscall(number, words[0], words[1], words[2], words[3]);
}

static struct folder root;

static void set_up(void) {
    folder_create(&root);
    folder_write_text(&root, "file", "x");
}

static void tear_down(void) {
    folder_remove(&root);
}

TestSuite(beneath_faults, .init = set_up, .fini = tear_down, .timeout = 20);

Test(beneath_faults, walks_where_the_kernel_lacks_openat2_or_forbids_it) {
    static const int errors[] = {ENOSYS, EPERM, EACCES, EINVAL};
    for (size_t i = 0; i < sizeof errors / sizeof errors[0]; i++) {
        struct beneath beneath;
        refusal = errors[i];
        cr_assert_eq(beneath_open_root(&beneath, root.path), 0, "%s", strerror(errors[i]));
        cr_expect_not(beneath.has_openat2);
        int fd = beneath_open(&beneath, "file");
        cr_expect_geq(fd, 0);
        (void)close(fd);
        beneath_close_root(&beneath);
    }
}

/* It walked for good, as if this kernel had no openat2(2), after one moment without descriptors. */
Test(beneath_faults, does_not_take_a_passing_failure_for_a_kernel_without_openat2) {
    static const int errors[] = {EMFILE, ENFILE, ENOMEM, EIO, ESTALE};
    int lowest = dup(STDERR_FILENO);
    for (size_t i = 0; i < sizeof errors / sizeof errors[0]; i++) {
        struct beneath beneath;
        refusal = errors[i];
        cr_expect_eq(beneath_open_root(&beneath, root.path), -errors[i], "%s", strerror(errors[i]));
    }
    (void)close(lowest);
    int next = dup(STDERR_FILENO);
    cr_expect_eq(next, lowest, "a descriptor is left open");
    (void)close(next);
}
