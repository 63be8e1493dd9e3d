/* SPDX-License-Identifier: MIT */
/* Clients that stay, and whom the workers harvest themselves: whatever becomes of the pool meanwhile, each gets its
 * answers. */
#include "tests/support/stage.h"

#include <signal.h>
#include <stdio.h>

enum { CROWD = 64 };

static struct client crowd[CROWD];

static void set_up_site(void) {
    stage_set_up();
    folder_write_text(&site, "index.html", "content");
}

TestSuite(kept_clients, .init = set_up_site, .fini = stage_tear_down, .timeout = STAGE_TIMEOUT_S);

static void bring_crowd(void) {
    for (size_t i = 0; i < CROWD; i++) {
        client_connect(&crowd[i], lido.port);
        round_trip(&crowd[i]);
    }
}

static void all_ask(void) {
    for (size_t i = 0; i < CROWD; i++) {
        client_send(&crowd[i], "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    }
}

static void expect_all_answered(void) {
    for (size_t i = 0; i < CROWD; i++) {
        client_read_answer(&crowd[i], "GET", &answer);
        cr_assert_eq(answer.status, 200, "client %zu: status %d", i, answer.status);
    }
}

static void close_crowd(void) {
    for (size_t i = 0; i < CROWD; i++) {
        client_close(&crowd[i]);
    }
}

/* ---- Stopping ------------------------------------------------------------------------------------------ */

/* What they ask is there when the program sees the signal, and none of them has been harvested. */
static void stop_with_requests_under_way(const char *const *settings) {
    serve(settings);
    bring_crowd();
    program_signal(&lido, SIGSTOP);
    all_ask();
    program_signal(&lido, SIGTERM);
    program_signal(&lido, SIGCONT);
    expect_all_answered();
    for (size_t i = 0; i < CROWD; i++) {
        client_expect_end(&crowd[i]);
    }
    cr_expect_eq(program_wait(&lido), 0);
    close_crowd();
}

StageTest(kept_clients, are_answered_when_a_stop_comes_with_their_requests) {
    stop_with_requests_under_way(LIST("LIDO_THREADS=4"));
}

StageTest(kept_clients, are_answered_by_the_only_thread_when_a_stop_comes_with_their_requests) {
    stop_with_requests_under_way(LIST("LIDO_THREADS=1"));
}

/* ---- Another size of the pool -------------------------------------------------------------------------- */

static void write_config(size_t threads) {
    char text[512];
    int length =
        snprintf(text, sizeof text, "root = \"%s\"\naccess_log = off\nthreads = %zu\n", site.path, threads);
    cr_assert(length > 0 && (size_t)length < sizeof text);
    folder_write_text(&workplace, "lido.conf", text);
}

/* Those who lead are sent away in the middle of it, and others come. */
StageTest(kept_clients, are_answered_while_the_pool_grows_and_shrinks) {
    stage_needs_own_settings("a number of threads that a reload can change");
    static const size_t counts[] = {1, 8, 2, 64, 1, 3};
    write_config(4);
    struct folder_path path = folder_path(&workplace, "lido.conf");
    program_start(&lido, &(struct program_options){.arguments = LIST("--port=0", "--config", path.text)});
    bring_crowd();
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        write_config(counts[i]);
        program_signal(&lido, SIGHUP);
        for (size_t round = 0; round < 5; round++) {
            all_ask();
            expect_all_answered();
        }
        program_await_line(&lido, &lido.err, "reload: done", NULL);
        lido.err.length = 0;
        lido.err.text[0] = '\0';
    }
    close_crowd();
}

/* ---- A full queue -------------------------------------------------------------------------------------- */

/* The only worker is away in a folder, and the queue behind it is full: the kept ones are turned away like others,
 * with an answer, or served; none is left without. */
StageTest(kept_clients, are_each_answered_beside_a_flood_that_is_turned_away) {
    enum { ENTRIES = 1500, FLOOD = 50 };
    static struct client flood[FLOOD];
    folder_write_many(&site, "list/entry-%04d.txt", ENTRIES, 0);
    serve(LIST("LIDO_THREADS=1", "LIDO_QUEUE=1", "LIDO_WHEN_FULL=reject"));
    bring_crowd();
    for (size_t i = 0; i < FLOOD; i++) {
        client_connect(&flood[i], lido.port);
        client_send(&flood[i], "GET /list/ HTTP/1.0\r\n\r\n");
    }
    all_ask();
    for (size_t i = 0; i < CROWD; i++) {
        client_read_answer(&crowd[i], "GET", &answer);
        cr_assert(answer.status == 200 || answer.status == 503, "client %zu: status %d", i, answer.status);
        client_close(&crowd[i]);
    }
    for (size_t i = 0; i < FLOOD; i++) {
        client_read_answer(&flood[i], "GET", &answer);
        cr_assert(answer.status == 200 || answer.status == 503, "one of the flood: status %d", answer.status);
        client_close(&flood[i]);
    }
}
