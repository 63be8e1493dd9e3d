/* SPDX-License-Identifier: MIT */
/* Connections that are received first, so that one look at a file can do for several. */
#include "http/connection.h"
#include "http/exchange.h"
#include "tests/unit/http/serving.h"

#include <criterion/criterion.h>

#define GET_SMALL "GET /small HTTP/1.1\r\nHost: a\r\n\r\n"

TestSuite(connection_receiving, .init = serving_set_up, .fini = serving_tear_down, .timeout = 20);

Test(connection_receiving, may_be_received_by_one_worker_and_answered_by_another) {
    struct connection_worker other = {.service = &service};
    enum connection_verdict verdict = CONNECTION_DONE;
    socket_pair_send_text(&pair, GET_SMALL);
    cr_assert(connection_receive(&connection, &other, &verdict));
    cr_expect_eq(connection.phase, CONNECTION_PREPARING);
    cr_expect_gt(connection.exchange->received_ns, 0);
    cr_expect_not(connection_is_between_requests(&connection));
    expect_silence();
    EXPECT_SERVED(CONNECTION_WAIT_READABLE, CONNECTION_IDLE);
    expect_answer(200);
    cr_expect_eq(answer_count, 1);
    connection_worker_deinit(&other);
}

/* 900 clients that left in the middle of a head ended the server: their answers were made as they were received. */
Test(connection_receiving, of_a_broken_request_leaves_an_answer_that_another_worker_can_send) {
    struct connection_worker other = {.service = &service};
    enum connection_verdict verdict = CONNECTION_DONE;
    socket_pair_send_text(&pair, "GET /sm");
    cr_expect_not(connection_receive(&connection, &other, &verdict));
    socket_pair_finish_sending(&pair);
    cr_assert(connection_receive(&connection, &other, &verdict));
    cr_expect_eq(connection.phase, CONNECTION_SENDING);
    cr_expect_eq(connection.exchange->generation, other.generation.held);
    cr_expect_eq(connection_serve(&connection, &worker), CONNECTION_DONE);
    expect_answer(400);
    connection_worker_deinit(&other);
}

Test(connection_receiving, waits_on_when_there_was_nothing_to_receive) {
    enum connection_verdict verdict = CONNECTION_DONE;
    cr_expect_not(connection_receive(&connection, &worker, &verdict));
    cr_expect_eq(verdict, CONNECTION_WAIT_READABLE);
    socket_pair_send_text(&pair, "GET /sm");
    cr_expect_not(connection_receive(&connection, &worker, &verdict));
    cr_expect_eq(verdict, CONNECTION_WAIT_READABLE);
    cr_expect_eq(connection.phase, CONNECTION_READING);
}

Test(connection_receiving, leaves_its_exchange_when_it_ends_as_it_is_received) {
    enum connection_verdict verdict = CONNECTION_AGAIN;
    socket_pair_close_theirs(&pair);
    cr_expect_not(connection_receive(&connection, &worker, &verdict));
    cr_expect_eq(verdict, CONNECTION_DONE);
    cr_expect_null(connection.exchange);
    cr_expect_eq(worker.spare_count, 1);
}

/* It would count twice: that is what it waited, too. */
Test(connection_receiving, what_passes_before_it_is_served_is_no_service) {
    enum { HOUR_S = 3600 };
    enum connection_verdict verdict = CONNECTION_DONE;
    socket_pair_send_text(&pair, GET_SMALL);
    cr_assert(connection_receive(&connection, &worker, &verdict));
    connection.exchange->begin_ns -= HOUR_S * CLOCK_NS_PER_S;
    connection.exchange->idle_since_ns -= HOUR_S * CLOCK_NS_PER_S;
    EXPECT_SERVED(CONNECTION_WAIT_READABLE, CONNECTION_IDLE);
    expect_answer(200);
    cr_expect(answers[0].duration_ns > 0 && answers[0].duration_ns < HOUR_S * CLOCK_NS_PER_S, "%lld ns",
              (long long)answers[0].duration_ns);
    socket_pair_send_text(&pair, GET_SMALL);
    cr_assert(connection_receive(&connection, &worker, &verdict));
    connection.exchange->begin_ns -= HOUR_S * CLOCK_NS_PER_S;
    EXPECT_SERVED(CONNECTION_WAIT_READABLE, CONNECTION_IDLE);
    expect_answer(200);
    cr_expect_gt(answers[1].duration_ns, HOUR_S * CLOCK_NS_PER_S, "but receiving it was");
}

/* The time of the first one would let the second share a look that was taken before it came. */
Test(connection_receiving, knows_the_time_of_the_request_that_was_received_only) {
    enum connection_verdict verdict = CONNECTION_DONE;
    socket_pair_send_text(&pair, GET_SMALL GET_SMALL);
    cr_assert(connection_receive(&connection, &worker, &verdict));
    EXPECT_SERVED(CONNECTION_WAIT_READABLE, CONNECTION_IDLE);
    expect_answer(200);
    expect_answer(200);
    cr_expect_eq(worker.spares[0]->received_ns, 0);
    socket_pair_send_text(&pair, "GET /sm");
    cr_expect_not(connection_receive(&connection, &worker, &verdict));
    cr_expect_eq(worker.spares[0]->received_ns, 0);
}

Test(connection_receiving, that_has_expired_is_not_received) {
    enum connection_verdict verdict = CONNECTION_AGAIN;
    socket_pair_send_text(&pair, GET_SMALL);
    connection.expired = true;
    cr_expect(connection_receive(&connection, &worker, &verdict), "serving is what ends it");
    cr_expect_eq(verdict, CONNECTION_AGAIN);
    cr_expect_null(connection.exchange);
}
