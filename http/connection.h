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
 * only while a request is under way: one that waits for its next request costs no more than this struct, and one
 * that waits for the rest of a head the bytes of it that have come (waiting.h).
 */
#ifndef LIDO_HTTP_CONNECTION_H
#define LIDO_HTTP_CONNECTION_H

#include "http/handler/own_pages.h"
#include "http/service.h"
#include "http/transport/client_address.h"
#include "http/transport/pace.h"
#include "http/transport/width.h"
#include "http/waiting.h"

#include <stdbool.h>
#include <stdint.h>

struct exchange;

enum connection_phase {
    CONNECTION_NEW,     /* nothing received yet */
    CONNECTION_IDLE,    /* kept alive; nothing received of the next request */
    CONNECTION_READING, /* part of a request received */
    /* a request is there; its answer is to be made, or takes more than one turn to make */
    CONNECTION_PREPARING,
    CONNECTION_SENDING, /* an answer is being sent */
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
    bool expired;     /* set by the owner before connection_serve(): the deadline has passed */
    int queued_bytes; /* while it lingers: of its answer in the kernel, at the last look; the owner's, too */
    int64_t deadline_ms;       /* by clock_steady_coarse_ms(); valid with the verdicts that wait */
    struct pace pace;          /* at which it takes its answers; the owner's, too */
    struct exchange *exchange; /* NULL: none is needed now */
    struct waiting waiting;
    struct client_address client;
    enum own_pages_access own_access; /* the owner's, to be set before it is served; none at first */
    struct width width;               /* of a large answer, since the first one */
};

/* Take over an accepted, non-blocking socket. The first deadline is header_timeout_ms from now. */
void connection_open(struct connection *connection, int fd, const struct client_address *client,
                     int64_t header_timeout_ms);

/* Work until nothing more can be done now. Never blocks on the socket; may wait for a disk. */
enum connection_verdict connection_serve(struct connection *connection, struct connection_worker *worker)
    __attribute__((warn_unused_result));

/* Receive a request, if that is what it waits for, but do not answer it: for a thread that has several connections
 * to serve, so that one look at a file can do for all of them. Returns true: go on with connection_serve(), by any
 * thread; false: there is nothing to serve, and *verdict says why. Never blocks. */
bool connection_receive(struct connection *connection, struct connection_worker *worker,
                        enum connection_verdict *verdict) __attribute__((warn_unused_result));

/* Whether it stands between requests, so that it may be turned away without breaking an answer. */
bool connection_is_between_requests(const struct connection *connection);

/* Whether it goes on with work on a folder, which can wait until there is nothing else to do. With CONNECTION_AGAIN. */
bool connection_can_wait(const struct connection *connection);

/* Whether that work has begun, and should end before other such work begins, as it holds memory. */
bool connection_is_under_way(const struct connection *connection);

/* Answer 503 at once, without reading the request: for one that is between requests, when there is no worker
 * to spare. Returns CONNECTION_WAIT_READABLE (to linger) or CONNECTION_DONE. */
enum connection_verdict connection_reject(struct connection *connection,
                                          const struct connection_service *service)
    __attribute__((warn_unused_result));

/* Answer 503 to a client that is not to be served at all, as far as that takes no waiting, and close its socket. */
void connection_turn_away(int fd, const struct connection_service *service);

/* Close the socket and free what the connection holds: the only place where a client is closed. */
void connection_close(struct connection *connection);

#endif
