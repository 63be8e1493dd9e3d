/* SPDX-License-Identifier: MIT */
/*
 * One client: the driver that reads a request, prepares its answer and sends it, and can stop and go on at
 * any point.
 *
 * A connection never waits. connection_serve() works as long as there is progress and then says, as a
 * verdict, what has to happen before it can go on. Whoever holds the pointer owns the connection, and only
 * the owner touches it; there is no lock.
 *
 * What does not belong to a moment of work (buffers, parser, response) is an exchange. A connection has one
 * only while a request is under way: one that waits for its next request costs no more than this struct.
 */
#ifndef LIDO_HTTP_CONNECTION_H
#define LIDO_HTTP_CONNECTION_H

#include "http/base/memory_budget.h"
#include "http/base/text.h"
#include "http/request/reader.h"
#include "http/request/request.h"
#include "http/semantics/date.h"
#include "http/site/generation.h"
#include "http/transport/client_address.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct exchange;

enum connection_phase {
    CONNECTION_NEW,       /* nothing received yet */
    CONNECTION_IDLE,      /* kept alive; nothing received of the next request */
    CONNECTION_READING,   /* part of a request received */
    CONNECTION_PREPARING, /* a request is there, and its answer takes more than one turn to make */
    CONNECTION_SENDING,   /* an answer is being sent */
    /* all is sent; what the client still sends is thrown away until it closes (RFC 9112 9.6) */
    CONNECTION_LINGERING,
};

enum connection_verdict {
    CONNECTION_WAIT_READABLE, /* go on when more has come (all that is there was read), or at the deadline */
    CONNECTION_WAIT_WRITABLE, /* go on when the socket is writable, or at the deadline */
    CONNECTION_AGAIN,         /* could go on at once, but has used its fair share */
    CONNECTION_DONE           /* over: connection_close() is all that is left */
};

/* Open for its owner to read; written by this module only, but where said. */
struct connection {
    int fd; /* owned; -1 when closed */
    enum connection_phase phase;
    bool expired;        /* set by the owner before connection_serve(): the deadline has passed */
    int queued_bytes;    /* of its answer in the kernel, when it was last looked at; the owner's, too */
    int64_t deadline_ms; /* by clock_steady_coarse_ms(); valid with the verdicts that wait */
    struct exchange *exchange;
    struct client_address client;
};

/* What was answered, for a log. Lives during the call of on_answered only. */
struct answer_record {
    const struct client_address *client;
    struct view request_line; /* bytes NULL when none arrived; not to be trusted */
    struct view referer;
    struct view user_agent;
    enum http_status status;
    uint64_t body_bytes; /* of the body, given to the kernel */
    int64_t duration_ns; /* from the first byte of the request to the last of the answer */
    bool complete;       /* false when the client was lost before the end */
};

/* The steps that a worker passes through, to be shown. */
enum connection_step { CONNECTION_STEP_READ, CONNECTION_STEP_RESOLVE, CONNECTION_STEP_SEND };

/* What all connections share; set up before the first one, then only read (but for `generations` and
 * `closing`). */
struct connection_service {
    struct generation_place *generations; /* what is served; changed while it runs */
    struct request_limits limits;
    int64_t header_timeout_ms;    /* for a whole request, from its first byte (or the connection's start) */
    int64_t keepalive_timeout_ms; /* between requests */
    int64_t send_timeout_ms;      /* without any progress in sending */
    int64_t linger_timeout_ms;
    struct memory_budget *folder_budget; /* for work on folders; NULL for none */
    struct text overload;                /* what connection_reject() sends, see handler_write_overload() */
    atomic_bool closing;                 /* the server is about to stop: keep no connection alive */
};

/* What one thread brings along to serve connections. All-zero but for the first members; one per thread. */
struct connection_worker {
    const struct connection_service *service;
    void (*on_step)(void *context, enum connection_step step);              /* NULL for nobody */
    void (*on_answered)(void *context, const struct answer_record *record); /* NULL for nobody */
    void *context;
    struct date_clock clock;
    struct exchange *spare;        /* of the last connection, for the next one */
    struct generation *generation; /* a hold: that of the last request */
};

/* Release what the worker has kept. */
void connection_worker_deinit(struct connection_worker *worker);

/* Take over an accepted, non-blocking socket. The first deadline is header_timeout_ms from now. */
void connection_open(struct connection *connection, int fd, const struct client_address *client,
                     const struct connection_service *service);

/* Work until nothing more can be done now. Never blocks on the socket; may wait for a disk. */
enum connection_verdict connection_serve(struct connection *connection, struct connection_worker *worker)
    __attribute__((warn_unused_result));

/* Whether it stands between requests, so that it may be turned away without breaking an answer. */
bool connection_is_between_requests(const struct connection *connection);

/* Answer 503 at once, without reading the request: for one that is between requests, when there is no worker
 * to spare. Returns CONNECTION_WAIT_READABLE (to linger) or CONNECTION_DONE. */
enum connection_verdict connection_reject(struct connection *connection,
                                          const struct connection_service *service)
    __attribute__((warn_unused_result));

/* Close the socket and free what the connection holds: the only place where a client is closed. */
void connection_close(struct connection *connection);

#endif
