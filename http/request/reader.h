/* SPDX-License-Identifier: MIT */
/*
 * Receives requests on one connection: bytes in, struct request out, within limits.
 *
 * A reader goes on where it was when bytes come in pieces, keeps what belongs to the next request
 * (pipelining, RFC 9112 section 9.3.2), and reads and drops request bodies, as no resource here takes any. It
 * never answers and never closes. Not thread-safe: the owner of the connection owns its reader.
 */
#ifndef LIDO_HTTP_REQUEST_READER_H
#define LIDO_HTTP_REQUEST_READER_H

#include "http/request/head_scan.h"
#include "http/request/request.h"

#include <stdbool.h>
#include <stddef.h>

struct request_limits {
    struct head_limits head;
    size_t body_bytes; /* as sent on the wire; more is 413 */
};

enum read_outcome {
    READ_REQUEST, /* *request is set: a whole request, or one to be refused */
    READ_MORE,    /* nothing more to receive now */
    READ_CLOSED,  /* the client sends no more, and what it sent is no whole request */
    READ_FAILED   /* the connection is lost, or there is no memory */
};

struct held_head;
struct request_reader;

/* The limits are copied. Returns NULL when there is no memory. */
struct request_reader *request_reader_create(const struct request_limits *limits);

void request_reader_destroy(struct request_reader *reader);

/* Let other limits hold from now on, before the next request. They are copied. */
void request_reader_set_limits(struct request_reader *reader, const struct request_limits *limits);

/* Receive on the socket (recv(2)) until a whole request is there. Never blocks. */
enum read_outcome request_reader_read(struct request_reader *reader, int fd, struct request *request)
    __attribute__((warn_unused_result));

/* Forget the request just returned; its views are void. What was received behind it stays. */
void request_reader_next(struct request_reader *reader);

/* Forget everything, for use on another connection. */
void request_reader_reset(struct request_reader *reader);

/* Whether bytes have been received that no returned request has used up, other than empty lines, which some
 * clients send behind a body and which begin no request (RFC 9112 section 2.2); behind a returned request
 * also when its end was just as far as the buffer reached, so that there may be more. */
bool request_reader_has_bytes(const struct request_reader *reader);

/* Whether the last recv(2) filled the buffer, so that there may be more which no event will tell of. */
bool request_reader_was_filled(const struct request_reader *reader);

/* Make a refused request of what has been received so far, e.g. with 408 when the time is over. */
void request_reader_give_up(struct request_reader *reader, enum http_status status, struct request *request);

/* Whether the head of the request is not whole yet, so that it can be held. */
bool request_reader_is_in_head(const struct request_reader *reader);

/* Copy what has come of a head that is not whole yet into `held`, which grows if need be; NULL: a new one. Returns the
 * held head, the caller's for free(3); its `split` and `begin_ns` are to be set. NULL when there is no memory: then
 * `held` stays as it was. */
struct held_head *request_reader_hold(const struct request_reader *reader, struct held_head *held)
    __attribute__((warn_unused_result));

/* Go on with a held head in a reader that was reset, which copies it; the limits that it began with hold. Returns false when there is no memory. */
bool request_reader_take_up(struct request_reader *reader, const struct held_head *held)
    __attribute__((warn_unused_result));

/* How much memory the reader takes. */
size_t request_reader_bytes(const struct request_reader *reader);

/* How many bytes of the request that is being read have come. */
size_t request_reader_received(const struct request_reader *reader);

#endif
