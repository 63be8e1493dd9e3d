/* SPDX-License-Identifier: MIT */
/*
 * One side of a connection to the server under stress: says anything, and reads answers strictly.
 *
 * Whatever may never happen, be it a torn answer, a wrong byte or a server that is silent for good, is
 * counted as a failure by check() of check.h; everything blocks, but none longer than patience lasts. Bodies
 * with status 200 are the beginning of `large`.
 */
#ifndef LIDO_TESTS_STRESS_TALK_H
#define LIDO_TESTS_STRESS_TALK_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

enum { TALK_BUFFER_BYTES = 32 * 1024, TALK_PATIENCE_MS = 30 * 1000, LARGE_BYTES = 1024 * 1024 };

/* A connection and what has come over it, but was not read yet. */
struct talk {
    int fd; /* -1 when there was no connection */
    bool has_ended;
    size_t length;
    char bytes[TALK_BUFFER_BYTES + 1];
};

/* What the server's files begin with; filled before the first thread starts. */
extern char large[LARGE_BYTES];

/* Connect and say something, as far as the server takes it. Returns false when it cannot be reached. */
bool talk_begin(struct talk *talk, const struct sockaddr_storage *address, const char *text);

/* Close; the second one by a reset. */
void talk_end(const struct talk *talk);
void talk_vanish(const struct talk *talk);

/* Wait for more, up to `limit` bytes. Returns false at the end of the connection. */
bool talk_receive(struct talk *talk, size_t limit);

/* Take a head. Returns the status, and in *body_bytes how much follows; 0 if the connection ended before it
 * began. */
int talk_read_head(struct talk *talk, size_t *body_bytes);

/* Take large[from .. to), at most `step` bytes at a time. Returns false if anything else or the end came. */
bool talk_read_large(struct talk *talk, size_t from, size_t to, size_t step);

/* Take a whole answer. Returns its status; 0 if the connection ended before it began. */
int talk_read_answer(struct talk *talk);

#endif
