/* SPDX-License-Identifier: MIT */
/* Linked with --wrap=recv: an answer can be made to come byte by byte. */
#include "http/base/clock.h"
#include "server/net/resolve.h"
#include "server/net/socket_address.h"
#include "server/probe/probe.h"
#include "server/probe/timed_io.h"
#include "tests/support/folder.h"
#include "tests/support/loopback.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { LONG_MS = 40 * 1000, SILENCE_US = 20 * 1000 };

ssize_t __real_recv(int fd, void *bytes, size_t size, int flags);
ssize_t __wrap_recv(int fd, void *bytes, size_t size, int flags);

static bool receives_byte_by_byte;
static size_t receive_calls;

ssize_t __wrap_recv(int fd, void *bytes, size_t size, int flags) {
    receive_calls++;
    return __real_recv(fd, bytes, receives_byte_by_byte && size > 1 ? 1 : size, flags);
}

/* A server that answers one client, in a thread of its own. */
struct server {
    const char *answer;
    size_t repetitions; /* of the last byte of the answer */
    bool stays_open;    /* waits for the client to close first */
    bool resets;        /* breaks the connection once it has the request */
    int listening;
    pthread_t thread;
    char request[4096];
};

static void receive_request(struct server *server, int client) {
    size_t length = 0;
    while (strstr(server->request, "\r\n\r\n") == NULL && length < sizeof server->request - 1) {
        ssize_t received = read(client, server->request + length, sizeof server->request - 1 - length);
        if (received <= 0) {
            return;
        }
        length += (size_t)received;
    }
}

static void send_answer(const struct server *server, int client) {
    static char filler[64 * 1024];
    size_t length = strlen(server->answer);
    if (send(client, server->answer, length, MSG_NOSIGNAL) != (ssize_t)length) {
        return;
    }
    memset(filler, 'x', sizeof filler);
    for (size_t left = server->repetitions; left > 0;) {
        ssize_t sent = send(client, filler, left < sizeof filler ? left : sizeof filler, MSG_NOSIGNAL);
        if (sent <= 0) {
            return;
        }
        left -= (size_t)sent;
    }
}

static void *run_server(void *context) {
    struct server *server = context;
    int client = accept(server->listening, NULL, NULL);
    if (client == -1) {
        return NULL;
    }
    receive_request(server, client);
    if (server->resets) {
        struct linger at_once = {.l_onoff = 1};
        (void)setsockopt(client, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    } else {
        char byte;
        ssize_t count;
        send_answer(server, client);
        do {
            count = server->stays_open ? read(client, &byte, 1) : 0;
        } while (count > 0);
    }
    (void)close(client);
    return NULL;
}

static void start_server(struct server *server, int listening) {
    server->listening = listening;
    cr_assert(pthread_create(&server->thread, NULL, run_server, server) == 0);
}

static void join_server(struct server *server) {
    cr_assert(pthread_join(server->thread, NULL) == 0);
    (void)close(server->listening);
}

static struct probe_result result;
static char error[PROBE_ERROR_BYTES];

static bool probe(const char *host, uint16_t port, const char *target, int timeout_ms) {
    char url[256];
    (void)snprintf(url, sizeof url, "http://%s:%u%s", host, (unsigned)port, target);
    return probe_run(url, timeout_ms, &result, error);
}

static int listening_on(int family) {
    struct sockaddr_storage any_port = loopback_address(family, 0);
    return listening_socket(&any_port);
}

static bool probe_server(struct server *server, int timeout_ms) {
    int listening = listening_on(AF_INET);
    uint16_t port = port_of(listening);
    start_server(server, listening);
    bool is_complete = probe("127.0.0.1", port, "/", timeout_ms);
    join_server(server);
    return is_complete;
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

Test(probe, reports_a_refused_connection) {
    struct sockaddr_storage any_port = loopback_address(AF_INET, 0);
    int bound = bound_socket(&any_port);
    char expected[128];
    (void)snprintf(expected, sizeof expected, "127.0.0.1:%u: %s", port_of(bound), strerror(ECONNREFUSED));
    cr_expect(!probe("127.0.0.1", port_of(bound), "/", LONG_MS));
    cr_expect_str_eq(error, expected);
    (void)close(bound);
}

Test(probe, speaks_ipv6) {
    if (!loopback_has_ipv6()) {
        cr_skip_test("this machine has no ::1");
    }
    struct server server = {.answer = "HTTP/1.0 200 OK\r\n\r\n"};
    int listening = listening_on(AF_INET6);
    char expected[64];
    (void)snprintf(expected, sizeof expected, "\r\nHost: [::1]:%u\r\n", port_of(listening));
    start_server(&server, listening);
    bool is_complete = probe("[::1]", port_of(listening), "/", LONG_MS);
    join_server(&server);
    cr_assert(is_complete, "%s", error);
    cr_expect(strstr(server.request, expected) != NULL, "%s", server.request);
}

/* Probe localhost while one family's loopback refuses and the other one's answers. */
static void expect_the_other_family_is_tried(int refusing, int answering) {
    struct sockaddr_storage any_port = loopback_address(refusing, 0);
    int bound = bound_socket(&any_port);
    struct sockaddr_storage other = loopback_address(answering, port_of(bound));
    int listening = listening_socket(&other);
    struct server server = {.answer = "HTTP/1.0 200 OK\r\n\r\n"};
    start_server(&server, listening);
    bool is_complete = probe("localhost", port_of(listening), "/", LONG_MS);
    cr_assert(is_complete, "%s", error); /* before joining: the server would wait for its client */
    join_server(&server);
    (void)close(bound);
}

Test(probe, tries_each_address_of_a_name) {
    if (!loopback_has_ipv6()) {
        cr_skip_test("this machine has no ::1");
    }
    expect_the_other_family_is_tried(AF_INET, AF_INET6);
    expect_the_other_family_is_tried(AF_INET6, AF_INET);
}

/* Fill the queue of a listening socket until the kernel lets further clients wait without a word. */
static int fill_queue(const struct sockaddr_storage *address, int clients[16]) {
    for (int count = 0; count < 16; count++) {
        clients[count] = timed_connect(address, clock_steady_us() + SILENCE_US);
        if (clients[count] == -ETIMEDOUT) {
            return count;
        }
        cr_assert(clients[count] >= 0, "%s", strerror(-clients[count]));
    }
    cr_assert_fail("the queue takes everybody");
    return 0;
}

Test(probe, leaves_time_for_the_second_address_when_the_first_is_silent) {
    if (!loopback_has_ipv6()) {
        cr_skip_test("this machine has no ::1");
    }
    struct addrinfo *list = NULL;
    cr_assert(resolve_stream("localhost", "0", 0, &list) == 0);
    int first_family = list->ai_family;
    freeaddrinfo(list);

    int silent = listening_on(first_family);
    struct sockaddr_storage first = loopback_address(first_family, port_of(silent));
    struct sockaddr_storage second =
        loopback_address(first_family == AF_INET ? AF_INET6 : AF_INET, port_of(silent));
    int clients[16];
    int count = fill_queue(&first, clients);
    struct server server = {.answer = "HTTP/1.0 200 OK\r\n\r\n"};
    start_server(&server, listening_socket(&second));
    cr_assert(probe("localhost", port_of(silent), "/", 3000), "%s", error);
    cr_expect_lt(result.elapsed_us, 3000000, "the first address used up all the time");
    join_server(&server);
    while (count > 0) {
        (void)close(clients[--count]);
    }
    (void)close(silent);
}

Test(probe, names_each_address_that_failed) {
    if (!loopback_has_ipv6()) {
        cr_skip_test("this machine has no ::1");
    }
    struct sockaddr_storage any_port = loopback_address(AF_INET, 0);
    int bound = bound_socket(&any_port);
    struct sockaddr_storage other = loopback_address(AF_INET6, port_of(bound));
    int other_bound = bound_socket(&other);
    cr_expect(!probe("localhost", port_of(bound), "/", LONG_MS));
    cr_expect(strstr(error, "127.0.0.1:") != NULL && strstr(error, "[::1]:") != NULL, "%s", error);
    cr_expect(strstr(error, "; ") != NULL, "%s", error);
    (void)close(bound);
    (void)close(other_bound);
}

Test(probe, talks_to_unix_sockets) {
    struct folder folder;
    folder_create(&folder);
    struct folder_path path = folder_path(&folder, "s");
    struct sockaddr_storage address = socket_address_of_path(path.text);
    int listening = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    cr_assert(bind(listening, (const struct sockaddr *)&address, socket_address_length(&address)) == 0);
    cr_assert(listen(listening, 1) == 0);

    char url[FOLDER_PATH_BYTES + 8];
    (void)snprintf(url, sizeof url, "unix:%s", path.text);
    struct server server = {.answer = "HTTP/1.0 200 OK\r\n\r\n"};
    start_server(&server, listening);
    bool is_complete = probe_run(url, LONG_MS, &result, error);
    join_server(&server);
    cr_assert(is_complete, "%s", error);
    cr_expect(strstr(server.request, "GET / HTTP/1.0\r\nHost: localhost\r\n") == server.request, "%s",
              server.request);

    (void)unlink(path.text);
    cr_expect(!probe_run(url, LONG_MS, &result, error));
    cr_expect(strstr(error, path.text) != NULL && strstr(error, strerror(ENOENT)) != NULL, "%s", error);
    folder_remove(&folder);
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
