/* SPDX-License-Identifier: MIT */
/*
 * What it takes to read one request and answer it: reader, request, response. A connection borrows one while
 * it works; see connection.h.
 */
#ifndef LIDO_HTTP_EXCHANGE_H
#define LIDO_HTTP_EXCHANGE_H

#include "http/base/time_split.h"
#include "http/generation.h"
#include "http/handler/folder_work.h"
#include "http/handler/own_pages.h"
#include "http/request/reader.h"
#include "http/request/request.h"
#include "http/response/response.h"
#include "http/service.h"
#include "http/transport/client_address.h"

#include <stdbool.h>
#include <stdint.h>

struct exchange {
    struct request_reader *reader;
    struct request request;
    struct response response;
    struct folder_work work;       /* towards the response, if that takes longer than one turn */
    struct generation *generation; /* a hold of what the answer is made of, or NULL while a worker has it */
    enum own_pages_access own_access; /* of the client */
    uint64_t told_body_bytes;         /* of the answer that is being sent, see exchange_tell_sent() */
    bool waited;                      /* the answer did not go out in one step */
    bool has_failed;                  /* the answer is there instead of one that could not be made or sent */
    int64_t received_ns;              /* not later than this the whole request had come; 0: unknown */
    int64_t
        begin_ns; /* CLOCK_MONOTONIC, when the request's first byte was seen; later by what it lay idle since */
    int64_t idle_since_ns; /* likewise, when a worker had received it and turned to others; 0: it did not */
    bool splits_time;      /* the next one runs, as the generation wants it */
    struct time_split split;
};

/* Returns NULL when there is no memory. */
struct exchange *exchange_create(const struct request_limits *limits);

/* NULL is allowed. */
void exchange_destroy(struct exchange *exchange);

/* How much memory it takes, but for what the body has taken from a budget of its own. */
size_t exchange_bytes(const struct exchange *exchange);

/* Take one of those that the worker has kept, or make one. Returns NULL when there is no memory. */
struct exchange *exchange_borrow(struct connection_worker *worker);

/* Before the first byte of a request is read: it begins now, and the limits that hold now hold for it. `access`: the
 * client's, to the pages of the program. */
void exchange_begin(struct exchange *exchange, struct connection_worker *worker,
                    enum own_pages_access access);

/* Let the worker have it, for the next connection. */
void exchange_give_back(struct exchange *exchange, struct connection_worker *worker);

/* Let the worker's listener, if there is one, know what step it takes with this exchange. */
void exchange_tell_step(const struct exchange *exchange, struct connection_worker *worker,
                        enum connection_step step);

/* A worker turns to a request that may have been received before others were served: that was no service, and does not
 * count as such. NULL: there is none yet. */
void exchange_leave_idle_out(struct exchange *exchange);

/* Where the time goes (time_split.h); these three do nothing unless the service wants to know. A worker begins to
 * receive a request: at exchange->begin_ns, if it is a new one. */
void exchange_begin_time(struct exchange *exchange, struct connection_worker *worker);

/* A worker turns to a request again; NULL: there is none yet. */
void exchange_resume_time(struct exchange *exchange, struct connection_worker *worker);

/* The time up to now was this part of the request's; NULL: there is none. */
void exchange_note_time(struct exchange *exchange, enum time_part part);

/* Prepare the answer to the request, with what is served now, or with what the exchange holds of that. Returns
 * as handler_prepare() does, and blocks as that does. */
bool exchange_prepare(struct exchange *exchange, struct connection_worker *worker);

/* Whether it goes on with work on a folder. NULL: it does not. */
bool exchange_can_wait(const struct exchange *exchange);

/* Put an answer that says why in place of one that failed (see response_failure()). Returns false when there
 * is nothing that could be said, or it could not be said either. */
bool exchange_replace_answer(struct exchange *exchange, struct connection_worker *worker);

/* Let the worker's listener know what has been sent since it was told last, of an answer that goes on. */
void exchange_tell_sent(struct exchange *exchange, const struct connection_worker *worker);

/* Let the worker's listener, if there is one, have a record of the answer. */
void exchange_tell_answered(const struct exchange *exchange, const struct connection_worker *worker,
                            const struct client_address *client, bool complete);

/* The timeouts that go with the request that has begun, or with its answer. Only in the same turn of the same
 * worker as exchange_begin() or exchange_prepare(), or once the exchange holds what it is made of. */
const struct timeouts *exchange_timeouts(const struct exchange *exchange,
                                         const struct connection_worker *worker);

/* Forget the answer, so that another one can be made; the reader stays as it is. */
void exchange_forget_answer(struct exchange *exchange);

/* Forget all, for use on another connection. */
void exchange_reset(struct exchange *exchange);

#endif
