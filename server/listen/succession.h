/* SPDX-License-Identifier: MIT */
/*
 * How one set of listeners follows another while clients connect: what stays is taken over, socket and all, what is new
 * is opened beside it, and what is left over goes when nobody can be waiting there any more.
 *
 * - A listen address that is written as before keeps its sockets, also when its port was the kernel's choice; its name
 *   is not looked up again.
 * - An address that is the same although it is written otherwise keeps its socket.
 * - Where a wildcard takes the place of one of its addresses, the old socket stays: whoever connects there reaches the
 *   same server. The new one can be bound beside it as both allow it for that moment (SO_REUSEPORT, socket(7)).
 * - One that is inherited (inherited.h) stays in any case.
 * - Any other one listens no more. Who had connected by then is accepted, also one of whom the kernel has not told yet
 *   as there was nothing to read (TCP_DEFER_ACCEPT, tcp(7)): hence it is left open a little longer than that takes.
 *
 * Decides, opens and marks; accepts and closes nobody. The main thread only.
 */
#ifndef LIDO_SERVER_LISTEN_SUCCESSION_H
#define LIDO_SERVER_LISTEN_SUCCESSION_H

#include "server/listen/listener.h"

#include <stdbool.h>
#include <stdint.h>

/* Take over all sockets of a listen address of set->former, by its number, as the next listen address. Returns 0, or
 * -ENOMEM; -ENOENT if it has none, or if one of them has been taken over already. */
int succession_take_over(struct listener_set *set, size_t entry) __attribute__((warn_unused_result));

/* Add the sockets of set->former that nobody has taken over, marked as leaving unless they may stay. Call it when all is
 * open. Returns 0 or -ENOMEM. */
int succession_settle(struct listener_set *set) __attribute__((warn_unused_result));

/* From now on the set is the one in use, and its sockets are its own: let those listen that shall, with `backlog`, and
 * those that leave no more. The former set is {0} afterwards. Cannot fail. */
void succession_complete(struct listener_set *set, struct listener_set *former, int backlog);

/* Whether a leaving socket can be closed: its time is over, and nobody waits there. */
bool succession_is_over(const struct listener *listener);

/* The socket of the former set at this very address, or an inherited one that serves it, or NULL; `former` may be NULL, as
 * in the next two. */
const struct listener *succession_find(const struct listener_set *former,
                                       const struct sockaddr_storage *address);

/* Whether a socket is the former set's. */
bool succession_has(const struct listener_set *former, const struct listener *listener);

/* Let one be bound beside those of the former set that are in its way, or do not any more. */
void succession_share_port(const struct listener_set *former, const struct sockaddr_storage *address,
                           bool is_shared);

#endif
