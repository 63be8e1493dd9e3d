/* SPDX-License-Identifier: MIT */
/*
 * Sockets that listen already when the program starts, as whoever started it has opened them and hands them over:
 * systemd by a socket unit, or any other program that does as sd_listen_fds(3) says (LISTEN_PID, LISTEN_FDS and
 * LISTEN_FDNAMES, descriptors from 3 on). TCP and UNIX, as many as there are.
 *
 * They are not ours: they listen on while this program is replaced by the next one, and clients wait there meanwhile. So
 * nobody here changes their backlog, unlinks a file, or empties their queue before the end. They stay for as long as the
 * program runs, whatever a reload says. A listen address that one of them serves is not opened, but matched to it. The
 * main thread only.
 */
#ifndef LIDO_SERVER_LISTEN_INHERITED_H
#define LIDO_SERVER_LISTEN_INHERITED_H

#include "server/listen/listener.h"

#include <stdbool.h>

/* Take those that are handed over to this process into *set, which is {0} without any, and forget the variables. Returns
 * LISTENER_OK, or with one line in `error` LISTENER_MISTAKE for a descriptor that is no listening stream socket, and
 * LISTENER_FAILED. To be called once, before there are other threads. */
enum listener_result inherited_take(struct listener_set *set, char error[LISTENER_ERROR_BYTES])
    __attribute__((warn_unused_result));

/* Add to the set what no listen address was matched to, as it is, once all are open; the inherited ones are the set's then,
 * and *inherited is {0}. Returns 0 or -ENOMEM, and all is as before. */
int inherited_settle(struct listener_set *set, struct listener_set *inherited)
    __attribute__((warn_unused_result));

/* Whether the set or its former one has any. */
bool inherited_is_any(const struct listener_set *set);

/* Whether it is one, and whoever connects to the address reaches it: by the same address, or by a wildcard, that of IPv6
 * also for IPv4 if the socket takes both. Thread-safe. */
bool inherited_serves(const struct listener *listener, const struct sockaddr_storage *address);

#endif
