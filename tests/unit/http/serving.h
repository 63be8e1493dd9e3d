/* SPDX-License-Identifier: MIT */
/*
 * One connection with all it needs: a site, a service, a worker, and a client that the test plays.
 *
 * Criterion runs each test in a process of its own, so these are plain variables. Give the two functions to a
 * TestSuite as .init and .fini; the latter checks that every descriptor has been closed.
 */
#ifndef LIDO_TESTS_UNIT_HTTP_SERVING_H
#define LIDO_TESTS_UNIT_HTTP_SERVING_H

#include "http/connection.h"
#include "tests/support/answer.h"
#include "tests/support/folder.h"
#include "tests/unit/support/socket_pair.h"

enum {
    HEADER_TIMEOUT_MS = 1000 * 1000, /* so long that none passes by itself, and each is another one */
    KEEPALIVE_TIMEOUT_MS = 2000 * 1000,
    SEND_TIMEOUT_MS = 3000 * 1000,
    LINGER_TIMEOUT_MS = 4000 * 1000,
    SMALL_BYTES = 7,
    LARGE_BYTES = 3 * 1000 * 1000,
    ANSWERS_MAX = 200,
    STEPS_MAX = 2000
};

/* A copy of a struct answer_record. */
struct answered {
    enum http_status status;
    uint64_t body_bytes;
    uint64_t new_body_bytes;
    int64_t duration_ns;
    bool complete;
    int error;
    bool has_line;
    char line[100];
    char referer[100];
    char user_agent[100];
};

extern struct folder root; /* with the files "small" (its text is "content") and "large" (of pattern.h) */
extern struct connection_service service;
extern struct connection_worker worker; /* of the service; reports to the following */
extern struct answered answers[ANSWERS_MAX];
extern size_t answer_count;
extern uint64_t told_body_bytes; /* of answers while they were sent, of all connections */
extern char steps[STEPS_MAX];    /* 'r', 'x' and 's' for reading, resolving and sending; a string */

extern struct socket_pair pair;
extern struct connection connection;
extern struct answer answer; /* the last one that expect_answer() has read */

void serving_set_up(void);
void serving_tear_down(void);

/* Let the connection be of a client over a pair of UNIX sockets, or over TCP. What was open before is closed.
 * */
void connect_client(void);
void connect_client_by_tcp(void);

/* Serve the connection, and fail the test unless the verdict and the phase behind it are these. */
#define EXPECT_SERVED(verdict, phase) expect_served(verdict, phase, __LINE__)
void expect_served(enum connection_verdict verdict, enum connection_phase phase, int line);

/* Send as the client, and serve. */
#define EXPECT_SENT_AND_SERVED(text, verdict, phase) \
    (socket_pair_send_text(&pair, text), expect_served(verdict, phase, __LINE__))

/* The deadline has passed, says the owner. */
#define EXPECT_EXPIRED(verdict, phase) (connection.expired = true, expect_served(verdict, phase, __LINE__))

/* Receive one answer with its body as the client, with this status; NULL for a HEAD request's `body`, which
 * else has to be of the length that the head says. */
void expect_answer(int status);
void expect_head(int status);

/* Fail unless nothing more has come. */
void expect_silence(void);

/* Close the connection, and wait for the client to see its orderly end. */
void expect_closed(void);

/* Serve until DONE or a wait to read, receiving all the while, and check that it is the rest of "large" from
 * `offset` on. Returns how many bytes came. */
size_t receive_large(size_t offset);

#endif
