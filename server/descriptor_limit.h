/* SPDX-License-Identifier: MIT */
/*
 * How many descriptors the process may have open, and how many clients that is enough for. Counts only; who
 * gets them is decided in setup.h. Thread-safe.
 */
#ifndef LIDO_SERVER_DESCRIPTOR_LIMIT_H
#define LIDO_SERVER_DESCRIPTOR_LIMIT_H

#include <stddef.h>

enum {
    DESCRIPTORS_RESERVED =
        64, /* listeners, epoll, log, folders being listed, libraries; of a low limit half of it */
    DESCRIPTORS_CONNECTIONS_MAX = 100000 /* `auto` goes no further: beyond it memory should be thought of */
};

/* Raise RLIMIT_NOFILE to its hard limit. Returns the limit in force. See setrlimit(2). */
size_t descriptor_limit_raise(void);

/* How many clients a limit is good for when nobody says otherwise: each may need two, its socket and a
 * file. */
size_t descriptor_limit_connections(size_t limit);

/* How many files may be kept open between requests, when `wanted` are, beside those that are `needed`: a
 * small share of the limit, so that clients do not go short. */
size_t descriptor_limit_kept_files(size_t limit, size_t needed, size_t wanted);

/* The least limit with which this many clients can be open: one each, and one file for each worker. If all want a file
 * at once, some have to give way. */
size_t descriptor_limit_needed(size_t connections, size_t threads);

#endif
