/* SPDX-License-Identifier: MIT */
/* Folders that cost much to list or to download, and those who ask for nothing else. */
#include "http/base/clock.h"
#include "http/base/histogram.h"
#include "tests/support/stage.h"

#include <criterion/logging.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

enum {
    FEW = 20,
    MANY = 2000,
    CROWD = 200,
    AHEAD =
        60, /* fewer than are accepted in one go, so that the program sees them and the next one together */
    ATTEMPTS = 5,
    TRIPS = 300,
    TEXT_BYTES = 4,
    P99_MS_MAX = 150, /* 10 on an idle machine */
};

static struct client crowd[CROWD];
static struct client good;

static void set_up(void) {
    stage_set_up();
    folder_write_text(&site, "index.html", "content");
    folder_write_many(&site, "few/entry-%04d.txt", FEW, TEXT_BYTES);
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

TestSuite(folder_work, .init = set_up, .fini = tear_down, .timeout = STAGE_TIMEOUT_S);

static void ask_folder(int from, int to, const char *request) {
    for (int i = from; i < to; i++) {
        client_connect(&crowd[i], lido.port);
        client_send(&crowd[i], request);
    }
}

/* How many lines of the server's own log hold `needle` before the one that holds `good_one`: what a test comes to see depends
 * on when it looks. */
static size_t count_before(const char *needle, const char *good_one) {
    program_await_line(&lido, &lido.out, good_one, NULL);
    const char *end = strstr(lido.out.text, good_one);
    size_t count = 0;
    for (const char *at = lido.out.text; (at = strstr(at, needle)) != NULL && at < end; at++) {
        count++;
    }
    return count;
}

static void expect_all_answered(int count, const char *method, int status) {
    for (int i = 0; i < count; i++) {
        client_read_answer(&crowd[i], method, &answer);
        cr_assert(answer.status == status, "client %d: status %d", i, answer.status);
        client_expect_end(&crowd[i]);
        client_close(&crowd[i]);
    }
}

/* Many come before the good one, and more behind it. Returns how many were answered before. */
static size_t pass_crowd(int attempt) {
    char folder[64];
    char file[64];
    char request[128];
    (void)snprintf(folder, sizeof folder, "GET /few/?crowd-%d HTTP/1.0", attempt);
    (void)snprintf(file, sizeof file, "GET /?good-%d HTTP/1.0", attempt);
    (void)snprintf(request, sizeof request, "%s\r\n\r\n", folder);
    program_signal(&lido, SIGSTOP);
    ask_folder(0, AHEAD, request);
    client_connect(&good, lido.port);
    client_send(&good, file);
    client_send(&good, "\r\n\r\n");
    ask_folder(AHEAD, CROWD, request);
    program_signal(&lido, SIGCONT);
    client_read_answer(&good, "GET", &answer);
    cr_assert(answer.status == 200, "status %d", answer.status);
    client_expect_end(&good);
    client_close(&good);
    size_t before = count_before(folder, file);
    expect_all_answered(CROWD, "GET", 200);
    return before;
}

/* Where the main thread is kept from the processor between two of the crowd, the pool has nothing better to do than
 * these: so not each time. Without the order it would be all of them, each time. */
static void good_one_is_first(void) {
    size_t before = AHEAD;
    for (int attempt = 0; attempt < ATTEMPTS && before >= AHEAD / 4; attempt++) {
        before = pass_crowd(attempt);
        cr_log_info("%zu of %d were answered before", before, AHEAD);
    }
    cr_assert(before < AHEAD / 4, "%zu of %d were answered before", before, AHEAD);
}

StageTest(folder_work, of_a_crowd_comes_behind_a_file_with_one_thread) {
    serve(LIST("LIDO_THREADS=1"));
    good_one_is_first();
}

StageTest(folder_work, of_a_crowd_comes_behind_a_file_with_two_threads) {
    serve(LIST("LIDO_THREADS=2"));
    good_one_is_first();
}

static void others_are_served_soon(void) {
    enum { ARCHIVES = 40 };
    static struct histogram durations;
    struct histogram_reading reading = {0};
    folder_write_many(&site, "many/entry-%04d.txt", MANY, TEXT_BYTES);
    client_connect(&good, lido.port);
    round_trip(&good);
    ask_folder(0, ARCHIVES, "GET /many/?download=tar HTTP/1.0\r\nRange: bytes=0-0\r\n\r\n");
    for (int i = 0; i < TRIPS; i++) {
        int64_t begin_ns = clock_steady_ns();
        round_trip(&good);
        histogram_note(&durations, clock_steady_ns() - begin_ns);
    }
    histogram_read(&durations, &reading);
    double p99_ms = (double)histogram_reading_quantile_ns(&reading, 0.99) / 1e6;
    cr_log_info("99 of 100 of the others had their answer within %.2f ms", p99_ms);
    cr_assert(p99_ms < P99_MS_MAX, "one of 100 waits for %.0f ms", p99_ms);
    expect_all_answered(ARCHIVES, "GET", 206);
}

StageTest(folder_work, that_is_long_keeps_one_thread_from_nobody_else) {
    serve(LIST("LIDO_THREADS=1"));
    others_are_served_soon();
}

StageTest(folder_work, that_is_long_keeps_two_threads_from_nobody_else) {
    serve(LIST("LIDO_THREADS=2"));
    others_are_served_soon();
}

static int64_t cost_of(int rounds, bool leaves) {
    int64_t before_ms = program_processor_ms(&lido);
    for (int i = 0; i < rounds; i++) {
        ask_folder(0, CROWD / 4, "HEAD /many/?download=tar HTTP/1.0\r\n\r\n");
        round_trip(&good); /* now it has seen them */
        for (int k = 0; leaves && k < CROWD / 4; k++) {
            client_abort(&crowd[k]);
        }
        if (!leaves) {
            expect_all_answered(CROWD / 4, "HEAD", 200);
        }
    }
    return program_processor_ms(&lido) - before_ms;
}

/* Of those who leave, work on a few may have begun. */
StageTest(folder_work, costs_little_when_all_who_asked_for_it_leave) {
    folder_write_many(&site, "many/entry-%04d.txt", MANY, TEXT_BYTES);
    serve(LIST("LIDO_THREADS=2"));
    client_connect(&good, lido.port);
    round_trip(&good);
    int64_t stay_ms = cost_of(2, false);
    int64_t leave_ms = cost_of(8, true);
    cr_log_info("100 archives cost %lld ms, 400 that nobody waits for %lld ms", (long long)stay_ms,
                (long long)leave_ms);
    cr_assert(leave_ms < stay_ms * 2, "100 archives cost %lld ms, 400 that nobody waits for %lld ms",
              (long long)stay_ms, (long long)leave_ms);
}

/* Each gets all of it, and sees what had changed before he asked: not what others had begun to read before. */
StageTest(folder_work, of_a_crowd_is_shared_and_never_old) {
    enum { ROUNDS = 5, ASKERS = 50 };
    char name[64];
    folder_write_many(&site, "many/entry-%04d.txt", MANY, TEXT_BYTES);
    serve(LIST("LIDO_THREADS=4"));
    for (int round = 0; round < ROUNDS; round++) {
        ask_folder(0, ASKERS / 2, "GET /many/?format=json HTTP/1.0\r\n\r\n");
        (void)snprintf(name, sizeof name, "many/new-%d", round);
        folder_write_text(&site, name, "text");
        ask_folder(ASKERS / 2, ASKERS, "GET /many/?format=json HTTP/1.0\r\n\r\n");
        for (int i = 0; i < ASKERS; i++) {
            client_read_answer(&crowd[i], "GET", &answer);
            cr_assert(answer.status == 200, "client %d: status %d", i, answer.status);
            bool is_shown = memmem(answer.body, answer.body_size, name + 5, strlen(name + 5)) != NULL;
            cr_assert(is_shown || i < ASKERS / 2, "client %d does not see %s", i, name);
            client_close(&crowd[i]);
        }
    }
}

/* Those that have not begun are let go without any work. */
StageTest(folder_work, does_not_hold_up_a_stop) {
    folder_write_many(&site, "many/entry-%04d.txt", MANY, TEXT_BYTES);
    serve(LIST("LIDO_THREADS=1", "LIDO_SHUTDOWN_TIMEOUT=300s"));
    client_connect(&good, lido.port);
    round_trip(&good);
    ask_folder(0, CROWD, "HEAD /many/?download=tar HTTP/1.0\r\n\r\n");
    round_trip(&good);
    program_signal(&lido, SIGTERM);
    client_expect_end(&good);
    program_signal(&lido, SIGTERM);
    int status = program_wait(&lido);
    cr_assert(status == 0, "exit status %d; err: '%s'", status, lido.err.text);
    cr_assert(strstr(lido.err.text, "left behind") == NULL, "err: '%s'", lido.err.text);
}
