/* SPDX-License-Identifier: MIT */
/* What happens to everybody else while the disk keeps some waiting. */
#include "tests/support/slow_files.h"
#include "tests/support/stage.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

enum {
    THREADS = 2,
    KEPT = 4,        /* clients with a connection that stays */
    SMALL_TRIPS = 8, /* requests of each of them, and as many one by one */
    LARGE_HOLD = 1024 * 1024,
    REQUEST_BYTES = 128,
    STUCK_MAX = 8,
};

static struct slow_files disk;
static struct client stuck[STUCK_MAX];
static struct client kept[KEPT];

static void set_up(void) {
    stage_set_up();
    folder_write_text(&site, "index.html", "content");
    folder_write_text(&site, "fast.txt", "fast");
    folder_mkdir(&site, "slow");
    for (int i = 0; i < STUCK_MAX; i++) {
        stuck[i].fd = -1;
    }
    for (int i = 0; i < KEPT; i++) {
        kept[i].fd = -1;
    }
}

/* First the disk: a program that waits for it cannot even be killed. */
static void tear_down(void) {
    slow_files_unmount(&disk);
    for (int i = 0; i < STUCK_MAX; i++) {
        client_close(&stuck[i]);
    }
    for (int i = 0; i < KEPT; i++) {
        client_close(&kept[i]);
    }
    stage_tear_down();
}

TestSuite(slow_files, .init = set_up, .fini = tear_down, .timeout = STAGE_TIMEOUT_S);

/* Start the program with THREADS threads, further settings, and a disk that keeps nobody waiting yet; or leave the test
 * out. */
#define BEGIN(...)                                                                                        \
    do {                                                                                                  \
        char reason[SLOW_FILES_REASON_BYTES];                                                             \
        if (!slow_files_mount(&disk, folder_path(&site, "slow").text, reason)) {                          \
            stage_skip("no FUSE here (it takes /dev/fuse, fusermount3, the right to mount): %s", reason); \
        }                                                                                                 \
        begin(LIST("LIDO_THREADS=2", "LIDO_KEEPALIVE_TIMEOUT=300s", "LIDO_SEND_TIMEOUT=300s",             \
                   "LIDO_HEADER_TIMEOUT=300s", __VA_ARGS__));                                             \
    } while (0)

static void begin(const char *const *settings) {
    serve(settings);
    for (int i = 0; i < KEPT; i++) {
        client_connect(&kept[i], lido.port);
        round_trip(&kept[i]);
    }
}

static void send_get(struct client *client, const char *name) {
    char request[REQUEST_BYTES];
    (void)snprintf(request, sizeof request, "GET /slow/%s HTTP/1.0\r\n\r\n", name);
    client_connect(client, lido.port);
    client_send(client, request);
}

/* Have a client ask for a file whose disk does not answer calls of this kind. */
static void get_stuck(struct client *client, const char *name, enum slow_call call, off_t from) {
    slow_files_hold(&disk, call, from);
    size_t held = disk.held;
    send_get(client, name);
    slow_files_await_held(&disk, held + 1);
}

static void expect_others_are_served(void) {
    for (int trip = 0; trip < SMALL_TRIPS; trip++) {
        for (int i = 0; i < KEPT; i++) {
            round_trip(&kept[i]);
        }
        cr_assert(get("/fast.txt") == 200, "status %d", answer.status);
        cr_assert_str_eq(answer.body, "fast");
    }
}

static void expect_silence(const struct client *client) {
    char byte;
    cr_assert(recv(client->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == -1 && errno == EAGAIN,
              "it was answered: nothing was stuck");
}

static void expect_whole(struct client *client, off_t size) {
    client_read_head(client, &answer);
    cr_assert(answer.status == 200, "status %d", answer.status);
    cr_assert(answer.content_length == size, "Content-Length %lld", (long long)answer.content_length);
    cr_assert(client_read_pattern(client, 0, size) == size, "the body is not whole");
    client_expect_end(client);
}

/* One of two threads waits for the disk. */
static void others_are_served_while_one_waits_for(enum slow_call call) {
    get_stuck(&stuck[0], SLOW_FILES_SMALL, call, 0);
    expect_others_are_served();
    expect_silence(&stuck[0]);
    slow_files_let_go(&disk);
    expect_whole(&stuck[0], SLOW_FILES_SMALL_BYTES);
    expect_others_are_served();
}

StageTest(slow_files, a_read_that_hangs_delays_nobody_else) {
    BEGIN("LIDO_SHUTDOWN_TIMEOUT=300s");
    others_are_served_while_one_waits_for(SLOW_READ);
}

StageTest(slow_files, a_name_that_hangs_delays_nobody_else) {
    BEGIN("LIDO_SHUTDOWN_TIMEOUT=300s");
    others_are_served_while_one_waits_for(SLOW_LOOKUP);
}

StageTest(slow_files, an_open_that_hangs_delays_nobody_else) {
    BEGIN("LIDO_SHUTDOWN_TIMEOUT=300s");
    others_are_served_while_one_waits_for(SLOW_OPEN);
}

StageTest(slow_files, a_stat_that_hangs_delays_nobody_else) {
    BEGIN("LIDO_SHUTDOWN_TIMEOUT=300s");
    others_are_served_while_one_waits_for(SLOW_GETATTR);
}

/* sendfile(2) gathers up to 64 KiB before it sends them. */
StageTest(slow_files, a_download_that_hangs_in_the_middle_delays_nobody_else) {
    off_t sure = LARGE_HOLD - 64 * 1024;
    BEGIN("LIDO_SHUTDOWN_TIMEOUT=300s");
    get_stuck(&stuck[0], SLOW_FILES_LARGE, SLOW_READ, LARGE_HOLD);
    client_read_head(&stuck[0], &answer);
    cr_assert(answer.status == 200, "status %d", answer.status);
    cr_assert(client_read_pattern(&stuck[0], 0, sure) == sure, "the body ends early");
    expect_others_are_served();
    slow_files_let_go(&disk);
    off_t rest = SLOW_FILES_LARGE_BYTES - sure;
    cr_assert(client_read_pattern(&stuck[0], sure, rest) == rest, "the body is not whole");
    client_expect_end(&stuck[0]);
    expect_others_are_served();
}

/* More wait for the disk than there are threads. Whether others are served meanwhile is left open; but all
 * are in the end, each with what it asked for. */
StageTest(slow_files, nothing_is_lost_when_all_threads_wait_for_the_disk) {
    struct client fast[KEPT];
    BEGIN("LIDO_SHUTDOWN_TIMEOUT=300s");
    for (int i = 0; i < THREADS; i++) {
        get_stuck(&stuck[i], i == 0 ? SLOW_FILES_SMALL : SLOW_FILES_LARGE, SLOW_READ, 0);
    }
    for (int i = 0; i < KEPT; i++) {
        client_connect(&fast[i], lido.port);
        client_send(&fast[i], "GET /fast.txt HTTP/1.0\r\n\r\n");
        client_send(&kept[i], "GET /fast.txt HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    }
    slow_files_let_go(&disk);
    expect_whole(&stuck[0], SLOW_FILES_SMALL_BYTES);
    expect_whole(&stuck[1], SLOW_FILES_LARGE_BYTES);
    for (int i = 0; i < KEPT; i++) {
        client_read_answer(&fast[i], "GET", &answer);
        cr_assert_str_eq(answer.body, "fast");
        client_expect_end(&fast[i]);
        client_close(&fast[i]);
        client_read_answer(&kept[i], "GET", &answer);
        cr_assert_str_eq(answer.body, "fast");
    }
}

/* A small file, as of a large one the server may keep a descriptor for the next who asks. */
StageTest(slow_files, one_who_leaves_while_the_disk_sleeps_leaves_nothing_behind) {
    BEGIN("LIDO_SHUTDOWN_TIMEOUT=300s");
    size_t before = program_descriptor_count(&lido);
    get_stuck(&stuck[0], SLOW_FILES_SMALL, SLOW_READ, 0);
    client_abort(&stuck[0]);
    expect_others_are_served();
    slow_files_let_go(&disk);
    round_trip_until_descriptors(&kept[0], before);
}

/* The head may have gone out before the disk fails: then only the end of the connection can tell. */
StageTest(slow_files, a_disk_that_fails_in_the_end_is_not_taken_for_a_whole_answer) {
    off_t promised = SLOW_FILES_LARGE_BYTES;
    BEGIN("LIDO_SHUTDOWN_TIMEOUT=300s");
    get_stuck(&stuck[0], SLOW_FILES_LARGE, SLOW_READ, LARGE_HOLD);
    slow_files_fail(&disk, EIO);
    client_read_head(&stuck[0], &answer);
    cr_assert(answer.status == 200 && answer.content_length == promised, "status %d", answer.status);
    off_t came = client_read_pattern(&stuck[0], 0, promised);
    cr_assert(came < promised, "a failed disk gave %lld bytes", (long long)came);
    expect_others_are_served();
}

StageTest(slow_files, a_name_that_cannot_be_looked_up_in_the_end_is_a_500) {
    BEGIN("LIDO_SHUTDOWN_TIMEOUT=300s");
    get_stuck(&stuck[0], SLOW_FILES_SMALL, SLOW_LOOKUP, 0);
    slow_files_fail(&disk, EIO);
    client_read_answer(&stuck[0], "GET", &answer);
    cr_assert(answer.status == 500, "status %d", answer.status);
    expect_others_are_served();
}

static void expect_exit(int status) {
    int actual = program_wait(&lido);
    cr_assert(actual == status, "exit status %d; err: '%s'", actual, lido.err.text);
    cr_assert(strstr(lido.err.text, "lido: stopped") != NULL, "err: '%s'", lido.err.text);
}

/* Connect until nobody listens any more. */
static void expect_refusal(void) {
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(lido.port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int64_t deadline = deadline_in(PATIENCE_MS);
    struct client late;
    while (client_connect_to(&late, (const struct sockaddr *)&address, sizeof address) == 0) {
        client_abort(&late);
        cr_assert(clock_now_ms() < deadline, "the program still listens");
    }
}

StageTest(slow_files, a_stop_lets_one_that_waits_for_the_disk_finish) {
    BEGIN("LIDO_SHUTDOWN_TIMEOUT=300s");
    get_stuck(&stuck[0], SLOW_FILES_LARGE, SLOW_READ, LARGE_HOLD);
    program_signal(&lido, SIGTERM);
    for (int i = 0; i < KEPT; i++) {
        client_expect_end(&kept[i]);
    }
    expect_refusal();
    slow_files_let_go(&disk);
    expect_whole(&stuck[0], SLOW_FILES_LARGE_BYTES);
    expect_exit(0);
}

/* --- who does not come back ----------------------------------------------------------------------------- */

static void expect_named(const char *what, const char *name) {
    char line[PROGRAM_LINE_BYTES];
    program_await_line(&lido, &lido.err, what, line);
    cr_assert(strstr(line, name) != NULL, "it says '%s'", line);
}

StageTest(slow_files, a_thread_that_hangs_is_named_and_named_again_when_it_is_back) {
    BEGIN("LIDO_STUCK_AFTER=50ms");
    get_stuck(&stuck[0], SLOW_FILES_SMALL, SLOW_OPEN, 0);
    expect_named("is stuck in a file", "/slow/small.bin");
    slow_files_let_go(&disk);
    expect_whole(&stuck[0], SLOW_FILES_SMALL_BYTES);
    expect_named("is back", "/slow/small.bin");
}

StageTest(slow_files, others_are_served_however_many_hang) {
    BEGIN("LIDO_THREADS=4", "LIDO_THREADS_SPARE=5");
    for (int i = 0; i < STUCK_MAX; i++) {
        get_stuck(&stuck[i], SLOW_FILES_SMALL, SLOW_OPEN, 0);
    }
    expect_others_are_served();
    slow_files_let_go(&disk);
    for (int i = 0; i < STUCK_MAX; i++) {
        expect_whole(&stuck[i], SLOW_FILES_SMALL_BYTES);
    }
    expect_others_are_served();
}

/* A call for a page ends with its process; others do not, and keep the kernel from clearing up. */
static void expect_end_while_it_hangs(void) {
    expect_exit(0);
    cr_assert(strstr(lido.err.text, "is left behind in a file") != NULL, "err: '%s'", lido.err.text);
    cr_assert(strstr(lido.err.text, "/slow/large.bin") != NULL, "err: '%s'", lido.err.text);
    cr_assert(strstr(lido.out.text, "GET / ") != NULL, "the log is not written: '%s'", lido.out.text);
}

StageTest(slow_files, a_stop_does_not_wait_for_ever_for_a_disk_that_does_not_answer) {
    BEGIN("LIDO_SHUTDOWN_TIMEOUT=1s");
    get_stuck(&stuck[0], SLOW_FILES_LARGE, SLOW_READ, LARGE_HOLD);
    program_signal(&lido, SIGTERM);
    expect_end_while_it_hangs();
}

StageTest(slow_files, an_urgent_stop_waits_for_no_disk) {
    BEGIN("LIDO_SHUTDOWN_TIMEOUT=300s");
    get_stuck(&stuck[0], SLOW_FILES_LARGE, SLOW_READ, LARGE_HOLD);
    program_signal(&lido, SIGTERM);
    for (int i = 0; i < KEPT; i++) {
        client_expect_end(&kept[i]);
    }
    program_signal(&lido, SIGTERM);
    expect_end_while_it_hangs();
}
