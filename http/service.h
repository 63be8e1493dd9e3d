/* SPDX-License-Identifier: MIT */
/*
 * What connections are served with: what they all share, what one thread brings along, and whom it tells of
 * its steps and answers.
 *
 * Data, and how it is let go (exchange.c). Who serves is connection.h; this refuses to know a client.
 */
#ifndef LIDO_HTTP_SERVICE_H
#define LIDO_HTTP_SERVICE_H

#include "http/base/account.h"
#include "http/base/blocking.h"
#include "http/base/memory_budget.h"
#include "http/base/text.h"
#include "http/base/time_split.h"
#include "http/base/view.h"
#include "http/generation.h"
#include "http/semantics/date.h"
#include "http/semantics/status.h"
#include "http/transport/client_address.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct exchange;
struct folder_jobs;
struct own_pages;

/* Exchanges that a worker keeps: as many as it receives before it answers. */
enum { CONNECTION_SPARES_MAX = 32 };

/* What was answered, for a log. Lives during the call of on_answered only. */
struct answer_record {
    const struct client_address *client;
    struct view request_line; /* bytes NULL when none arrived; not to be trusted */
    struct view host;         /* as the next ones, of the field of that name */
    struct view referer;
    struct view user_agent;
    enum http_status status;
    uint64_t body_bytes;     /* of the body, given to the kernel */
    uint64_t new_body_bytes; /* those that on_sent was not told of */
    int64_t duration_ns;     /* from the first byte of the request to the last of the answer */
    struct time_split split; /* all-zero unless generation->splits_time */
    int error; /* the errno behind a status of 500 and above, or behind a body that could not be sent to its
                                end (ESTALE: a file has changed meanwhile); 0: there is none */
    bool is_own_page; /* one of the program's own, see own_pages.h */
    bool complete;    /* false when the client, or what was to be sent, was lost before the end */
};

/* The steps that a worker passes through, to be shown. */
enum connection_step { CONNECTION_STEP_READ, CONNECTION_STEP_RESOLVE, CONNECTION_STEP_SEND };

/* What all connections share; set up before the first one, then only read (but for `generations` and
 * `closing`). */
struct connection_service {
    struct generation_place *generations; /* what is served, within which limits; changed while it runs */
    const struct own_pages *own_pages;    /* of the program; NULL: none */
    struct folder_jobs *folder_jobs;      /* work on folders that requests share; NULL: none do */
    struct memory_budget *folder_budget;  /* for work on folders; NULL for none */
    struct memory_budget
        *request_budget; /* for requests and answers whose client is waited for; NULL for none */
    struct memory_budget *wide_budget; /* for large answers, see width.h; NULL: nobody gets a share */
    struct text overload;              /* what connection_reject() sends, see handler_write_overload() */
    atomic_bool closing;               /* the server is about to stop: keep no connection alive */
};

/* What one thread brings along to serve connections. All-zero but for the first members; one per thread. */
struct connection_worker {
    const struct connection_service *service;
    void (*on_step)(void *context, enum connection_step step); /* NULL for nobody */
    /* Bytes of a body were given to the kernel, of an answer that is not over yet; NULL for nobody */
    void (*on_sent)(void *context, uint64_t body_bytes);
    void (*on_answered)(void *context, const struct answer_record *record); /* NULL for nobody */
    void *context;
    int64_t waited_ns;        /* set before connection_serve(): how long that could have been done already */
    struct blocking blocking; /* told before what may block this thread */
    const struct account *account; /* told why each answer becomes what it is; NULL: nobody asks */
    const struct view
        *target; /* of the request that is answered, raw; means something in a call of `blocking` */
    struct date_clock clock;
    struct exchange *spares[CONNECTION_SPARES_MAX]; /* of the last connections, for the next ones */
    size_t spare_count;
    struct generation_holder generation; /* of the last request */
};

/* Release what the worker has kept. */
void connection_worker_deinit(struct connection_worker *worker);

#endif
