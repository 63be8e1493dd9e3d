/* SPDX-License-Identifier: MIT */
/* Linked with support_io_faults.c and support_memory_faults.c and the --wrap that each of them names. */
#include "http/base/clock.h"
#include "tests/unit/http/serving.h"
#include "tests/unit/support/hurry.h"
#include "tests/unit/support/io_faults.h"
#include "tests/unit/support/memory_faults.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>

static void set_up(void) {
    serving_set_up();
    leisure = true; /* or an archive is on its way before its first read */
}

TestSuite(connection_faults, .init = set_up, .fini = serving_tear_down, .timeout = 120);

#define GET_SMALL "GET /small HTTP/1.1\r\nHost: a\r\n\r\n"
#define GET_LARGE "GET /large HTTP/1.1\r\nHost: a\r\n\r\n"

static void expect_lost(size_t count, uint64_t body_bytes) {
    cr_assert_eq(answer_count, count, "%zu answers were reported", answer_count);
    cr_expect_not(answers[count - 1].complete);
    cr_expect_eq(answers[count - 1].body_bytes, body_bytes, "%ju bytes",
                 (uintmax_t)answers[count - 1].body_bytes);
    connection_close(&connection);
    cr_expect_eq(answer_count, count);
}

Test(connection_faults, works_byte_by_byte_in_spite_of_interruptions) {
    socket_pair_send_text(&pair, GET_SMALL);
    io_always(IO_RECV, IO_SHORT(1));
    io_always(IO_SENDMSG, IO_SHORT(2)); /* one by one, the head would not fit into the socket's room */
    for (size_t i = 0; i < strlen(GET_SMALL) - 1; i++) {
        IO_SCRIPT(IO_RECV, IO_FAIL(EINTR), IO_FAIL(EINTR));
        EXPECT_SERVED(CONNECTION_WAIT_READABLE, CONNECTION_READING);
    }
    IO_SCRIPT(IO_SENDMSG, IO_FAIL(EINTR), IO_SHORT(1), IO_FAIL(EINTR));
    EXPECT_SERVED(CONNECTION_WAIT_READABLE, CONNECTION_IDLE);
    expect_answer(200);
    cr_expect_str_eq(answer.body, "content");
    cr_expect_eq(answer_count, 1);
}

Test(connection_faults, goes_on_wherever_sending_had_to_stop) {
    for (size_t stop = 1; stop < 200; stop += 7) {
        IO_SCRIPT(IO_SENDMSG, IO_SHORT(stop), IO_FAIL(EAGAIN), IO_FAIL(EAGAIN));
        EXPECT_SENT_AND_SERVED(GET_SMALL, CONNECTION_WAIT_WRITABLE, CONNECTION_SENDING);
        EXPECT_SERVED(CONNECTION_WAIT_WRITABLE, CONNECTION_SENDING);
        EXPECT_SERVED(CONNECTION_WAIT_READABLE, CONNECTION_IDLE);
        expect_answer(200);
        cr_expect_str_eq(answer.body, "content");
    }
}

Test(connection_faults, gives_others_their_turn_in_a_large_file) {
    io_always(IO_SENDFILE, IO_PRETEND);
    EXPECT_SENT_AND_SERVED(GET_LARGE, CONNECTION_AGAIN, CONNECTION_SENDING);
    cr_expect_eq(io_count(IO_SENDFILE), 1);
    EXPECT_SERVED(CONNECTION_AGAIN, CONNECTION_SENDING);
    EXPECT_SERVED(CONNECTION_WAIT_READABLE, CONNECTION_IDLE);
    cr_expect_eq(io_count(IO_SENDFILE), 3);
    cr_expect_eq(answer_count, 1);
    cr_expect(answers[0].complete && answers[0].body_bytes == LARGE_BYTES);
}

Test(connection_faults, gives_others_their_turn_while_a_client_floods) {
    enum { SHARE_BYTES = 512 * 1024, LEAST_STEP_BYTES = 4 * 1024 };
    EXPECT_SENT_AND_SERVED("GET / HTTP/1.1\r\n\r\n", CONNECTION_WAIT_READABLE, CONNECTION_LINGERING);
    io_always(IO_RECV, IO_PRETEND);
    size_t before = io_count(IO_RECV);
    for (size_t turn = 1; turn <= 3; turn++) {
        EXPECT_SERVED(CONNECTION_AGAIN, CONNECTION_LINGERING);
        cr_expect_leq(io_count(IO_RECV) - before, turn * (SHARE_BYTES / LEAST_STEP_BYTES));
    }
    connection.deadline_ms = clock_steady_coarse_ms();
    EXPECT_SERVED(CONNECTION_DONE, CONNECTION_LINGERING);
}

Test(connection_faults, that_is_lost_while_it_reads_has_no_answer_to_report) {
    static const char *const beginnings[] = {"", "GET / HTTP/1.1\r\n",
                                             "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nbody"};
    for (size_t i = 0; i < sizeof beginnings / sizeof *beginnings; i++) {
        connect_client();
        socket_pair_send_text(&pair, beginnings[i]);
        cr_assert_eq(connection_serve(&connection, &worker), CONNECTION_WAIT_READABLE);
        IO_SCRIPT(IO_RECV, IO_FAIL(ECONNRESET));
        cr_expect_eq(connection_serve(&connection, &worker), CONNECTION_DONE, "'%s'", beginnings[i]);
        expect_silence();
    }
    cr_expect_eq(answer_count, 0);
}

Test(connection_faults, that_is_lost_at_the_first_byte_of_its_answer_is_reported) {
    IO_SCRIPT(IO_SENDMSG, IO_FAIL(EPIPE));
    EXPECT_SENT_AND_SERVED(GET_SMALL, CONNECTION_DONE, CONNECTION_SENDING);
    expect_lost(1, 0);
}

Test(connection_faults, that_is_lost_in_its_second_answer_is_reported_with_the_first) {
    IO_SCRIPT(IO_SENDMSG, IO_PASS, IO_FAIL(ECONNRESET));
    EXPECT_SENT_AND_SERVED(GET_SMALL GET_SMALL GET_SMALL, CONNECTION_DONE, CONNECTION_SENDING);
    cr_expect(answers[0].complete && answers[0].body_bytes == SMALL_BYTES);
    expect_lost(2, 0);
}

Test(connection_faults, that_is_lost_in_the_middle_of_a_file_is_reported_with_what_was_sent) {
    IO_SCRIPT(IO_SENDFILE, IO_SHORT(5000), IO_FAIL(EAGAIN), IO_SHORT(1), IO_FAIL(EPIPE));
    EXPECT_SENT_AND_SERVED(GET_LARGE, CONNECTION_WAIT_WRITABLE, CONNECTION_SENDING);
    EXPECT_SERVED(CONNECTION_DONE, CONNECTION_SENDING);
    expect_lost(1, 5001);
}

Test(connection_faults, ends_when_a_file_turns_out_shorter_than_announced) {
    enum { SHRUNK_BYTES = 2000 * 1000 };
    EXPECT_SENT_AND_SERVED(GET_LARGE, CONNECTION_WAIT_WRITABLE, CONNECTION_SENDING);
    expect_head(200);
    folder_truncate(&root, "large", SHRUNK_BYTES); /* but not so short that what is on its way changes */
    cr_expect_eq(receive_large(0), SHRUNK_BYTES);
    expect_lost(1, SHRUNK_BYTES);
    cr_expect(socket_pair_is_finished(&pair));
}

/* Whatever its body is made of: nothing of the answer has been sent yet, so that there is still another. */
Test(connection_faults, says_so_when_the_first_read_fails_and_goes_on) {
    static const struct {
        const char *request;
        int error;
        int status;
    } rows[] = {
        {GET_SMALL, EIO, 500},
        {GET_LARGE, EIO, 500},
        {GET_LARGE, EACCES, 403},
        {"GET /large HTTP/1.1\r\nHost: a\r\nRange: bytes=100-\r\n\r\n", EIO, 500},
        {"GET /large HTTP/1.1\r\nHost: a\r\nRange: bytes=0-99999,200000-299999\r\n\r\n", EIO, 500},
        {"GET /large HTTP/1.1\r\nHost: a\r\nRange: bytes=0-1,200-201\r\n\r\n", ESTALE, 503},
        {"GET /?download=tar HTTP/1.1\r\nHost: a\r\n\r\n", EIO, 500},
        {"GET /files/?download=tar HTTP/1.1\r\nHost: a\r\n\r\n", ESTALE, 503},
    };
    folder_write_text(&root, "files/small", "content");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        io_always(IO_PREAD, IO_FAIL(rows[i].error));
        socket_pair_send_text(&pair, rows[i].request);
        enum connection_verdict verdict = CONNECTION_AGAIN;
        while (verdict == CONNECTION_AGAIN) { /* an archive may take several turns */
            verdict = connection_serve(&connection, &worker);
        }
        cr_assert_eq(verdict, CONNECTION_WAIT_READABLE, "row %zu: verdict %d", i, (int)verdict);
        expect_answer(rows[i].status);
        cr_expect(answer_field_is(&answer, "Connection", "keep-alive"), "row %zu", i);
        cr_expect(strstr(answer.body, "<h1>") != NULL, "row %zu", i);
        cr_assert_eq(answer_count, 2 * i + 1);
        cr_expect(answers[2 * i].complete && (int)answers[2 * i].status == rows[i].status, "row %zu", i);
        cr_expect_eq(answers[2 * i].error, rows[i].status >= 500 ? rows[i].error : 0, "row %zu", i);
        io_always(IO_PREAD, IO_PASS);
        EXPECT_SENT_AND_SERVED(GET_SMALL, CONNECTION_WAIT_READABLE, CONNECTION_IDLE);
        expect_answer(200);
    }
    expect_silence();
}

Test(connection_faults, says_with_a_bare_page_that_the_first_read_fails) {
    static char bytes[64 * 1024];
    io_always(IO_PREAD, IO_FAIL(EIO));
    EXPECT_SENT_AND_SERVED("GET /large\r\n", CONNECTION_DONE, CONNECTION_SENDING);
    (void)socket_pair_receive_text(&pair, bytes, sizeof bytes);
    cr_expect(strncmp(bytes, "<!doctype html>", 15) == 0 && strstr(bytes, "<span>500</span>") != NULL, "%s",
              bytes);
}

Test(connection_faults, reads_nothing_for_a_head) {
    io_always(IO_PREAD, IO_FAIL(EIO));
    EXPECT_SENT_AND_SERVED("HEAD /large HTTP/1.1\r\nHost: a\r\n\r\n", CONNECTION_WAIT_READABLE,
                           CONNECTION_IDLE);
    expect_head(200);
    cr_expect_eq(io_count(IO_PREAD), 0);
}

Test(connection_faults, ends_when_a_file_cannot_be_read_any_more) {
    io_always(IO_SENDFILE, IO_FAIL(EIO));
    EXPECT_SENT_AND_SERVED(GET_LARGE, CONNECTION_DONE, CONNECTION_SENDING);
    expect_lost(1, 0);
}

Test(connection_faults, sends_by_copy_where_sendfile_does_not_work) {
    io_always(IO_SENDFILE, IO_FAIL(EINVAL));
    EXPECT_SENT_AND_SERVED(GET_LARGE, CONNECTION_WAIT_WRITABLE, CONNECTION_SENDING);
    expect_head(200);
    cr_expect_eq(receive_large(0), LARGE_BYTES);
    cr_expect(answers[0].complete && answers[0].body_bytes == LARGE_BYTES);
}

Test(connection_faults, a_client_that_cannot_be_turned_away_in_words_is_just_closed) {
    IO_SCRIPT(IO_RECV, IO_FAIL(ECONNRESET));
    cr_expect_eq(connection_reject(&connection, &service), CONNECTION_DONE);
    connect_client();
    IO_SCRIPT(IO_SENDMSG, IO_FAIL(EPIPE));
    cr_expect_eq(connection_reject(&connection, &service), CONNECTION_DONE);
    connect_client();
    IO_SCRIPT(IO_SENDMSG, IO_SHORT(10), IO_FAIL(EAGAIN));
    cr_expect_eq(connection_reject(&connection, &service), CONNECTION_DONE);
}

/* --- memory --------------------------------------------------------------------------------------------- */

/* Longer than the buffer of a reader is at first. */
static void send_long_request(void) {
    char value[9000];
    memset(value, 'a', sizeof value);
    socket_pair_send_text(&pair, "GET /small HTTP/1.1\r\nHost: a\r\nA: ");
    socket_pair_send(&pair, value, sizeof value);
    socket_pair_send_text(&pair, "\r\n\r\n");
}

static char received[256 * 1024];
static size_t received_length;

/* How many whole answers were received; nothing else may be among them. */
static size_t count_received_answers(void) {
    size_t count = 0;
    for (size_t at = 0; at < received_length; count++) {
        size_t head_size = answer_find_head(received + at, received_length - at);
        cr_assert(head_size > 0 && answer_read_head(&answer, received + at, head_size), "answer %zu: %s",
                  count, answer.malformed);
        at += head_size + (size_t)answer.content_length;
        cr_assert_leq(at, received_length, "answer %zu is cut off", count);
    }
    return count;
}

/* Serve a client that wants a bit of everything, with the allocation behind the next `successes` failing.
 * Returns whether it came to that. */
static bool serve_without_memory(size_t successes) {
    enum connection_verdict verdict = CONNECTION_AGAIN;
    connect_client();
    socket_pair_send_text(&pair, GET_SMALL "GET / HTTP/1.1\r\nHost: a\r\n\r\n" GET_SMALL);
    send_long_request();
    socket_pair_send_text(&pair, "GET /none HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\n\r\n");
    received_length = 0;
    memory_fail_after(successes);
    while (verdict != CONNECTION_DONE && connection.phase != CONNECTION_LINGERING) {
        verdict = connection_serve(&connection, &worker);
        received_length +=
            socket_pair_receive(&pair, received + received_length, sizeof received - received_length);
        cr_assert_neq(verdict, CONNECTION_WAIT_WRITABLE, "allocation %zu", successes);
    }
    bool failed = memory_stop_failing();
    connection_close(&connection);
    connection_worker_deinit(&worker);
    return failed;
}

Test(connection_faults, survives_each_allocation_that_fails_and_loses_nothing) {
    ptrdiff_t live_before = memory_live_count();
    size_t failures = 0;
    for (bool failed = true; failed; failures++) {
        answer_count = 0;
        memset(steps, 0, sizeof steps);
        failed = serve_without_memory(failures);
        cr_expect_eq(memory_live_count(), live_before, "allocation %zu", failures);
        cr_assert(failed || answer_count == 6, "%zu answers", answer_count);
        cr_expect_eq(count_received_answers(), answer_count, "allocation %zu", failures);
        for (size_t i = 0; i < answer_count; i++) {
            cr_expect(answers[i].complete, "allocation %zu, answer %zu", failures, i);
        }
    }
    cr_expect(failures > 8, "only %zu allocations", failures);
}

/* --- memory while a head comes in pieces ---------------------------------------------------------------- */

/* Between the pieces the head is kept without its worker's buffers. Returns the status of the answer, or 0: the
 * connection was closed without one. */
static int serve_pieces(void (*fail)(size_t successes), size_t successes) {
    static const char *const pieces[] = {"GET /small HT", "TP/1.1\r\nHost: a\r\nA: ", "\r\n\r\n"};
    static char value[3000];
    enum connection_verdict verdict = CONNECTION_WAIT_READABLE;
    memset(value, 'a', sizeof value);
    connect_client();
    received_length = 0;
    fail(successes);
    for (size_t i = 0; i < 3 && verdict != CONNECTION_DONE && connection.phase != CONNECTION_LINGERING; i++) {
        socket_pair_send_text(&pair, pieces[i]);
        socket_pair_send(&pair, value, i == 1 ? sizeof value : 0);
        do {
            verdict = connection_serve(&connection, &worker);
        } while (verdict == CONNECTION_AGAIN);
    }
    received_length += socket_pair_receive(&pair, received, sizeof received);
    return count_received_answers() == 1 ? answer.status : 0;
}

static void let_pieces_fail(void (*fail)(size_t successes), bool is_for_good) {
    connection_close(&connection); /* and what the worker keeps, so that all is made anew */
    connection_worker_deinit(&worker);
    ptrdiff_t live_before = memory_live_count();
    size_t failures = 0;
    for (bool failed = true; failed; failures++) {
        answer_count = 0;
        memset(steps, 0, sizeof steps);
        int status = serve_pieces(fail, failures);
        failed = memory_stop_failing();
        connection_close(&connection);
        connection_worker_deinit(&worker);
        cr_expect(status == 200 || (failed && (status == 0 || status == 503)), "allocation %zu: %d", failures,
                  status);
        cr_expect(failures > 0 || !is_for_good || status == 0, "without any memory: %d", status);
        cr_expect_eq(memory_live_count(), live_before, "allocation %zu", failures);
    }
    cr_expect(failures > 4, "only %zu allocations", failures);
}

Test(connection_faults, survives_each_allocation_that_fails_while_a_head_comes_in_pieces) {
    let_pieces_fail(memory_fail_after, false);
}

Test(connection_faults, survives_memory_that_is_gone_for_good_from_any_moment_on) {
    let_pieces_fail(memory_fail_from, true);
}
