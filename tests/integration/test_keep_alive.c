/* SPDX-License-Identifier: MIT */
#include "tests/support/stage.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

static struct client client;

static void set_up_site(void) {
    stage_set_up();
    folder_write_text(&site, "a.txt", "the file a\n");
    serve(LIST("LIDO_KEEPALIVE_TIMEOUT=1h")); /* who is forgotten stays so */
    client_connect(&client, lido.port);
}

static void tear_down(void) {
    client_close(&client);
    stage_tear_down();
}

TestSuite(keep_alive, .init = set_up_site, .fini = tear_down, .timeout = STAGE_TIMEOUT_S);

#define KEPT_FIELDS "Host: localhost\r\nConnection: keep-alive\r\n\r\n"

/* Read one answer and check its status and, unless NULL, its body. */
static void expect(const char *method, int status, const char *body) {
    client_read_answer(&client, method, &answer);
    cr_assert(answer.status == status, "status %d instead of %d", answer.status, status);
    cr_assert(body == NULL || strcmp(answer.body, body) == 0, "'%s' instead of '%s'", answer.body, body);
}

static void expect_still_served(void) {
    client_send(&client, "GET /a.txt HTTP/1.0\r\n\r\n");
    expect("GET", 200, "the file a\n");
    client_expect_end(&client);
}

StageTest(keep_alive, is_what_the_client_asks_for) {
    static const struct {
        const char *name;
        const char *request;
        bool is_kept;
    } rows[] = {
        {"1.0", "GET /a.txt HTTP/1.0\r\n\r\n", false},
        {"1.0 keep-alive", "GET /a.txt HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", true},
        {"1.0 Keep-Alive", "GET /a.txt HTTP/1.0\r\nconnection: Keep-Alive\r\n\r\n", true},
        {"1.0 close", "GET /a.txt HTTP/1.0\r\nConnection: close\r\n\r\n", false},
        {"1.0 both", "GET /a.txt HTTP/1.0\r\nConnection: keep-alive, close\r\n\r\n", false},
        {"1.0 something else", "GET /a.txt HTTP/1.0\r\nConnection: upgrade\r\n\r\n", false},
        {"1.1", "GET /a.txt HTTP/1.1\r\nHost: a\r\n\r\n", true},
        {"1.1 keep-alive", "GET /a.txt HTTP/1.1\r\nHost: a\r\nConnection: keep-alive\r\n\r\n", true},
        {"1.1 close", "GET /a.txt HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", false},
        {"1.1 Close in a list", "GET /a.txt HTTP/1.1\r\nHost: a\r\nConnection: foo, Close\r\n\r\n", false},
        {"1.1 close in a second field",
         "GET /a.txt HTTP/1.1\r\nHost: a\r\nConnection: a\r\nConnection: close\r\n\r\n", false},
        {"1.2", "GET /a.txt HTTP/1.2\r\nHost: a\r\n\r\n", true},
        {"404", "GET /none HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", true},
        {"405", "DELETE /a.txt HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", true},
        {"OPTIONS", "OPTIONS * HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", true},
        {"HEAD", "HEAD /a.txt HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *request = rows[i].request;
        client_close(&client);
        client_connect(&client, lido.port);
        client_send(&client, request);
        client_read_answer(&client, strncmp(request, "HEAD", 4) == 0 ? "HEAD" : "", &answer);
        cr_assert(answer_field_lists(&answer, "Connection", "keep-alive") == rows[i].is_kept,
                  "%s: Connection: %s", rows[i].name, answer_field(&answer, "Connection"));
        cr_assert(!rows[i].is_kept || answer.content_length >= 0 || answer.status == 204, "%s: no length",
                  rows[i].name);
        if (rows[i].is_kept) {
            expect_still_served();
        } else {
            client_expect_end(&client);
        }
    }
}

StageTest(keep_alive, answers_fifty_pipelined_requests_in_order) {
    enum { COUNT = 50, REQUEST_BYTES = 128 };
    static char requests[COUNT * REQUEST_BYTES];
    size_t length = 0;
    for (int i = 0; i < COUNT; i++) {
        char name[32];
        char body[32];
        (void)snprintf(name, sizeof name, "%d.txt", i);
        (void)snprintf(body, sizeof body, "file number %d", i);
        folder_write_text(&site, name, body);
        length += (size_t)snprintf(requests + length, sizeof requests - length, "GET /%d.txt HTTP/1.0\r\n%s",
                                   i, i + 1 < COUNT ? KEPT_FIELDS : "\r\n");
    }
    client_send_bytes(&client, requests, length);
    for (int i = 0; i < COUNT; i++) {
        char body[32];
        (void)snprintf(body, sizeof body, "file number %d", i);
        expect("GET", 200, body);
    }
    client_expect_end(&client);
}

StageTest(keep_alive, answers_a_thousand_requests_that_come_without_a_pause) {
    enum { COUNT = 1000 };
    for (int i = 0; i < COUNT; i++) {
        client_send(&client, "GET /a.txt HTTP/1.0\r\n" KEPT_FIELDS);
    }
    for (int i = 0; i < COUNT; i++) {
        expect("GET", 200, "the file a\n");
    }
    expect_still_served();
}

StageTest(keep_alive, skips_bodies_between_pipelined_requests) {
    client_send(&client,
                "GET /a.txt HTTP/1.1\r\nHost: a\r\nContent-Length: 24\r\n\r\nGET /none HTTP/1.0\r\n\r\nxx"
                "POST /a.txt HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nGET /"
                "GET /a.txt HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                "5\r\nGET /\r\n5;ext=1\r\n HTTP\r\n0\r\nTrailer: x\r\n\r\n"
                "GET /a.txt HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n"
                "GET /a.txt HTTP/1.0\r\n\r\n");
    expect("GET", 200, "the file a\n");
    expect("POST", 405, NULL);
    expect("GET", 200, "the file a\n");
    expect("GET", 200, "the file a\n");
    expect("GET", 200, "the file a\n");
    client_expect_end(&client);
}

StageTest(keep_alive, sends_no_body_for_head_within_a_pipeline) {
    client_send(&client, "HEAD /a.txt HTTP/1.0\r\n" KEPT_FIELDS "HEAD /none HTTP/1.0\r\n" KEPT_FIELDS
                         "GET /a.txt HTTP/1.0\r\n" KEPT_FIELDS "HEAD /a.txt HTTP/1.0\r\n\r\n");
    expect("HEAD", 200, NULL);
    cr_assert(answer.content_length == 11, "%lld", (long long)answer.content_length);
    expect("HEAD", 404, NULL);
    expect("GET", 200, "the file a\n");
    expect("HEAD", 200, NULL);
    client_expect_end(&client);
}

StageTest(keep_alive, ends_a_pipeline_with_its_first_malformed_request) {
    client_send(&client,
                "GET /a.txt HTTP/1.0\r\n" KEPT_FIELDS "GET /a.txt HTTP/1.0\r\nno colon\r\n" KEPT_FIELDS
                "GET /a.txt HTTP/1.0\r\n" KEPT_FIELDS);
    expect("GET", 200, "the file a\n");
    expect("GET", 400, NULL);
    cr_assert(!answer_field_lists(&answer, "Connection", "keep-alive"));
    client_expect_end(&client);
}

StageTest(keep_alive, ends_a_pipeline_with_a_request_that_closes) {
    client_send(&client, "GET /a.txt HTTP/1.0\r\n\r\nGET /a.txt HTTP/1.0\r\n\r\n");
    expect("GET", 200, "the file a\n");
    client_expect_end(&client);
}

StageTest(keep_alive, answers_what_came_before_a_half_close) {
    client_send(&client, "GET /a.txt HTTP/1.0\r\n" KEPT_FIELDS "GET /a.txt HTTP/1.0\r\n" KEPT_FIELDS);
    client_finish_sending(&client);
    expect("GET", 200, "the file a\n");
    expect("GET", 200, "the file a\n");
    client_expect_end(&client);
}

/* epoll may report both as one event, and who reads the request does not see the end. */
StageTest(keep_alive, sees_the_end_that_comes_together_with_the_last_request) {
    static const char request[] = "GET /a.txt HTTP/1.0\r\n" KEPT_FIELDS;
    for (int i = 0; i < 100; i++) {
        client_send(&client, request);
        expect("GET", 200, "the file a\n");
        int flags = i % 2 == 0 ? MSG_MORE : 0; /* in one segment, or in two */
        cr_assert_eq(send(client.fd, request, sizeof request - 1, flags), (ssize_t)sizeof request - 1);
        client_finish_sending(&client);
        expect("GET", 200, "the file a\n");
        client_expect_end(&client);
        client_close(&client);
        client_connect(&client, lido.port);
    }
}

StageTest(keep_alive, serves_many_requests_over_one_connection) {
    for (int i = 0; i < 500; i++) {
        client_send(&client, "GET /a.txt HTTP/1.0\r\n" KEPT_FIELDS);
        expect("GET", 200, "the file a\n");
    }
}

StageTest(keep_alive, sends_a_large_file_between_small_ones) {
    enum { SIZE = 3 * 1000 * 1000 };
    folder_write_pattern(&site, "large.bin", 0, SIZE);
    client_send(&client, "GET /large.bin HTTP/1.0\r\n" KEPT_FIELDS "GET /a.txt HTTP/1.0\r\n" KEPT_FIELDS
                         "GET /large.bin HTTP/1.0\r\n" KEPT_FIELDS);
    client_read_head(&client, &answer);
    cr_assert(answer.content_length == SIZE && client_read_pattern(&client, 0, SIZE) == SIZE);
    expect("GET", 200, "the file a\n");
    client_read_head(&client, &answer);
    cr_assert(answer.content_length == SIZE && client_read_pattern(&client, 0, SIZE) == SIZE);
    expect_still_served();
}
