/* SPDX-License-Identifier: MIT */
/* Answers that a connection makes in several turns: of large folders, and of folders as archives. */
#include "http/transport/transport.h"
#include "tests/unit/http/serving.h"
#include "tests/unit/support/hurry.h"

#include <criterion/criterion.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    FILES = 300,
    FILE_BYTES = 4,
    TAR_BYTES = 512 + FILES * 1024 + 2 * 1024 * 1024 + 512 + 1024,
    TURNS_MAX = 20000
};

static struct memory_budget budget = {.limit_bytes = 1024 * 1024};

static void set_up(void) {
    serving_set_up();
    folder_write_many(&root, "list/%03d", FILES, 4);
    folder_write_many(&root, "tree/%03d", FILES, 4);
    folder_write_pattern(&root, "tree/large", 0, 2 * 1024 * 1024);
    service.folder_budget = &budget;
    worker.on_step = NULL; /* there are thousands */
}

static void tear_down(void) {
    serving_tear_down();
    if (budget.used_bytes != 0) {
        (void)fprintf(stderr, "%zu bytes of the budget are lost\n", (size_t)budget.used_bytes);
        abort(); /* Criterion does not count an assertion in .fini */
    }
}

TestSuite(connection_folders, .init = set_up, .fini = tear_down, .timeout = 120);

/* Serve with the shortest turns, receiving all the while into `bytes`. Returns how many turns it took, and
 * the verdict. */
static int serve_in_turns(char *bytes, size_t size, size_t *received, enum connection_verdict *verdict) {
    int turns = 0;
    *received = 0;
    hurry = true;
    do {
        cr_assert_lt(turns++, TURNS_MAX);
        *verdict = connection_serve(&connection, &worker);
        *received += socket_pair_receive(&pair, bytes + *received, size - *received);
    } while (*verdict == CONNECTION_AGAIN || *verdict == CONNECTION_WAIT_WRITABLE);
    hurry = false;
    return turns;
}

Test(connection_folders, list_one_turn_at_a_time) {
    static char bytes[64 * 1024];
    size_t received = 0;
    enum connection_verdict verdict = CONNECTION_DONE;
    socket_pair_send_text(&pair, "GET /list/?format=text HTTP/1.1\r\nHost: a\r\n\r\n");
    hurry = true;
    EXPECT_SERVED(CONNECTION_AGAIN, CONNECTION_PREPARING);
    EXPECT_SERVED(CONNECTION_AGAIN, CONNECTION_PREPARING);
    expect_silence();
    cr_expect_gt(serve_in_turns(bytes, sizeof bytes, &received, &verdict), 3);
    cr_expect_eq(verdict, CONNECTION_WAIT_READABLE);
    cr_expect_eq(connection.phase, CONNECTION_IDLE);
    cr_expect(memmem(bytes, received, "\r\n\r\n000\n001\n", 12) != NULL);
    cr_expect_eq(answer_count, 1);
    cr_expect(answers[0].complete && answers[0].body_bytes == (uint64_t)FILES * 4);
}

Test(connection_folders, are_given_up_when_the_connection_is_cut) {
    socket_pair_send_text(&pair, "GET /list/ HTTP/1.0\r\n\r\n");
    hurry = true;
    EXPECT_SERVED(CONNECTION_AGAIN, CONNECTION_PREPARING);
    hurry = false;
    EXPECT_EXPIRED(CONNECTION_DONE, CONNECTION_PREPARING);
    cr_expect(answer_count == 1 && !answers[0].complete);
    connection_close(&connection);
}

Test(connection_folders, are_given_up_when_the_connection_is_closed) {
    socket_pair_send_text(&pair, "GET /tree/?download=tar HTTP/1.0\r\n\r\n");
    hurry = true;
    EXPECT_SERVED(CONNECTION_AGAIN, CONNECTION_PREPARING);
    hurry = false;
    connection_close(&connection);
}

/* --- clients that leave --------------------------------------------------------------------------------- */

/* What is still done once the client has sent the request and left, in the shortest turns: a list that is
 * read, an archive that is measured, and one that is looked through up to where the range begins. */
static const char *const requests_for_work[] = {
    "GET /list/ HTTP/1.0\r\n\r\n",
    "GET /tree/?download=tar HTTP/1.0\r\n\r\n",
    "GET /tree/?download=tar HTTP/1.0\r\nRange: bytes=-1000\r\n\r\n",
};

enum { REQUESTS_FOR_WORK = sizeof requests_for_work / sizeof *requests_for_work };

/* Serve so many of the shortest turns. Returns how many it took until the verdict was another one. */
static int serve_turns(int count) {
    int turns = 0;
    hurry = true;
    enum connection_verdict verdict = CONNECTION_AGAIN;
    while (turns < count && verdict == CONNECTION_AGAIN) {
        verdict = connection_serve(&connection, &worker);
        turns++;
    }
    hurry = false;
    cr_assert(turns == count || verdict == CONNECTION_DONE);
    return turns;
}

/* The client breaks the connection off; it is known here when this returns. */
static void reset_by_client(void) {
    struct pollfd ours = {.fd = connection.fd};
    transport_reset_on_close(pair.theirs);
    socket_pair_close_theirs(&pair);
    cr_assert_eq(poll(&ours, 1, 10 * 1000), 1);
}

/* Turns that the request takes when nobody leaves, before the first byte can be sent. */
static int count_silent_turns(const char *request) {
    int turns = 0;
    char byte = 0;
    connect_client_by_tcp();
    socket_pair_send_text(&pair, request);
    hurry = true;
    while (connection_serve(&connection, &worker) == CONNECTION_AGAIN &&
           socket_pair_receive(&pair, &byte, 1) == 0) {
        turns++;
    }
    hurry = false;
    return turns;
}

Test(connection_folders, are_given_up_in_the_turn_in_which_the_client_has_left) {
    for (size_t i = 0; i < REQUESTS_FOR_WORK; i++) {
        int all = count_silent_turns(requests_for_work[i]);
        cr_assert_gt(all, 10, "%s", requests_for_work[i]);
        for (int before = 1; before < all - 1; before += all / 8) {
            connect_client_by_tcp();
            socket_pair_send_text(&pair, requests_for_work[i]);
            cr_assert_eq(serve_turns(before), before, "%s, %d", requests_for_work[i], before);
            answer_count = 0;
            reset_by_client();
            cr_expect_eq(serve_turns(TURNS_MAX), 1, "%s, %d", requests_for_work[i], before);
            cr_expect(answer_count == 1 && !answers[0].complete, "%s, %d", requests_for_work[i], before);
        }
    }
}

Test(connection_folders, are_given_up_when_the_other_end_of_a_unix_socket_is_closed) {
    connect_client();
    socket_pair_send_text(&pair, requests_for_work[0]);
    cr_assert_eq(serve_turns(3), 3);
    socket_pair_close_theirs(&pair);
    cr_expect_eq(serve_turns(TURNS_MAX), 1);
}

/* printf ... | nc -N: who has sent its last byte waits for the answer. */
Test(connection_folders, are_answered_whole_to_a_client_that_has_only_finished_sending) {
    static char bytes[TAR_BYTES + 8192];
    static void (*const connects[])(void) = {connect_client, connect_client_by_tcp};
    for (size_t i = 0; i < REQUESTS_FOR_WORK * 2; i++) {
        size_t received = 0;
        enum connection_verdict verdict = CONNECTION_DONE;
        connects[i % 2]();
        answer_count = 0;
        socket_pair_send_text(&pair, requests_for_work[i / 2]);
        cr_assert_eq(serve_turns(3), 3);
        socket_pair_finish_sending(&pair);
        (void)serve_in_turns(bytes, sizeof bytes, &received, &verdict);
        cr_expect(answer_count == 1 && answers[0].complete && answers[0].body_bytes >= 1000, "%s",
                  requests_for_work[i / 2]);
    }
}

/* The whole answer to a request for the archive, in as few turns as the socket allows, or in as many as can
 * be. */
static size_t download(bool in_turns, char *bytes, size_t size) {
    size_t received = 0;
    enum connection_verdict verdict = CONNECTION_DONE;
    connect_client();
    socket_pair_send_text(&pair, "GET /tree/?download=tar HTTP/1.0\r\n\r\n");
    if (in_turns) {
        cr_expect_gt(serve_in_turns(bytes, size, &received, &verdict), 20);
    } else {
        do {
            verdict = connection_serve(&connection, &worker);
            received += socket_pair_receive(&pair, bytes + received, size - received);
        } while (verdict == CONNECTION_AGAIN || verdict == CONNECTION_WAIT_WRITABLE);
    }
    cr_assert_eq(verdict, CONNECTION_DONE);
    char *end = memmem(bytes, received, "\r\n\r\n", 4);
    cr_assert_not_null(end);
    size_t head = (size_t)(end + 4 - bytes);
    memmove(bytes, bytes + head, received - head);
    return received - head;
}

Test(connection_folders, are_the_same_archive_in_many_turns_or_few) {
    enum { SIZE = TAR_BYTES + 8192 };
    char *once = malloc(SIZE);
    char *often = malloc(SIZE);
    cr_assert(once != NULL && often != NULL);
    cr_assert_eq(download(false, once, SIZE), TAR_BYTES);
    cr_assert_eq(download(true, often, SIZE), TAR_BYTES);
    cr_expect_eq(memcmp(once, often, TAR_BYTES), 0);
    cr_expect(answers[0].complete && answers[0].body_bytes == TAR_BYTES);
    free(once);
    free(often);
}

/* What was said of its length and its tag does not hold any more: the client must not take it for whole. */
Test(connection_folders, end_in_the_middle_when_something_changes) {
    static char bytes[TAR_BYTES + 8192];
    size_t received = 0;
    enum connection_verdict verdict = CONNECTION_DONE;
    pair.ours = connection.fd;
    socket_pair_narrow(&pair);
    pair.ours = -1;
    socket_pair_send_text(&pair, "GET /tree/?download=tar HTTP/1.0\r\n\r\n");
    do {
        verdict = connection_serve(&connection, &worker);
    } while (verdict == CONNECTION_AGAIN);
    cr_assert_eq(verdict, CONNECTION_WAIT_WRITABLE);
    folder_write_text(&root, "tree/large", "shorter");
    do {
        received += socket_pair_receive(&pair, bytes + received, sizeof bytes - received);
        verdict = connection_serve(&connection, &worker);
    } while (verdict == CONNECTION_AGAIN || verdict == CONNECTION_WAIT_WRITABLE);
    cr_expect_eq(verdict, CONNECTION_DONE);
    cr_expect_lt(received, TAR_BYTES);
    cr_expect(answer_count == 1 && !answers[0].complete);
}

static void expect_turns_to(int status) {
    enum connection_verdict verdict = CONNECTION_AGAIN;
    socket_pair_send_text(&pair, "GET /list/ HTTP/1.1\r\nHost: a\r\n\r\n");
    while (verdict == CONNECTION_AGAIN) {
        verdict = connection_serve(&connection, &worker);
    }
    cr_assert_eq(verdict, CONNECTION_WAIT_READABLE);
    expect_answer(status);
}

Test(connection_folders, are_refused_with_503_when_memory_is_short) {
    budget.limit_bytes = 100;
    expect_turns_to(503);
    cr_expect(answer_field_is(&answer, "Retry-After", "1"));
    budget.limit_bytes = 1024 * 1024;
    expect_turns_to(200);
}
