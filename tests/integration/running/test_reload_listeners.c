/* SPDX-License-Identifier: MIT */
/* A reload changes where the program listens, and nobody who has connected is lost. */
#include "tests/support/loopback.h"
#include "tests/support/stage.h"

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

TestSuite(reload_listeners, .init = stage_set_up, .fini = stage_tear_down, .timeout = STAGE_TIMEOUT_S);

static const char done[] = "done in";
static const char refused[] = "all stays as it was";

/* Write the config file: listen, and the site. */
static void listen_at(const char *format, ...) __attribute__((format(printf, 1, 2)));

static void listen_at(const char *format, ...) {
    char addresses[2048];
    char text[4096];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(addresses, sizeof addresses, format, arguments);
    va_end(arguments);
    (void)snprintf(text, sizeof text, "root = \"%s\"\naccess_log = off\nlisten = { %s }\n", site.path,
                   addresses);
    folder_write_text(&workplace, "lido.conf", text);
}

/* A socket in a folder that had none at the start needs a restart in the sandbox; test_sandbox.c has what does not. */
static void start(void) {
    struct folder_path path = folder_path(&workplace, "lido.conf");
    program_start(&lido, &(struct program_options){.arguments = LIST("--config", path.text),
                                                   .environment = LIST("LIDO_SANDBOX=off")});
}

static void reload(const char *outcome) {
    lido.err.length = 0;
    lido.err.text[0] = '\0';
    program_signal(&lido, SIGHUP);
    program_await_line(&lido, &lido.err, outcome, NULL);
}

static int connect_to_socket_file(struct client *client) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    struct folder_path path = folder_path(&workplace, "s");
    cr_assert_lt(strlen(path.text), sizeof address.sun_path);
    memcpy(address.sun_path, path.text, strlen(path.text) + 1);
    return client_connect_to(client, (const struct sockaddr *)&address, sizeof address);
}

static void expect_answer(struct client *client) {
    client_send(client, "GET / HTTP/1.0\r\n\r\n");
    client_read_answer(client, "GET", &answer);
    cr_assert_eq(answer.status, 200);
    client_expect_end(client);
    client_close(client);
}

StageTest(reload_listeners, adds_and_removes_addresses_beside_those_that_stay) {
    struct client kept;
    struct client other;
    listen_at("\"127.0.0.1:0\"");
    start();
    client_connect(&kept, lido.port);
    round_trip(&kept);
    for (int i = 0; i < 3; i++) {
        listen_at("\"127.0.0.1:0\", \"unix:%s/s\"", workplace.path);
        reload(done);
        cr_assert_eq(connect_to_socket_file(&other), 0);
        listen_at("\"127.0.0.1:0\"");
        reload(done);
        expect_answer(&other); /* it was waiting there */
        round_trip(&kept);
        cr_assert_eq(get("/"), 200, "the port has stayed");
        int64_t deadline = deadline_in(PATIENCE_MS);
        while (access(folder_path(&workplace, "s").text, F_OK) == 0) {
            cr_assert(clock_now_ms() < deadline, "the socket is still there");
            round_trip(&kept);
        }
        cr_assert_eq(connect_to_socket_file(&other), -ENOENT);
    }
    client_close(&kept);
}

StageTest(reload_listeners, takes_over_an_address_that_is_written_otherwise) {
    struct client kept;
    listen_at("\"127.0.0.1:0\"");
    start();
    client_connect(&kept, lido.port);
    round_trip(&kept);
    size_t before = program_descriptor_count(&lido);
    listen_at("\"127.0.0.1:%u\"", (unsigned)lido.port);
    reload(done);
    round_trip(&kept);
    cr_assert_eq(get("/"), 200);
    round_trip_until_descriptors(&kept, before);
    client_close(&kept);
}

StageTest(reload_listeners, goes_from_one_address_to_all_and_back) {
    struct client kept;
    listen_at("\"127.0.0.1:0\"");
    start();
    unsigned port = lido.port;
    client_connect(&kept, lido.port);
    round_trip(&kept);
    for (int i = 0; i < 4; i++) {
        struct client waiting;
        client_connect(&waiting, lido.port);
        listen_at(i % 2 == 0 ? "\"0.0.0.0:%u\"" : "\"127.0.0.1:%u\"", port);
        reload(done);
        expect_answer(&waiting);
        round_trip(&kept);
        cr_assert_eq(get("/"), 200);
    }
    client_close(&kept);
}

/* Its client had connected, but had said nothing yet: the kernel has not told of it (TCP_DEFER_ACCEPT). */
StageTest(reload_listeners, answers_those_who_had_connected_where_it_listens_no_more) {
    struct client silent;
    struct client kept;
    listen_at("\"127.0.0.1:0\"");
    start();
    client_connect(&kept, lido.port);
    client_connect(&silent, lido.port);
    listen_at("\"unix:%s/s\"", workplace.path);
    reload(done);
    round_trip(&kept);
    expect_answer(&silent);
    int64_t deadline = deadline_in(PATIENCE_MS);
    struct sockaddr_storage address = loopback_address(AF_INET, lido.port);
    for (int result = 0; result != -ECONNREFUSED;) { /* a try waits a second while nobody is let in */
        struct client late = {.fd = -1};
        result = client_connect_to(&late, (const struct sockaddr *)&address, sizeof(struct sockaddr_in));
        client_close(&late);
        cr_assert(clock_now_ms() < deadline, "%d", result);
    }
    round_trip(&kept);
    client_close(&kept);
}

static int health_at_socket_file(void) {
    struct client client;
    cr_assert_eq(connect_to_socket_file(&client), 0);
    client_send(&client, "GET /health HTTP/1.0\r\n\r\n");
    client_read_answer(&client, "GET", &answer);
    client_close(&client);
    return answer.status;
}

StageTest(reload_listeners, gives_the_status_pages_an_address_and_takes_it_away) {
    char text[4096];
    listen_at("\"127.0.0.1:0\"");
    start();
    cr_assert_eq(get("/.lido/health"), 200);
    (void)snprintf(text, sizeof text,
                   "root = \"%s\"\naccess_log = off\nlisten = \"127.0.0.1:0\"\nadmin = \"unix:%s/s\"\n",
                   site.path, workplace.path);
    folder_write_text(&workplace, "lido.conf", text);
    for (int i = 0; i < 2; i++) { /* it stays with the second one */
        reload(done);
        cr_assert_eq(health_at_socket_file(), 200);
        cr_assert_eq(get("/.lido/health"), 404);
    }
    listen_at("\"127.0.0.1:0\"");
    reload(done);
    cr_assert_eq(get("/.lido/health"), 200);
}

StageTest(reload_listeners, that_cannot_be_had_change_nothing) {
    struct other_program other;
    struct sockaddr_storage any = loopback_address(AF_INET, 0);
    struct folder_path path = folder_path(&workplace, "lido.conf");
    char text[4096];
    other_program_start(&other, "other", &any, false);
    listen_at("\"127.0.0.1:0\"");
    start();
    size_t before = program_descriptor_count(&lido);
    size_t threads = program_worker_count(&lido);
    for (int i = 0; i < 3; i++) {
        (void)snprintf(text, sizeof text,
                       "root = \"%s\"\nthreads = 32\nlisten = { \"unix:%s/s\", \"127.0.0.1:%u\" }\n",
                       site.path, workplace.path, (unsigned)other.port);
        folder_write_text(&workplace, "lido.conf", text);
        reload(refused);
        cr_assert(strstr(lido.err.text, "in use") != NULL, "'%s'", lido.err.text);
        cr_assert_eq(get("/"), 200);
        cr_assert_neq(access(folder_path(&workplace, "s").text, F_OK), 0, "a socket was left");
    }
    cr_assert_eq(program_worker_count(&lido), threads);
    struct client client;
    client_connect(&client, lido.port);
    round_trip_until_descriptors(&client, before + 1);
    client_close(&client);
    listen_at("\"256.0.0.1:80\"");
    reload(refused);
    cr_assert(strstr(lido.err.text, path.text) != NULL, "'%s'", lido.err.text);
    cr_assert_eq(get("/"), 200);
    other_program_stop(&other);
}

StageTest(reload_listeners, can_stop_while_some_are_leaving) {
    listen_at(loopback_has_ipv6() ? "\"127.0.0.1:0\", \"[::1]:0\"" : "\"127.0.0.1:0\"");
    start();
    listen_at("\"unix:%s/s\"", workplace.path);
    reload(done);
}
