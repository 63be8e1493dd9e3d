/* SPDX-License-Identifier: MIT */
#include "tests/support/stage.h"

#include <stdlib.h>
#include <string.h>

enum { ENTRIES = 1500, FLOOD = 200 };

static struct client flood[FLOOD];

/* A listing of many entries keeps a worker busy for long enough that a queue fills behind it. */
static void set_up_site(void) {
    stage_set_up();
    folder_write_text(&site, "index.html", "content");
    folder_write_many(&site, "list/entry-%04d.txt", ENTRIES, 0);
}

TestSuite(overload, .init = set_up_site, .fini = stage_tear_down, .timeout = 2.0 * STAGE_TIMEOUT_S);

static void send_flood(void) {
    for (int i = 0; i < FLOOD; i++) {
        client_connect(&flood[i], lido.port);
        client_send(&flood[i], "GET /list/ HTTP/1.0\r\n\r\n");
    }
}

/* Read every answer; returns how many were 503, and every other must be 200. */
static int read_flood(void) {
    int refused = 0;
    for (int i = 0; i < FLOOD; i++) {
        client_read_answer(&flood[i], "GET", &answer);
        cr_assert(answer.status == 200 || answer.status == 503, "client %d: status %d", i, answer.status);
        if (answer.status == 503) {
            const char *retry_after = answer_field(&answer, "Retry-After");
            cr_assert(retry_after != NULL && strtol(retry_after, NULL, 10) > 0, "Retry-After: %s",
                      retry_after);
            refused++;
        }
        client_expect_end(&flood[i]);
        client_close(&flood[i]);
    }
    return refused;
}

StageTest(overload, gets_503_from_a_full_queue_that_rejects) {
    serve(LIST("LIDO_THREADS=1", "LIDO_QUEUE=1", "LIDO_WHEN_FULL=reject"));
    send_flood();
    int refused = read_flood();
    cr_assert(refused >= 1 && refused < FLOOD, "%d of %d were refused", refused, FLOOD);
    for (int64_t deadline = deadline_in(PATIENCE_MS);
         get("/") != 200;) { /* the flood's ends may fill the queue yet */
        cr_assert(answer.status == 503 && clock_now_ms() < deadline, "afterwards: status %d", answer.status);
    }
}

/* On a slow machine all the listings are under way at once, which takes more memory than the default. */
static void serve_who_wait(void) {
    serve(LIST("LIDO_THREADS=1", "LIDO_QUEUE=1", "LIDO_WHEN_FULL=wait", "LIDO_FOLDER_MEMORY=1G"));
}

StageTest(overload, is_answered_in_turn_by_a_full_queue_that_waits) {
    serve_who_wait();
    send_flood();
    int refused = read_flood();
    cr_assert(refused == 0, "%d were refused", refused);
}

StageTest(overload, of_kept_connections_is_answered_in_turn_by_a_full_queue_that_waits) {
    serve_who_wait();
    for (int i = 0; i < FLOOD; i++) {
        client_connect(&flood[i], lido.port);
        round_trip(&flood[i]);
    }
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < FLOOD; i++) {
            client_send(&flood[i], "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
        }
        for (int i = 0; i < FLOOD; i++) {
            client_read_answer(&flood[i], "GET", &answer);
            cr_assert(answer.status == 200, "client %d: status %d", i, answer.status);
        }
    }
    for (int i = 0; i < FLOOD; i++) {
        client_close(&flood[i]);
    }
}

StageTest(overload, of_connections_makes_the_longest_idle_give_way) {
    enum { MAX = 8 };
    struct client fresh;
    serve(LIST("LIDO_THREADS=1", "LIDO_MAX_CONNECTIONS=8",
               "LIDO_KEEPALIVE_TIMEOUT=60s")); /* two could overtake */
    for (int i = 0; i < MAX; i++) {
        client_connect(&flood[i], lido.port);
        round_trip(&flood[i]);
    }
    round_trip(&flood[0]); /* now number 1 has been idle for the longest */
    client_connect(&fresh, lido.port);
    round_trip(&fresh);
    client_expect_end(&flood[1]);
    client_close(&flood[1]);
    round_trip(&fresh);
    for (int i = 0; i < MAX; i++) {
        if (i == 1) {
            continue;
        }
        round_trip(&flood[i]);
        client_close(&flood[i]);
    }
    client_close(&fresh);
}

StageTest(overload, of_busy_connections_waits_for_one_to_end) {
    enum { MAX = 8 };
    struct client fresh;
    folder_truncate(&site, "large.bin", (off_t)64 * 1024 * 1024);
    serve(LIST("LIDO_MAX_CONNECTIONS=8"));
    for (int i = 0; i < MAX; i++) {
        client_connect_narrow(&flood[i], lido.port);
        client_send(&flood[i], "GET /large.bin HTTP/1.0\r\n\r\n");
        client_read_head(&flood[i], &answer);
        cr_assert(answer.status == 200, "status %d", answer.status);
    }
    client_connect(&fresh, lido.port);
    client_send(&fresh, "GET / HTTP/1.0\r\n\r\n");
    client_abort(&flood[3]);
    client_read_answer(&fresh, "GET", &answer);
    cr_assert(answer.status == 200 || answer.status == 503, "status %d", answer.status);
    client_close(&fresh);
    for (int i = 0; i < MAX; i++) {
        if (i != 3) {
            client_close(&flood[i]);
        }
    }
}

/* Without descriptors nothing can be accepted, and an acceptor that tries all the same burns a processor.
 * Those who hold the descriptors are in the middle of a head, so that none of them can give way before its
 * time is over. */
StageTest(overload, of_descriptors_neither_spins_nor_kills) {
    enum { ROOM = 6, CLIENTS = 30 };
    serve(LIST("LIDO_HEADER_TIMEOUT=1500ms"));
    cr_assert(get("/") == 200);
    program_limit_descriptors(&lido, program_descriptor_count(&lido) + ROOM);
    for (int i = 0; i < CLIENTS; i++) {
        client_connect(&flood[i], lido.port);
        client_send(&flood[i], i < ROOM ? "GET / HTTP/1.0\r\nUser-A" : "GET / HTTP/1.0\r\n\r\n");
    }
    int64_t begin = clock_now_ms();
    int64_t used = program_processor_ms(&lido);
    for (int i = 0; i < ROOM; i++) {
        client_read_answer(&flood[i], "GET", &answer);
        cr_assert(answer.status == 408, "half a head %d: status %d", i, answer.status);
    }
    int64_t taken = clock_now_ms() - begin;
    used = program_processor_ms(&lido) - used;
    cr_assert(taken > 1000, "the descriptors were free after %lld ms: the test cannot tell",
              (long long)taken);
    cr_assert(used < taken / 5, "%lld ms of the processor in %lld ms", (long long)used, (long long)taken);
    for (int i = ROOM; i < CLIENTS; i++) {
        client_read_answer(&flood[i], "GET", &answer);
        cr_assert(answer.status == 200 || answer.status == 503, "client %d: status %d", i, answer.status);
    }
    for (int i = 0; i < CLIENTS; i++) {
        client_close(&flood[i]);
    }
    cr_assert(get("/") == 200, "afterwards: status %d", answer.status);
}

StageTest(overload, of_few_descriptors_from_the_start_is_no_reason_to_fail) {
    program_start(
        &lido, &(struct program_options){.arguments = LIST("--port=0", site.path), .descriptor_limit = 64});
    for (int i = 0; i < FLOOD; i++) {
        client_connect(&flood[i], lido.port);
        client_send(&flood[i], "GET / HTTP/1.0\r\n\r\n");
    }
    for (int i = 0; i < FLOOD; i++) {
        client_read_answer(&flood[i], "GET", &answer);
        cr_assert(answer.status == 200 || answer.status == 503, "client %d: status %d", i, answer.status);
        client_close(&flood[i]);
    }
    cr_assert(get("/") == 200, "afterwards: status %d", answer.status);
}
