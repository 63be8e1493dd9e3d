/* SPDX-License-Identifier: MIT */
/* Linked with --wrap for clock_gettime: time passes when a test says so. */
#include "http/base/clock.h"
#include "tests/unit/http/serving.h"

#include <criterion/criterion.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

static int64_t now_ns; /* of every clock */

int __wrap_clock_gettime(clockid_t clock, struct timespec *now);

int __wrap_clock_gettime(clockid_t clock, struct timespec *now) {
    (void)clock;
    *now = (struct timespec){.tv_sec = now_ns / 1000000000, .tv_nsec = now_ns % 1000000000};
    return 0;
}

static int64_t now_ms(void) {
    return now_ns / 1000000;
}

static void let_pass_ms(int64_t ms) {
    now_ns += ms * 1000000;
}

static void set_up(void) {
    now_ns = INT64_C(784111777) * 1000000000; /* Sun, 06 Nov 1994 08:49:37 GMT */
    serving_set_up();
}

TestSuite(connection_deadlines, .init = set_up, .fini = serving_tear_down, .timeout = 60);

#define GET_SMALL "GET /small HTTP/1.1\r\nHost: a\r\n\r\n"
#define GET_LARGE "GET /large HTTP/1.1\r\nHost: a\r\n\r\n"

Test(connection_deadlines, the_clock_of_deadlines_is_the_monotonic_one_in_milliseconds) {
    cr_expect_eq(clock_steady_coarse_ms(), now_ms());
    let_pass_ms(1);
    cr_expect_eq(clock_steady_coarse_ms(), now_ms());
}

Test(connection_deadlines, a_new_connection_has_the_time_for_a_head_from_its_start) {
    int64_t deadline = now_ms() + HEADER_TIMEOUT_MS;
    cr_expect_eq(connection.deadline_ms, deadline);
    let_pass_ms(10);
    EXPECT_SERVED(CONNECTION_WAIT_READABLE, CONNECTION_NEW);
    cr_expect_eq(connection.deadline_ms, deadline);
    let_pass_ms(10);
    EXPECT_SENT_AND_SERVED("GET", CONNECTION_WAIT_READABLE, CONNECTION_READING);
    cr_expect_eq(connection.deadline_ms, deadline, "the first bytes do not prolong it");
}

Test(connection_deadlines, a_head_that_drips_has_no_more_time_than_another) {
    EXPECT_SENT_AND_SERVED(GET_SMALL, CONNECTION_WAIT_READABLE, CONNECTION_IDLE);
    let_pass_ms(100);
    EXPECT_SENT_AND_SERVED("G", CONNECTION_WAIT_READABLE, CONNECTION_READING);
    int64_t deadline = now_ms() + HEADER_TIMEOUT_MS;
    cr_expect_eq(connection.deadline_ms, deadline);
    for (int i = 0; i < 10; i++) {
        let_pass_ms(1000);
        EXPECT_SENT_AND_SERVED("E", CONNECTION_WAIT_READABLE, CONNECTION_READING);
        cr_expect_eq(connection.deadline_ms, deadline);
    }
}

Test(connection_deadlines, a_body_counts_as_part_of_its_request) {
    EXPECT_SENT_AND_SERVED("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n", CONNECTION_WAIT_READABLE,
                           CONNECTION_READING);
    int64_t deadline = now_ms() + HEADER_TIMEOUT_MS;
    let_pass_ms(1000);
    EXPECT_SENT_AND_SERVED("body", CONNECTION_WAIT_READABLE, CONNECTION_READING);
    cr_expect_eq(connection.deadline_ms, deadline);
}

Test(connection_deadlines, an_idle_connection_has_its_time_from_the_last_answer) {
    for (int i = 0; i < 3; i++) {
        let_pass_ms(100);
        EXPECT_SENT_AND_SERVED(GET_SMALL, CONNECTION_WAIT_READABLE, CONNECTION_IDLE);
        cr_expect_eq(connection.deadline_ms, now_ms() + KEEPALIVE_TIMEOUT_MS);
    }
    let_pass_ms(100);
    int64_t deadline = connection.deadline_ms;
    EXPECT_SERVED(CONNECTION_WAIT_READABLE, CONNECTION_IDLE);
    cr_expect_eq(connection.deadline_ms, deadline, "to be woken for nothing does not prolong it");
}

Test(connection_deadlines, half_a_request_behind_others_has_the_time_for_a_head) {
    EXPECT_SENT_AND_SERVED(GET_SMALL "GET", CONNECTION_WAIT_READABLE, CONNECTION_READING);
    cr_expect_eq(connection.deadline_ms, now_ms() + HEADER_TIMEOUT_MS);
}

Test(connection_deadlines, an_answer_has_its_time_from_the_last_progress) {
    char bytes[200 * 1000];
    EXPECT_SENT_AND_SERVED(GET_LARGE, CONNECTION_WAIT_WRITABLE, CONNECTION_SENDING);
    int64_t deadline = now_ms() + SEND_TIMEOUT_MS;
    cr_expect_eq(connection.deadline_ms, deadline);
    let_pass_ms(1000);
    EXPECT_SERVED(CONNECTION_WAIT_WRITABLE, CONNECTION_SENDING);
    cr_expect_eq(connection.deadline_ms, deadline, "nothing was sent");

    cr_assert(socket_pair_receive(&pair, bytes, sizeof bytes) > 0);
    EXPECT_SERVED(CONNECTION_WAIT_WRITABLE, CONNECTION_SENDING);
    cr_expect_eq(connection.deadline_ms, now_ms() + SEND_TIMEOUT_MS);
}

Test(connection_deadlines, lingering_has_its_time_from_its_start_whatever_comes) {
    EXPECT_SENT_AND_SERVED("GET / HTTP/1.1\r\n\r\n", CONNECTION_WAIT_READABLE, CONNECTION_LINGERING);
    int64_t deadline = now_ms() + LINGER_TIMEOUT_MS;
    cr_expect_eq(connection.deadline_ms, deadline);
    let_pass_ms(LINGER_TIMEOUT_MS - 1);
    EXPECT_SENT_AND_SERVED("more", CONNECTION_WAIT_READABLE, CONNECTION_LINGERING);
    cr_expect_eq(connection.deadline_ms, deadline);
    let_pass_ms(1);
    EXPECT_SENT_AND_SERVED("and more", CONNECTION_DONE, CONNECTION_LINGERING);
}

Test(connection_deadlines, a_client_turned_away_may_linger_as_long) {
    let_pass_ms(1000);
    cr_assert_eq(connection_reject(&connection, &service), CONNECTION_WAIT_READABLE);
    cr_expect_eq(connection.deadline_ms, now_ms() + LINGER_TIMEOUT_MS);
}

/* --- when the time is over ------------------------------------------------------------------------------ */

Test(connection_deadlines, nothing_is_said_to_one_that_has_said_nothing) {
    EXPECT_SERVED(CONNECTION_WAIT_READABLE, CONNECTION_NEW);
    EXPECT_EXPIRED(CONNECTION_DONE, CONNECTION_NEW);
    expect_silence();
    expect_closed();

    connect_client();
    EXPECT_EXPIRED(CONNECTION_DONE, CONNECTION_NEW);
    expect_silence();
    cr_expect_eq(answer_count, 0);
}

Test(connection_deadlines, nothing_is_said_to_one_that_was_idle) {
    EXPECT_SENT_AND_SERVED(GET_SMALL, CONNECTION_WAIT_READABLE, CONNECTION_IDLE);
    expect_answer(200);
    EXPECT_EXPIRED(CONNECTION_DONE, CONNECTION_IDLE);
    expect_silence();
    cr_expect_eq(answer_count, 1);
}

Test(connection_deadlines, one_in_the_middle_of_a_request_is_told_408) {
    static const char *const beginnings[] = {"G", "GET / HTTP/1.1\r\nHost: a\r\n",
                                             "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nbody"};
    for (size_t i = 0; i < sizeof beginnings / sizeof *beginnings; i++) {
        connect_client();
        EXPECT_SENT_AND_SERVED(beginnings[i], CONNECTION_WAIT_READABLE, CONNECTION_READING);
        let_pass_ms(HEADER_TIMEOUT_MS);
        EXPECT_EXPIRED(CONNECTION_WAIT_READABLE, CONNECTION_LINGERING);
        expect_answer(408);
        cr_expect(answer_field_is(&answer, "Connection", "close"));
        cr_expect(socket_pair_is_finished(&pair));
        cr_expect_eq(connection.deadline_ms, now_ms() + LINGER_TIMEOUT_MS);
        cr_expect_eq(answer_count, i + 1);
        cr_expect(answers[i].status == HTTP_REQUEST_TIMEOUT && answers[i].complete && answers[i].has_line);
        cr_expect_eq(answers[i].duration_ns, (int64_t)HEADER_TIMEOUT_MS * 1000000);
    }
}

/* As the owner does it: expiring shuts down the receiving side, to wake whoever waits. */
Test(connection_deadlines, being_told_needs_no_receiving_side) {
    EXPECT_SENT_AND_SERVED("GET /sm", CONNECTION_WAIT_READABLE, CONNECTION_READING);
    cr_assert_eq(shutdown(connection.fd, SHUT_RD), 0);
    EXPECT_EXPIRED(CONNECTION_DONE, CONNECTION_LINGERING);
    expect_answer(408);
    expect_closed();
}

Test(connection_deadlines, one_that_takes_nothing_of_its_answer_is_lost) {
    EXPECT_SENT_AND_SERVED(GET_LARGE, CONNECTION_WAIT_WRITABLE, CONNECTION_SENDING);
    let_pass_ms(SEND_TIMEOUT_MS);
    EXPECT_EXPIRED(CONNECTION_DONE, CONNECTION_SENDING);
    cr_expect_eq(answer_count, 1);
    cr_expect(!answers[0].complete && answers[0].body_bytes > 0 && answers[0].body_bytes < LARGE_BYTES);
    cr_expect_eq(answers[0].duration_ns, (int64_t)SEND_TIMEOUT_MS * 1000000);
    cr_expect_str_eq(answers[0].line, "GET /large HTTP/1.1");
}

Test(connection_deadlines, one_that_lingers_is_closed) {
    EXPECT_SENT_AND_SERVED("GET / HTTP/1.1\r\n\r\n", CONNECTION_WAIT_READABLE, CONNECTION_LINGERING);
    EXPECT_EXPIRED(CONNECTION_DONE, CONNECTION_LINGERING);
    expect_answer(400);
    expect_closed();
    cr_expect_eq(answer_count, 1);
}

/* --- how long an answer took ---------------------------------------------------------------------------- */

Test(connection_deadlines, a_duration_counts_from_the_first_byte_to_the_last) {
    let_pass_ms(5000); /* silence before the first byte does not count */
    EXPECT_SERVED(CONNECTION_WAIT_READABLE, CONNECTION_NEW);
    let_pass_ms(5000);
    EXPECT_SENT_AND_SERVED("GET /large HT", CONNECTION_WAIT_READABLE, CONNECTION_READING);
    let_pass_ms(20);
    EXPECT_SENT_AND_SERVED("TP/1.1\r\nHost: a\r\n\r\n", CONNECTION_WAIT_WRITABLE, CONNECTION_SENDING);
    let_pass_ms(300);
    expect_head(200);
    cr_expect_eq(receive_large(0), LARGE_BYTES);
    cr_expect_eq(answers[0].duration_ns, INT64_C(320) * 1000000);

    let_pass_ms(5000);
    EXPECT_SENT_AND_SERVED(GET_SMALL GET_SMALL, CONNECTION_WAIT_READABLE, CONNECTION_IDLE);
    cr_expect_eq(answers[1].duration_ns, 0);
    cr_expect_eq(answers[2].duration_ns, 0);
}

Test(connection_deadlines, answers_carry_the_date_of_their_day) {
    EXPECT_SENT_AND_SERVED(GET_SMALL, CONNECTION_WAIT_READABLE, CONNECTION_IDLE);
    expect_answer(200);
    cr_expect(answer_field_is(&answer, "Date", "Sun, 06 Nov 1994 08:49:37 GMT"));
    let_pass_ms(1000);
    EXPECT_SENT_AND_SERVED(GET_SMALL, CONNECTION_WAIT_READABLE, CONNECTION_IDLE);
    expect_answer(200);
    cr_expect(answer_field_is(&answer, "Date", "Sun, 06 Nov 1994 08:49:38 GMT"));
}
