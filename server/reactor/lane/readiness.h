/* SPDX-License-Identifier: MIT */
/*
 * Since when a client that a harvest brings could have been served: epoll(7) does not tell.
 *
 * While somebody sleeps in epoll_wait(2), it is the moment of the harvest. While all who lead are at work, clients
 * become ready unseen, and then there are two ways to date them:
 *   - evenly over the time since the last harvest, in the order in which epoll has them, which is that in which they
 *     became ready. Right on average, and never wrong by more than that time, but for harvests that are full: who is
 *     left for the next one has waited for longer than this says.
 *   - by the kernel, which tells when the bytes came (transport_arrived_ago_ns()). Exact, but not for free: so it is
 *     asked only where that is a hundredth of the time since the last harvest, and from the second request of a
 *     connection on that has waited so; that of UNIX sockets it does not know.
 * What neither knows is how long a thread that was woken waits for a processor.
 *
 * Takes no lock; two that harvest at once may take each other's moment for that of the last harvest.
 */
#ifndef LIDO_SERVER_REACTOR_LANE_READINESS_H
#define LIDO_SERVER_REACTOR_LANE_READINESS_H

#include "server/reactor/client.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    READINESS_ASKING_NS = 50 * 1000
}; /* without a harvest, for each client, are worth asking the kernel */

/* All-zero: nobody has harvested yet. Times are by clock_steady_ns(). */
struct readiness {
    _Atomic(int64_t) harvested_ns; /* the last time, */
    _Atomic(int64_t) emptied_ns;   /* and the last time that nothing was left */
};

struct readiness_harvest {
    struct client *const *clients; /* in the order of their events; the caller's */
    size_t count;
    bool was_watched; /* somebody slept until the first of them came */
    bool is_full;     /* there may be more */
    int64_t at_ns;
};

/* Set client->ready_ns of all of a harvest, which may be empty. Thread-safe. */
void readiness_date(struct readiness *readiness, const struct readiness_harvest *harvest);

#endif
