/* SPDX-License-Identifier: MIT */
#include "http/connection.h"

#include "http/base/clock.h"
#include "http/exchange.h"
#include "http/transport/transport.h"

enum {
    SHARE_REQUESTS = 32,              /* pipelined requests served in one go */
    DISCARD_SHARE_BYTES = 512 * 1024, /* thrown away in one go while lingering */
    UNTAKEN_MIN_BYTES = 16 * 1024     /* more than TCP sends before anything comes back (RFC 6928) */
};

/* Of the phase that begins. */
static void set_deadline(struct connection *connection, int64_t timeout_ms) {
    connection->deadline_ms = clock_steady_coarse_ms() + timeout_ms;
}

/* --- exchanges ------------------------------------------------------------------------------------------ */

static void give_exchange_back(struct connection *connection, struct connection_worker *worker) {
    exchange_give_back(connection->exchange, worker);
    connection->exchange = NULL;
}

/* Returns false when there is no memory. */
static bool has_exchange(struct connection *connection, struct connection_worker *worker) {
    if (connection->exchange == NULL) {
        connection->exchange = waiting_take_up(&connection->waiting, worker, connection->own_access);
    }
    return connection->exchange != NULL;
}

static void note_time(const struct connection *connection) {
    enum time_part part = connection->phase == CONNECTION_SENDING ? TIME_SEND : TIME_OPEN;
    exchange_note_time(connection->exchange, part);
}

static void tell_answered(const struct connection *connection, const struct connection_worker *worker,
                          bool complete) {
    note_time(connection);
    exchange_tell_answered(connection->exchange, worker, &connection->client, complete);
}

/* --- the steps; each returns whether it made progress, or else the verdict in *verdict ------------------ */

static bool stop_with(enum connection_verdict *verdict, enum connection_verdict value) {
    *verdict = value;
    return false;
}

/* Nobody waits for an answer that takes several turns. A client that has only sent its last byte still does. */
static bool is_left(const struct connection *connection, const struct connection_worker *worker) {
    if (!connection_can_wait(connection) || !transport_is_lost(connection->fd)) {
        return false;
    }
    tell_answered(connection, worker, false);
    return true;
}

/* The request is there, or what came will never be one: prepare the answer. */
static bool prepare(struct connection *connection, struct connection_worker *worker,
                    enum connection_verdict *verdict) {
    struct exchange *exchange = connection->exchange;
    exchange_tell_step(exchange, worker, CONNECTION_STEP_RESOLVE);
    if (!exchange_prepare(exchange, worker)) {
        connection->phase = CONNECTION_PREPARING;
        return stop_with(verdict, CONNECTION_AGAIN);
    }
    note_time(connection);
    folder_work_clear(&exchange->work);
    if (response_failed(&exchange->response) && !exchange_replace_answer(exchange, worker)) {
        return stop_with(verdict, CONNECTION_DONE);
    }
    width_fit(&connection->width, connection->fd, worker->service->wide_budget,
              response_unsent_bytes(&exchange->response));
    connection->phase = CONNECTION_SENDING;
    set_deadline(connection, exchange_timeouts(connection->exchange, worker)->send_ms);
    return true;
}

/* The request will never be whole. Tell the client, if it has begun one at all. */
static bool give_up(struct connection *connection, struct connection_worker *worker, enum http_status status,
                    enum connection_verdict *verdict) {
    struct exchange *exchange = connection->exchange;
    if (exchange == NULL || !request_reader_has_bytes(exchange->reader)) {
        return stop_with(verdict, CONNECTION_DONE);
    }
    request_reader_give_up(exchange->reader, status, &exchange->request);
    waiting_forget_request(&connection->waiting);
    return prepare(connection, worker, verdict);
}

/* Part of a request has come. */
static bool wait_for_rest(struct connection *connection, struct connection_worker *worker,
                          enum connection_verdict *verdict) {
    const struct timeouts *timeouts =
        &generation_take(&worker->generation, worker->service->generations)->timeouts;
    if (connection->phase == CONNECTION_IDLE) {
        set_deadline(connection, timeouts->header_ms);
    }
    connection->phase = CONNECTION_READING;
    connection->deadline_ms +=
        waiting_earn_ms(&connection->waiting, connection->exchange, timeouts->header_bytes_per_s);
    note_time(connection);
    if (!waiting_hold(&connection->waiting, connection->exchange, worker->service->request_budget)) {
        return give_up(connection, worker, HTTP_SERVICE_UNAVAILABLE, verdict);
    }
    if (request_reader_is_in_head(connection->exchange->reader)) {
        give_exchange_back(connection, worker);
    }
    return stop_with(verdict, CONNECTION_WAIT_READABLE);
}

static bool wait_for_request(struct connection *connection, struct connection_worker *worker,
                             enum connection_verdict *verdict) {
    if (request_reader_has_bytes(connection->exchange->reader)) {
        return wait_for_rest(connection, worker, verdict);
    }
    waiting_forget_request(&connection->waiting);
    give_exchange_back(connection, worker);
    bool over = clock_steady_coarse_ms() >= connection->deadline_ms; /* empty lines buy no time */
    return stop_with(verdict, over ? CONNECTION_DONE : CONNECTION_WAIT_READABLE);
}

/* A request that has come is only noted: prepare() is the next step. */
static bool step_read(struct connection *connection, struct connection_worker *worker,
                      enum connection_verdict *verdict) {
    if (!has_exchange(connection, worker)) {
        return stop_with(verdict, CONNECTION_DONE);
    }
    struct exchange *exchange = connection->exchange;
    exchange_tell_step(exchange, worker, CONNECTION_STEP_READ);
    if (connection->phase != CONNECTION_READING || exchange->begin_ns == 0) {
        exchange_begin(exchange, worker, connection->own_access);
    }
    exchange_begin_time(exchange, worker);
    switch (request_reader_read(exchange->reader, connection->fd, &exchange->request)) {
    case READ_REQUEST:
        waiting_forget_request(&connection->waiting);
        connection->phase = CONNECTION_PREPARING;
        return true;
    case READ_MORE:
        return wait_for_request(connection, worker, verdict);
    case READ_CLOSED:
        return give_up(connection, worker, HTTP_BAD_REQUEST, verdict);
    case READ_FAILED:
        break;
    }
    return stop_with(verdict, CONNECTION_DONE);
}

/* The answer is sent, and the connection goes on. */
static bool turn_to_next_request(struct connection *connection, struct connection_worker *worker,
                                 enum connection_verdict *verdict) {
    struct exchange *exchange = connection->exchange;
    request_reader_next(exchange->reader);
    pace_rest(&connection->pace);
    connection->phase = CONNECTION_IDLE;
    set_deadline(connection, exchange_timeouts(connection->exchange, worker)->keepalive_ms);
    if (request_reader_has_bytes(exchange->reader) || request_reader_was_filled(exchange->reader)) {
        exchange_forget_answer(exchange);
        return true;
    }
    give_exchange_back(connection, worker);
    return stop_with(verdict, CONNECTION_WAIT_READABLE);
}

/* How much of an answer the kernel still holds, if a byte that comes from the client after close(2) can cost
 * it some: a small one is in its hands by then, and a UNIX socket knows no reset. */
static int untaken_bytes(const struct connection *connection) {
    uint64_t sent = response_sent_body_bytes(&connection->exchange->response);
    bool is_safe = sent < UNTAKEN_MIN_BYTES || connection->client.family == AF_UNIX;
    return is_safe ? 0 : transport_queued_bytes(connection->fd);
}

/* The answer is sent, and was the last one. A client that still sends would get a reset for it and might lose
 * the answer: then close in two steps (RFC 9112 section 9.6). */
static bool finish(struct connection *connection, struct connection_worker *worker,
                   enum connection_verdict *verdict) {
    const struct exchange *exchange = connection->exchange;
    bool unread = exchange->request.body_unread || request_reader_has_bytes(exchange->reader) ||
                  (exchange->waited && transport_has_unread(connection->fd));
    connection->queued_bytes = untaken_bytes(connection);
    set_deadline(connection, exchange_timeouts(exchange, worker)->linger_ms);
    give_exchange_back(connection, worker);
    if ((!unread && connection->queued_bytes == 0) || !transport_end_sending(connection->fd)) {
        return stop_with(verdict, CONNECTION_DONE);
    }
    connection->phase = CONNECTION_LINGERING;
    return true;
}

/* Who is too slow already has a deadline that has passed. */
static bool wait_for_taking(struct connection *connection, struct connection_worker *worker,
                            enum connection_verdict *verdict) {
    const struct timeouts *timeouts = exchange_timeouts(connection->exchange, worker);
    struct pace_limits limits = {timeouts->send_ms, timeouts->send_bytes_per_s};
    connection->deadline_ms = pace_look(&connection->pace, &limits, connection->fd, clock_steady_coarse_ms());
    return stop_with(verdict, CONNECTION_WAIT_WRITABLE);
}

static bool step_send(struct connection *connection, struct connection_worker *worker,
                      enum connection_verdict *verdict) {
    struct response *response = &connection->exchange->response;
    uint64_t unsent_before = response_unsent_bytes(response);
    exchange_tell_step(connection->exchange, worker, CONNECTION_STEP_SEND);
    response->body.blocking = &worker->blocking; /* of this thread: it may not be the one that prepared it */
    enum send_outcome outcome = response_send(response, connection->fd);
    connection->pace.sent_bytes += unsent_before - response_unsent_bytes(response);
    connection->exchange->waited = connection->exchange->waited || outcome != SEND_DONE;
    switch (outcome) {
    case SEND_DONE:
        tell_answered(connection, worker, true);
        return response->form.keep_alive ? turn_to_next_request(connection, worker, verdict)
                                         : finish(connection, worker, verdict);
    case SEND_SHARE_USED:
        exchange_tell_sent(connection->exchange, worker);
        return stop_with(verdict, CONNECTION_AGAIN);
    case SEND_WOULD_BLOCK:
        exchange_tell_sent(connection->exchange, worker);
        return wait_for_taking(connection, worker, verdict);
    case SEND_FAILED:
        if (exchange_replace_answer(connection->exchange, worker)) {
            return true;
        }
        break;
    }
    tell_answered(connection, worker, false);
    return stop_with(verdict, CONNECTION_DONE);
}

/* A client that sends without a pause hardly ever waits, so that its deadline has to be looked at here. One
 * that was still taking its answer when it was last looked at may have more time: it waits to be told. */
static bool step_linger(struct connection *connection, enum connection_verdict *verdict) {
    enum transport_result result = transport_discard(connection->fd, DISCARD_SHARE_BYTES);
    bool may_wait = result == TRANSPORT_WOULD_BLOCK && connection->queued_bytes > 0;
    if (clock_steady_coarse_ms() >= connection->deadline_ms && !may_wait) {
        return stop_with(verdict, CONNECTION_DONE);
    }
    if (result == TRANSPORT_DONE) {
        return stop_with(verdict, CONNECTION_AGAIN);
    }
    return stop_with(verdict, result == TRANSPORT_WOULD_BLOCK ? CONNECTION_WAIT_READABLE : CONNECTION_DONE);
}

/* The deadline of the phase has passed. */
static bool step_expire(struct connection *connection, struct connection_worker *worker,
                        enum connection_verdict *verdict) {
    connection->expired = false;
    if (connection->phase == CONNECTION_READING && has_exchange(connection, worker)) {
        return give_up(connection, worker, HTTP_REQUEST_TIMEOUT, verdict);
    }
    bool sends = connection->phase == CONNECTION_SENDING;
    if (sends || connection->phase == CONNECTION_PREPARING) { /* the latter is cut: there is no deadline */
        tell_answered(connection, worker, false);
    }
    if (sends) {
        transport_reset_on_close(connection->fd);
    }
    return stop_with(verdict, CONNECTION_DONE);
}

/* An answer that is not finished goes on with what it began with, whatever the worker turns to; and what is kept until
 * then is counted. */
static void leave(struct connection *connection, struct connection_worker *worker) {
    bool answering = connection->phase == CONNECTION_PREPARING || connection->phase == CONNECTION_SENDING;
    if (answering && connection->exchange != NULL && connection->exchange->generation == NULL) {
        connection->exchange->generation = generation_hold(worker->generation.held);
    }
    waiting_settle(&connection->waiting, connection->exchange, worker->service->request_budget);
}

bool connection_receive(struct connection *connection, struct connection_worker *worker,
                        enum connection_verdict *verdict) {
    bool reads = connection_is_between_requests(connection) || connection->phase == CONNECTION_READING;
    if (connection->expired || !reads) {
        return true;
    }
    exchange_resume_time(connection->exchange, worker);
    bool progress = step_read(connection, worker, verdict);
    if (progress && connection->phase == CONNECTION_PREPARING) {
        connection->exchange->received_ns = clock_steady_ns();
        connection->exchange->idle_since_ns = connection->exchange->received_ns;
        return true;
    }
    note_time(connection);
    if (!progress && *verdict == CONNECTION_DONE && connection->exchange != NULL) {
        give_exchange_back(connection, worker);
    }
    leave(connection, worker); /* it may be refused already, and another worker sends the answer */
    return progress;
}

enum connection_verdict connection_serve(struct connection *connection, struct connection_worker *worker) {
    enum connection_verdict verdict = CONNECTION_DONE;
    exchange_leave_idle_out(connection->exchange);
    exchange_resume_time(connection->exchange, worker);
    bool progress =
        connection->expired ? step_expire(connection, worker, &verdict) : !is_left(connection, worker);
    int answered = 0;
    while (progress) {
        switch (connection->phase) {
        case CONNECTION_NEW:
        case CONNECTION_IDLE:
        case CONNECTION_READING:
            if (answered == SHARE_REQUESTS) {
                return CONNECTION_AGAIN;
            }
            answered++;
            progress = step_read(connection, worker, &verdict);
            break;
        case CONNECTION_PREPARING:
            progress = prepare(connection, worker, &verdict);
            break;
        case CONNECTION_SENDING:
            progress = step_send(connection, worker, &verdict);
            break;
        case CONNECTION_LINGERING:
            progress = step_linger(connection, &verdict);
            break;
        }
    }
    if (verdict == CONNECTION_DONE && connection->exchange != NULL) {
        give_exchange_back(connection, worker); /* however it ended: the next connection needs one */
    }
    note_time(connection);
    leave(connection, worker);
    return verdict;
}
