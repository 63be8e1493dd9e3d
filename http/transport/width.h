/* SPDX-License-Identifier: MIT */
/*
 * How much of an answer the kernel takes at once, beyond what is on its way to the client (TCP_NOTSENT_LOWAT in
 * tcp(7)).
 *
 * Each client may have the narrow width, which the listener sets: enough until a worker comes back. A large answer
 * goes out in fewer steps if the kernel takes more of it; but then a client that takes nothing holds that much more of
 * the machine's memory. So only as many are wide as a budget has shares for, and the rest stay narrow.
 */
#ifndef LIDO_HTTP_TRANSPORT_WIDTH_H
#define LIDO_HTTP_TRANSPORT_WIDTH_H

#include "http/base/memory_budget.h"

#include <stddef.h>
#include <stdint.h>

enum { WIDTH_NARROW_BYTES = 128 * 1024, WIDTH_WIDE_BYTES = 1024 * 1024 };

/* Of one client. {0} is narrow. */
struct width {
    struct memory_budget *budget; /* that it has a share of; NULL: narrow */
};

/* Before an answer of `bytes` is sent: make the socket wide if that is of use, `budget` is not NULL, and has a share
 * left. Does nothing if the client is wide already, as it stays so: what it has taken is known too late. */
void width_fit(struct width *width, int fd, struct memory_budget *budget, uint64_t bytes);

/* After the socket was closed. Does nothing if it was narrow. */
void width_give_back(struct width *width);

#endif
