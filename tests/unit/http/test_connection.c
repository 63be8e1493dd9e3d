/* SPDX-License-Identifier: MIT */
/* Connections from their first to their last moment, step by step. */
#include "tests/unit/http/serving.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <string.h>

TestSuite(connection, .init = serving_set_up, .fini = serving_tear_down, .timeout = 60);

#define GET_SMALL "GET /small HTTP/1.1\r\nHost: a\r\n\r\n"
#define GET_LARGE "GET /large HTTP/1.1\r\nHost: a\r\n\r\n"

static void expect_answered(size_t index, int status, uint64_t body_bytes, bool complete, const char *line) {
    cr_assert_lt(index, answer_count);
    const struct answered *a = &answers[index];
    cr_expect_eq((int)a->status, status, "answer %zu: status %d", index, (int)a->status);
    cr_expect_eq(a->body_bytes, body_bytes, "answer %zu: %ju bytes", index, (uintmax_t)a->body_bytes);
    cr_expect_eq(a->complete, complete, "answer %zu", index);
    cr_expect_str_eq(a->line, line, "answer %zu: %s", index, a->line);
    cr_expect_eq(a->has_line, line[0] != '\0', "answer %zu", index);
    cr_expect_geq(a->duration_ns, 0, "answer %zu", index);
}

Test(connection, that_is_new_and_silent_costs_nothing_but_a_wait) {
    EXPECT_SERVED(CONNECTION_WAIT_READABLE, CONNECTION_NEW);
    EXPECT_SERVED(CONNECTION_WAIT_READABLE, CONNECTION_NEW);
    cr_expect(connection_is_between_requests(&connection));
    cr_expect_eq(answer_count, 0);
}

Test(connection, is_done_behind_the_one_answer_of_http_1_0) {
    EXPECT_SENT_AND_SERVED("GET /small HTTP/1.0\r\nReferer: http://b/\r\nUser-Agent: c d\r\n\r\n",
                           CONNECTION_DONE, CONNECTION_SENDING);
    expect_answer(200);
    cr_expect_str_eq(answer.body, "content");
    cr_expect(answer_field_is(&answer, "Connection", "close"));
    expect_silence();
    expect_closed();
    cr_expect_eq(answer_count, 1);
    expect_answered(0, 200, SMALL_BYTES, true, "GET /small HTTP/1.0");
    cr_expect_str_eq(answers[0].referer, "http://b/");
    cr_expect_str_eq(answers[0].user_agent, "c d");
    cr_expect_str_eq(steps, "rxs");
}

Test(connection, goes_on_with_whoever_wants_to) {
    for (size_t i = 0; i < 3; i++) {
        EXPECT_SENT_AND_SERVED(GET_SMALL, CONNECTION_WAIT_READABLE, CONNECTION_IDLE);
        cr_expect(connection_is_between_requests(&connection));
        expect_answer(200);
        cr_expect(answer_field_is(&answer, "Connection", "keep-alive"));
        expect_silence();
        expect_answered(i, 200, SMALL_BYTES, true, "GET /small HTTP/1.1");
    }
    socket_pair_finish_sending(&pair);
    EXPECT_SERVED(CONNECTION_DONE, CONNECTION_IDLE);
    cr_expect_eq(answer_count, 3, "nothing is said of a client that leaves between requests");
    expect_silence();
}

Test(connection, waits_for_the_rest_of_a_request) {
    EXPECT_SENT_AND_SERVED("G", CONNECTION_WAIT_READABLE, CONNECTION_READING);
    cr_expect_not(connection_is_between_requests(&connection));
    EXPECT_SENT_AND_SERVED("ET /small HTTP/1.1\r\n", CONNECTION_WAIT_READABLE, CONNECTION_READING);
    EXPECT_SENT_AND_SERVED("Host: a\r\n\r", CONNECTION_WAIT_READABLE, CONNECTION_READING);
    expect_silence();
    EXPECT_SENT_AND_SERVED("\n", CONNECTION_WAIT_READABLE, CONNECTION_IDLE);
    expect_answer(200);
    cr_expect_str_eq(steps, "rrrrxs");
}

Test(connection, waits_for_the_rest_of_a_body) {
    EXPECT_SENT_AND_SERVED("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nab",
                           CONNECTION_WAIT_READABLE, CONNECTION_READING);
    EXPECT_SENT_AND_SERVED("cde" GET_SMALL, CONNECTION_WAIT_READABLE, CONNECTION_IDLE);
    expect_answer(405);
    expect_answer(200);
    expect_silence();
    cr_expect_eq(answer_count, 2);
    expect_answered(0, 405, answers[0].body_bytes, true, "PUT / HTTP/1.1");
    expect_answered(1, 200, SMALL_BYTES, true, "GET /small HTTP/1.1");
}

Test(connection, waits_for_a_client_that_takes_its_time) {
    EXPECT_SENT_AND_SERVED(GET_LARGE, CONNECTION_WAIT_WRITABLE, CONNECTION_SENDING);
    cr_expect_not(connection_is_between_requests(&connection));
    EXPECT_SERVED(CONNECTION_WAIT_WRITABLE, CONNECTION_SENDING);
    cr_expect_eq(answer_count, 0);
    expect_head(200);
    cr_expect_eq(answer.content_length, LARGE_BYTES);
    cr_expect_eq(receive_large(0), LARGE_BYTES);
    cr_expect_eq(connection.phase, CONNECTION_IDLE);
    cr_expect_eq(answer_count, 1);
    expect_answered(0, 200, LARGE_BYTES, true, "GET /large HTTP/1.1");
    EXPECT_SENT_AND_SERVED(GET_SMALL, CONNECTION_WAIT_READABLE, CONNECTION_IDLE);
    expect_answer(200);
}

Test(connection, tells_how_much_of_a_large_answer_is_sent_before_its_end) {
    EXPECT_SENT_AND_SERVED(GET_LARGE, CONNECTION_WAIT_WRITABLE, CONNECTION_SENDING);
    uint64_t told_at_first = told_body_bytes;
    cr_expect_gt(told_at_first, 0);
    EXPECT_SERVED(CONNECTION_WAIT_WRITABLE, CONNECTION_SENDING); /* nothing was taken meanwhile */
    cr_expect_eq(told_body_bytes, told_at_first);
    expect_head(200);
    receive_large(0);
    cr_assert_eq(answer_count, 1);
    cr_expect_lt(answers[0].new_body_bytes, LARGE_BYTES);
    cr_expect_eq(told_body_bytes + answers[0].new_body_bytes, LARGE_BYTES);
    EXPECT_SENT_AND_SERVED(GET_SMALL, CONNECTION_WAIT_READABLE, CONNECTION_IDLE);
    cr_expect_eq(answers[1].new_body_bytes, SMALL_BYTES);
}

Test(connection, answers_a_client_that_has_finished_sending) {
    socket_pair_send_text(&pair, GET_SMALL);
    socket_pair_finish_sending(&pair);
    EXPECT_SERVED(CONNECTION_WAIT_READABLE, CONNECTION_IDLE);
    expect_answer(200);
    EXPECT_SERVED(CONNECTION_DONE, CONNECTION_IDLE);
}

Test(connection, tells_a_client_that_stops_in_the_middle_that_this_was_no_request) {
    static const char *const beginnings[] = {"G", "GET / HTTP/1.1\r\nHost",
                                             "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nab"};
    for (size_t i = 0; i < sizeof beginnings / sizeof *beginnings; i++) {
        connect_client();
        EXPECT_SENT_AND_SERVED(beginnings[i], CONNECTION_WAIT_READABLE, CONNECTION_READING);
        socket_pair_finish_sending(&pair);
        EXPECT_SERVED(CONNECTION_DONE, CONNECTION_LINGERING);
        expect_answer(400);
        cr_expect(answer_field_is(&answer, "Connection", "close"));
        expect_closed();
        cr_expect_eq(answer_count, i + 1);
        cr_expect(answers[i].status == HTTP_BAD_REQUEST && answers[i].complete);
    }
    cr_expect_str_eq(answers[0].line, "G");
    cr_expect_str_eq(answers[1].line, "GET / HTTP/1.1");
    cr_expect_str_eq(answers[2].line, "PUT / HTTP/1.1");
}

/* Old clients send one behind a body. */
Test(connection, takes_an_empty_line_for_no_request) {
    EXPECT_SENT_AND_SERVED("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx\r\n",
                           CONNECTION_WAIT_READABLE, CONNECTION_IDLE);
    expect_answer(405);
    EXPECT_SENT_AND_SERVED("\r\n", CONNECTION_WAIT_READABLE, CONNECTION_IDLE);
    EXPECT_SENT_AND_SERVED("\r\n" GET_SMALL "\r\n\r\n", CONNECTION_WAIT_READABLE, CONNECTION_IDLE);
    expect_answer(200);
    EXPECT_EXPIRED(CONNECTION_DONE, CONNECTION_IDLE);
    expect_silence();
    cr_expect_eq(answer_count, 2);

    connect_client();
    EXPECT_SENT_AND_SERVED("\r\n", CONNECTION_WAIT_READABLE, CONNECTION_NEW);
    socket_pair_finish_sending(&pair);
    EXPECT_SERVED(CONNECTION_DONE, CONNECTION_NEW);
    expect_silence();
    cr_expect_eq(answer_count, 2);
}

Test(connection, says_nothing_of_a_client_that_leaves_without_a_word) {
    socket_pair_close_theirs(&pair);
    EXPECT_SERVED(CONNECTION_DONE, CONNECTION_NEW);
    cr_expect_eq(answer_count, 0);
}

Test(connection, reports_a_client_that_is_lost_in_the_middle_of_an_answer_once) {
    EXPECT_SENT_AND_SERVED(GET_LARGE, CONNECTION_WAIT_WRITABLE, CONNECTION_SENDING);
    (void)signal(SIGPIPE, SIG_IGN);
    socket_pair_close_theirs(&pair);
    EXPECT_SERVED(CONNECTION_DONE, CONNECTION_SENDING);
    cr_expect_eq(answer_count, 1);
    cr_expect(answers[0].body_bytes > 0 && answers[0].body_bytes < LARGE_BYTES);
    expect_answered(0, 200, answers[0].body_bytes, false, "GET /large HTTP/1.1");
    connection_close(&connection);
    cr_expect_eq(answer_count, 1);
}

/* --- many requests -------------------------------------------------------------------------------------- */

Test(connection, gives_others_their_turn_behind_its_share_of_requests) {
    enum { SENT = 100, SHARE = 32 };
    for (int i = 0; i < SENT; i++) {
        socket_pair_send_text(&pair, GET_SMALL);
    }
    size_t received = 0;
    for (size_t turn = 1; turn <= SENT / SHARE; turn++) {
        EXPECT_SERVED(CONNECTION_AGAIN, CONNECTION_IDLE);
        cr_expect_eq(answer_count, turn * SHARE);
        for (; received < turn * SHARE; received++) {
            expect_answer(200);
        }
        expect_silence();
    }
    EXPECT_SERVED(CONNECTION_WAIT_READABLE, CONNECTION_IDLE);
    cr_expect_eq(answer_count, SENT);
    for (; received < SENT; received++) {
        expect_answer(200);
    }
    expect_silence();
}

/* A request that fills the buffer to the last byte hides what is behind it, and no further event tells of
 * that. */
Test(connection, does_not_wait_while_there_are_requests_whatever_their_size) {
    enum { FIRST = 64, LAST = 4200 };
    static const char begin[] = "GET /small HTTP/1.1\r\nHost: a\r\nA: ";
    static const char end[] = "\r\n\r\n" GET_SMALL;
    static char bytes[LAST + sizeof end];
    worker.on_answered = NULL; /* there are more than it can keep */
    worker.on_step = NULL;
    for (size_t size = FIRST; size <= LAST; size++) {
        memset(bytes, 'a', sizeof bytes);
        memcpy(bytes, begin, sizeof begin - 1);
        memcpy(bytes + size - 4, end, sizeof end);
        connection_worker_deinit(
            &worker); /* a new buffer each time: one that has grown hides the smaller sizes */
        EXPECT_SENT_AND_SERVED(bytes, CONNECTION_WAIT_READABLE, CONNECTION_IDLE);
        expect_answer(200);
        expect_answer(200);
        expect_silence();
    }
}

Test(connection, goes_on_with_half_a_request_behind_others) {
    EXPECT_SENT_AND_SERVED(GET_SMALL GET_SMALL "GET /sm", CONNECTION_WAIT_READABLE, CONNECTION_READING);
    expect_answer(200);
    expect_answer(200);
    expect_silence();
    EXPECT_SENT_AND_SERVED("all HTTP/1.0\r\n\r\n", CONNECTION_DONE, CONNECTION_SENDING);
    expect_answer(200);
    cr_expect(answer_field_is(&answer, "Connection", "close"));
    expect_answered(2, 200, SMALL_BYTES, true, "GET /small HTTP/1.0");
}

Test(connection, answers_in_order_when_a_large_answer_stands_ahead) {
    EXPECT_SENT_AND_SERVED(GET_LARGE "HEAD /large HTTP/1.1\r\nHost: a\r\n\r\n" GET_SMALL,
                           CONNECTION_WAIT_WRITABLE, CONNECTION_SENDING);
    expect_head(200);
    size_t received = 0;
    static char bytes[LARGE_BYTES];
    while (received < LARGE_BYTES) {
        received += socket_pair_receive(&pair, bytes + received, LARGE_BYTES - received);
        cr_assert_neq(connection_serve(&connection, &worker), CONNECTION_DONE);
    }
    expect_head(200);
    cr_expect_eq(answer.content_length, LARGE_BYTES);
    expect_answer(200);
    cr_expect_str_eq(answer.body, "content");
    cr_expect_eq(answer_count, 3);
    expect_answered(1, 200, 0, true, "HEAD /large HTTP/1.1");
}

Test(connection, ignores_what_follows_the_last_request) {
    EXPECT_SENT_AND_SERVED("GET /small HTTP/1.0\r\n\r\n" GET_SMALL, CONNECTION_WAIT_READABLE,
                           CONNECTION_LINGERING);
    expect_answer(200);
    cr_expect(socket_pair_is_finished(&pair));
    cr_expect_eq(answer_count, 1);
}

Test(connection, ends_when_the_server_is_about_to) {
    EXPECT_SENT_AND_SERVED(GET_SMALL, CONNECTION_WAIT_READABLE, CONNECTION_IDLE);
    expect_answer(200);
    atomic_store(&service.closing, true);
    EXPECT_SENT_AND_SERVED(GET_SMALL, CONNECTION_DONE, CONNECTION_SENDING);
    expect_answer(200);
    cr_expect(answer_field_is(&answer, "Connection", "close"));
    expect_closed();
}

/* --- workers -------------------------------------------------------------------------------------------- */

Test(connection, is_served_by_one_worker_after_the_other) {
    struct connection_worker other = {.service = &service};
    EXPECT_SENT_AND_SERVED("GET /small HT", CONNECTION_WAIT_READABLE, CONNECTION_READING);
    socket_pair_send_text(&pair, "TP/1.1\r\nHost: a\r\n\r\n");
    cr_expect_eq(connection_serve(&connection, &other), CONNECTION_WAIT_READABLE);
    expect_answer(200);
    cr_expect_eq(answer_count, 0, "the other one tells nobody");
    EXPECT_SENT_AND_SERVED(GET_SMALL, CONNECTION_WAIT_READABLE, CONNECTION_IDLE);
    expect_answer(200);
    cr_expect_eq(answer_count, 1);
    connection_worker_deinit(&other);
}

Test(connection, leaves_its_exchange_to_the_next_one) {
    EXPECT_SENT_AND_SERVED(GET_SMALL, CONNECTION_WAIT_READABLE, CONNECTION_IDLE);
    struct exchange *spare = worker.spares[0];
    cr_assert(spare != NULL);
    connect_client();
    EXPECT_SENT_AND_SERVED("GET /sm", CONNECTION_WAIT_READABLE, CONNECTION_READING);
    cr_expect_null(connection.exchange, "what has come is held without it");
    cr_expect_eq(worker.spares[0], spare);
    EXPECT_SENT_AND_SERVED("all HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n", CONNECTION_WAIT_READABLE,
                           CONNECTION_READING);
    cr_expect_eq(connection.exchange, spare, "a body may be dropped only by who has read the head");
    cr_expect_eq(worker.spare_count, 0);
    EXPECT_SENT_AND_SERVED("123456789", CONNECTION_WAIT_READABLE, CONNECTION_IDLE);
    cr_expect_eq(worker.spares[0], spare);
}

Test(connection, leaves_its_exchange_however_it_ends) {
    static const char *const ends[] = {"", "GET /sm", GET_SMALL, GET_LARGE};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        connect_client();
        socket_pair_send_text(&pair, ends[i]);
        cr_assert_neq(connection_serve(&connection, &worker), CONNECTION_DONE, "'%s'", ends[i]);
        (void)signal(SIGPIPE, SIG_IGN);
        socket_pair_close_theirs(&pair);
        cr_assert_eq(connection_serve(&connection, &worker), CONNECTION_DONE, "'%s'", ends[i]);
        cr_expect(connection.exchange == NULL && worker.spare_count > 0, "'%s'", ends[i]);
    }
}

Test(connection, may_be_closed_twice) {
    EXPECT_SENT_AND_SERVED("GET", CONNECTION_WAIT_READABLE, CONNECTION_READING);
    connection_close(&connection);
    cr_expect_eq(connection.fd, -1);
    cr_expect(connection.exchange == NULL);
    connection_close(&connection);
}
