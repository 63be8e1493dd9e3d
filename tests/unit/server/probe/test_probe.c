/* SPDX-License-Identifier: MIT */
/* Linked with --wrap=recv: an answer can be made to come byte by byte. */
#include "tests/support/folder.h"
#include "tests/support/loopback.h"
#include "tests/unit/server/probe/probing.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

ssize_t __real_recv(int fd, void *bytes, size_t size, int flags);
ssize_t __wrap_recv(int fd, void *bytes, size_t size, int flags);

static bool receives_byte_by_byte;
static size_t receive_calls;

ssize_t __wrap_recv(int fd, void *bytes, size_t size, int flags) {
    receive_calls++;
    return __real_recv(fd, bytes, receives_byte_by_byte && size > 1 ? 1 : size, flags);
}

TestSuite(probe, .timeout = 120);

Test(probe, sends_a_plain_request_and_reports_the_answer) {
    struct server server = {.answer = "HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello"};
    int listening = listening_on(AF_INET);
    uint16_t port = port_of(listening);
    start_server(&server, listening);
    bool is_complete = probe("127.0.0.1", port, "/a%20b?c#d", LONG_MS);
    join_server(&server);
    cr_assert(is_complete, "%s", error);
    cr_expect_eq(result.status, 200);
    cr_expect_str_eq(result.status_line, "HTTP/1.0 200 OK");
    cr_expect_eq(result.body_bytes, 5);
    cr_expect(result.elapsed_us >= 0 && result.elapsed_us < (int64_t)LONG_MS * 1000);

    char expected[256];
    (void)snprintf(
        expected, sizeof expected,
        "GET /a%%20b?c HTTP/1.0\r\nHost: 127.0.0.1:%u\r\nUser-Agent: lido-probe\r\nConnection: close\r\n\r\n",
        port);
    cr_expect_str_eq(server.request, expected);
}

Test(probe, takes_answers_of_many_kinds) {
    static const struct {
        const char *answer;
        int status;
        const char *status_line;
        uint64_t body_bytes;
    } rows[] = {
        {"HTTP/1.0 404 Not Found\r\n\r\nnope", 404, "HTTP/1.0 404 Not Found", 4},
        {"HTTP/1.1 301\r\nLocation: /x/\r\nContent-Length: 0\r\n\r\n", 301, "HTTP/1.1 301", 0},
        {"HTTP/1.0 204 No Content\r\n\r\n", 204, "HTTP/1.0 204 No Content", 0},
        {"HTTP/1.0 304 Not Modified\r\nContent-Length: 9\r\n\r\n", 304, "HTTP/1.0 304 Not Modified", 0},
        {"HTTP/1.0 200 OK\n\nbody", 200, "HTTP/1.0 200 OK", 4},
        {"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nmore than that", 200, "HTTP/1.0 200 OK", 2},
        {"HTTP/1.0 500 \x1b[2J\x7f\xc3\xa4\r\n\r\n", 500, "HTTP/1.0 500 ?[2J???", 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct server server = {.answer = rows[i].answer};
        cr_assert(probe_server(&server, LONG_MS), "row %zu: %s", i, error);
        cr_expect(result.status == rows[i].status, "row %zu: status %d", i, result.status);
        cr_expect_str_eq(result.status_line, rows[i].status_line, "row %zu: %s", i, result.status_line);
        cr_expect(result.body_bytes == rows[i].body_bytes, "row %zu: %ju bytes", i,
                  (uintmax_t)result.body_bytes);
    }
}

Test(probe, says_what_is_wrong_with_an_answer) {
    static const struct {
        const char *answer;
        const char *text;
    } rows[] = {
        {"", "the server closed the connection without an answer"},
        {"HTTP/1.0 200 OK\r\nContent-", "the answer breaks off in its head"},
        {"HT", "the answer breaks off in its head"},
        {"HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhel", "the body breaks off after 3 of 5 bytes"},
        {"HTTP/1.0 200 OK\r\nContent-Length: five\r\n\r\n",
         "the answer is broken: Content-Length cannot be understood"},
        {"HTTP/1.0 OK\r\n\r\n", "the answer is broken: the status line is not one of HTTP"},
        {"<html>hello</html>\r\n\r\n", "the server does not speak HTTP"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct server server = {.answer = rows[i].answer};
        result.status = -1;
        cr_expect(!probe_server(&server, LONG_MS), "row %zu", i);
        cr_expect_str_eq(error, rows[i].text, "row %zu: %s", i, error);
        cr_expect(result.status == -1, "row %zu: untouched", i);
    }
}

Test(probe, puts_an_answer_together_that_comes_byte_by_byte) {
    struct server server = {.answer = "HTTP/1.0 200 Fine by me\r\nX: y\r\nContent-Length: 3\r\n\r\nabc"};
    receives_byte_by_byte = true;
    cr_assert(probe_server(&server, LONG_MS), "%s", error);
    cr_expect_str_eq(result.status_line, "HTTP/1.0 200 Fine by me");
    cr_expect_eq(result.body_bytes, 3);
    cr_expect_geq(receive_calls, strlen(server.answer));
}

Test(probe, does_not_wait_for_a_server_of_another_protocol) {
    struct server server = {.answer = "SSH-2.0-OpenSSH_9.2\r\n", .stays_open = true};
    cr_expect(!probe_server(&server, LONG_MS));
    cr_expect_str_eq(error, "the server does not speak HTTP");
}

Test(probe, does_not_wait_for_the_end_of_a_connection_whose_answer_is_complete) {
    struct server server = {.answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", .stays_open = true};
    cr_assert(probe_server(&server, LONG_MS), "%s", error);
    cr_expect_eq(result.body_bytes, 2);
}

Test(probe, reads_a_long_body_to_its_end) {
    struct server server = {.answer = "HTTP/1.0 200 OK\r\nContent-Length: 8388608\r\n\r\n",
                            .repetitions = 8388608};
    cr_assert(probe_server(&server, LONG_MS), "%s", error);
    cr_expect_eq(result.body_bytes, 8388608);
}

Test(probe, refuses_a_head_without_an_end) {
    struct server server = {.answer = "HTTP/1.0 200 OK\r\nX: ", .repetitions = (size_t)1024 * 1024};
    cr_expect(!probe_server(&server, LONG_MS));
    cr_expect_str_eq(error, "the head of the answer is longer than 16384 bytes");
}

Test(probe, reports_a_connection_that_is_reset) {
    struct server server = {.answer = "", .resets = true};
    cr_expect(!probe_server(&server, LONG_MS));
    cr_expect(strstr(error, "cannot receive the answer: ") == error, "%s", error);
    cr_expect(strstr(error, strerror(ECONNRESET)) != NULL, "%s", error);
}

Test(probe, gives_up_on_a_server_that_says_nothing) {
    int listening = listening_on(AF_INET); /* the kernel lets clients connect; nobody accepts them */
    cr_expect(!probe("127.0.0.1", port_of(listening), "/", 30));
    cr_expect_str_eq(error, "no answer within 30 ms");
    (void)close(listening);
}

Test(probe, gives_up_on_a_body_that_does_not_go_on) {
    struct server server = {.answer = "HTTP/1.0 200 OK\r\nContent-Length: 9\r\n\r\nabc", .stays_open = true};
    cr_expect(!probe_server(&server, 1500));
    cr_expect_str_eq(error, "after 1500 ms there are only 3 of 9 bytes of the body");
}

Test(probe, explains_urls_and_names_that_lead_nowhere) {
    cr_expect(!probe_run("https://localhost/", LONG_MS, &result, error));
    cr_expect_str_eq(error, "https://localhost/: Lido speaks HTTP only; use http://");
    cr_expect(!probe_run("http://nohost.invalid/", LONG_MS, &result, error));
    cr_expect(strstr(error, "cannot find the host 'nohost.invalid': ") == error, "%s", error);
}

Test(probe, leaves_no_descriptor_open) {
    int before = count_descriptors();
    struct server good = {.answer = "HTTP/1.0 200 OK\r\n\r\nbody"};
    struct server bad = {.answer = "HTTP/1.0 200 OK\r\nContent-Length: 9\r\n\r\n"};
    cr_expect(probe_server(&good, LONG_MS), "%s", error);
    cr_expect(!probe_server(&bad, LONG_MS));
    cr_expect_eq(count_descriptors(), before);
}
