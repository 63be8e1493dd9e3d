/* SPDX-License-Identifier: MIT */
/* Those who want more than there is for one: of memory, of connections, of time. */
#include "http/base/clock.h"
#include "tests/support/stage.h"

#include <arpa/inet.h>
#include <criterion/logging.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CROWD = 300, LIMIT = 10, HEAD_BYTES = 6000, BUDGET_BYTES = 256 * 1024 };

static struct client crowd[CROWD];
static struct client good;

static void set_up(void) {
    stage_set_up();
    folder_write_text(&site, "index.html", "content");
    folder_truncate(&site, "large.bin", (off_t)1024 * 1024 * 1024);
    good.fd = -1;
    for (int i = 0; i < CROWD; i++) {
        crowd[i].fd = -1;
    }
}

static void tear_down(void) {
    client_close(&good);
    for (int i = 0; i < CROWD; i++) {
        client_close(&crowd[i]);
    }
    stage_tear_down();
}

TestSuite(limits_of_clients, .init = set_up, .fini = tear_down, .timeout = STAGE_TIMEOUT_S);

/* A number of status.json, by its name; asked for over the connection of the good one. */
static long number_of(const char *name) {
    char key[64];
    client_send(&good, "GET /.lido/status.json HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    client_read_answer(&good, "GET", &answer);
    cr_assert_eq(answer.status, 200);
    (void)snprintf(key, sizeof key, "\"%s\":", name);
    const char *at = strstr(answer.body, key);
    cr_assert_not_null(at, "no %s in %s", name, answer.body);
    return strtol(at + strlen(key), NULL, 10);
}

static void await_number(const char *name, long least) {
    for (int64_t deadline = deadline_in(PATIENCE_MS); number_of(name) < least;) {
        cr_assert(clock_now_ms() < deadline, "%s does not come to %ld", name, least);
    }
}

StageTest(limits_of_clients, are_not_touched_by_those_who_send_one_byte_each) {
    serve(LIST("LIDO_THREADS=2"));
    client_connect(&good, lido.port);
    for (int i = 0; i < CROWD; i++) {
        client_connect(&crowd[i], lido.port);
        client_send(&crowd[i], "G");
    }
    await_number("request_bytes", CROWD * 100);
    long bytes = number_of("request_bytes");
    cr_log_info("%ld bytes for each that has sent one", bytes / CROWD);
    cr_expect_lt(bytes, CROWD * 512);
    for (int i = 0; i < CROWD; i++) {
        client_send(&crowd[i], "ET / HTTP/1.0\r\n\r\n");
        client_read_answer(&crowd[i], "GET", &answer);
        cr_assert_eq(answer.status, 200);
    }
    cr_expect_eq(number_of("gave_way_memory"), 0);
}

/* Wait until the slowest have given way, as they do from seven eighths of the budget on: whoever comes while the main thread
 * has no processor to see to that may be refused. Returns the most that was held. */
static long await_relief(long budget_bytes) {
    long most = 0;
    long bytes = 0;
    int64_t deadline = deadline_in(PATIENCE_MS);
    do {
        cr_assert(clock_now_ms() < deadline, "%ld bytes are held", bytes);
        bytes = number_of("request_bytes");
        most = bytes > most ? bytes : most;
    } while (bytes > budget_bytes - budget_bytes / 8);
    return most;
}

/* The slowest get 408 before the budget is used up, nobody else waits, and what they held comes back. */
StageTest(limits_of_clients, of_memory_hold_against_large_heads_that_never_end) {
    static char head[HEAD_BYTES + 1];
    memset(head, 'x', HEAD_BYTES);
    memcpy(head, "GET / HTTP/1.0\r\nLong: ", sizeof "GET / HTTP/1.0\r\nLong: " - 1);
    serve(LIST("LIDO_THREADS=2", "LIDO_REQUEST_MEMORY=256k", "LIDO_HEADER_TIMEOUT=60s"));
    client_connect(&good, lido.port);
    long most = 0;
    for (int i = 0; i < CROWD; i++) {
        client_connect(&crowd[i], lido.port);
        client_send(&crowd[i], head);
        long held = await_relief(BUDGET_BYTES);
        most = held > most ? held : most;
    }
    cr_expect_leq(most, BUDGET_BYTES);
    await_number("gave_way_memory", CROWD - BUDGET_BYTES / HEAD_BYTES);
    client_read_answer(&crowd[0], "GET", &answer);
    cr_expect(answer.status == 408, "the first, as it has been slowest: status %d", answer.status);
    client_send(&crowd[CROWD - 1], "\r\n\r\n");
    client_read_answer(&crowd[CROWD - 1], "GET", &answer);
    cr_expect(answer.status == 200, "the last: status %d", answer.status);
    program_await_line(&lido, &lido.err, "request_memory: ", NULL);
    for (int i = 0; i < CROWD; i++) {
        client_close(&crowd[i]);
    }
    for (int64_t deadline = deadline_in(PATIENCE_MS); number_of("request_bytes") > 0;) {
        cr_assert(clock_now_ms() < deadline, "memory does not come back");
    }
}

static void connect_from(struct client *client, const char *address) {
    struct sockaddr_in from = {.sin_family = AF_INET};
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(lido.port)};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    cr_assert_eq(inet_pton(AF_INET, address, &from.sin_addr), 1);
    *client = (struct client){.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    cr_assert_eq(bind(client->fd, (struct sockaddr *)&from, sizeof from), 0);
    cr_assert_eq(connect(client->fd, (struct sockaddr *)&to, sizeof to), 0);
}

static void fill_address(const char *when_full) {
    serve(LIST("LIDO_THREADS=2", "LIDO_MAX_CONNECTIONS_PER_CLIENT=10", when_full));
    for (int i = 0; i < LIMIT; i++) {
        client_connect(&crowd[i], lido.port);
        round_trip(&crowd[i]);
    }
    connect_from(&good, "127.0.0.2");
    round_trip(&good);
}

/* One that comes in its place is let in as soon as the server has seen that the other has gone. */
static void expect_let_in_again(void) {
    client_close(&crowd[0]);
    for (int64_t deadline = deadline_in(PATIENCE_MS);;) {
        client_connect(&crowd[0], lido.port);
        (void)client_try_send(&crowd[0], "GET / HTTP/1.0\r\n\r\n", 18);
        (void)client_read_to_end(&crowd[0]);
        if (crowd[0].length > 12 && memcmp(crowd[0].bytes + 9, "200", 3) == 0) {
            break;
        }
        cr_assert(clock_now_ms() < deadline, "nobody is let in again");
        client_close(&crowd[0]);
    }
}

StageTest(limits_of_clients, of_connections_close_the_next_one_of_an_address) {
    fill_address("LIDO_WHEN_FULL=wait");
    client_connect(&crowd[LIMIT], lido.port);
    (void)client_read_to_end(&crowd[LIMIT]);
    cr_expect_eq(crowd[LIMIT].length, 0);
    round_trip(&good);
    cr_expect_eq(number_of("turned_away"), 1);
    expect_let_in_again();
}

StageTest(limits_of_clients, of_connections_answer_503_to_the_next_one_of_an_address) {
    fill_address("LIDO_WHEN_FULL=reject");
    client_connect(&crowd[LIMIT], lido.port);
    client_read_answer(&crowd[LIMIT], "GET", &answer);
    cr_expect_eq(answer.status, 503);
    client_expect_end(&crowd[LIMIT]);
    round_trip(&good);
    expect_let_in_again();
}

/* Who has taken all places without saying anything makes room for who does. */
StageTest(limits_of_clients, of_all_connections_make_the_silent_give_way) {
    serve(LIST("LIDO_THREADS=1", "LIDO_MAX_CONNECTIONS=10", "LIDO_HEADER_TIMEOUT=60s"));
    for (int i = 0; i < LIMIT; i++) {
        client_connect(&crowd[i], lido.port);
        client_send(&crowd[i], i % 2 == 0 ? "GET / HTT" : "\r\n");
    }
    int64_t begin = clock_now_ms();
    for (int i = 0; i < LIMIT / 2; i++) {
        client_connect(&crowd[LIMIT + i], lido.port);
        round_trip(&crowd[LIMIT + i]);
    }
    int64_t took_ms = clock_now_ms() - begin;
    cr_log_info("places for %d others took %lld ms", LIMIT / 2, (long long)took_ms);
    cr_expect(took_ms < PATIENCE_MS / 2, "it took %lld ms", (long long)took_ms);
}

/* It takes some all the time, and never enough. */
StageTest(limits_of_clients, of_pace_end_one_who_takes_next_to_nothing) {
    static char bytes[512];
    serve(LIST("LIDO_THREADS=1", "LIDO_SEND_TIMEOUT=1s", "LIDO_MIN_SEND_RATE=1G"));
    client_connect(&good, lido.port);
    client_connect_narrow(&crowd[0], lido.port);
    client_send(&crowd[0], "GET /large.bin HTTP/1.0\r\n\r\n");
    for (int64_t deadline = deadline_in(PATIENCE_MS); number_of("incomplete") == 0;) {
        cr_assert(clock_now_ms() < deadline, "it goes on");
        (void)recv(crowd[0].fd, bytes, sizeof bytes, MSG_DONTWAIT);
    }
}

/* The same client, when any progress will do, stays on for longer than that time. */
StageTest(limits_of_clients, of_pace_spare_who_takes_some_if_that_will_do) {
    static char bytes[64 * 1024];
    serve(LIST("LIDO_THREADS=1", "LIDO_SEND_TIMEOUT=4s", "LIDO_MIN_SEND_RATE=0"));
    client_connect(&good, lido.port);
    client_connect_narrow(&crowd[0], lido.port);
    client_send(&crowd[0], "GET /large.bin HTTP/1.0\r\n\r\n");
    for (int64_t until = clock_now_ms() + 6000; clock_now_ms() < until;) {
        round_trip(&good);
        (void)recv(crowd[0].fd, bytes, sizeof bytes, MSG_DONTWAIT);
    }
    cr_expect_eq(number_of("incomplete"), 0);
}
