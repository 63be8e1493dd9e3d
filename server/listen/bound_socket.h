/* SPDX-License-Identifier: MIT */
/*
 * One listening socket: made, bound and closed, with what the sockets that are accepted from it inherit. Names are
 * looked up, and failures explained, elsewhere. See socket(7), ip(7), ipv6(7), tcp(7). Thread-safe, for different
 * sockets.
 */
#ifndef LIDO_SERVER_LISTEN_BOUND_SOCKET_H
#define LIDO_SERVER_LISTEN_BOUND_SOCKET_H

#include "server/listen/listener.h"

#include <stdbool.h>

enum {
    /* How long the kernel keeps a client that has sent nothing yet; after that it is accepted all the same,
     * and the reactor's deadline is the one that counts. Longer would let silent clients fill the kernel's
     * queue. */
    BOUND_SOCKET_DEFER_S = 1
};

/* Bind and listen at one address; `beside`: also if another socket of ours has the port, see bound_socket_share_port().
 * Returns 0 and sets *listener, for bound_socket_close(), or a negative errno with nothing left open. */
int bound_socket_open(struct listener *listener, const struct sockaddr_storage *wanted, int backlog,
                      bool beside) __attribute__((warn_unused_result));

/* Set what the sockets that are accepted from a TCP socket inherit: no waiting for more to send, bytes that were sent as
 * urgent among the others, and a bound on what waits to be sent; and what spares the reactor clients that have nothing to
 * say yet. It is no failure to lack them. */
void bound_socket_tune(int fd);

/* Close it, and unlink the file of a UNIX socket. Clients that wait to be accepted are reset by the kernel. */
void bound_socket_close(const struct listener *listener);

/* Let another socket of this user be bound to the port, or do not: SO_REUSEPORT. */
void bound_socket_share_port(int fd, bool is_shared);

#endif
