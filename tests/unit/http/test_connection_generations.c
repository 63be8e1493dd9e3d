/* SPDX-License-Identifier: MIT */
/* What is configured anew while a connection is open. */
#include "http/exchange.h"
#include "tests/unit/http/serving.h"

#include <criterion/criterion.h>

TestSuite(connection_generations, .init = serving_set_up, .fini = serving_tear_down, .timeout = 60);

#define GET_SMALL "GET /small HTTP/1.1\r\nHost: a\r\n\r\n"
#define GET_LARGE "GET /large HTTP/1.1\r\nHost: a\r\n\r\n"

static size_t destroyed;

static void destroy(struct generation *generation) {
    (void)generation;
    destroyed++;
}

/* Settings that differ in the length of a request line and in a timeout. */
static void turn_to(struct generation *next, size_t line_bytes, int64_t keepalive_ms) {
    const struct generation *now = generation_place_current(service.generations);
    *next = (struct generation){
        .site = now->site, .limits = now->limits, .timeouts = now->timeouts, .destroy = destroy};
    next->limits.head.request_line_bytes = line_bytes;
    next->timeouts.keepalive_ms = keepalive_ms;
    atomic_init(&next->holds, 1);
    generation_place_change(service.generations, next);
}

Test(connection_generations, a_head_is_read_within_the_limits_that_it_began_with) {
    static struct generation strict; /* also of the tear-down */
    EXPECT_SENT_AND_SERVED("GET /small", CONNECTION_WAIT_READABLE, CONNECTION_READING);
    turn_to(&strict, 8, KEEPALIVE_TIMEOUT_MS);
    EXPECT_SENT_AND_SERVED(" HTTP/1.1\r\nHost: a\r\n\r\n", CONNECTION_WAIT_READABLE, CONNECTION_IDLE);
    expect_answer(200);
    EXPECT_SENT_AND_SERVED(GET_SMALL, CONNECTION_WAIT_READABLE, CONNECTION_LINGERING);
    expect_answer(414);
}

Test(connection_generations, an_answer_ends_with_what_it_began_with) {
    static struct generation first;
    static struct generation second;
    turn_to(&first, 1000, 1);
    EXPECT_SENT_AND_SERVED(GET_LARGE, CONNECTION_WAIT_WRITABLE, CONNECTION_SENDING);
    turn_to(&second, 1000, HEADER_TIMEOUT_MS);
    struct connection_worker other = {.service = &service};
    cr_assert_eq(generation_take(&other.generation, service.generations), &second);
    cr_expect_eq(exchange_timeouts(connection.exchange, &other)->keepalive_ms, 1);
    (void)generation_take(&worker.generation, service.generations);
    cr_expect_eq(destroyed, 0, "the answer is under way");
    expect_head(200);
    cr_expect_eq(receive_large(0), LARGE_BYTES);
    cr_expect_eq(connection.phase, CONNECTION_IDLE);
    cr_expect_eq(destroyed, 1);
    connection_worker_deinit(&other);
}
