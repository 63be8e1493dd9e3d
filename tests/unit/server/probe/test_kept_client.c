/* SPDX-License-Identifier: MIT */
#include "http/base/clock.h"
#include "server/probe/kept_client.h"
#include "tests/support/loopback.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

enum { LONG_US = 40 * 1000 * 1000, LONG_MS = 40 * 1000 };

static const char request[] = "GET / HTTP/1.0\r\n\r\n";

static struct kept_client client;
static int server; /* the other end */

static void set_up(void) {
    int listening = listening_on(AF_INET);
    struct sockaddr_storage address = loopback_address(AF_INET, port_of(listening));
    cr_assert(kept_client_open(&client, &address, clock_steady_us() + LONG_US) == 0);
    server = accept(listening, NULL, NULL);
    cr_assert(server != -1);
    (void)close(listening);
}

static void tear_down(void) {
    kept_client_close(&client);
    (void)close(server);
}

TestSuite(kept_client, .init = set_up, .fini = tear_down, .timeout = 60);

static void ask(void) {
    char received[sizeof request];
    cr_assert(kept_client_ask(&client, request, strlen(request)) == 0);
    cr_assert(recv(server, received, strlen(request), MSG_WAITALL) == (ssize_t)strlen(request));
}

static void answer(const char *text) {
    cr_assert(send(server, text, strlen(text), MSG_NOSIGNAL) == (ssize_t)strlen(text));
}

/* Receive once there is something. */
static enum kept_client_state receive(void) {
    struct pollfd readable = {.fd = client.fd, .events = POLLIN};
    cr_assert(poll(&readable, 1, LONG_MS) == 1);
    return kept_client_receive(&client);
}

/* Receive until it does not wait any more. */
static enum kept_client_state receive_all(void) {
    enum kept_client_state state = KEPT_CLIENT_WAITS;
    while (state == KEPT_CLIENT_WAITS) {
        state = receive();
    }
    return state;
}

Test(kept_client, asks_again_over_the_same_connection) {
    for (int i = 0; i < 3; i++) {
        ask();
        cr_assert_eq(kept_client_receive(&client), KEPT_CLIENT_WAITS);
        answer("HTTP/1.0 200 OK\r\nContent-Length: 4\r\n\r\nbody");
        cr_assert_eq(receive_all(), KEPT_CLIENT_ANSWERED);
        cr_assert_eq(client.status, 200);
    }
}

Test(kept_client, takes_answers_in_pieces_of_any_size) {
    static const char whole[] = "HTTP/1.0 206 Partial Content\r\nContent-Length: 4\r\n\r\nbody";
    ask();
    for (size_t i = 0; i < strlen(whole); i++) {
        char byte[] = {whole[i], '\0'};
        answer(byte);
        enum kept_client_state state = receive();
        cr_assert_eq(state, i + 1 < strlen(whole) ? KEPT_CLIENT_WAITS : KEPT_CLIENT_ANSWERED, "byte %zu", i);
    }
    cr_expect_eq(client.status, 206);
}

Test(kept_client, throws_a_large_body_away) {
    enum { PIECES = 300 };
    char piece[1025];
    memset(piece, 'x', sizeof piece - 1);
    piece[sizeof piece - 1] = '\0';
    ask();
    answer("HTTP/1.0 200 OK\r\nContent-Length: 307200\r\n\r\n");
    for (int i = 0; i < PIECES; i++) {
        cr_assert_eq(kept_client_receive(&client), KEPT_CLIENT_WAITS);
        answer(piece);
    }
    cr_expect_eq(receive_all(), KEPT_CLIENT_ANSWERED);
}

Test(kept_client, a_body_without_a_length_ends_with_the_connection) {
    ask();
    answer("HTTP/1.0 200 OK\r\n\r\nbody");
    cr_assert_eq(receive(), KEPT_CLIENT_WAITS);
    (void)shutdown(server, SHUT_WR);
    cr_expect_eq(receive_all(), KEPT_CLIENT_ANSWERED);
}

Test(kept_client, tells_what_breaks_off_or_is_no_answer) {
    static const char *const texts[] = {
        "",
        "HTTP/1.0 200 OK\r\n",
        "HTTP/1.0 200 OK\r\nContent-Length: 4\r\n\r\nbod",
        "220 ready\r\n\r\n",
        "HTTP/1.0 200 OK\r\nContent-Length: 4\r\n\r\nbody and more",
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        tear_down();
        set_up();
        ask();
        answer(texts[i]);
        (void)shutdown(server, SHUT_WR);
        cr_expect_eq(receive_all(), KEPT_CLIENT_FAILED, "%zu", i);
    }
}

Test(kept_client, a_head_without_an_end_is_no_answer) {
    char much[KEPT_CLIENT_HEAD_BYTES + 1];
    memset(much, 'x', sizeof much - 1);
    much[sizeof much - 1] = '\0';
    ask();
    answer(much);
    cr_expect_eq(receive_all(), KEPT_CLIENT_FAILED);
}

Test(kept_client, has_no_descriptor_when_nobody_listens) {
    struct sockaddr_storage address = loopback_address(AF_INET, 1);
    struct kept_client other = {.fd = 7};
    cr_assert_eq(kept_client_open(&other, &address, clock_steady_us() + LONG_US), -ECONNREFUSED);
    cr_expect_eq(other.fd, -1);
}
