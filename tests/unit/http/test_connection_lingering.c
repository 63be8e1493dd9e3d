/* SPDX-License-Identifier: MIT */
/* How a connection ends: a client that still sends can read its answer, and no client can stay for ever. Over
 * TCP, where closing with unread bytes sends a reset, which may take the answer with it. */
#include "tests/support/deadline.h"
#include "tests/unit/http/serving.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

static void set_up(void) {
    serving_set_up();
    connect_client_by_tcp();
}

TestSuite(connection_lingering, .init = set_up, .fini = serving_tear_down, .timeout = 60);

static const char waste[32 * 1024];

/* Wait until something that the client has sent, or its end, is there to be read. */
static void await_arrival(void) {
    cr_assert(deadline_wait(connection.fd, POLLIN, deadline_in(PATIENCE_MS)), "nothing arrives");
}

static void refuse_request(void) {
    socket_pair_send_text(&pair, "GET / HTTP/1.1\r\n\r\n");
    await_arrival();
    EXPECT_SERVED(CONNECTION_WAIT_READABLE, CONNECTION_LINGERING);
}

Test(connection_lingering, throws_away_what_comes_behind_the_last_answer) {
    refuse_request();
    cr_expect_not(connection_is_between_requests(&connection));
    for (int i = 0; i < 5; i++) {
        socket_pair_send(&pair, waste, sizeof waste);
        await_arrival();
        EXPECT_SERVED(CONNECTION_WAIT_READABLE, CONNECTION_LINGERING);
    }
    expect_answer(400);
    cr_expect(socket_pair_is_finished(&pair), "the client is not told that this was all");
    expect_closed();
    cr_expect_eq(answer_count, 1);
}

Test(connection_lingering, is_over_when_the_client_has_finished_too) {
    refuse_request();
    socket_pair_finish_sending(&pair);
    await_arrival();
    EXPECT_SERVED(CONNECTION_DONE, CONNECTION_LINGERING);
    expect_answer(400);
    expect_closed();
}

Test(connection_lingering, is_over_when_its_time_is) {
    refuse_request();
    EXPECT_EXPIRED(CONNECTION_DONE, CONNECTION_LINGERING);
    cr_expect_eq(answer_count, 1);
}

Test(connection_lingering, is_not_needed_when_everything_has_been_read) {
    socket_pair_send_text(&pair, "GET /small HTTP/1.0\r\n\r\n");
    await_arrival();
    EXPECT_SERVED(CONNECTION_DONE, CONNECTION_SENDING);
    expect_answer(200);
    expect_closed();
}

/* A head of so many bytes and what comes behind it, in one segment. */
static void send_head_of(size_t size, const char *more) {
    static const char begin[] = "GET /small HTTP/1.0\r\nA: ";
    static const char end[] = "\r\n\r\n";
    struct text bytes = {0};
    text_append(&bytes, begin);
    while (bytes.length < size - strlen(end)) {
        text_append(&bytes, "a");
    }
    text_append(&bytes, end);
    text_append(&bytes, more);
    socket_pair_send(&pair, bytes.bytes, bytes.length);
    text_deinit(&bytes);
}

/* Whatever the reader's buffer holds: a head that just fills it must not hide that there is more behind it.
 * */
Test(connection_lingering, is_needed_however_the_last_request_fills_the_buffer) {
    for (size_t size = 1024; size <= 8192; size += 1024) {
        connection_worker_deinit(&worker); /* with it goes the buffer */
        connect_client_by_tcp();
        send_head_of(size, "more");
        await_arrival();
        enum connection_verdict verdict = connection_serve(&connection, &worker);
        cr_expect_eq(verdict, CONNECTION_WAIT_READABLE, "a head of %zu bytes", size);
        cr_expect_eq(connection.phase, CONNECTION_LINGERING, "a head of %zu bytes", size);
        expect_answer(200);
        expect_closed();
    }
}

/* --- answers that are still on their way ---------------------------------------------------------------- */

/* Serve a request for "large", until all of it is in the kernel, of which the client has not taken the
 * end. */
static size_t serve_large(void) {
    static char taken[LARGE_BYTES + 1000];
    size_t count = 0;
    enum connection_verdict verdict = CONNECTION_AGAIN;
    socket_pair_send_text(&pair, "GET /large HTTP/1.0\r\n\r\n");
    await_arrival();
    while (connection.phase != CONNECTION_LINGERING && verdict != CONNECTION_DONE) {
        verdict = connection_serve(&connection, &worker);
        if (verdict == CONNECTION_WAIT_WRITABLE) {
            count += socket_pair_receive(&pair, taken, 64 * 1024);
        }
    }
    cr_assert_eq(verdict, CONNECTION_WAIT_READABLE);
    cr_assert_eq(answer_count, 1);
    return count;
}

static size_t take_all(void) {
    static char rest[LARGE_BYTES + 1000];
    size_t count = 0;
    ssize_t n = 1;
    while (n > 0 && deadline_wait(pair.theirs, POLLIN, deadline_in(PATIENCE_MS))) {
        n = recv(pair.theirs, rest, sizeof rest, 0);
        cr_assert_neq(n, -1, "%s", strerror(errno));
        count += (size_t)n;
    }
    return count;
}

Test(connection_lingering, is_needed_until_a_large_answer_is_taken) {
    size_t taken = serve_large();
    cr_expect_gt(connection.queued_bytes, 0);
    socket_pair_send_text(&pair, "\r\n"); /* what old browsers send behind a form */
    await_arrival();
    EXPECT_SERVED(CONNECTION_WAIT_READABLE, CONNECTION_LINGERING);
    connection_close(&connection);
    cr_expect_gt(taken + take_all(), LARGE_BYTES);
}

/* Its owner knows whether the client goes on taking, and says so at the latest when it stops. */
Test(connection_lingering, waits_for_its_owner_while_an_answer_is_taken) {
    (void)serve_large();
    connection.deadline_ms = 0;
    EXPECT_SERVED(CONNECTION_WAIT_READABLE, CONNECTION_LINGERING);
    EXPECT_EXPIRED(CONNECTION_DONE, CONNECTION_LINGERING);
}

Test(connection_lingering, is_not_needed_where_a_large_answer_cannot_be_lost) {
    connect_client();
    EXPECT_SENT_AND_SERVED("GET /large HTTP/1.0\r\n\r\n", CONNECTION_WAIT_WRITABLE, CONNECTION_SENDING);
    expect_head(200);
    cr_expect_eq(receive_large(0), LARGE_BYTES);
    cr_expect_eq(connection.phase, CONNECTION_SENDING, "a UNIX socket knows no reset");
}

/* --- turning away --------------------------------------------------------------------------------------- */

static void expect_rejected(void) {
    cr_assert_eq(connection_reject(&connection, &service), CONNECTION_WAIT_READABLE);
    cr_assert_eq(connection.phase, CONNECTION_LINGERING);
    cr_expect(connection.exchange == NULL);
    expect_answer(503);
    cr_expect(answer_field_is(&answer, "Retry-After", "1"));
    cr_expect(socket_pair_is_finished(&pair));
}

Test(connection_lingering, a_new_client_is_turned_away_with_an_answer_that_it_can_read) {
    socket_pair_send_text(&pair, "GET /small HTTP/1.0\r\n\r\n");
    await_arrival();
    expect_rejected();
    socket_pair_send(&pair, waste, sizeof waste);
    await_arrival();
    EXPECT_SERVED(CONNECTION_WAIT_READABLE, CONNECTION_LINGERING);
    expect_closed();
    cr_expect_eq(answer_count, 0);
}

Test(connection_lingering, an_idle_client_is_turned_away_as_well) {
    socket_pair_send_text(&pair, "GET /small HTTP/1.1\r\nHost: a\r\n\r\n");
    await_arrival();
    EXPECT_SERVED(CONNECTION_WAIT_READABLE, CONNECTION_IDLE);
    expect_answer(200);
    expect_rejected();
    EXPECT_EXPIRED(CONNECTION_DONE, CONNECTION_LINGERING);
}

Test(connection_lingering, a_client_that_has_used_its_share_is_turned_away_as_well) {
    struct text requests = {0};
    for (size_t i = 0; i < 40; i++) {
        text_append(&requests, "GET /small HTTP/1.1\r\nHost: a\r\n\r\n");
    }
    socket_pair_send(&pair, requests.bytes, requests.length); /* in one segment */
    text_deinit(&requests);
    await_arrival();
    EXPECT_SERVED(CONNECTION_AGAIN, CONNECTION_IDLE);
    for (int i = 0; i < 32; i++) {
        expect_answer(200);
    }
    expect_rejected();
    expect_closed();
}

Test(connection_lingering, a_client_that_has_finished_sending_is_turned_away_in_words) {
    socket_pair_send_text(&pair, "GET /small HTTP/1.0\r\n\r\n");
    socket_pair_finish_sending(&pair);
    await_arrival();
    expect_rejected();
    EXPECT_SERVED(CONNECTION_DONE, CONNECTION_LINGERING);
    expect_closed();
}

Test(connection_lingering, a_client_that_takes_nothing_is_turned_away_without_a_word) {
    connect_client();
    socket_pair_narrow(&(const struct socket_pair){.ours = connection.fd, .theirs = -1});
    (void)socket_pair_fill(&(const struct socket_pair){.ours = connection.fd, .theirs = -1});
    cr_expect_eq(connection_reject(&connection, &service), CONNECTION_DONE);
}

/* What it has not taken would else stay in the kernel for minutes. */
Test(connection_lingering, a_client_that_takes_nothing_of_its_answer_is_reset) {
    socket_pair_narrow(&(const struct socket_pair){.ours = connection.fd, .theirs = -1});
    socket_pair_send_text(&pair, "GET /large HTTP/1.0\r\n\r\n");
    await_arrival();
    EXPECT_SERVED(CONNECTION_WAIT_WRITABLE, CONNECTION_SENDING);
    EXPECT_EXPIRED(CONNECTION_DONE, CONNECTION_SENDING);
    connection_close(&connection);
    cr_assert(deadline_wait(pair.theirs, 0, deadline_in(PATIENCE_MS)), "no error arrives");
    int error = 0;
    socklen_t size = sizeof error;
    cr_assert_eq(getsockopt(pair.theirs, SOL_SOCKET, SO_ERROR, &error, &size), 0);
    cr_expect_eq(error, ECONNRESET, "%s", strerror(error));
}

Test(connection_lingering, holds_a_share_of_the_wide_ones_from_its_first_large_answer_to_its_end) {
    static struct memory_budget wide = {.limit_bytes = WIDTH_WIDE_BYTES};
    service.wide_budget = &wide;
    socket_pair_send_text(&pair, "GET /small HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    await_arrival();
    EXPECT_SERVED(CONNECTION_WAIT_READABLE, CONNECTION_IDLE);
    cr_expect_eq(wide.used_bytes, 0, "the small answer was within what everybody has");
    socket_pair_send_text(&pair, "GET /large HTTP/1.0\r\n\r\n");
    await_arrival();
    cr_assert_neq(connection_serve(&connection, &worker), CONNECTION_DONE);
    cr_expect_eq(connection.phase, CONNECTION_SENDING);
    cr_expect_eq(wide.used_bytes, WIDTH_WIDE_BYTES);
    connection_close(&connection);
    cr_expect_eq(wide.used_bytes, 0);
}
