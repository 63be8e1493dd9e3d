/* SPDX-License-Identifier: MIT */
/* Where the probe connects to. */
#include "http/base/clock.h"
#include "server/net/resolve.h"
#include "server/net/socket_address.h"
#include "server/probe/timed_io.h"
#include "tests/support/folder.h"
#include "tests/support/loopback.h"
#include "tests/unit/server/probe/probing.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { SILENCE_US = 20 * 1000, TIMEOUT_MS = 10 * 1000 /* for the two of them */ };

TestSuite(probe_addresses, .timeout = 120);

Test(probe_addresses, reports_a_refused_connection) {
    struct sockaddr_storage any_port = loopback_address(AF_INET, 0);
    int bound = bound_socket(&any_port);
    char expected[128];
    (void)snprintf(expected, sizeof expected, "127.0.0.1:%u: %s", port_of(bound), strerror(ECONNREFUSED));
    cr_expect(!probe("127.0.0.1", port_of(bound), "/", LONG_MS));
    cr_expect_str_eq(error, expected);
    (void)close(bound);
}

Test(probe_addresses, speaks_ipv6) {
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

Test(probe_addresses, tries_each_address_of_a_name) {
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

Test(probe_addresses, leaves_time_for_the_second_address_when_the_first_is_silent) {
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
    cr_assert(probe("localhost", port_of(silent), "/", TIMEOUT_MS), "%s", error);
    cr_expect_lt(result.elapsed_us, TIMEOUT_MS * 1000, "the first address used up all the time");
    join_server(&server);
    while (count > 0) {
        (void)close(clients[--count]);
    }
    (void)close(silent);
}

Test(probe_addresses, names_each_address_that_failed) {
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

Test(probe_addresses, talks_to_unix_sockets) {
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
