/* SPDX-License-Identifier: MIT */
#include "tests/support/stage.h"

#include <string.h>

static void set_up_site(void) {
    stage_set_up();
    folder_write_text(&site, "index.html", "<p>content\n");
    serve(NULL);
}

TestSuite(versions, .init = set_up_site, .fini = stage_tear_down, .timeout = STAGE_TIMEOUT_S);

StageTest(versions, other_than_one_are_refused_and_all_of_one_get_http_1_0) {
    static const struct {
        const char *request;
        int status;
    } rows[] = {
        {"GET / HTTP/1.0\r\n\r\n", 200},
        {"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", 200},
        {"GET / HTTP/1.2\r\nHost: a\r\nConnection: close\r\n\r\n", 200},
        {"GET / HTTP/1.9\r\nHost: a\r\nConnection: close\r\n\r\n", 200},
        {"GET / HTTP/2.0\r\n\r\n", 505},
        {"GET / HTTP/3.0\r\nHost: a\r\n\r\n", 505},
        {"GET / HTTP/9.9\r\n\r\n", 505},
        {"GET /none HTTP/2.0\r\n\r\n", 505},
        {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505},
        {"GET / http/1.0\r\n\r\n", 400},
        {"GET / HTTP/1\r\n\r\n", 400},
        {"GET / HTTP/1.10\r\n\r\n", 400},
        {"GET / HTTP/10.0\r\n\r\n", 400},
        {"GET / HTTP/1.x\r\n\r\n", 400},
        {"GET / HTTP/-1.0\r\n\r\n", 400},
        {"GET / HTTP 1.0\r\n\r\n", 400},
        {"GET / HTTPS/1.0\r\n\r\n", 400},
        {"GET / FTP/1.0\r\n\r\n", 400},
        {"GET /  HTTP/1.0\r\n\r\n", 400},
        {"GET  / HTTP/1.0\r\n\r\n", 400},
        {"GET / HTTP/1.0 \r\n\r\n", 400},
        {" GET / HTTP/1.0\r\n\r\n", 400},
        {"GET\r\n\r\n", 400},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        ask(rows[i].request); /* fails on a status line other than HTTP/1.0 */
        cr_assert(answer.status == rows[i].status, "%s: status %d", rows[i].request, answer.status);
    }
}

/* Send a request of HTTP/0.9 and read what comes up to the end, with a NUL. */
static void ask_simply(const char *request, char *bytes, size_t size) {
    struct client client;
    client_connect(&client, lido.port);
    client_send(&client, request);
    cr_assert(client_read_to_end(&client) == CLIENT_CLOSED, "%s: reset", request);
    cr_assert(client.length < size);
    if (client.length > 0) {
        memcpy(bytes, client.bytes, client.length);
    }
    bytes[client.length] = '\0';
    client_close(&client);
}

StageTest(versions, a_simple_request_gets_the_bare_content) {
    static const char *const requests[] = {"GET /\r\n", "GET /\n", "GET /index.html\r\n"};
    char bytes[4096];
    for (size_t i = 0; i < sizeof requests / sizeof *requests; i++) {
        ask_simply(requests[i], bytes, sizeof bytes);
        cr_assert(strcmp(bytes, "<p>content\n") == 0, "%s: '%s'", requests[i], bytes);
    }
}

StageTest(versions, a_simple_request_for_nothing_gets_a_bare_page) {
    char bytes[4096];
    ask_simply("GET /none\r\n", bytes, sizeof bytes);
    cr_assert(strncmp(bytes, "HTTP/", 5) != 0, "'%s'", bytes);
    cr_assert(strstr(bytes, "<html") != NULL, "'%s'", bytes);
}

StageTest(versions, a_simple_request_can_only_be_a_get) {
    static const char *const requests[] = {"POST /\r\n", "OPTIONS *\r\n", "DELETE /index.html\r\n"};
    for (size_t i = 0; i < sizeof requests / sizeof *requests; i++) {
        ask(requests[i]);
        cr_assert(answer.status == 400, "%s: status %d", requests[i], answer.status);
    }
}

StageTest(versions, one_one_needs_a_host_and_one_zero_does_not) {
    ask("GET / HTTP/1.1\r\nConnection: close\r\n\r\n");
    cr_assert(answer.status == 400, "without: status %d", answer.status);
    ask("GET / HTTP/1.2\r\nConnection: close\r\n\r\n");
    cr_assert(answer.status == 400, "without, 1.2: status %d", answer.status);
    ask("GET / HTTP/1.1\r\nHost:\r\nConnection: close\r\n\r\n");
    cr_assert(answer.status == 200, "empty: status %d", answer.status);
    ask("GET http://example.com/ HTTP/1.1\r\nHost: example.com\r\nConnection: close\r\n\r\n");
    cr_assert(answer.status == 200, "absolute form: status %d", answer.status);
    ask("GET http://example.com HTTP/1.0\r\n\r\n");
    cr_assert(answer.status == 200, "absolute form without a path: status %d", answer.status);
}

StageTest(versions, lines_may_end_without_a_carriage_return) {
    ask("GET / HTTP/1.0\nUser-Agent: typed by hand\n\n");
    cr_assert(answer.status == 200, "status %d", answer.status);
}

StageTest(versions, empty_lines_before_the_request_are_skipped) {
    ask("\r\n\r\nGET / HTTP/1.0\r\n\r\n");
    cr_assert(answer.status == 200, "status %d", answer.status);
}
