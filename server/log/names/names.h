/* SPDX-License-Identifier: MIT */
/*
 * The names of clients, for the lines of logs: asked for by threads of their own, kept for a while, and never waited
 * for by a worker.
 *
 * A line whose client is being asked for waits here, for a bounded time; then it is written with the address. What is
 * bounded, too: questions and lines that wait, and names that are kept. Where there is no room, the address has to do.
 *
 * These threads need more of the system than the others, for as long as they run: sockets of AF_INET, AF_INET6 (UDP and
 * TCP, to any name server), AF_UNIX (nscd, systemd-resolved) and AF_NETLINK, and to open and map what the resolver of
 * the C library reads at any time: /etc/resolv.conf, hosts, nsswitch.conf, host.conf, gai.conf, services and the
 * libraries libnss_*.so. A sandbox must leave them that, or names stay addresses: server/sandbox does so if
 * log_hostnames is on at the start, but for libraries, which it lets nobody map (files and dns are in the C library).
 */
#ifndef LIDO_SERVER_LOG_NAMES_NAMES_H
#define LIDO_SERVER_LOG_NAMES_NAMES_H

#include "server/log/line.h"
#include "server/log/names/lookup.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct log_writer;
struct names;

enum {
    NAMES_KEPT_MAX = 4096,     /* known and unknown ones */
    NAMES_QUESTIONS_MAX = 256, /* addresses that wait to be asked for */
    NAMES_LINES_MAX = 4096,    /* lines that wait for a name */
    NAMES_KNOWN_S = 600,       /* how long a name holds, */
    NAMES_UNKNOWN_S = 60,      /* and that there is none */
};

enum names_answer {
    NAMES_KNOWN,
    NAMES_UNKNOWN, /* the address has to do */
    NAMES_ASKED,   /* it may be known soon: see names_defer() */
};

/* Start, without a question. Returns 0 and sets *out, the caller's hold, or a negative errno. */
int names_create(struct names **out) __attribute__((warn_unused_result));

/* Take one more hold. Thread-safe. */
struct names *names_hold(struct names *names);

/* Give up a hold; NULL is allowed. With the last one the threads go, each when it has its answer, and nobody waits for
 * that. Thread-safe. */
void names_release(struct names *names);

/* What the client is called, into `name` if it is known; if it is not, it is asked for. A question that has been under
 * way for more than `timeout_ns` is none any more. Never blocks on a name server. Thread-safe. */
enum names_answer names_find(struct names *names, const struct client_address *client, int64_t timeout_ns,
                             char name[NAME_BYTES]);

/* Keep a copy of a line of this client until the name is known, which it may be by now, or for `timeout_ns` at most, and
 * write it then; `slots` says where the name goes. Returns false when it cannot be kept, and has to be written as it is. Thread-safe. */
bool names_defer(struct names *names, const struct client_address *client, int64_t timeout_ns,
                 struct log_writer *writer, const char *line, size_t length, const struct log_slots *slots)
    __attribute__((warn_unused_result));

/* Write all lines that wait, as they are. Thread-safe. */
void names_flush(struct names *names);

#endif
