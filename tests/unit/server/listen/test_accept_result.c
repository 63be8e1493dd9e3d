/* SPDX-License-Identifier: MIT */
#include "server/listen/accept_result.h"

#include <criterion/criterion.h>
#include <errno.h>

TestSuite(accept_result, .timeout = 10);

Test(accept_result, sorts_errors_by_what_to_do_next) {
    static const struct {
        const char *name;
        int error;
        enum accept_result expected;
    } rows[] = {
        {"nobody waits", EAGAIN, ACCEPT_AGAIN},
        {"would block", EWOULDBLOCK, ACCEPT_AGAIN},
        {"interrupted", EINTR, ACCEPT_RETRY},
        {"client left the queue", ECONNABORTED, ACCEPT_RETRY},
        {"client reset", ECONNRESET, ACCEPT_RETRY},
        {"protocol error", EPROTO, ACCEPT_RETRY},
        {"firewall", EPERM, ACCEPT_RETRY},
        {"network down", ENETDOWN, ACCEPT_RETRY},
        {"no such protocol option", ENOPROTOOPT, ACCEPT_RETRY},
        {"host down", EHOSTDOWN, ACCEPT_RETRY},
        {"not on the network", ENONET, ACCEPT_RETRY},
        {"host unreachable", EHOSTUNREACH, ACCEPT_RETRY},
        {"operation not supported", EOPNOTSUPP, ACCEPT_RETRY},
        {"network unreachable", ENETUNREACH, ACCEPT_RETRY},
        {"timed out", ETIMEDOUT, ACCEPT_RETRY},
        {"no descriptors in the process", EMFILE, ACCEPT_PAUSE},
        {"no descriptors in the system", ENFILE, ACCEPT_PAUSE},
        {"no buffers", ENOBUFS, ACCEPT_PAUSE},
        {"no memory", ENOMEM, ACCEPT_PAUSE},
        {"an error nobody thought of", EXDEV, ACCEPT_PAUSE},
        {"closed", EBADF, ACCEPT_STOP},
        {"shut down", EINVAL, ACCEPT_STOP},
        {"not a socket", ENOTSOCK, ACCEPT_FATAL},
        {"bad pointer", EFAULT, ACCEPT_FATAL},
        {"no such call", ENOSYS, ACCEPT_FATAL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        enum accept_result result = accept_result_of_errno(rows[i].error);
        cr_expect(result == rows[i].expected, "%s: %d", rows[i].name, (int)result);
    }
}
