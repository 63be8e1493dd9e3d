/* SPDX-License-Identifier: MIT */
#include "http/waiting.h"

#include "http/request/held_head.h"

#include <stdlib.h>

struct exchange *waiting_take_up(struct waiting *waiting, struct connection_worker *worker,
                                 enum own_pages_access access) {
    struct exchange *exchange = exchange_borrow(worker);
    if (exchange == NULL || waiting->head == NULL) {
        return exchange;
    }
    exchange_begin(exchange, worker, access);
    if (!request_reader_take_up(exchange->reader, waiting->head)) {
        exchange_give_back(exchange, worker);
        return NULL;
    }
    exchange->begin_ns = waiting->head->begin_ns;
    exchange->split = waiting->head->split;
    exchange_resume_time(exchange, worker);
    return exchange;
}

bool waiting_hold(struct waiting *waiting, struct exchange *exchange, struct memory_budget *budget) {
    if (!request_reader_is_in_head(exchange->reader)) {
        return memory_share_try(&waiting->memory, budget, exchange_bytes(exchange));
    }
    struct held_head *held = request_reader_hold(exchange->reader, waiting->head);
    if (held == NULL) {
        return false;
    }
    waiting->head = held;
    held->begin_ns = exchange->begin_ns;
    held->split = exchange->split;
    return memory_share_try(&waiting->memory, budget, held_head_bytes(held));
}

int64_t waiting_earn_ms(struct waiting *waiting, const struct exchange *exchange, uint64_t bytes_per_s) {
    uint64_t received = request_reader_received(exchange->reader);
    int64_t earned_ms = bytes_per_s > 0 ? (int64_t)(received * 1000 / bytes_per_s) : 0;
    int64_t more_ms = earned_ms - waiting->earned_ms;
    waiting->earned_ms = earned_ms;
    return more_ms;
}

void waiting_forget_request(struct waiting *waiting) {
    free(waiting->head);
    waiting->head = NULL;
    waiting->earned_ms = 0;
}

void waiting_settle(struct waiting *waiting, const struct exchange *exchange, struct memory_budget *budget) {
    size_t bytes = held_head_bytes(waiting->head) + (exchange != NULL ? exchange_bytes(exchange) : 0);
    if (bytes != waiting->memory.bytes) {
        memory_share_set(&waiting->memory, budget, bytes);
    }
}

void waiting_end(struct waiting *waiting) {
    waiting_forget_request(waiting);
    memory_share_set(&waiting->memory, NULL, 0);
}
