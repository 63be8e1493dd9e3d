/* SPDX-License-Identifier: MIT */
/* Work on folders waits until the thread may begin with it. */
#include "http/transport/transport.h"
#include "tests/unit/http/serving.h"

#include <criterion/criterion.h>
#include <poll.h>

static size_t may_count; /* it may begin so often */
static size_t asked_count;
static size_t begun_count;

static bool may_begin(void *context) {
    cr_assert_eq(context, &may_count);
    asked_count++;
    bool may = may_count > 0;
    may_count -= may ? 1 : 0;
    return may;
}

static void note_work(void *context, enum blocking_kind kind) {
    (void)context;
    begun_count += kind == BLOCKING_FOLDER ? 1 : 0;
}

static void set_up(void) {
    serving_set_up();
    folder_write_text(&root, "list/a", "text");
    worker.blocking = (struct blocking){.ahead = note_work, .may_begin = may_begin, .context = &may_count};
}

TestSuite(connection_putting_off, .init = set_up, .fini = serving_tear_down, .timeout = 60);

static const char *const requests[] = {
    "GET /list/ HTTP/1.0\r\n\r\n",
    "GET /list/?format=json HTTP/1.0\r\n\r\n",
    "GET /list/?download=tar HTTP/1.0\r\n\r\n",
    "GET /list/?sort=size HTTP/1.0\r\n\r\n",
};

enum { REQUESTS = sizeof requests / sizeof requests[0] };

/* It may take several turns on a busy machine. */
static void expect_served_to_the_end(void) {
    enum connection_verdict verdict = CONNECTION_AGAIN;
    while (verdict == CONNECTION_AGAIN) {
        verdict = connection_serve(&connection, &worker);
    }
    cr_assert_eq(verdict, CONNECTION_DONE);
}

Test(connection_putting_off, does_nothing_until_it_may_begin) {
    for (size_t i = 0; i < REQUESTS; i++) {
        connect_client_by_tcp();
        may_count = 0;
        begun_count = 0;
        EXPECT_SENT_AND_SERVED(requests[i], CONNECTION_AGAIN, CONNECTION_PREPARING);
        EXPECT_SERVED(CONNECTION_AGAIN, CONNECTION_PREPARING);
        cr_expect(connection_can_wait(&connection), "%s", requests[i]);
        cr_expect_eq(begun_count, 0, "%s", requests[i]);
        expect_silence();
        may_count = SIZE_MAX;
        expect_served_to_the_end();
        expect_answer(200);
        cr_expect_gt(begun_count, 0, "%s", requests[i]);
    }
}

Test(connection_putting_off, asks_again_before_it_makes_what_it_sends) {
    connect_client_by_tcp();
    socket_pair_send_text(&pair, "GET /list/?download=tar HTTP/1.0\r\n\r\n");
    while (connection.phase != CONNECTION_SENDING) {
        may_count = 1; /* for one turn of work; none is left for what is sent */
        cr_assert_eq(connection_serve(&connection, &worker), CONNECTION_AGAIN);
    }
    EXPECT_SERVED(CONNECTION_AGAIN, CONNECTION_SENDING);
    cr_expect(connection_can_wait(&connection));
    expect_silence();
    may_count = SIZE_MAX;
    expect_served_to_the_end();
    expect_answer(200);
}

Test(connection_putting_off, concerns_no_file) {
    may_count = 0;
    EXPECT_SENT_AND_SERVED("GET /small HTTP/1.1\r\nHost: a\r\n\r\n", CONNECTION_WAIT_READABLE,
                           CONNECTION_IDLE);
    cr_expect_not(connection_can_wait(&connection));
    expect_answer(200);
    EXPECT_SENT_AND_SERVED("GET /list/none HTTP/1.1\r\nHost: a\r\n\r\n", CONNECTION_WAIT_READABLE,
                           CONNECTION_IDLE);
    expect_answer(404);
    EXPECT_SENT_AND_SERVED("GET /list HTTP/1.1\r\nHost: a\r\n\r\n", CONNECTION_WAIT_READABLE,
                           CONNECTION_IDLE);
    expect_answer(301);
    cr_expect_eq(asked_count, 0);
}

Test(connection_putting_off, costs_nothing_once_the_client_has_left) {
    for (size_t i = 0; i < REQUESTS; i++) {
        struct pollfd ours = {0};
        connect_client_by_tcp();
        may_count = 0;
        EXPECT_SENT_AND_SERVED(requests[i], CONNECTION_AGAIN, CONNECTION_PREPARING);
        answer_count = asked_count = begun_count = 0;
        ours.fd = connection.fd;
        transport_reset_on_close(pair.theirs);
        socket_pair_close_theirs(&pair);
        cr_assert_eq(poll(&ours, 1, 10 * 1000), 1);
        may_count = SIZE_MAX;
        EXPECT_SERVED(CONNECTION_DONE, CONNECTION_PREPARING);
        cr_expect(asked_count == 0 && begun_count == 0, "%s", requests[i]);
        cr_expect(answer_count == 1 && !answers[0].complete, "%s", requests[i]);
    }
}

Test(connection_putting_off, waits_for_a_client_that_has_only_finished_sending) {
    connect_client_by_tcp();
    may_count = 0;
    EXPECT_SENT_AND_SERVED(requests[0], CONNECTION_AGAIN, CONNECTION_PREPARING);
    transport_end_sending(pair.theirs);
    EXPECT_SERVED(CONNECTION_AGAIN, CONNECTION_PREPARING);
    may_count = SIZE_MAX;
    expect_served_to_the_end();
    expect_answer(200);
}
