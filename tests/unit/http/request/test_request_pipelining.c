/* SPDX-License-Identifier: MIT */
/* More than one request on a connection, and what the buffer of the reader does meanwhile. */
/* Linked with support_memory_faults.c and its --wrap for malloc, calloc, realloc, strdup and free. */
#include "http/request/reader.h"
#include "tests/unit/support/memory_faults.h"
#include "tests/unit/support/socket_pair.h"
#include "tests/unit/support/transcript.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

enum { MANY = 1000, BYTES_MAX = 200 * 1024, BUFFER_MAX = 8 * 1024, HEAD_BYTES = 16 * 1024 };

static struct socket_pair pair;
static struct request_reader *reader;
static struct request request;
static char bytes[BYTES_MAX];

static void set_up(void) {
    socket_pair_open(&pair);
    reader = request_reader_create(&default_limits);
    cr_assert(reader != NULL);
}

static void tear_down(void) {
    request_reader_destroy(reader);
    socket_pair_close(&pair);
    memory_demand_live(0);
}

TestSuite(request_pipelining, .init = set_up, .fini = tear_down, .timeout = 60);

static enum read_outcome read_request(void) {
    return request_reader_read(reader, pair.ours, &request);
}

static void expect_view(struct view view, const char *text) {
    cr_expect(view_equals(view, text), "'%.*s' is not '%s'", (int)view.length, view.bytes, text);
}

static void expect_numbered_requests(int count) {
    for (int i = 0; i < count; i++) {
        char target[16];
        (void)snprintf(target, sizeof target, "/%d", i);
        cr_assert_eq(read_request(), READ_REQUEST, "request %d", i);
        cr_assert(request.refusal == HTTP_OK && request.keep_alive, "request %d", i);
        cr_assert(view_equals(request.target, target), "request %d: '%.*s'", i, (int)request.target.length,
                  request.target.bytes);
        request_reader_next(reader);
    }
    cr_expect_eq(read_request(), READ_MORE);
    cr_expect_not(request_reader_has_bytes(reader));
}

Test(request_pipelining, reads_a_thousand_requests_that_come_in_one_go) {
    size_t length = 0;
    for (int i = 0; i < MANY; i++) {
        length += (size_t)snprintf(bytes + length, sizeof bytes - length,
                                   "GET /%d HTTP/1.1\r\nHost: a\r\nUser-Agent: pipeline\r\n\r\n", i);
    }
    (void)memory_take_largest();
    socket_pair_send(&pair, bytes, length);
    expect_numbered_requests(MANY);
    cr_expect_leq(memory_take_largest(), BUFFER_MAX, "the buffer grows with what comes behind a request");
}

Test(request_pipelining, reads_a_thousand_requests_with_bodies) {
    size_t length = 0;
    for (int i = 0; i < MANY; i++) {
        length += (size_t)snprintf(bytes + length, sizeof bytes - length,
                                   "PUT /%d HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n%.*s", i,
                                   i % 100, i % 100,
                                   "GET / HTTP/1.0\r\n\r\nGET / HTTP/1.0\r\n\r\nGET / HTTP/1.0\r\n\r\n"
                                   "GET / HTTP/1.0\r\n\r\nGET / HTTP/1.0\r\n\r\nGET / HTTP/1.0\r\n\r\n");
    }
    (void)memory_take_largest();
    socket_pair_send(&pair, bytes, length);
    expect_numbered_requests(MANY);
    cr_expect_leq(memory_take_largest(), BUFFER_MAX);
}

Test(request_pipelining, needs_no_more_memory_the_longer_a_client_pipelines) {
    static const char one[] =
        "GET / HTTP/1.1\r\nHost: a\r\nX-Padding: 0123456789012345678901234567890123456789\r\n\r\n";
    size_t length = 0;
    while (length + sizeof one < sizeof bytes) {
        memcpy(bytes + length, one, sizeof one - 1);
        length += sizeof one - 1;
    }
    (void)memory_take_largest();
    size_t sent = 0;
    size_t count = 0;
    for (int round = 0; round < 20; round++) {
        sent = 0;
        while (sent < length) {
            sent += socket_pair_send_some(&pair, bytes + sent, length - sent);
            while (read_request() == READ_REQUEST) {
                request_reader_next(reader);
                count++;
            }
        }
    }
    cr_expect_eq(count, 20 * length / (sizeof one - 1));
    cr_expect_leq(memory_take_largest(), BUFFER_MAX);
}

Test(request_pipelining, knows_whether_anything_is_left) {
    cr_expect_not(request_reader_has_bytes(reader));
    socket_pair_send_text(&pair, "G");
    cr_assert_eq(read_request(), READ_MORE);
    cr_expect(request_reader_has_bytes(reader));
    socket_pair_send_text(&pair, "ET / HTTP/1.1\r\nHost: a\r\n\r\n");
    cr_assert_eq(read_request(), READ_REQUEST);
    cr_expect_not(request_reader_has_bytes(reader), "the returned request has used them up");
    request_reader_next(reader);
    cr_expect_not(request_reader_has_bytes(reader));

    socket_pair_send_text(&pair, "GET / HTTP/1.1\r\nHost: a\r\n\r\nG");
    cr_assert_eq(read_request(), READ_REQUEST);
    cr_expect(request_reader_has_bytes(reader));
    request_reader_next(reader);
    cr_expect(request_reader_has_bytes(reader));
}

Test(request_pipelining, views_stay_while_the_body_is_dropped_and_more_comes) {
    static const char head[] =
        "POST /a HTTP/1.1\r\nHost: b\r\nUser-Agent: c\r\nContent-Length: 100000\r\n\r\n";
    static char body[100000];
    memset(body, 'x', sizeof body);
    socket_pair_send(&pair, head, sizeof head - 1);
    cr_assert_eq(read_request(), READ_MORE);
    for (size_t sent = 0; sent < sizeof body; sent += 5000) {
        cr_assert_eq(read_request(), READ_MORE);
        socket_pair_send(&pair, body + sent, 5000);
    }
    socket_pair_send_text(&pair, "GET /next HTTP/1.0\r\n\r\n");
    cr_assert_eq(read_request(), READ_REQUEST);
    expect_view(request.line, "POST /a HTTP/1.1");
    expect_view(request.target, "/a");
    expect_view(request.host, "b");
    expect_view(request.user_agent, "c");
    request_reader_next(reader);
    cr_assert_eq(read_request(), READ_REQUEST);
    expect_view(request.target, "/next");
}

Test(request_pipelining, resetting_forgets_everything) {
    socket_pair_send_text(&pair, "POST /a HTTP/1.1\r\nHost: b\r\nContent-Length: 5\r\n\r\nabc");
    cr_assert_eq(read_request(), READ_MORE);
    request_reader_reset(reader);
    cr_expect_not(request_reader_has_bytes(reader));
    socket_pair_send_text(&pair, "GET /c HTTP/1.0\r\n\r\nrest");
    cr_assert_eq(read_request(), READ_REQUEST);
    expect_view(request.line, "GET /c HTTP/1.0");
    cr_expect(request.host.bytes == NULL && request.content_length.bytes == NULL);
    request_reader_reset(reader);
    cr_expect_not(request_reader_has_bytes(reader));
    socket_pair_send_text(&pair, "GET /d HTTP/1.0\r\n\r\n");
    cr_assert_eq(read_request(), READ_REQUEST);
    expect_view(request.target, "/d");
}

static void read_head_of(size_t size) {
    static const char begin[] = "GET / HTTP/1.0\r\nA: ";
    static const char end[] = "\r\n\r\n";
    memset(bytes, 'a', size);
    socket_pair_send_text(&pair, begin);
    socket_pair_send(&pair, bytes, size - strlen(begin) - strlen(end));
    socket_pair_send_text(&pair, end);
    cr_assert_eq(read_request(), READ_REQUEST);
    cr_assert_eq(request.refusal, HTTP_OK);
}

Test(request_pipelining, a_large_buffer_is_given_back_and_a_small_one_kept) {
    ptrdiff_t without_buffer = memory_live_count();
    read_head_of(1000);
    cr_expect_eq(memory_live_count(), without_buffer + 1);
    request_reader_reset(reader);
    cr_expect_eq(memory_live_count(), without_buffer + 1, "a small buffer serves the next connection");
    read_head_of(HEAD_BYTES);
    request_reader_reset(reader);
    cr_expect_eq(memory_live_count(), without_buffer, "a large one does not stay");
    read_head_of(1000);
    cr_expect_eq(memory_live_count(), without_buffer + 1);
}

/* --- giving up ------------------------------------------------------------------------------------------ */

static void give_up_after(const char *text, const char *line, const char *target) {
    socket_pair_send_text(&pair, text);
    cr_assert_eq(read_request(), READ_MORE, "'%s'", text);
    request_reader_give_up(reader, HTTP_REQUEST_TIMEOUT, &request);
    cr_expect(request.refusal == HTTP_REQUEST_TIMEOUT && !request.keep_alive && request.body_unread, "'%s'",
              text);
    if (line != NULL) {
        expect_view(request.line, line);
    } else {
        cr_expect(request.line.bytes == NULL, "'%s'", text);
    }
    if (target != NULL) {
        expect_view(request.target, target);
    } else {
        cr_expect(request.target.bytes == NULL, "'%s'", text);
    }
    cr_expect_not(request_reader_has_bytes(reader));
    request_reader_reset(reader);
}

Test(request_pipelining, giving_up_makes_a_request_of_what_is_there) {
    give_up_after("G", "G", NULL);
    give_up_after("GET /a HTT", "GET /a HTT", NULL);
    give_up_after("GET /a HTTP/1.1\r", "GET /a HTTP/1.1", NULL);
    give_up_after("GET /a HTTP/1.1\r\nHost: b", "GET /a HTTP/1.1", NULL);
    give_up_after("\r\n\r\nGET /a", "GET /a", NULL);
    give_up_after("\r\n", NULL, NULL);
    give_up_after("PUT /a HTTP/1.1\r\nHost: b\r\nContent-Length: 9\r\n\r\nbody", "PUT /a HTTP/1.1", "/a");
}

Test(request_pipelining, giving_up_behind_another_request_does_not_repeat_it) {
    socket_pair_send_text(&pair, "GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2");
    cr_assert_eq(read_request(), READ_REQUEST);
    request_reader_next(reader);
    give_up_after("/3", "GET /2/3", NULL);
}
