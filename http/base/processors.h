/* SPDX-License-Identifier: MIT */
/*
 * How many processors there are for this process, to which numbers of threads are fitted.
 */
#ifndef LIDO_HTTP_BASE_PROCESSORS_H
#define LIDO_HTTP_BASE_PROCESSORS_H

#include <stddef.h>

/* The processors that this process may run on (sched_getaffinity(2)): fewer than are online in a container
 * or under taskset. Those that are online where a cpu_set_t has no room for them all; at least 1.
 * Thread-safe. */
size_t processors_count(void);

#endif
