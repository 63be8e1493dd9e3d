/* SPDX-License-Identifier: MIT */
#include "tests/support/stage.h"

#include <stdio.h>
#include <string.h>

enum { MAX_BODY = 64 * 1024, HUGE_BODY = 6 * 1024 * 1024 };

static struct client client;

static void set_up_site(void) {
    stage_set_up();
    folder_write_text(&site, "a.txt", "content");
    serve(LIST("LIDO_MAX_BODY=64k"));
    client_connect(&client, lido.port);
}

static void tear_down(void) {
    client_close(&client);
    stage_tear_down();
}

TestSuite(bodies, .init = set_up_site, .fini = tear_down, .timeout = STAGE_TIMEOUT_S);

static void expect(int status) {
    client_read_answer(&client, "GET", &answer);
    cr_assert(answer.status == status, "status %d instead of %d", answer.status, status);
}

static void expect_kept(void) {
    cr_assert(answer_field_lists(&answer, "Connection", "keep-alive"), "Connection: %s",
              answer_field(&answer, "Connection"));
    client_send(&client, "GET /a.txt HTTP/1.0\r\n\r\n");
    expect(200);
    client_expect_end(&client);
}

StageTest(bodies, within_the_limit_are_dropped_and_the_connection_stays) {
    static const struct {
        const char *request;
        int status;
    } rows[] = {
        {"GET /a.txt HTTP/1.1\r\nHost: a\r\nContent-Length: 65536\r\n\r\n", 200},
        {"POST /a.txt HTTP/1.1\r\nHost: a\r\nContent-Length: 65536\r\n\r\n", 405},
        {"BREW /a.txt HTTP/1.1\r\nHost: a\r\nContent-Length: 65536\r\n\r\n", 501},
        {"GET /a.txt HTTP/1.0\r\nConnection: keep-alive\r\nContent-Length: 65536\r\n\r\n", 200},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        client_close(&client);
        client_connect(&client, lido.port);
        client_send(&client, rows[i].request);
        client_send_filler(&client, MAX_BODY);
        client_read_answer(&client, "GET", &answer);
        cr_assert(answer.status == rows[i].status, "%s: status %d", rows[i].request, answer.status);
        if (rows[i].status != 501) {
            expect_kept();
        }
    }
}

StageTest(bodies, without_bytes_are_no_bodies) {
    client_send(&client, "GET /a.txt HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
    expect(200);
    expect_kept();
}

StageTest(bodies, in_chunks_are_dropped_and_the_connection_stays) {
    client_send(&client, "POST /a.txt HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n"
                         "5\r\nhello\r\nA;name=\"v\"\r\n0123456789\r\n0\r\nSome: trailer\r\n\r\n");
    expect(405);
    expect_kept();
}

StageTest(bodies, in_malformed_chunks_are_400) {
    static const char *const bodies[] = {
        "zz\r\n",
        "\r\n\r\n",
        "-1\r\n",
        "5\r\nhelloworld\r\n0\r\n\r\n",
        "fffffffffffffffff\r\n",
        "5 5\r\nhello\r\n0\r\n\r\n",
        "0x5\r\nhello\r\n0\r\n\r\n",
    };
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
        client_close(&client);
        client_connect(&client, lido.port);
        client_send(&client, "GET /a.txt HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
        client_send(&client, bodies[i]);
        client_read_answer(&client, "GET", &answer);
        cr_assert(answer.status == 400, "%s: status %d", bodies[i], answer.status);
        client_expect_end(&client);
    }
}

/* The server says no while megabytes are still on their way; a close at once would reset the connection and
 * take the answer with it. */
StageTest(bodies, past_the_limit_are_refused_in_words_that_a_sender_can_still_read) {
    static const struct {
        const char *method;
        int status;
    } rows[] = {{"GET", 413}, {"POST", 405}, {"PUT", 405}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char head[256];
        (void)snprintf(head, sizeof head, "%s /a.txt HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n",
                       rows[i].method, HUGE_BODY);
        client_close(&client);
        client_connect(&client, lido.port);
        client_send(&client, head);
        client_send_filler(&client, HUGE_BODY);
        client_read_answer(&client, "GET", &answer);
        cr_assert(answer.status == rows[i].status, "%s: status %d", rows[i].method, answer.status);
        cr_assert(!answer_field_lists(&answer, "Connection", "keep-alive"), "%s", rows[i].method);
        cr_assert(answer.body_size == (size_t)answer.content_length, "%s", rows[i].method);
        client_expect_end(&client);
    }
}

StageTest(bodies, in_chunks_past_the_limit_are_refused) {
    client_send(&client, "GET /a.txt HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n600000\r\n");
    client_send_filler(&client, HUGE_BODY);
    expect(413);
    client_expect_end(&client);
}

StageTest(bodies, one_byte_past_the_limit_is_past_the_limit) {
    client_send(&client, "GET /a.txt HTTP/1.1\r\nHost: a\r\nContent-Length: 65537\r\n\r\n");
    expect(413);
    client_expect_end(&client);
}

StageTest(bodies, that_a_client_announces_with_100_continue_get_the_final_answer_at_once) {
    static const struct {
        const char *method;
        int status;
    } rows[] = {{"GET", 200}, {"POST", 405}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char head[256];
        (void)snprintf(head, sizeof head,
                       "%s /a.txt HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n",
                       rows[i].method);
        client_close(&client);
        client_connect(&client, lido.port);
        client_send(&client, head);
        client_read_answer(&client, "GET", &answer); /* before a byte of the body went out */
        cr_assert(answer.status == rows[i].status, "%s: status %d", rows[i].method, answer.status);
    }
}

StageTest(bodies, of_other_expectations_are_417) {
    ask("GET /a.txt HTTP/1.1\r\nHost: a\r\nConnection: close\r\nExpect: miracles\r\n\r\n");
    cr_assert(answer.status == 417, "status %d", answer.status);
}

StageTest(bodies, that_never_come_end_in_a_closed_connection) {
    struct client other;
    program_stop(&lido);
    serve(LIST("LIDO_HEADER_TIMEOUT=300ms", "LIDO_KEEPALIVE_TIMEOUT=300ms", "LIDO_LINGER_TIMEOUT=300ms"));
    client_connect(&other, lido.port);
    client_send(&other, "POST /a.txt HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\nonly this");
    cr_assert(client_read_to_end(&other) == CLIENT_CLOSED);
    client_close(&other);
}
