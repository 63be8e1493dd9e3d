/* SPDX-License-Identifier: MIT */
#include "http/exchange.h"

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

/* Last of all the generation goes, to which the others may point. */
void exchange_forget_answer(struct exchange *exchange) {
    response_clear(&exchange->response);
    folder_work_clear(&exchange->work);
    generation_release(exchange->generation);
    exchange->generation = NULL;
}

void exchange_reset(struct exchange *exchange) {
    request_reader_reset(exchange->reader);
    exchange_forget_answer(exchange);
    exchange->waited = false;
    exchange->begin_ns = 0;
}
