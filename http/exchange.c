/* SPDX-License-Identifier: MIT */
#include "http/exchange.h"

#include "http/base/clock.h"
#include "http/handler/handler.h"

#include <errno.h>
#include <stdlib.h>

struct exchange *exchange_create(const struct request_limits *limits) {
    struct exchange *exchange = calloc(1, sizeof *exchange);
    if (exchange == NULL) {
        return NULL;
    }
    response_init(&exchange->response);
    exchange->reader = request_reader_create(limits);
    if (exchange->reader == NULL) {
        free(exchange);
        return NULL;
    }
    return exchange;
}

void exchange_destroy(struct exchange *exchange) {
    if (exchange != NULL) {
        request_reader_destroy(exchange->reader);
        response_deinit(&exchange->response);
        folder_work_clear(&exchange->work);
        generation_release(exchange->generation);
        free(exchange);
    }
}

size_t exchange_bytes(const struct exchange *exchange) {
    const struct body *body = &exchange->response.body;
    size_t text_bytes =
        body->text.capacity > body->budget_bytes ? body->text.capacity - body->budget_bytes : 0;
    return sizeof *exchange + request_reader_bytes(exchange->reader) + exchange->response.head.capacity +
           text_bytes;
}

struct exchange *exchange_borrow(struct connection_worker *worker) {
    static const struct request_limits none = {0}; /* before exchange_begin() */
    return worker->spare_count > 0 ? worker->spares[--worker->spare_count] : exchange_create(&none);
}

void exchange_begin(struct exchange *exchange, struct connection_worker *worker,
                    enum own_pages_access access) {
    const struct generation *now = generation_take(&worker->generation, worker->service->generations);
    request_reader_set_limits(exchange->reader, &now->limits);
    exchange->splits_time = now->splits_time;
    exchange->own_access = access;
    exchange->received_ns = 0;
    exchange->idle_since_ns = 0;
    exchange->begin_ns = clock_steady_ns();
}

void exchange_give_back(struct exchange *exchange, struct connection_worker *worker) {
    if (worker->spare_count < CONNECTION_SPARES_MAX) {
        exchange_reset(exchange);
        worker->spares[worker->spare_count++] = exchange;
    } else {
        exchange_destroy(exchange);
    }
}

void connection_worker_deinit(struct connection_worker *worker) {
    while (worker->spare_count > 0) {
        exchange_destroy(worker->spares[--worker->spare_count]);
    }
    generation_leave(&worker->generation, worker->service->generations);
}

void exchange_tell_step(const struct exchange *exchange, struct connection_worker *worker,
                        enum connection_step step) {
    worker->target = &exchange->request.target;
    if (worker->on_step != NULL) {
        worker->on_step(worker->context, step);
    }
}

/* --- where the time goes -------------------------------------------------------------------------------- */

static void resume_time(struct exchange *exchange, struct connection_worker *worker, int64_t now_ns) {
    time_split_resume(&exchange->split, now_ns, worker->waited_ns);
    worker->waited_ns = 0; /* a request that is there already did not wait */
}

void exchange_begin_time(struct exchange *exchange, struct connection_worker *worker) {
    if (exchange->splits_time && exchange->split.mark_ns == 0) {
        resume_time(exchange, worker, exchange->begin_ns);
    }
}

void exchange_leave_idle_out(struct exchange *exchange) {
    if (exchange != NULL && exchange->idle_since_ns != 0) {
        exchange->begin_ns += clock_steady_ns() - exchange->idle_since_ns;
        exchange->idle_since_ns = 0;
    }
}

void exchange_resume_time(struct exchange *exchange, struct connection_worker *worker) {
    if (exchange != NULL && exchange->splits_time) {
        resume_time(exchange, worker, clock_steady_ns());
    }
}

void exchange_note_time(struct exchange *exchange, enum time_part part) {
    if (exchange != NULL && exchange->splits_time) {
        time_split_add(&exchange->split, part, clock_steady_ns());
    }
}

/* --- the answer ----------------------------------------------------------------------------------------- */

/* What its place lets the client see, as far as the settings do so now: they may have changed since it came. */
static enum own_pages_access access_in(const struct generation *generation, const struct exchange *exchange) {
    bool is_shut_out = generation->own_are_apart && exchange->own_access == OWN_PAGES_TOO;
    return is_shut_out ? OWN_PAGES_NONE : exchange->own_access;
}

bool exchange_prepare(struct exchange *exchange, struct connection_worker *worker) {
    exchange->response.body.blocking = &worker->blocking;
    const char *date = date_clock_read(&worker->clock);
    const struct generation *generation = exchange->generation;
    if (generation == NULL) {
        generation = generation_take(&worker->generation, worker->service->generations);
    }
    struct handler_environment environment = {
        .site = generation->site,
        .hosts = generation->hosts,
        .closing = atomic_load_explicit(&worker->service->closing, memory_order_relaxed),
        .now = worker->clock.now,
        .date = date,
        .blocking = &worker->blocking,
        .account = worker->account,
        .received_ns = exchange->received_ns,
        .work = &exchange->work,
        .jobs = worker->account == NULL ? worker->service->folder_jobs : NULL,
        .budget = worker->service->folder_budget,
        .own_pages = worker->service->own_pages,
        .own_path = generation->own_path,
        .own_access = access_in(generation, exchange),
        .split = generation->tells_time && exchange->splits_time ? &exchange->split : NULL,
    };
    return handler_prepare(&exchange->response, &exchange->request, &environment);
}

const struct timeouts *exchange_timeouts(const struct exchange *exchange,
                                         const struct connection_worker *worker) {
    return &(exchange->generation != NULL ? exchange->generation : worker->generation.held)->timeouts;
}

bool exchange_can_wait(const struct exchange *exchange) {
    return exchange != NULL && (exchange->work.is_under_way || response_needs_piece(&exchange->response));
}

/* What was wrong with the file is as good as wrong with the request: the same way leads to the page. */
bool exchange_replace_answer(struct exchange *exchange, struct connection_worker *worker) {
    enum http_status status = response_failure(&exchange->response);
    int error = errno; /* as that says */
    if (status == HTTP_OK || exchange->has_failed) {
        return false;
    }
    exchange->has_failed = true;
    exchange->request.refusal = status;
    exchange->request.error = error;
    folder_work_clear(&exchange->work);
    response_clear(&exchange->response);
    return exchange_prepare(exchange, worker) && !response_failed(&exchange->response);
}

/* Last of all the generation goes, to which the others may point. */
void exchange_forget_answer(struct exchange *exchange) {
    response_clear(&exchange->response);
    folder_work_clear(&exchange->work);
    generation_release(exchange->generation);
    exchange->generation = NULL;
    exchange->told_body_bytes = 0;
    exchange->has_failed = false;
    exchange->split = (struct time_split){0};
}

void exchange_reset(struct exchange *exchange) {
    request_reader_reset(exchange->reader);
    exchange_forget_answer(exchange);
    exchange->waited = false;
    exchange->received_ns = 0;
    exchange->idle_since_ns = 0;
    exchange->begin_ns = 0;
}

void exchange_tell_sent(struct exchange *exchange, const struct connection_worker *worker) {
    uint64_t body_bytes = response_sent_body_bytes(&exchange->response);
    if (worker->on_sent != NULL && body_bytes > exchange->told_body_bytes) {
        worker->on_sent(worker->context, body_bytes - exchange->told_body_bytes);
        exchange->told_body_bytes = body_bytes;
    }
}

void exchange_tell_answered(const struct exchange *exchange, const struct connection_worker *worker,
                            const struct client_address *client, bool complete) {
    if (worker->on_answered == NULL) {
        return;
    }
    uint64_t body_bytes = response_sent_body_bytes(&exchange->response);
    struct answer_record record = {
        .client = client,
        .request_line = exchange->request.line,
        .host = exchange->request.host,
        .referer = exchange->request.referer,
        .user_agent = exchange->request.user_agent,
        .status = exchange->response.status,
        .body_bytes = body_bytes,
        .new_body_bytes = body_bytes - exchange->told_body_bytes,
        .duration_ns = clock_steady_ns() - exchange->begin_ns,
        .split = exchange->split,
        .complete = complete,
        .error = exchange->response.error != 0 ? exchange->response.error : exchange->response.failure,
        .is_own_page = exchange->response.is_own_page,
    };
    worker->on_answered(worker->context, &record);
}
