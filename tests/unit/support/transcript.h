/* SPDX-License-Identifier: MIT */
/*
 * What a request reader makes of some bytes, written down, so that it can be compared: with what is expected,
 * and with what it makes of the same bytes when the network cuts them in another way.
 *
 * A transcript has one line for each request, e.g.
 *   200 GET 1.1 keep line="GET / HTTP/1.1" target="/" host="a"
 *   400 GET 1.0 close unread (refusal, method, version or "simple", what becomes of the connection, whether a
 * body is left unread, then all texts that were sent) and, if the connection goes on, one about its end:
 * "closed", or "closed within a request".
 */
#ifndef LIDO_TESTS_UNIT_SUPPORT_TRANSCRIPT_H
#define LIDO_TESTS_UNIT_SUPPORT_TRANSCRIPT_H

#include "http/request/reader.h"

#include <stddef.h>
#include <stdint.h>

enum { TRANSCRIPT_BYTES = 256 * 1024 };

struct transcript {
    size_t length;
    char text[TRANSCRIPT_BYTES]; /* with a NUL */
};

/* How bytes are cut into pieces. All-zero: not at all. */
struct cutting {
    size_t first;  /* bytes in the first piece; 0: as the others */
    size_t then;   /* bytes in each other piece; 0: all that is left */
    uint64_t seed; /* if not 0: pieces of random sizes instead, most of them small */
};

/* The limits that the server has by default. */
extern const struct request_limits default_limits;

/* The next number of a sequence that looks random and is the same in each run. *state must not be 0. */
uint64_t next_random(uint64_t *state);

/* Append one request to the transcript. The line of one that was refused before its line was understood is
 * left out: it may be cut off anywhere. */
void transcript_add(struct transcript *transcript, const struct request *request);

/* Send the bytes piece by piece to a new reader, which reads all it can after each piece, and finish sending.
 * Stops at a request after which the connection does not go on. Replaces what was in *transcript. */
void transcribe(struct transcript *transcript, const struct request_limits *limits, const void *bytes,
                size_t size, struct cutting cutting);

/* Fail unless the bytes have this transcript: whole, byte by byte, and cut in two at every place. */
void expect_transcript(const char *name, const struct request_limits *limits, const void *bytes, size_t size,
                       const char *expected);

#endif
