/* SPDX-License-Identifier: MIT */
#include "tests/support/stage.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>

TestSuite(limits, .init = stage_set_up, .fini = stage_tear_down, .timeout = STAGE_TIMEOUT_S);

enum { KIB = 1024, MAX_LINE = KIB, MAX_HEAD = 2 * KIB, MAX_FIELDS = 10, LOTS = KIB * KIB };

/* "<begin>xxx...<end>" of exactly `size` bytes. */
static const char *stretch(const char *begin, const char *end, size_t size) {
    static char filler[LOTS];
    static char text[2 * LOTS];
    size_t fixed = strlen(begin) + strlen(end);
    cr_assert(fixed <= size && size - fixed <= sizeof filler);
    memset(filler, 'x', sizeof filler);
    (void)snprintf(text, sizeof text, "%s%.*s%s", begin, (int)(size - fixed), filler, end);
    return text;
}

static void set_up_small_limits(void) {
    stage_set_up();
    folder_write_text(&site, "index.html", "content");
    serve(LIST("LIDO_MAX_REQUEST_LINE=1k", "LIDO_MAX_HEAD=2k", "LIDO_MAX_FIELDS=10"));
}

TestSuite(small_limits, .init = set_up_small_limits, .fini = stage_tear_down, .timeout = STAGE_TIMEOUT_S);

StageTest(small_limits, allow_a_request_line_of_the_limit_and_414_a_longer_one) {
    ask(stretch("GET /?", " HTTP/1.0\r\n\r\n", MAX_LINE + 4));
    cr_assert(answer.status == 200, "at the limit: status %d", answer.status);
    ask(stretch("GET /?", " HTTP/1.0\r\n\r\n", MAX_LINE + 5));
    cr_assert(answer.status == 414, "past the limit: status %d", answer.status);
}

StageTest(small_limits, end_a_request_line_that_does_not_end) {
    struct client client;
    client_connect(&client, lido.port);
    client_send(&client, "GET /");
    (void)client_try_send(&client, stretch("", "", LOTS), LOTS);
    client_read_answer(&client, "GET", &answer);
    cr_assert(answer.status == 414, "status %d", answer.status);
    client_expect_end(&client);
    client_close(&client);
}

StageTest(small_limits, allow_a_head_of_the_limit_and_431_a_longer_one) {
    ask(stretch("GET / HTTP/1.0\r\nA: ", "\r\n\r\n", MAX_HEAD));
    cr_assert(answer.status == 200, "at the limit: status %d", answer.status);
    ask(stretch("GET / HTTP/1.0\r\nA: ", "\r\n\r\n", MAX_HEAD + 1));
    cr_assert(answer.status == 431, "past the limit: status %d", answer.status);
    ask(stretch("GET / HTTP/1.0\r\nA: ", "\r\n\r\n", LOTS));
    cr_assert(answer.status == 431, "far past the limit: status %d", answer.status);
}

StageTest(small_limits, allow_fields_up_to_their_number_and_431_more) {
    for (int count = MAX_FIELDS; count <= MAX_FIELDS + 1; count++) {
        char request[MAX_HEAD];
        int length = snprintf(request, sizeof request, "GET / HTTP/1.0\r\n");
        for (int i = 0; i < count; i++) {
            length += snprintf(request + length, sizeof request - (size_t)length, "A: b\r\n");
        }
        (void)snprintf(request + length, sizeof request - (size_t)length, "\r\n");
        ask(request);
        cr_assert(answer.status == (count <= MAX_FIELDS ? 200 : 431), "%d fields: status %d", count,
                  answer.status);
    }
}

StageTest(small_limits, hold_for_every_request_of_a_connection) {
    struct client client;
    client_connect(&client, lido.port);
    for (int i = 0; i < 5; i++) {
        client_send(&client,
                    stretch("GET / HTTP/1.0\r\nConnection: keep-alive\r\nA: ", "\r\n\r\n", MAX_HEAD));
        client_read_answer(&client, "GET", &answer);
        cr_assert(answer.status == 200, "request %d: status %d", i, answer.status);
    }
    client_send(&client,
                stretch("GET / HTTP/1.0\r\nConnection: keep-alive\r\nA: ", "\r\n\r\n", MAX_HEAD + 1));
    client_read_answer(&client, "GET", &answer);
    cr_assert(answer.status == 431, "status %d", answer.status);
    client_expect_end(&client);
    client_close(&client);
}

StageTest(limits, by_default_allow_what_browsers_send) {
    folder_write_text(&site, "index.html", "content");
    serve(NULL);
    ask(stretch("GET /?", " HTTP/1.0\r\n\r\n", (size_t)8 * KIB));
    cr_assert(answer.status == 200, "8 KiB request line: status %d", answer.status);
    ask(stretch("GET / HTTP/1.0\r\nCookie: ", "\r\n\r\n", (size_t)16 * KIB));
    cr_assert(answer.status == 200, "16 KiB head: status %d", answer.status);
    ask(stretch("GET /?", " HTTP/1.0\r\n\r\n", (size_t)9 * KIB));
    cr_assert(answer.status == 414, "9 KiB request line: status %d", answer.status);
    ask(stretch("GET / HTTP/1.0\r\nCookie: ", "\r\n\r\n", (size_t)17 * KIB));
    cr_assert(answer.status == 431, "17 KiB head: status %d", answer.status);
}

StageTest(limits, of_time_end_half_a_head_with_408) {
    struct client client;
    serve(LIST("LIDO_HEADER_TIMEOUT=300ms"));
    client_connect(&client, lido.port);
    int64_t begin = clock_now_ms();
    client_send(&client, "GET / HTTP/1.0\r\nUser-A");
    client_read_answer(&client, "GET", &answer);
    cr_assert(answer.status == 408, "status %d", answer.status);
    cr_assert(clock_now_ms() - begin >= 300, "after %lld ms", (long long)(clock_now_ms() - begin));
    client_expect_end(&client);
    client_close(&client);
}

/* Each byte that comes is no reason to wait longer: the limit is on the whole head. */
StageTest(limits, of_time_end_a_head_that_drips) {
    struct client client;
    serve(LIST("LIDO_HEADER_TIMEOUT=500ms"));
    client_connect(&client, lido.port);
    client_send(&client, "GET / HTTP/1.0\r\nUser-Agent: ");
    int64_t begin = clock_now_ms();
    while (!deadline_wait(client.fd, POLLIN, deadline_in(20))) {
        (void)client_try_send(&client, "x", 1);
        cr_assert(clock_now_ms() - begin < PATIENCE_MS, "the server waits for more than %d ms", PATIENCE_MS);
    }
    client_read_answer(&client, "GET", &answer);
    cr_assert(answer.status == 408, "status %d", answer.status);
    client_close(&client);
}

StageTest(limits, of_time_end_a_silent_connection_without_a_word) {
    struct client client;
    serve(LIST("LIDO_HEADER_TIMEOUT=300ms"));
    client_connect(&client, lido.port);
    client_expect_end(&client);
    client_close(&client);
}

StageTest(limits, of_time_end_an_idle_connection_without_a_word) {
    struct client client;
    folder_write_text(&site, "index.html", "content");
    serve(LIST("LIDO_KEEPALIVE_TIMEOUT=300ms"));
    client_connect(&client, lido.port);
    round_trip(&client);
    int64_t begin = clock_now_ms();
    client_expect_end(&client);
    cr_assert(clock_now_ms() - begin >= 290, "after %lld ms", (long long)(clock_now_ms() - begin));
    client_close(&client);
}

StageTest(limits, of_time_for_heads_count_from_their_first_byte_on_a_kept_connection) {
    struct client client;
    folder_write_text(&site, "index.html", "content");
    serve(LIST("LIDO_KEEPALIVE_TIMEOUT=300s", "LIDO_HEADER_TIMEOUT=300ms"));
    client_connect(&client, lido.port);
    round_trip(&client);
    client_send(&client, "GET / HTT");
    client_read_answer(&client, "GET", &answer);
    cr_assert(answer.status == 408, "status %d", answer.status);
    client_expect_end(&client);
    client_close(&client);
}
