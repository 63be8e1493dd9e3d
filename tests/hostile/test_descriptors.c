/* SPDX-License-Identifier: MIT */
/* Clients that keep descriptors, and others who need one. */
#include "tests/support/stage.h"

#include <stdio.h>
#include <string.h>

enum {
    CROWD = 220,
    KEPT_FILES = 12,
    KEPT_BYTES = 3 * 1024, /* more than what is kept in memory, where that matters */
    GOOD_TRIPS = 200,
    LARGE_BYTES = 64 * 1024 * 1024,
    HALTING = 120, /* who never send the rest of their request */
    FEW_STALLED = 60,
    STALLED_MS =
        1000 /* those who have taken nothing for so long give way; before, a new one may be told 503 */
};

static struct client crowd[CROWD];

static void set_up(void) {
    stage_set_up();
    folder_write_text(&site, "index.html", "content");
    folder_write_text(&site, "fast.txt", "fast");
    folder_truncate(&site, "large.bin", LARGE_BYTES);
    for (int i = 0; i < KEPT_FILES; i++) {
        char name[64];
        (void)snprintf(name, sizeof name, "list/kept-%02d.bin", i);
        folder_truncate(&site, name, KEPT_BYTES);
    }
    for (int i = 0; i < CROWD; i++) {
        crowd[i].fd = -1;
    }
}

TestSuite(descriptors, .init = set_up, .fini = stage_tear_down, .timeout = 2.0 * STAGE_TIMEOUT_S);

static void serve_with(size_t limit, const char *const *settings) {
    struct program_options options = {
        .arguments = LIST("--port=0", site.path), .environment = settings, .descriptor_limit = limit};
    program_start(&lido, &options);
}

/* All ask for more than the kernel holds for them, and take no more of it than what comes with the head. */
static void stall(int count) {
    for (int i = 0; i < count; i++) {
        client_connect_narrow(&crowd[i], lido.port);
        client_send(&crowd[i], "GET /large.bin HTTP/1.0\r\n\r\n");
    }
    for (int i = 0; i < count; i++) {
        client_read_head(&crowd[i], &answer);
        /* Some are told 503: nobody has stood still for long enough yet. */
        cr_assert(answer.status == 200 || answer.status == 503, "%d of the crowd: status %d", i,
                  answer.status);
    }
}

static void close_crowd(void) {
    for (int i = 0; i < CROWD; i++) {
        client_close(&crowd[i]);
    }
}

/* Until all of the crowd have stood still for long enough; one answer may get by with what is left before. */
static void await_first_answer(void) {
    int64_t stalled_ms = deadline_in(2 * STALLED_MS); /* what the kernels still pass on is only seen later */
    int64_t deadline = deadline_in(STALLED_MS + PATIENCE_MS);
    while (get("/fast.txt") != 200 || clock_now_ms() < stalled_ms) {
        cr_assert((answer.status == 200 || answer.status == 503) && clock_now_ms() < deadline, "status %d",
                  answer.status);
    }
}

/* Files, folders and archives, each of which takes a descriptor more than the connection. */
static void expect_good_client_is_answered(void) {
    static const char *const targets[] = {"/fast.txt", "/", "/list/", "/list/?download=tar",
                                          "/list/kept-00.bin"};
    for (int i = 0; i < GOOD_TRIPS; i++) {
        const char *target = targets[(size_t)i % (sizeof targets / sizeof *targets)];
        cr_assert(get(target) == 200, "%s, trip %d: status %d", target, i, answer.status);
    }
}

static void others_are_answered_beside_stalled(int count) {
    stall(count);
    await_first_answer();
    expect_good_client_is_answered();
    close_crowd();
    cr_assert(get("/fast.txt") == 200, "afterwards: status %d", answer.status);
}

/* Once: everybody else was answered 503, until the crowd's time was over. */
StageTest(descriptors, are_given_back_by_220_stalled_clients_of_300) {
    serve_with(300, LIST("LIDO_THREADS=4", "LIDO_THREADS_SPARE=4", "LIDO_MAX_CONNECTIONS=228",
                         "LIDO_SEND_TIMEOUT=300s"));
    others_are_answered_beside_stalled(CROWD);
}

StageTest(descriptors, are_given_back_by_stalled_clients_of_64) {
    serve_with(64, LIST("LIDO_THREADS=1", "LIDO_THREADS_SPARE=1", "LIDO_MAX_CONNECTIONS=30",
                        "LIDO_SEND_TIMEOUT=300s"));
    others_are_answered_beside_stalled(26);
}

/* Who is between requests loses least. */
StageTest(descriptors, are_given_back_by_idle_clients) {
    serve_with(64, LIST("LIDO_THREADS=2", "LIDO_THREADS_SPARE=1", "LIDO_KEEPALIVE_TIMEOUT=300s"));
    for (int i = 0; i < CROWD; i++) {
        client_connect(&crowd[i], lido.port);
        round_trip(&crowd[i]);
    }
    expect_good_client_is_answered();
    close_crowd();
}

/* The limit is lowered so far that there is nothing left for a file, nor for another client. */
StageTest(descriptors, are_given_back_by_the_cache_first) {
    struct client good;
    serve_with(1024, LIST("LIDO_THREADS=2", "LIDO_THREADS_SPARE=1", "LIDO_KEEPALIVE_TIMEOUT=300s",
                          "LIDO_FILE_CACHE_MAX_FILE=1K"));
    client_connect(&good, lido.port);
    let_settle(&good);
    size_t before = program_descriptor_count(&lido);
    for (int i = 0; i < KEPT_FILES; i++) {
        char target[64];
        (void)snprintf(target, sizeof target, "/list/kept-%02d.bin", i);
        cr_assert(get(target) == 200);
    }
    size_t count = program_descriptor_count(&lido);
    cr_assert(count >= before + KEPT_FILES, "%zu descriptors, then %zu: the cache keeps none", before, count);
    program_limit_descriptors(&lido, count);
    round_trip(&good);
    cr_assert(get("/fast.txt") == 200, "status %d", answer.status);
    round_trip(&good);
    cr_assert(program_descriptor_count(&lido) < count, "the cache has given nothing back");
    client_close(&good);
}

/* Each was answered by a page, for which the next one was taken, within the answer to the one before: to the end of the
 * stack. */
StageTest(descriptors, are_not_wanted_of_those_who_are_answered_first) {
    folder_write_text(&site, "late.html", "late");
    folder_write_text(
        &workplace, "lido.conf",
        "threads = 2\nfile_cache = off\nheader_timeout = 3s\nerror_page 408 = \"/late.html\"\n");
    struct program_options options = {.arguments = LIST("-c", "lido.conf", "--port=0", site.path),
                                      .directory = workplace.path,
                                      .descriptor_limit = 1024};
    program_start(&lido, &options);
    stall(FEW_STALLED);
    for (int i = FEW_STALLED; i < FEW_STALLED + HALTING; i++) {
        client_connect(&crowd[i], lido.port);
        client_send(&crowd[i], "GET / HTTP/1.0\r\nHos");
    }
    cr_assert_eq(get("/fast.txt"), 200, "by then all of them are there");
    program_limit_descriptors(&lido, program_descriptor_count(&lido));
    for (int i = FEW_STALLED; i < FEW_STALLED + HALTING; i++) {
        client_read_head(&crowd[i], &answer);
        cr_assert_eq(answer.status, 408);
    }
    close_crowd();
    cr_assert(get("/fast.txt") == 200, "afterwards: status %d", answer.status);
}

StageTest(descriptors, that_max_connections_needs_are_told_at_the_start) {
    stage_needs_own_settings("the number of threads that it counts on");
    struct program_options options = {
        .arguments = LIST("--port=0", site.path),
        .environment = LIST("LIDO_THREADS=4", "LIDO_THREADS_SPARE=4", "LIDO_MAX_CONNECTIONS=240"),
        .descriptor_limit = 300};
    cr_assert(program_run(&lido, &options) == 2);
    cr_assert(strstr(lido.err.text,
                     "max_connections: 240 connections need a limit of 312 open files, and it is 300") !=
                  NULL,
              "err: '%s'", lido.err.text);
}
