/* SPDX-License-Identifier: MIT */
/*
 * A probe under test, and a server that answers one client, in a thread of its own. Criterion runs each test
 * in a process of its own, so what comes of the probe are plain variables.
 */
#ifndef LIDO_TESTS_UNIT_SERVER_PROBE_PROBING_H
#define LIDO_TESTS_UNIT_SERVER_PROBE_PROBING_H

#include "server/probe/probe.h"

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { LONG_MS = 40 * 1000 };

struct server {
    const char *answer;
    size_t repetitions; /* of the last byte of the answer */
    bool stays_open;    /* waits for the client to close first */
    bool resets;        /* breaks the connection once it has the request */
    int listening;
    pthread_t thread;
    char request[4096];
};

extern struct probe_result result;
extern char error[PROBE_ERROR_BYTES];

/* Let the server answer who connects to the listening socket; the latter is closed when it has ended. */
void start_server(struct server *server, int listening);
void join_server(struct server *server);

/* Probe "http://host:port" and the target. Fills `result` or `error`. */
bool probe(const char *host, uint16_t port, const char *target, int timeout_ms);

/* Start the server at 127.0.0.1, probe it, and wait for its end. */
bool probe_server(struct server *server, int timeout_ms);

#endif
