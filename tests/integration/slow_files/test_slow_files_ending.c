/* SPDX-License-Identifier: MIT */
/*
 * The end of a program one of whose threads waits for a file system in a call that no signal ends: it has said its last
 * word in time, with the log written, and nobody who is connected, or would like to be, waits for what the kernel keeps of
 * it. Once the file system answers, that goes, too, with exit status 0.
 */
#include "tests/support/slow_files/stage.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    TRIPS = 3,
    IN_TIME_MS = 300 + 3000, /* shutdown_timeout, and what lido(1) says */
};

/* Paths at which the program finds something at its start, and a disk that does not answer afterwards. */
#define PLACE "place/0.bin"

TestSuite(slow_files_ending, .init = slow_files_set_up, .fini = slow_files_tear_down,
          .timeout = STAGE_TIMEOUT_S);

static const char in_time[] = "LIDO_SHUTDOWN_TIMEOUT=300ms";
static const char at_once[] = "LIDO_SHUTDOWN_TIMEOUT=300s"; /* with a second signal */
static size_t answers;

static void begin(const char *const *arguments, const char *timeout, const char *sandbox,
                  const char *setting) {
    char reason[SLOW_FILES_REASON_BYTES];
    char log[FOLDER_PATH_BYTES + 32];
    if (!slow_files_mount(&disk, folder_path(&site, "slow").text, reason)) {
        stage_skip("no FUSE here (it takes /dev/fuse, fusermount3, the right to mount): %s", reason);
    }
    folder_mkdir(&workplace, "logs");
    folder_chmod(&workplace, "logs", 0777);
    (void)snprintf(log, sizeof log, "LIDO_ACCESS_LOG=%s", folder_path(&workplace, "logs/access.log").text);
    struct program_options options = {
        .arguments = arguments,
        .environment = LIST("LIDO_KEEPALIVE_TIMEOUT=300s", "LIDO_THREADS=1", timeout, log, sandbox, setting)};
    program_start(&lido, &options);
    for (int i = 0; i < SLOW_FILES_KEPT; i++) {
        client_connect(&kept[i], lido.port);
    }
}

static void make_trips(void) {
    for (int i = 0; i < SLOW_FILES_KEPT * TRIPS; i++) {
        round_trip(&kept[i % SLOW_FILES_KEPT]);
        answers++;
    }
}

static bool is_refused(void) {
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(lido.port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct client late;
    bool is_connected = client_connect_to(&late, (const struct sockaddr *)&address, sizeof address) == 0;
    if (is_connected) {
        client_abort(&late);
    }
    return !is_connected;
}

/* As the next server does. */
static void expect_free_port(void) {
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(lido.port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int on = 1;
    cr_assert_eq(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on), 0);
    cr_expect_eq(bind(fd, (const struct sockaddr *)&address, sizeof address), 0, "the port is not free");
    cr_expect_eq(listen(fd, 1), 0, "another one listens at the port");
    (void)close(fd);
}

static void expect_log(void) {
    static char text[16 * 1024];
    size_t lines = 0;
    folder_read_text(&workplace, "logs/access.log", text, sizeof text);
    for (const char *at = text; (at = strstr(at, "\"GET / ")) != NULL; at++) {
        lines++;
    }
    cr_expect_eq(lines, answers, "the log: '%s'", text);
}

/* What the kernel keeps: one that hangs and, for its sake, the main thread. */
static void await_last_threads(void) {
    int64_t deadline = deadline_in(PATIENCE_MS);
    while (program_thread_count(&lido) > 2) {
        cr_assert(clock_now_ms() < deadline, "%zu threads", program_thread_count(&lido));
    }
}

static void expect_end(int64_t since_ms) {
    for (int i = 0; i < SLOW_FILES_KEPT; i++) {
        client_expect_end(&kept[i]);
    }
    int64_t deadline = deadline_in(PATIENCE_MS);
    while (!is_refused()) {
        cr_assert(clock_now_ms() < deadline, "clients can still connect");
    }
    await_last_threads();
    cr_expect_lt(clock_now_ms() - since_ms, IN_TIME_MS + LATE_MS);
    expect_free_port();
    expect_log();
    slow_files_let_go(&disk);
    int status = program_wait(&lido);
    cr_expect_eq(status, 0, "exit status %d; err: '%s'", status, lido.err.text);
}

/* --- a main thread that hangs ------------------------------------------------------------------------------- */

/* What was at the place is elsewhere from now on, and the disk in its stead does not even say whether it has it. */
static void turn_place_to_disk(void) {
    slow_files_hold(&disk, SLOW_LOOKUP, 0);
    cr_assert_eq(rename(folder_path(&workplace, "place").text, folder_path(&workplace, "before").text), 0);
    folder_symlink(&workplace, "place", folder_path(&site, "slow").text);
}

static void ends_though_a_reload_hangs(bool is_told_twice) {
    turn_place_to_disk();
    program_signal(&lido, SIGHUP);
    slow_files_await_held(&disk, 1);
    make_trips(); /* who is connected does not notice */
    int64_t since_ms = clock_now_ms();
    program_signal(&lido, SIGTERM);
    if (is_told_twice) {
        program_signal(&lido, SIGINT); /* another one: of two alike the kernel may keep one */
    }
    expect_end(since_ms);
    cr_expect_not_null(
        strstr(lido.err.text, "without the main thread, which hangs in a reload: 4 connections"), "err: '%s'",
        lido.err.text);
}

static void in_a_reload(const char *const *arguments, const char *setting) {
    begin(arguments, in_time, "LIDO_SANDBOX=on", setting);
    make_trips();
    ends_though_a_reload_hangs(false);
}

static void at_the_end(const char *const *arguments, const char *setting) {
    begin(arguments, in_time, "LIDO_SANDBOX=on", setting);
    make_trips();
    turn_place_to_disk();
    int64_t since_ms = clock_now_ms();
    program_signal(&lido, SIGTERM);
    slow_files_await_held(&disk, 1);
    expect_end(since_ms);
}

/* The argument or setting that names the place. */
static const char *with_place(const char *prefix) {
    static char text[FOLDER_PATH_BYTES + 64];
    (void)snprintf(text, sizeof text, "%s%s", prefix, folder_path(&workplace, PLACE).text);
    return text;
}

static const char *const *config_arguments(const char *name, const char *text) {
    static const char *arguments[5];
    static struct folder_path path;
    folder_write_text(&workplace, name, text);
    path = folder_path(&workplace, name);
    arguments[0] = "--port=0";
    arguments[1] = site.path;
    arguments[2] = "-c";
    arguments[3] = path.text;
    return arguments;
}

StageTest(slow_files_ending, comes_in_time_though_the_main_thread_hangs_in_the_settings) {
    in_a_reload(config_arguments(PLACE, ""), NULL);
}

StageTest(slow_files_ending, comes_in_time_though_it_hangs_outside_of_the_sandbox) {
    begin(config_arguments(PLACE, ""), in_time, "LIDO_SANDBOX=off", NULL);
    make_trips();
    ends_though_a_reload_hangs(false);
}

StageTest(slow_files_ending, comes_at_once_though_the_main_thread_hangs_when_asked_for_twice) {
    begin(config_arguments(PLACE, ""), at_once, "LIDO_SANDBOX=on", NULL);
    make_trips();
    ends_though_a_reload_hangs(true);
}

/* The look at the roots, which has a thread of its own, hangs there, too. */
StageTest(slow_files_ending, comes_in_time_though_the_main_thread_hangs_in_the_root) {
    folder_write_text(&workplace, PLACE "/index.html", "content");
    in_a_reload(LIST("--port=0", with_place("")), NULL);
}

StageTest(slow_files_ending, comes_in_time_though_the_main_thread_hangs_in_a_folder_of_links) {
    folder_mkdir(&workplace, PLACE);
    in_a_reload(LIST("--port=0", site.path), with_place("LIDO_LINKS="));
}

StageTest(slow_files_ending, comes_in_time_though_the_main_thread_hangs_in_the_media_types) {
    folder_write_text(&workplace, PLACE, "text/plain txt\n");
    in_a_reload(LIST("--port=0", site.path), with_place("LIDO_MEDIA_TYPES="));
}

StageTest(slow_files_ending, comes_in_time_though_the_main_thread_of_another_user_hangs) {
    if (geteuid() != 0) {
        stage_skip("only root can become somebody else");
    }
    begin(config_arguments(PLACE, ""), in_time, "LIDO_SANDBOX=on", "LIDO_USER=65534");
    make_trips();
    ends_though_a_reload_hangs(false);
}

/* One that it had not opened before. */
StageTest(slow_files_ending, comes_in_time_though_the_main_thread_hangs_in_opening_a_log) {
    char text[FOLDER_PATH_BYTES + 128];
    begin(config_arguments("lido.conf", ""), in_time, "LIDO_SANDBOX=off", NULL);
    make_trips();
    folder_mkdir(&workplace, "place");
    (void)snprintf(text, sizeof text, "error_log = \"%s\"\n", with_place(""));
    folder_write_text(&workplace, "lido.conf", text);
    ends_though_a_reload_hangs(false);
}

/* After the last answer. */
StageTest(slow_files_ending, comes_in_time_though_the_main_thread_hangs_in_removing_a_socket) {
    folder_mkdir(&workplace, "place");
    at_the_end(LIST("--bind=127.0.0.1:0", with_place("--bind=unix:"), site.path), NULL);
}

StageTest(slow_files_ending, comes_in_time_though_the_main_thread_hangs_in_removing_its_pid_file) {
    folder_mkdir(&workplace, "place");
    at_the_end(LIST("--port=0", site.path), with_place("LIDO_PID_FILE="));
}

/* --- a worker that hangs ------------------------------------------------------------------------------------ */

/* The kernel keeps the thread that hangs, and the main one for its sake. */
static void in_a_worker(enum slow_call call, const char *name, const char *timeout) {
    begin(LIST("--port=0", site.path), timeout, "LIDO_SANDBOX=on", NULL);
    make_trips();
    get_stuck(&stuck[0], name, call, 0);
    make_trips();
    int64_t since_ms = clock_now_ms();
    program_signal(&lido, SIGTERM);
    if (timeout == at_once) {
        client_expect_end(&kept[0]); /* the first signal was heeded */
        program_signal(&lido, SIGTERM);
    }
    client_expect_end(&stuck[0]);
    expect_end(since_ms);
    cr_expect_not_null(strstr(lido.err.text, "is left behind in a file for "), "err: '%s'", lido.err.text);
}

StageTest(slow_files_ending, comes_in_time_though_a_worker_hangs_in_finding_a_file) {
    in_a_worker(SLOW_LOOKUP, SLOW_FILES_SMALL, in_time);
}

StageTest(slow_files_ending, comes_in_time_though_a_worker_hangs_in_looking_at_a_file) {
    in_a_worker(SLOW_GETATTR, SLOW_FILES_SMALL, in_time);
}

StageTest(slow_files_ending, comes_in_time_though_a_worker_hangs_in_opening_a_file) {
    in_a_worker(SLOW_OPEN, SLOW_FILES_SMALL, in_time);
}

StageTest(slow_files_ending, comes_in_time_though_a_worker_hangs_in_reading_a_file) {
    in_a_worker(SLOW_READ, SLOW_FILES_SMALL, in_time);
}

StageTest(slow_files_ending, comes_in_time_though_a_worker_hangs_in_closing_a_file) {
    in_a_worker(SLOW_CLOSE, SLOW_FILES_SMALL, in_time);
}

StageTest(slow_files_ending, comes_in_time_though_a_worker_hangs_in_opening_a_folder) {
    in_a_worker(SLOW_LIST, "", in_time);
}

StageTest(slow_files_ending, comes_at_once_though_a_worker_hangs_when_asked_for_twice) {
    in_a_worker(SLOW_OPEN, SLOW_FILES_SMALL, at_once);
}
