/* SPDX-License-Identifier: MIT */
/* What is kept of one who waits, and what it counts for. */
#include "http/exchange.h"
#include "http/request/held_head.h"
#include "http/waiting.h"
#include "tests/unit/http/serving.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define GET_LARGE "GET /large HTTP/1.1\r\nHost: a\r\n\r\n"

enum { LIMIT = 4096 };

static struct memory_budget budget;

static void set_up(void) {
    serving_set_up();
    budget.limit_bytes = LIMIT;
    service.request_budget = &budget;
}

static void tear_down(void) {
    connection_close(&connection);
    size_t left = budget.used_bytes;
    serving_tear_down();
    if (left != 0) {
        abort(); /* Criterion does not count an assertion in .fini */
    }
}

TestSuite(waiting, .init = set_up, .fini = tear_down, .timeout = 60);

Test(waiting, with_one_byte_costs_less_than_a_kilobyte) {
    EXPECT_SENT_AND_SERVED("G", CONNECTION_WAIT_READABLE, CONNECTION_READING);
    cr_expect_leq(budget.used_bytes + sizeof connection, 1024);
    cr_expect_geq(budget.used_bytes, sizeof(struct held_head) + 1);
}

Test(waiting, costs_more_as_more_comes_and_nothing_once_it_is_answered) {
    static const char field[] =
        "A: 0123456789012345678901234567890123456789012345678901234567890123456789\r\n";
    EXPECT_SENT_AND_SERVED("GET /small HTTP/1.1\r\nHost: a\r\n", CONNECTION_WAIT_READABLE,
                           CONNECTION_READING);
    size_t sent = strlen("GET /small HTTP/1.1\r\nHost: a\r\n");
    for (int i = 0; i < 10; i++, sent += strlen(field)) {
        EXPECT_SENT_AND_SERVED(field, CONNECTION_WAIT_READABLE, CONNECTION_READING);
        cr_expect_geq(budget.used_bytes, sizeof(struct held_head) + sent);
        cr_expect_leq(budget.used_bytes, sizeof(struct held_head) + 2 * (sent + strlen(field)));
    }
    EXPECT_SENT_AND_SERVED("\r\n", CONNECTION_WAIT_READABLE, CONNECTION_IDLE);
    expect_answer(200);
    cr_expect_eq(budget.used_bytes, 0);
}

/* The same head in every number of pieces gets the same answer, whichever worker has which piece. */
Test(waiting, goes_on_with_any_worker_wherever_the_head_is_cut) {
    static const char head[] = "\r\n\r\nGET /small HTTP/1.1\r\nHost: a\r\nUser-Agent: it\r\n\r\n";
    struct connection_worker other = {.service = &service};
    for (size_t step = 1; step < strlen(head); step++) {
        enum connection_verdict verdict = CONNECTION_AGAIN;
        for (size_t at = 0, turn = 0; at < strlen(head); at += step, turn++) {
            size_t left = strlen(head) - at;
            socket_pair_send(&pair, head + at, left < step ? left : step);
            verdict = connection_serve(&connection, turn % 2 == 0 ? &worker : &other);
        }
        cr_assert_eq(verdict, CONNECTION_WAIT_READABLE, "pieces of %zu", step);
        expect_answer(200);
    }
    connection_worker_deinit(&other);
    cr_expect_str_eq(answers[answer_count - 1].user_agent, "it");
}

Test(waiting, with_a_body_or_an_answer_under_way_counts_what_that_takes) {
    budget.limit_bytes = SIZE_MAX / 2;
    EXPECT_SENT_AND_SERVED("GET /large HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n1",
                           CONNECTION_WAIT_READABLE, CONNECTION_READING);
    cr_expect_eq(budget.used_bytes, exchange_bytes(connection.exchange));
    EXPECT_SENT_AND_SERVED("2", CONNECTION_WAIT_WRITABLE, CONNECTION_SENDING);
    cr_expect_eq(budget.used_bytes, exchange_bytes(connection.exchange));
}

/* An answer that has begun goes on. */
Test(waiting, for_room_is_counted_even_beyond_the_budget) {
    budget.limit_bytes = 1;
    EXPECT_SENT_AND_SERVED(GET_LARGE, CONNECTION_WAIT_WRITABLE, CONNECTION_SENDING);
    cr_expect_gt(budget.used_bytes, budget.limit_bytes);
    cr_expect_eq(memory_budget_excess(&budget), budget.used_bytes - 1);
}

Test(waiting, for_the_rest_of_a_head_is_refused_beyond_the_budget) {
    budget.limit_bytes = sizeof(struct held_head) + 128;
    EXPECT_SENT_AND_SERVED("GET /small HTTP/1.1\r\n", CONNECTION_WAIT_READABLE, CONNECTION_READING);
    char field[400];
    memset(field, 'x', sizeof field);
    memcpy(field, "Long: ", 6);
    field[sizeof field - 1] = '\0';
    EXPECT_SENT_AND_SERVED(field, CONNECTION_WAIT_READABLE, CONNECTION_LINGERING);
    expect_answer(503);
    cr_expect_eq(answers[0].error, ENOMEM, "not what recv(2) said last: %s", strerror(answers[0].error));
    cr_expect(answer_field(&answer, "Retry-After") != NULL);
    cr_expect_eq(budget.used_bytes, 0);
}

Test(waiting, that_has_expired_is_told_so_although_it_was_held) {
    EXPECT_SENT_AND_SERVED("GET /small HT", CONNECTION_WAIT_READABLE, CONNECTION_READING);
    EXPECT_EXPIRED(CONNECTION_WAIT_READABLE, CONNECTION_LINGERING);
    expect_answer(408);
    cr_expect_str_eq(answers[0].line, "GET /small HT");
}

Test(waiting, earns_time_with_what_it_sends) {
    struct waiting waiting = {0};
    struct exchange *exchange = exchange_create(&generation_place_current(service.generations)->limits);
    struct request request;
    socket_pair_send_text(&pair, "GET /sm");
    cr_assert_eq(request_reader_read(exchange->reader, connection.fd, &request), READ_MORE);
    cr_expect_eq(waiting_earn_ms(&waiting, exchange, 100), 70);
    cr_expect_eq(waiting_earn_ms(&waiting, exchange, 100), 0, "once");
    socket_pair_send_text(&pair, "all");
    cr_assert_eq(request_reader_read(exchange->reader, connection.fd, &request), READ_MORE);
    cr_expect_eq(waiting_earn_ms(&waiting, exchange, 100), 30);
    cr_expect_eq(waiting_earn_ms(&waiting, exchange, 0), -100, "it is wanted no more");
    exchange_destroy(exchange);
}
