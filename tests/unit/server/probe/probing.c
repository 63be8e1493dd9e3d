/* SPDX-License-Identifier: MIT */
#include "tests/unit/server/probe/probing.h"

#include "tests/support/loopback.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

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

void start_server(struct server *server, int listening) {
    server->listening = listening;
    cr_assert(pthread_create(&server->thread, NULL, run_server, server) == 0);
}

void join_server(struct server *server) {
    cr_assert(pthread_join(server->thread, NULL) == 0);
    (void)close(server->listening);
}

struct probe_result result;
char error[PROBE_ERROR_BYTES];

bool probe(const char *host, uint16_t port, const char *target, int timeout_ms) {
    char url[256];
    (void)snprintf(url, sizeof url, "http://%s:%u%s", host, (unsigned)port, target);
    return probe_run(url, timeout_ms, &result, error);
}

bool probe_server(struct server *server, int timeout_ms) {
    int listening = listening_on(AF_INET);
    uint16_t port = port_of(listening);
    start_server(server, listening);
    bool is_complete = probe("127.0.0.1", port, "/", timeout_ms);
    join_server(server);
    return is_complete;
}
