/* SPDX-License-Identifier: MIT */
/* What happens to everybody else while the disk keeps some waiting. */
#include "tests/support/slow_files/stage.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

enum { THREADS = 2, LARGE_HOLD = 1024 * 1024 };

TestSuite(slow_files, .init = slow_files_set_up, .fini = slow_files_tear_down, .timeout = STAGE_TIMEOUT_S);

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
    BEGIN("LIDO_THREADS=2", "LIDO_SHUTDOWN_TIMEOUT=300s");
    others_are_served_while_one_waits_for(SLOW_READ);
}

StageTest(slow_files, a_name_that_hangs_delays_nobody_else) {
    BEGIN("LIDO_THREADS=2", "LIDO_SHUTDOWN_TIMEOUT=300s");
    others_are_served_while_one_waits_for(SLOW_LOOKUP);
}

StageTest(slow_files, an_open_that_hangs_delays_nobody_else) {
    BEGIN("LIDO_THREADS=2", "LIDO_SHUTDOWN_TIMEOUT=300s");
    others_are_served_while_one_waits_for(SLOW_OPEN);
}

StageTest(slow_files, a_stat_that_hangs_delays_nobody_else) {
    BEGIN("LIDO_THREADS=2", "LIDO_SHUTDOWN_TIMEOUT=300s");
    others_are_served_while_one_waits_for(SLOW_GETATTR);
}

/* sendfile(2) gathers up to 64 KiB before it sends them. */
StageTest(slow_files, a_download_that_hangs_in_the_middle_delays_nobody_else) {
    off_t sure = LARGE_HOLD - 64 * 1024;
    BEGIN("LIDO_THREADS=2", "LIDO_SHUTDOWN_TIMEOUT=300s");
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
    struct client fast[SLOW_FILES_KEPT];
    BEGIN("LIDO_THREADS=2", "LIDO_SHUTDOWN_TIMEOUT=300s");
    for (int i = 0; i < THREADS; i++) {
        get_stuck(&stuck[i], i == 0 ? SLOW_FILES_SMALL : SLOW_FILES_LARGE, SLOW_READ, 0);
    }
    for (int i = 0; i < SLOW_FILES_KEPT; i++) {
        client_connect(&fast[i], lido.port);
        client_send(&fast[i], "GET /fast.txt HTTP/1.0\r\n\r\n");
        client_send(&kept[i], "GET /fast.txt HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    }
    slow_files_let_go(&disk);
    expect_whole(&stuck[0], SLOW_FILES_SMALL_BYTES);
    expect_whole(&stuck[1], SLOW_FILES_LARGE_BYTES);
    for (int i = 0; i < SLOW_FILES_KEPT; i++) {
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
    BEGIN("LIDO_THREADS=2", "LIDO_SHUTDOWN_TIMEOUT=300s");
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
    BEGIN("LIDO_THREADS=2", "LIDO_SHUTDOWN_TIMEOUT=300s");
    get_stuck(&stuck[0], SLOW_FILES_LARGE, SLOW_READ, LARGE_HOLD);
    slow_files_fail(&disk, EIO);
    client_read_head(&stuck[0], &answer);
    cr_assert(answer.status == 200 && answer.content_length == promised, "status %d", answer.status);
    off_t came = client_read_pattern(&stuck[0], 0, promised);
    cr_assert(came < promised, "a failed disk gave %lld bytes", (long long)came);
    expect_others_are_served();
}

StageTest(slow_files, a_name_that_cannot_be_looked_up_in_the_end_is_a_500) {
    BEGIN("LIDO_THREADS=2", "LIDO_SHUTDOWN_TIMEOUT=300s");
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
    BEGIN("LIDO_THREADS=2", "LIDO_SHUTDOWN_TIMEOUT=300s");
    get_stuck(&stuck[0], SLOW_FILES_LARGE, SLOW_READ, LARGE_HOLD);
    program_signal(&lido, SIGTERM);
    for (int i = 0; i < SLOW_FILES_KEPT; i++) {
        client_expect_end(&kept[i]);
    }
    expect_refusal();
    slow_files_let_go(&disk);
    expect_whole(&stuck[0], SLOW_FILES_LARGE_BYTES);
    expect_exit(0);
}
