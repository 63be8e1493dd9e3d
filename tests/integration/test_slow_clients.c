/* SPDX-License-Identifier: MIT */
#include "tests/support/stage.h"

/*
 * The promise of the pool: a worker is busy only while it makes progress. Two workers, hundreds of clients
 * who hang on, and a fresh client who must not notice.
 */

enum { CROWD = 100, FRESH = 200, PROMPT_MS = 5000 };

static struct client silent[CROWD];
static struct client dripping[CROWD];
static struct client stalled[CROWD];
static struct client pacer;

static void set_up_site(void) {
    stage_set_up();
    folder_write_text(&site, "index.html", "content");
    folder_truncate(&site, "large.bin", (off_t)1024 * 1024 * 1024);
}

static void tear_down(void) {
    client_close(&pacer);
    stage_tear_down();
}

TestSuite(slow_clients, .init = set_up_site, .fini = tear_down, .timeout = 2.0 * STAGE_TIMEOUT_S);

static void gather_crowd(void) {
    for (int i = 0; i < CROWD; i++) {
        client_connect(&silent[i], lido.port);
        client_connect(&dripping[i], lido.port);
        client_send(&dripping[i], "GET / HTTP/1.0\r\nUser-Agent: ");
        client_connect_narrow(&stalled[i], lido.port);
        client_send(&stalled[i], "GET /large.bin HTTP/1.0\r\n\r\n");
    }
}

static void drip(void) {
    for (int i = 0; i < CROWD; i++) {
        (void)client_try_send(&dripping[i], "x", 1);
    }
}

static void disperse_crowd(void) {
    for (int i = 0; i < CROWD; i++) {
        client_close(&silent[i]);
        client_close(&dripping[i]);
        client_close(&stalled[i]);
    }
}

StageTest(slow_clients, do_not_hold_up_a_fresh_one) {
    serve(LIST("LIDO_THREADS=2"));
    gather_crowd();
    int64_t begin = clock_now_ms();
    int64_t longest = 0;
    for (int i = 0; i < FRESH; i++) {
        int64_t before = clock_now_ms();
        cr_assert(get("/") == 200, "status %d", answer.status);
        int64_t taken = clock_now_ms() - before;
        longest = taken > longest ? taken : longest;
        if (i % 20 == 0) {
            drip();
        }
    }
    cr_assert(longest < PROMPT_MS, "the slowest of %d requests took %lld ms", FRESH, (long long)longest);
    int64_t mean = (clock_now_ms() - begin) / FRESH;
    cr_assert(mean < PROMPT_MS / 50, "%lld ms a request", (long long)mean);
    disperse_crowd();
}

StageTest(slow_clients, keep_their_places_while_they_are_within_their_time) {
    serve(LIST("LIDO_THREADS=2"));
    gather_crowd();
    cr_assert(get("/") == 200, "status %d", answer.status);
    for (int i = 0; i < CROWD; i++) {
        client_send(&dripping[i], "\r\n\r\n");
        client_read_answer(&dripping[i], "GET", &answer);
        cr_assert(answer.status == 200, "dripping client %d: status %d", i, answer.status);
        client_send(&silent[i], "GET / HTTP/1.0\r\n\r\n");
        client_read_answer(&silent[i], "GET", &answer);
        cr_assert(answer.status == 200, "silent client %d: status %d", i, answer.status);
        client_read_head(&stalled[i], &answer);
        cr_assert(answer.status == 200, "stalled client %d: status %d", i, answer.status);
    }
    disperse_crowd();
}

StageTest(slow_clients, are_all_gone_after_their_time) {
    serve(LIST("LIDO_THREADS=2", "LIDO_HEADER_TIMEOUT=1s", "LIDO_SEND_TIMEOUT=1s",
               "LIDO_LINGER_TIMEOUT=500ms"));
    client_connect(&pacer, lido.port);
    round_trip(&pacer);
    ask("HEAD /large.bin HTTP/1.0\r\n\r\n");
    size_t before = program_descriptor_count(&lido);
    gather_crowd();
    for (int i = 0; i < CROWD; i++) {
        client_expect_end(&silent[i]); /* until its time is over, which takes the longest */
        drip();
        round_trip(&pacer);
    }
    for (int i = 0; i < CROWD; i++) {
        client_read_answer(&dripping[i], "GET", &answer);
        cr_assert(answer.status == 408, "dripping client %d: status %d", i, answer.status);
    }
    round_trip_until_descriptors(&pacer, before);
    disperse_crowd();
}

/* A worker that is lost to one client never comes back; so use up many more of each kind than there are
 * workers. */
StageTest(slow_clients, who_leave_without_a_word_leave_the_workers_free) {
    serve(LIST("LIDO_THREADS=2"));
    client_connect(&pacer, lido.port);
    round_trip(&pacer);
    ask("HEAD /large.bin HTTP/1.0\r\n\r\n");
    size_t before = program_descriptor_count(&lido);
    for (int i = 0; i < CROWD; i++) {
        struct client client;
        client_connect(&client, lido.port);
        client_send(&client, i % 2 == 0 ? "GET / HT" : "GET /large.bin HTTP/1.0\r\n\r\n");
        if (i % 4 < 2) {
            client_abort(&client);
        } else {
            client_close(&client);
        }
    }
    round_trip_until_descriptors(&pacer, before);
}
