/* SPDX-License-Identifier: MIT */
#include "tests/support/stage.h"

#include <criterion/logging.h>
#include <stdio.h>
#include <string.h>

enum { REQUEST_BYTES = 16 * 1024, SETTLE_MS = 50 };

struct folder workplace;
struct folder site;
struct program lido;
struct answer answer;

/* LeakSanitizer asks a program for this by name: Criterion's runner loses some of its own records when tests
 * run side by side, and a complaint about them would fail tests that passed. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void) {
    return "leak:libcriterion";
}

void stage_set_up(void) {
    folder_create(&workplace);
    folder_create_inside(&site, &workplace, "site");
}

void stage_tear_down(void) {
    if (lido.pid != 0) {
        program_kill(&lido);
        cr_log_error("the program said: '%s'", lido.err.text);
    }
    folder_remove(&workplace);
}

void serve(const char *const *settings) {
    struct program_options options = {
        .arguments = LIST("--port=0", site.path),
        .environment = settings,
    };
    program_start(&lido, &options);
}

static const char *method_of(const char *request) {
    return strncmp(request, "HEAD ", 5) == 0 ? "HEAD" : "";
}

void ask(const char *request) {
    struct client client;
    client_connect(&client, lido.port);
    client_send(&client, request);
    client_read_answer(&client, method_of(request), &answer);
    client_expect_end(&client);
    client_close(&client);
}

int get(const char *target) {
    char request[REQUEST_BYTES];
    int length = snprintf(request, sizeof request, "GET %s HTTP/1.0\r\n\r\n", target);
    cr_assert(length > 0 && (size_t)length < sizeof request, "a target of %d bytes", length);
    ask(request);
    return answer.status;
}

void round_trip(struct client *client) {
    static struct answer own;
    client_send(client, "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    client_read_answer(client, "GET", &own);
    cr_assert(own.status == 200, "status %d", own.status);
}

void round_trip_until_descriptors(struct client *client, size_t count) {
    int64_t deadline = deadline_in(PATIENCE_MS);
    size_t open_now;
    do {
        round_trip(client);
        open_now = program_descriptor_count(&lido);
        cr_assert(clock_now_ms() < deadline, "%zu descriptors open, expected at most %zu", open_now, count);
    } while (open_now > count);
}

void let_settle(struct client *client) {
    int64_t deadline = deadline_in(SETTLE_MS);
    do {
        round_trip(client);
    } while (clock_now_ms() < deadline);
}
