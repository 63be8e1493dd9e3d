/* SPDX-License-Identifier: MIT */
#include "server/listen/accept_result.h"

#include <errno.h>

enum accept_result accept_result_of_errno(int error) {
    switch (error) {
    case EAGAIN:
#if EWOULDBLOCK != EAGAIN
    case EWOULDBLOCK:
#endif
        return ACCEPT_AGAIN;

    case EBADF:  /* closed */
    case EINVAL: /* shut down: no longer listening */
        return ACCEPT_STOP;

    case ENOTSOCK:
    case EFAULT:
    case ENOSYS:
        return ACCEPT_FATAL;

    case EINTR:
    case ECONNABORTED: /* the client left the queue */
    case ECONNRESET:
    case EPROTO:
    case EPERM: /* a firewall forbids this client */
    /* Network errors that were pending on the new socket, see accept(2), "Error handling". */
    case ENETDOWN:
    case ENETUNREACH:
    case EHOSTDOWN:
    case EHOSTUNREACH:
    case ENONET:
    case ENOPROTOOPT:
    case EOPNOTSUPP:
    case ETIMEDOUT:
        return ACCEPT_RETRY;

    case EMFILE:
    case ENFILE:
    case ENOBUFS:
    case ENOMEM:
    default:
        return ACCEPT_PAUSE;
    }
}
