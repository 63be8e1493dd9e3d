/* SPDX-License-Identifier: MIT */
/* Disks that do not answer at all, and more who wait for them than there are threads. */
#include "http/base/clock.h"
#include "http/base/histogram.h"
#include "tests/support/slow_files/stage.h"

#include <criterion/logging.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    HUNG = SLOW_FILES_STUCK_MAX,
    NAME_BYTES = 32,
    TRIPS = 100,     /* of each of the others, for a percentile */
    P99_MS_MAX = 90, /* 0.1 on an idle machine; who waits for a stand-in waits for 100 */
    SHUTDOWN_MS = 1000,
};

TestSuite(slow_files_hung, .init = slow_files_set_up, .fini = slow_files_tear_down,
          .timeout = STAGE_TIMEOUT_S);

static void name_file(char name[NAME_BYTES], int number) {
    (void)snprintf(name, NAME_BYTES, SLOW_FILES_NUMBERED, number);
}

/* One after the other: each needs a thread to get as far as the disk. */
static void hang_all(enum slow_call call) {
    for (int i = 0; i < HUNG; i++) {
        char name[NAME_BYTES];
        name_file(name, i);
        get_stuck(&stuck[i], name, call, 0);
    }
}

/* The line that says so must name the path and how long. */
static void expect_stuck(const char *name, double seconds_min) {
    char line[PROGRAM_LINE_BYTES];
    program_await_line(&lido, &lido.err, name, line);
    const char *duration = strstr(line, "is stuck in a file for ");
    cr_assert(duration != NULL, "it says '%s'", line);
    cr_assert(strtod(duration + strlen("is stuck in a file for "), NULL) >= seconds_min, "it says '%s'",
              line);
}

static void expect_all_stuck(double seconds_min) {
    for (int i = 0; i < HUNG; i++) {
        char name[NAME_BYTES];
        name_file(name, i);
        expect_stuck(name, seconds_min);
    }
}

static void expect_others_are_served_soon(void) {
    static struct histogram durations;
    struct histogram_reading reading = {0};
    for (int i = 0; i < TRIPS * SLOW_FILES_KEPT; i++) {
        int64_t begin_ns = clock_steady_ns();
        round_trip(&kept[i % SLOW_FILES_KEPT]);
        histogram_note(&durations, clock_steady_ns() - begin_ns);
    }
    histogram_read(&durations, &reading);
    double p99_ms = (double)histogram_reading_quantile_ns(&reading, 0.99) / 1e6;
    cr_log_info("99 of 100 of the others had their answer within %.2f ms", p99_ms);
    cr_assert(p99_ms < P99_MS_MAX, "one of 100 waits for %.0f ms", p99_ms);
}

static void expect_all_whole(void) {
    for (int i = 0; i < HUNG; i++) {
        expect_whole(&stuck[i], SLOW_FILES_SMALL_BYTES);
    }
}

static void await_thread_count(size_t count) {
    int64_t deadline = deadline_in(PATIENCE_MS);
    size_t now;
    while ((now = program_worker_count(&lido)) != count) {
        cr_assert(clock_now_ms() < deadline, "%zu threads, expected %zu", now, count);
        round_trip(&kept[0]);
    }
}

StageTest(slow_files_hung, one_is_named_and_named_again_when_it_is_back) {
    BEGIN("LIDO_THREADS=2", "LIDO_STUCK_AFTER=50ms");
    get_stuck(&stuck[0], SLOW_FILES_SMALL, SLOW_OPEN, 0);
    expect_stuck("/slow/small.bin", 0);
    cr_expect_eq(get("/.lido/health"), 503);
    cr_expect_str_eq(answer.body, "degraded: a worker is stuck in a file system that does not answer\n");
    cr_expect_eq(get("/.lido/"), 200);
    cr_expect_not_null(strstr(answer.body, "<p class=\"alarm\">a worker is stuck"), "%s", answer.body);
    slow_files_let_go(&disk);
    expect_whole(&stuck[0], SLOW_FILES_SMALL_BYTES);
    program_await_line(&lido, &lido.err, "is back; it was in a file for ", NULL);
    cr_expect_eq(get("/.lido/health"), 200);
}

static void others_are_served_while_all_hang(void) {
    size_t threads = program_worker_count(&lido);
    hang_all(SLOW_OPEN);
    expect_others_are_served();
    expect_all_stuck(0.2);
    await_thread_count(threads + HUNG);
    expect_others_are_served_soon();
    for (int i = 0; i < HUNG; i++) {
        expect_silence(&stuck[i]);
    }
    slow_files_let_go(&disk);
    expect_all_whole();
    await_thread_count(threads);
    expect_others_are_served();
}

/* With as many spare ones as there are by default, as the next one. */
StageTest(slow_files_hung, eight_keep_four_threads_from_nobody_else) {
    BEGIN("LIDO_THREADS=4", "LIDO_STUCK_AFTER=200ms");
    others_are_served_while_all_hang();
}

StageTest(slow_files_hung, eight_keep_the_only_thread_from_nobody_else) {
    BEGIN("LIDO_THREADS=1", "LIDO_STUCK_AFTER=200ms");
    others_are_served_while_all_hang();
}

/* With the settings as they are. */
StageTest(slow_files_hung, as_many_as_there_are_threads_keep_nobody_from_anything) {
    stage_needs_own_settings("as many threads as files that hang");
    BEGIN("LIDO_THREADS=8");
    hang_all(SLOW_OPEN);
    expect_others_are_served();
    expect_others_are_served_soon();
    slow_files_let_go(&disk);
    expect_all_whole();
}

static size_t count_lines_with(const char *needle) {
    size_t count = 0;
    for (const char *at = lido.err.text; (at = strstr(at, needle)) != NULL; at += strlen(needle)) {
        count++;
    }
    return count;
}

/* A call for a page ends with its process; others do not, and keep the kernel from clearing up. */
static void expect_end_while_they_hang(size_t count) {
    int status = program_wait(&lido);
    cr_assert(status == 0, "exit status %d; err: '%s'", status, lido.err.text);
    cr_assert(strstr(lido.err.text, "lido: stopped") != NULL, "err: '%s'", lido.err.text);
    cr_assert(count_lines_with("is left behind in a file for ") == count, "err: '%s'", lido.err.text);
    cr_assert(strstr(lido.out.text, "GET / ") != NULL, "the log is not written: '%s'", lido.out.text);
}

static void stops_in_time_although_all_hang(void) {
    hang_all(SLOW_READ);
    expect_others_are_served();
    int64_t begin_ms = clock_now_ms();
    program_signal(&lido, SIGTERM);
    expect_end_while_they_hang(HUNG);
    int64_t taken_ms = clock_now_ms() - begin_ms;
    cr_log_info("gone after %lld ms", (long long)taken_ms);
    cr_assert(taken_ms < SHUTDOWN_MS + LATE_MS, "gone after %lld ms", (long long)taken_ms);
}

StageTest(slow_files_hung, eight_do_not_hold_up_a_stop_of_four_threads) {
    BEGIN("LIDO_THREADS=4", "LIDO_THREADS_SPARE=8", "LIDO_SHUTDOWN_TIMEOUT=1s");
    stops_in_time_although_all_hang();
}

StageTest(slow_files_hung, eight_do_not_hold_up_a_stop_of_one_thread) {
    BEGIN("LIDO_THREADS=1", "LIDO_THREADS_SPARE=8", "LIDO_SHUTDOWN_TIMEOUT=1s");
    stops_in_time_although_all_hang();
}

static void stops_at_once_when_told_twice(void) {
    hang_all(SLOW_READ);
    program_signal(&lido, SIGTERM);
    for (int i = 0; i < SLOW_FILES_KEPT; i++) {
        client_expect_end(&kept[i]);
    }
    program_signal(&lido, SIGTERM);
    expect_end_while_they_hang(HUNG);
}

StageTest(slow_files_hung, eight_do_not_hold_up_an_urgent_stop_of_four_threads) {
    BEGIN("LIDO_THREADS=4", "LIDO_THREADS_SPARE=8", "LIDO_SHUTDOWN_TIMEOUT=300s");
    stops_at_once_when_told_twice();
}

StageTest(slow_files_hung, eight_do_not_hold_up_an_urgent_stop_of_one_thread) {
    BEGIN("LIDO_THREADS=1", "LIDO_THREADS_SPARE=8", "LIDO_SHUTDOWN_TIMEOUT=300s");
    stops_at_once_when_told_twice();
}

/* Nobody is left to do anything; those that wait in the queue have to be cut. */
StageTest(slow_files_hung, a_stop_comes_to_its_end_with_no_thread_left) {
    stage_needs_own_settings("fewer spare threads than files that hang");
    BEGIN("LIDO_THREADS=4", "LIDO_THREADS_SPARE=4", "LIDO_SHUTDOWN_TIMEOUT=1s");
    hang_all(SLOW_READ);
    struct client waiting;
    client_connect(&waiting, lido.port);
    client_send(&waiting, "GET / HTTP/1.0\r\n\r\n");
    program_signal(&lido, SIGTERM);
    expect_end_while_they_hang(HUNG);
    (void)client_read_to_end(&waiting);
    cr_assert(waiting.length == 0, "it was answered: a thread was left");
    client_close(&waiting);
}

/* The main thread lets clients in, and wants a descriptor for that: the file that is kept open is the one to go. */
StageTest(slow_files_hung, closing_a_kept_file_keeps_nobody_out) {
    stage_needs_own_settings("a file cache of its own");
    BEGIN("LIDO_THREADS=1", "LIDO_THREADS_SPARE=1");
    size_t before = program_descriptor_count(&lido);
    client_connect(&stuck[0], lido.port);
    client_send(&stuck[0], "GET /slow/" SLOW_FILES_LARGE " HTTP/1.0\r\n\r\n");
    expect_whole(&stuck[0], SLOW_FILES_LARGE_BYTES);
    client_close(&stuck[0]);
    round_trip_until_descriptors(&kept[0], before + 1);
    cr_assert_eq(program_descriptor_count(&lido), before + 1, "it is not kept");
    slow_files_hold(&disk, SLOW_CLOSE, 0);
    program_limit_descriptors(&lido, before + 1);
    struct client next;
    client_connect(&next, lido.port);
    slow_files_await_held(&disk, 1);
    round_trip(&next);
    client_close(&next);
    cr_expect_eq(get("/fast.txt"), 200);
    slow_files_let_go(&disk);
}
