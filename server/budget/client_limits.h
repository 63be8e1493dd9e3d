/* SPDX-License-Identifier: MIT */
/*
 * What clients may have of what the process has: how many of them there may be, how many of one address, and how much
 * memory their requests may take together. Counts only. Thread-safe.
 */
#ifndef LIDO_SERVER_BUDGET_CLIENT_LIMITS_H
#define LIDO_SERVER_BUDGET_CLIENT_LIMITS_H

#include "conf/settings.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    CLIENT_LIMITS_CONNECTION_BYTES = 8 * 1024, /* what one takes that waits, most of it the kernel's, */
    CLIENT_LIMITS_CONNECTION_SHARE = 2,        /* and 1/2 of the memory is for all of them */
    CLIENT_LIMITS_REQUEST_SHARE = 8,
    CLIENT_LIMITS_REQUEST_MIN_BYTES = 1024 * 1024,
    CLIENT_LIMITS_REQUEST_MAX_BYTES = 256 * 1024 * 1024,
    CLIENT_LIMITS_WIDE_SHARE = 64,
    CLIENT_LIMITS_WIDE_MAX_BYTES = 64 * 1024 * 1024, /* for all whose large answers make progress at once */
};

struct client_limits {
    size_t connections;
    size_t connections_of_one; /* address, or network of IPv6 addresses */
    bool local_are_exempt;     /* of connections_of_one: the clients of this machine, a proxy perhaps */
    size_t request_bytes;
    size_t wide_bytes; /* that the kernel may hold of large answers, beyond what it may for anybody */
};

/* By the config; what is auto there by the descriptors and the memory (UINT64_MAX: unknown) that the process may
 * have. */
struct client_limits client_limits_of(const struct config *config, size_t descriptors, uint64_t memory_bytes);

#endif
