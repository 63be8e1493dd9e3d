/* SPDX-License-Identifier: MIT */
#include "conf/config.h"
#include "server/net/socket_address.h"
#include "server/server.h"
#include "server/state.h"
#include "tests/support/deadline.h"
#include "tests/support/folder.h"
#include "tests/support/loopback.h"
#include "tests/unit/support/limits/descriptor_limit.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum { NOBODY = 65534, ANSWER_BYTES = 64 * 1024 };

static struct folder folder;
static struct config config;
static char error[SERVER_ERROR_BYTES];

static void set(const char *option, const char *value) {
    char mistake[CONFIG_ERROR_BYTES];
    cr_assert(config_set(&config, option, value, "--test", mistake), "%s", mistake);
}

static void set_up(void) {
    folder_create(&folder);
    folder_write_text(&folder, "root/index.html", "hello\n");
    cr_assert_eq(config_init(&config), 0);
    set("listen", "127.0.0.1:0");
    set("root", folder_path(&folder, "root").text);
    set("access_log", "off");
    set("threads", "2");
}

/* A user who never was root stays who he is. */
static void become_root_again(void) {
    cr_assert(seteuid(0) == 0 || geteuid() != 0);
}

static void tear_down(void) {
    become_root_again();
    config_deinit(&config);
    folder_remove(&folder);
}

TestSuite(server, .init = set_up, .fini = tear_down, .timeout = 60);

/* Check and create, which must agree, name what is wrong, and leave nothing open. */
static void expect_mistake(const char *expected) {
    struct server *server = NULL;
    int before = count_descriptors();
    cr_expect_eq(server_check(&config, error), SERVER_MISTAKE, "%s", expected);
    cr_expect_str_eq(error, expected);
    error[0] = '\0';
    cr_expect_eq(server_create(&server, &config, error), SERVER_MISTAKE, "%s", expected);
    cr_expect_str_eq(error, expected);
    cr_expect_null(server);
    cr_expect_eq(count_descriptors(), before);
}

static struct folder_path root_complaint(const char *reason, const char *path) {
    struct folder_path text;
    int length = snprintf(text.text, sizeof text.text, "--test: cannot serve '%s': %s", path, reason);
    cr_assert_lt((size_t)length, sizeof text.text);
    return text;
}

Test(server, accepts_settings_that_can_work) {
    int before = count_descriptors();
    cr_expect_eq(server_check(&config, error), SERVER_OK, "%s", error);
    cr_expect_eq(count_descriptors(), before, "and keeps nothing open");
}

Test(server, names_a_root_that_is_missing) {
    struct folder_path path = folder_path(&folder, "missing");
    set("root", path.text);
    expect_mistake(root_complaint("No such file or directory", path.text).text);
}

Test(server, names_a_root_that_is_neither_a_folder_nor_a_file) {
    struct folder_path path = folder_path(&folder, "pipe");
    folder_fifo(&folder, "pipe");
    set("root", path.text);
    expect_mistake(root_complaint("Not a directory", path.text).text);
}

Test(server, names_a_root_that_may_not_be_read) {
    static const mode_t modes[] = {0, 0311};
    struct folder_path path = folder_path(&folder, "root");
    for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++) {
        become_root_again(); /* whom modes do not stop from changing them */
        folder_chmod(&folder, "root", modes[i]);
        cr_assert(geteuid() != 0 || seteuid(NOBODY) == 0);
        expect_mistake(root_complaint("Permission denied", path.text).text);
    }
}

Test(server, names_a_host_that_does_not_exist) {
    char expected[SERVER_ERROR_BYTES];
    set("listen", "nohost.invalid:80");
    (void)snprintf(expected, sizeof expected, "--test: listen: cannot find the host 'nohost.invalid': %s",
                   gai_strerror(EAI_NONAME));
    expect_mistake(expected);
}

Test(server, names_a_service_that_does_not_exist) {
    set("listen", "127.0.0.1:no-such-service");
    expect_mistake(
        "--test: listen: no port or service is called 'no-such-service'; give a number from 0 to 65535");
}

Test(server, blames_a_port_on_whoever_gave_it) {
    char mistake[CONFIG_ERROR_BYTES];
    cr_assert(config_set_port(&config, "no-such-service", CONFIG_COMMAND_LINE, "--port", mistake), "%s",
              mistake);
    cr_assert(config_inherit(&config, mistake), "%s", mistake);
    expect_mistake("--port: no port or service is called 'no-such-service'; give a number from 0 to 65535");
}

Test(server, names_the_limit_that_is_too_low_for_max_connections) {
    descriptor_limit_set_both(256, 256);
    set("max_connections", "1000");
    expect_mistake(
        "--test: max_connections: 1000 connections need a limit of 1074 open files, and it is 256; "
        "lower max_connections or raise the limit (ulimit -n, LimitNOFILE= of systemd)");
    set("max_connections", "182"); /* and 2 threads, 8 spare ones, and 64 for all the rest */
    cr_expect_eq(server_check(&config, error), SERVER_OK, "%s", error);
    set("max_connections", "183");
    cr_expect_eq(server_check(&config, error), SERVER_MISTAKE);
}

Test(server, raises_the_limit_as_far_as_it_may) {
    struct rlimit raised;
    descriptor_limit_set_both(256, 1500);
    set("max_connections", "1000");
    cr_expect_eq(server_check(&config, error), SERVER_OK, "%s", error);
    cr_assert_eq(getrlimit(RLIMIT_NOFILE, &raised), 0);
    cr_expect_eq(raised.rlim_cur, 1500);
}

Test(server, names_a_log_that_cannot_be_written) {
    char expected[SERVER_ERROR_BYTES];
    struct server *server = NULL;
    struct folder_path path = folder_path(&folder, "no/access.log");
    int before = count_descriptors();
    set("access_log", path.text);
    (void)snprintf(expected, sizeof expected,
                   "--test: access_log: cannot write to '%.*s': No such file or directory",
                   (int)sizeof expected / 2, path.text);
    cr_assert_eq(server_create(&server, &config, error), SERVER_OK, "%s", error);
    cr_expect_eq(server_start(server, error), SERVER_MISTAKE);
    cr_expect_str_eq(error, expected);
    server_destroy(server);
    cr_expect_eq(count_descriptors(), before);
}

Test(server, names_a_port_that_is_taken) {
    char address[64];
    struct server *server = NULL;
    int holder = listening_on(AF_INET);
    int before = count_descriptors();
    (void)snprintf(address, sizeof address, "127.0.0.1:%u", (unsigned)port_of(holder));
    set("listen", address);
    cr_expect_eq(server_check(&config, error), SERVER_OK, "a check opens no socket");
    cr_expect_eq(server_create(&server, &config, error), SERVER_FAILED);
    cr_expect_not_null(strstr(error, address), "%s", error);
    cr_expect_eq(count_descriptors(), before);
    (void)close(holder);
}

Test(server, names_a_file_that_listen_and_admin_share) {
    struct folder_path path = folder_path(&folder, "lido.sock");
    char address[sizeof path.text + sizeof "unix:"];
    char expected[SERVER_ERROR_BYTES];
    (void)snprintf(address, sizeof address, "unix:%s", path.text);
    set("listen", address);
    set("admin", address);
    (void)snprintf(expected, sizeof expected,
                   "--test: admin: '%.300s' is the file of listen (--test), too; choose another path",
                   path.text);
    expect_mistake(expected);
}

Test(server, is_created_started_and_destroyed_without_running) {
    struct server *server = NULL;
    int before = count_descriptors();
    cr_assert_eq(server_create(&server, &config, error), SERVER_OK, "%s", error);
    cr_expect_eq(server_listeners(server)->count, 1);
    server_destroy(server);
    cr_assert_eq(server_create(&server, &config, error), SERVER_OK, "%s", error);
    cr_expect_eq(server_start(server, error), SERVER_OK, "%s", error);
    server_destroy(server);
    server_destroy(NULL);
    cr_expect_eq(count_descriptors(), before);
}

static struct server *destroyed;
static bool guard_had_let_go;

struct signals;
void __real_signals_close(struct signals *signals);
void __wrap_signals_close(struct signals *signals);

void __wrap_signals_close(struct signals *signals) {
    guard_had_let_go =
        destroyed != NULL && destroyed->guard.has_thread && destroyed->guard.stage == STOP_FREEING;
    __real_signals_close(signals);
}

/* A thread is there as soon as a start begins, and takes signals until it is told that this is over: also where the start
 * failed, and nothing ran. */
Test(server, frees_nothing_that_its_guard_uses) {
    struct folder_path no_log = folder_path(&folder, "no/access.log");
    const struct {
        const char *log;
        enum server_result result;
    } rows[] = {{no_log.text, SERVER_MISTAKE}, {"off", SERVER_OK}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        set("access_log", rows[i].log);
        cr_assert_eq(server_create(&destroyed, &config, error), SERVER_OK, "%s", error);
        cr_assert_eq(server_start(destroyed, error), rows[i].result, "%s", error);
        guard_had_let_go = false;
        server_destroy(destroyed);
        cr_expect(guard_had_let_go, "log %s", rows[i].log);
    }
}

/* ---- A server at work; it runs in the test's own thread, and the visitor in another one ---------------- */

struct visitor {
    pthread_t thread;
    struct sockaddr_storage address;
    char answers[ANSWER_BYTES];
};

static const char requests[] = "GET / HTTP/1.1\r\nHost: test\r\n\r\n"
                               "HEAD / HTTP/1.1\r\nHost: test\r\n\r\n"
                               "GET /missing HTTP/1.0\r\nReferer: here\r\nUser-Agent: test\r\n\r\n";

static void *visit(void *argument) {
    struct visitor *visitor = argument;
    size_t length = 0;
    ssize_t n = 1;
    int fd = connected_socket(&visitor->address);
    cr_expect_eq(send(fd, requests, sizeof requests - 1, 0), sizeof requests - 1);
    while (n > 0 && deadline_wait(fd, POLLIN, deadline_in(PATIENCE_MS))) {
        n = recv(fd, visitor->answers + length, sizeof visitor->answers - 1 - length, 0);
        length += n > 0 ? (size_t)n : 0;
    }
    cr_expect_eq(n, 0, "the end, after the request that does not ask to be kept");
    (void)close(fd);
    (void)kill(getpid(), SIGTERM);
    return NULL;
}

static const char *body_of_last(const char *answers) {
    const char *last = strstr(answers, "404 Not Found");
    cr_assert_not_null(last, "%s", answers);
    const char *end_of_head = strstr(last, "\r\n\r\n");
    cr_assert_not_null(end_of_head);
    return end_of_head + 4;
}

static void expect_logged(const char *const beginnings[], size_t count) {
    static char log[ANSWER_BYTES];
    folder_read_text(&folder, "access.log", log, sizeof log);
    const char *line = log;
    for (size_t i = 0; i < count; i++) {
        cr_expect_eq(strncmp(line, "127.0.0.1 - - [", 15), 0, "%s", line);
        const char *quote = strchr(line, '"');
        cr_assert_not_null(quote);
        size_t length = strlen(beginnings[i]);
        cr_expect_eq(strncmp(quote, beginnings[i], length), 0, "%s", quote);
        cr_expect_eq(strspn(quote + length, "0123456789"), strcspn(quote + length, "."), "%s", quote); /* s */
        line += strcspn(line, "\n") + 1;
    }
    cr_expect_eq(*line, '\0', "more lines than requests: %s", line);
}

Test(server, serves_until_a_signal_and_counts_what_it_did) {
    static struct visitor visitor;
    struct server *server = NULL;
    struct server_totals totals;
    int before = count_descriptors();
    set("access_log", folder_path(&folder, "access.log").text);
    set("log_format", "combined");
    cr_assert_eq(server_create(&server, &config, error), SERVER_OK, "%s", error);
    cr_assert_eq(server_start(server, error), SERVER_OK, "%s", error);
    visitor.address = server_listeners(server)->items[0].address;
    cr_assert_eq(pthread_create(&visitor.thread, NULL, visit, &visitor), 0);
    cr_expect_eq(server_run(server, error), SERVER_OK, "%s", error);
    cr_assert_eq(pthread_join(visitor.thread, NULL), 0);
    server_read_totals(server, &totals);
    server_destroy(server);

    size_t error_page_bytes = strlen(body_of_last(visitor.answers));
    cr_expect_gt(error_page_bytes, 0);
    cr_expect_eq(totals.requests, 3);
    cr_expect_eq(totals.body_bytes, strlen("hello\n") + error_page_bytes);
    cr_expect_eq(totals.log_lines_dropped, 0);
    cr_expect_eq(totals.reactor.accepted, 1);
    cr_expect_eq(totals.reactor.cut, 0);
    cr_expect_eq(totals.pool.thread_count, 2);
    cr_expect_geq(totals.pool.busy_high_water, 1);
    cr_expect_leq(totals.pool.busy_high_water, 2);
    cr_expect_geq(totals.pool.served, 1, "who is new comes by the queue");
    char last[128];
    (void)snprintf(last, sizeof last, "\"GET /missing HTTP/1.0\" 404 %zu \"here\" \"test\" ",
                   error_page_bytes);
    const char *const lines[] = {"\"GET / HTTP/1.1\" 200 6 \"-\" \"-\" ",
                                 "\"HEAD / HTTP/1.1\" 200 0 \"-\" \"-\" ", last};
    expect_logged(lines, sizeof lines / sizeof lines[0]);
    cr_expect_eq(count_descriptors(), before);
}
