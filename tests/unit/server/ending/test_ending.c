/* SPDX-License-Identifier: MIT */
/* A server whose main thread hangs, at whatever call, comes to its end all the same, in time and with its log written. */
#include "server/reactor/stop/guard.h"
#include "tests/support/deadline.h"
#include "tests/unit/server/ending/hung_server.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    ANSWERS = 3,
    TIMEOUT_MS = 300,
    OUTPUT_BYTES = 16 * 1024,
};

static int output; /* what the server says */
static char said[OUTPUT_BYTES];

/* Read on until `needle` was said, or to the end if it is NULL. */
static void read_output(const char *needle) {
    size_t length = strlen(said);
    ssize_t count = 1;
    while (count > 0 && (needle == NULL || strstr(said, needle) == NULL)) {
        cr_assert(deadline_wait(output, POLLIN, deadline_in(PATIENCE_MS)), "it says no more than '%s'", said);
        count = read(output, said + length, sizeof said - 1 - length);
        length += count > 0 ? (size_t)count : 0;
        said[length] = '\0';
    }
    cr_assert(needle == NULL || count > 0, "it says '%s'", said);
}

static void start(const char *timeout) {
    hung_server_configure("first.log", timeout);
    output = hung_server_start();
    read_output("started");
}

static void get_answers(void) {
    static const char request[] = "GET /file HTTP/1.0\r\n\r\n";
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    (void)strcpy(address.sun_path, socket_path.text);
    for (int i = 0; i < ANSWERS; i++) {
        char answer[1024];
        int client = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        cr_assert_eq(connect(client, (const struct sockaddr *)&address, sizeof address), 0);
        cr_assert_eq(write(client, request, sizeof request - 1), (ssize_t)sizeof request - 1);
        cr_assert_gt(recv(client, answer, sizeof answer, MSG_WAITALL), 0);
        (void)close(client);
    }
}

TestSuite(ending, .init = hung_server_set_up, .fini = hung_server_tear_down, .timeout = 100);

/* ---- Hanging ------------------------------------------------------------------------------------------- */

static void await_hung(void) {
    cr_assert(deadline_take(&shared->hung, deadline_in(PATIENCE_MS)), "it never came there; it says '%s'",
              said);
}

/* Have the main thread hang there: in a reload, or at the end that it was asked for. */
static void hang(enum place where) {
    bool in_reload = where == IN_CONFIG || where == IN_ROOT || where == IN_LOG;
    if (where == IN_LOG) {
        hung_server_configure("second.log", "1h");
    }
    atomic_store(&shared->place, (int)where);
    cr_assert_eq(kill(hung_server, in_reload ? SIGHUP : SIGTERM), 0);
    await_hung();
    cr_assert(in_reload ? kill(hung_server, SIGTERM) == 0 : true);
}

static void expect_end(int64_t since_ms, int64_t within_ms) {
    int status = 0;
    read_output(NULL);
    cr_assert_eq(waitpid(hung_server, &status, 0), hung_server);
    int64_t taken_ms = clock_now_ms() - since_ms;
    hung_server = -1;
    cr_assert(WIFEXITED(status), "killed by signal %d; it says '%s'", WTERMSIG(status), said);
    cr_expect_eq(WEXITSTATUS(status), 0, "it says '%s'", said);
    cr_expect_leq(taken_ms, within_ms + LATE_MS, "it took %lld ms", (long long)taken_ms);
}

static void expect_log(void) {
    char text[1024];
    size_t lines = 0;
    folder_read_text(&hung_folder, "first.log", text, sizeof text);
    for (const char *at = text; (at = strstr(at, "GET /file")) != NULL; at++) {
        lines++;
    }
    cr_expect_eq(lines, ANSWERS, "the log: '%s'", text);
}

/* Within shutdown_timeout, or with a second signal, if that is an hour. */
static void ends(enum place where, bool with_second_signal) {
    start(with_second_signal ? "1h" : "300ms");
    get_answers();
    int64_t since_ms = clock_now_ms();
    hang(where);
    if (with_second_signal) {
        cr_assert_eq(kill(hung_server, SIGINT), 0); /* another one: of two alike the kernel may keep one */
    }
    expect_end(since_ms, TIMEOUT_MS + STOP_LOOP_MS + STOP_ENDING_MS);
    expect_log();
}

static void expect_said(const char *expected) {
    cr_expect_not_null(strstr(said, expected), "it says '%s'", said);
}

#define ENDS_THOUGH_IT_HANGS(name, where, says)           \
    Test(ending, ends_in_time_though_it_##name) {         \
        ends(where, false);                               \
        expect_said(says);                                \
    }                                                     \
    Test(ending, ends_when_told_twice_though_it_##name) { \
        ends(where, true);                                \
        expect_said(says);                                \
    }

ENDS_THOUGH_IT_HANGS(hangs_in_the_settings, IN_CONFIG, "without the main thread, which hangs in a reload: ")
ENDS_THOUGH_IT_HANGS(hangs_in_a_look_at_a_root, IN_ROOT, "without the main thread, which hangs in a reload: ")
ENDS_THOUGH_IT_HANGS(hangs_in_opening_a_log, IN_LOG, "without the main thread, which hangs in a reload: ")
ENDS_THOUGH_IT_HANGS(hangs_in_removing_a_socket, IN_SOCKET, "without the main thread, which hangs: ")
ENDS_THOUGH_IT_HANGS(hangs_in_removing_its_pid_file, IN_PID_FILE, "stopped")
ENDS_THOUGH_IT_HANGS(hangs_in_closing_what_is_left, IN_CLOSE, "stopped")

/* Nobody reads what it says, and a reload says something. */
static void fill_output(void) {
    char filling[4096] = {0};
    int waiting = 0;
    int capacity = fcntl(output, F_GETPIPE_SZ);
    char path[64];
    (void)snprintf(path, sizeof path, "/proc/%d/fd/2", (int)hung_server);
    int fd = open(path, O_WRONLY | O_NONBLOCK);
    cr_assert(fd != -1 && capacity > 0);
    while (write(fd, filling, sizeof filling) > 0) {
        waiting += (int)sizeof filling;
    }
    cr_assert_geq(waiting, capacity / 2);
    (void)close(fd);
}

Test(ending, ends_though_nobody_reads_what_it_says) {
    start("300ms");
    get_answers();
    fill_output();
    int64_t since_ms = clock_now_ms();
    cr_assert_eq(kill(hung_server, SIGHUP), 0);
    cr_assert_eq(kill(hung_server, SIGTERM), 0);
    int status = 0;
    cr_assert_eq(waitpid(hung_server, &status, 0), hung_server);
    int64_t taken_ms = clock_now_ms() - since_ms;
    hung_server = -1;
    cr_expect(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    cr_expect_leq(taken_ms, TIMEOUT_MS + STOP_LOOP_MS + STOP_ENDING_MS + LATE_MS);
    expect_log();
}

Test(ending, says_nothing_of_an_end_in_time) {
    start("1h");
    get_answers();
    cr_assert_eq(kill(hung_server, SIGTERM), 0);
    expect_end(clock_now_ms(), 0);
    expect_said("stopped");
    cr_expect_null(strstr(said, "hangs"));
    expect_log();
}
