/* SPDX-License-Identifier: MIT */
/* Linked with support_io_faults.c and support_memory_faults.c and the --wrap that each of them names. */
#include "http/request/reader.h"
#include "tests/unit/support/io_faults.h"
#include "tests/unit/support/memory_faults.h"
#include "tests/unit/support/socket_pair.h"
#include "tests/unit/support/transcript.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>

TestSuite(request_reader_faults, .timeout = 60);

static struct socket_pair pair;
static struct request request;

static struct request_reader *create_reader(void) {
    struct request_reader *reader = request_reader_create(&default_limits);
    cr_assert(reader != NULL);
    return reader;
}

Test(request_reader_faults, is_not_made_when_memory_runs_out) {
    size_t failures = 0;
    for (;; failures++) {
        memory_fail_after(failures);
        struct request_reader *reader = request_reader_create(&default_limits);
        if (!memory_stop_failing()) {
            request_reader_destroy(reader);
            break;
        }
        cr_expect(reader == NULL, "allocation %zu", failures);
        cr_expect_eq(memory_live_count(), 0, "allocation %zu", failures);
    }
    cr_expect(failures > 0);
    cr_expect_eq(memory_live_count(), 0);
}

/* Send the bytes in pieces, reading after each. Returns whether that worked. *count is raised by the requests
 * read. */
static bool send_and_read(struct request_reader *reader, const char *bytes, size_t size, int *count) {
    for (size_t sent = 0; sent < size;) {
        size_t piece = size - sent < 1000 ? size - sent : 1000;
        socket_pair_send(&pair, bytes + sent, piece);
        sent += piece;
        enum read_outcome outcome = request_reader_read(reader, pair.ours, &request);
        while (outcome == READ_REQUEST) {
            cr_assert_eq(request.refusal, HTTP_OK);
            ++*count;
            request_reader_next(reader);
            outcome = request_reader_read(reader, pair.ours, &request);
        }
        if (outcome == READ_FAILED) {
            return false;
        }
    }
    return true;
}

/* Read a head that makes the buffer grow several times, then a body and another request. Returns whether that
 * worked. */
static bool read_large_requests(struct request_reader *reader) {
    static const char begin[] = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3000\r\nA: ";
    static const char middle[] = "\r\n\r\n";
    static const char end[] = "GET / HTTP/1.0\r\n\r\n";
    char filler[15000];
    int count = 0;
    memset(filler, 'a', sizeof filler);
    bool worked = send_and_read(reader, begin, strlen(begin), &count) &&
                  send_and_read(reader, filler, sizeof filler, &count) &&
                  send_and_read(reader, middle, strlen(middle), &count) &&
                  send_and_read(reader, filler, 3000, &count) &&
                  send_and_read(reader, end, strlen(end), &count);
    cr_assert(!worked || count == 2, "%d requests", count);
    return worked;
}

Test(request_reader_faults, fails_when_memory_runs_out_and_loses_none) {
    size_t failures = 0;
    bool failed = true;
    for (; failed; failures++) {
        struct request_reader *reader = create_reader();
        socket_pair_open(&pair);
        memory_fail_after(failures);
        bool worked = read_large_requests(reader);
        failed = memory_stop_failing();
        cr_expect_neq(worked, failed, "allocation %zu", failures);
        request_reader_reset(reader); /* the reader itself is in order */
        socket_pair_close(&pair);
        socket_pair_open(&pair);
        cr_expect(read_large_requests(reader), "behind allocation %zu", failures);
        socket_pair_close(&pair);
        request_reader_destroy(reader);
        cr_expect_eq(memory_live_count(), 0, "allocation %zu", failures);
    }
    cr_expect(failures > 3, "only %zu allocations", failures);
}

Test(request_reader_faults, tells_a_lost_connection_from_one_that_waits) {
    static const char *const beginnings[] = {"", "GET / HT", "GET / HTTP/1.1\r\nHost: a\r\n",
                                             "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc"};
    static const struct {
        int error;
        enum read_outcome outcome;
    } rows[] = {{EAGAIN, READ_MORE}, {ECONNRESET, READ_FAILED}, {ETIMEDOUT, READ_FAILED}};
    for (size_t i = 0; i < sizeof beginnings / sizeof *beginnings; i++) {
        for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
            struct request_reader *reader = create_reader();
            socket_pair_open(&pair);
            socket_pair_send_text(&pair, beginnings[i]);
            cr_assert_eq(request_reader_read(reader, pair.ours, &request), READ_MORE);
            IO_SCRIPT(IO_RECV, IO_FAIL(rows[k].error));
            enum read_outcome outcome = request_reader_read(reader, pair.ours, &request);
            cr_expect_eq(outcome, rows[k].outcome, "'%s', %s", beginnings[i], strerror(rows[k].error));
            socket_pair_close(&pair);
            request_reader_destroy(reader);
        }
    }
}

Test(request_reader_faults, takes_what_comes_byte_by_byte_in_spite_of_interruptions) {
    static const char bytes[] = "GET /a HTTP/1.1\r\nHost: b\r\nContent-Length: 3\r\n\r\nabcGET /c\r\n";
    struct request_reader *reader = create_reader();
    enum read_outcome outcome = READ_MORE;
    size_t reads = 0;
    socket_pair_open(&pair);
    socket_pair_send(&pair, bytes, sizeof bytes - 1);
    io_always(IO_RECV, IO_SHORT(1));
    while (outcome == READ_MORE) {
        IO_SCRIPT(IO_RECV, IO_FAIL(EINTR));
        outcome = request_reader_read(reader, pair.ours, &request);
        reads++;
    }
    cr_assert_eq(outcome, READ_REQUEST);
    cr_expect(view_equals(request.target, "/a") && view_equals(request.host, "b"));
    cr_expect_eq(reads, strlen("GET /a HTTP/1.1\r\nHost: b\r\nContent-Length: 3\r\n\r\nabc"));
    socket_pair_close(&pair);
    request_reader_destroy(reader);
}

Test(request_reader_faults, asks_no_more_than_once_for_what_came_in_one_piece) {
    struct request_reader *reader = create_reader();
    socket_pair_open(&pair);
    socket_pair_send_text(&pair, "GET / HT");
    cr_expect_eq(request_reader_read(reader, pair.ours, &request), READ_MORE);
    cr_expect_eq(io_count(IO_RECV), 1);
    socket_pair_send_text(&pair, "TP/1.0\r\n\r\n");
    cr_expect_eq(request_reader_read(reader, pair.ours, &request), READ_REQUEST);
    cr_expect_eq(io_count(IO_RECV), 2);
    socket_pair_close(&pair);
    request_reader_destroy(reader);
}

Test(request_reader_faults, asks_nothing_for_what_it_has_already) {
    struct request_reader *reader = create_reader();
    socket_pair_open(&pair);
    socket_pair_send_text(&pair, "GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.0\r\n\r\n");
    cr_expect_eq(request_reader_read(reader, pair.ours, &request), READ_REQUEST);
    request_reader_next(reader);
    cr_expect_eq(request_reader_read(reader, pair.ours, &request), READ_REQUEST);
    cr_expect(view_equals(request.target, "/2"));
    cr_expect_eq(io_count(IO_RECV), 1);
    socket_pair_close(&pair);
    request_reader_destroy(reader);
}

Test(request_reader_faults, nothing_is_destroyed_without_harm) {
    request_reader_destroy(NULL);
}
