/* SPDX-License-Identifier: MIT */
/*
 * What it takes to read one request and answer it: reader, request, response. A connection borrows one while
 * it works; see connection.h.
 */
#ifndef LIDO_HTTP_EXCHANGE_H
#define LIDO_HTTP_EXCHANGE_H

#include "http/handler/folder_work.h"
#include "http/request/reader.h"
#include "http/request/request.h"
#include "http/response/response.h"
#include "http/site/generation.h"

#include <stdbool.h>
#include <stdint.h>

struct exchange {
    struct request_reader *reader;
    struct request request;
    struct response response;
    struct folder_work work;       /* towards the response, if that takes longer than one turn */
    struct generation *generation; /* a hold of what the answer is made of, or NULL while a worker has it */
    bool waited;                   /* the answer did not go out in one step */
    int64_t begin_ns;              /* CLOCK_MONOTONIC, when the request's first byte was seen */
};

/* Returns NULL when there is no memory. */
struct exchange *exchange_create(const struct request_limits *limits);

/* NULL is allowed. */
void exchange_destroy(struct exchange *exchange);

/* Forget the answer, so that another one can be made; the reader stays as it is. */
void exchange_forget_answer(struct exchange *exchange);

/* Forget all, for use on another connection. */
void exchange_reset(struct exchange *exchange);

#endif
