/* SPDX-License-Identifier: MIT */
/*
 * Finds where the body of a request ends: after so many bytes, or behind its last chunk and its trailers (RFC
 * 9112 sections 6 and 7.1).
 *
 * Nothing here takes a body, so that its bytes are not kept, and chunk extensions and trailers mean nothing.
 * But the frame around the chunks is read to the letter of the grammar, as whoever reads it in another way
 * than a proxy in front lets requests be smuggled past it. llhttp, which reads the head, is no help here: it
 * refuses white space that the grammar allows around extensions, takes trailer lines that no head may have,
 * and from version to version other line ends.
 *
 * Pure: a byte at a time, so that the same bytes get the same answer however the network cuts them.
 */
#ifndef LIDO_HTTP_REQUEST_BODY_SCAN_H
#define LIDO_HTTP_REQUEST_BODY_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What is to come next; private to body_scan.c. */
enum body_expectation {
    BODY_BYTES, /* of a body that is not chunked */
    BODY_CHUNK_SIZE,
    BODY_CHUNK_SIZE_END, /* one more digit, or what may stand behind the size */
    BODY_EXTENSION,      /* white space, then its ';' */
    BODY_EXTENSION_NAME_FIRST,
    BODY_EXTENSION_NAME,
    BODY_EXTENSION_NAME_END, /* white space, then '=' or ';' */
    BODY_EXTENSION_VALUE_FIRST,
    BODY_EXTENSION_VALUE,
    BODY_EXTENSION_QUOTED,
    BODY_EXTENSION_QUOTED_PAIR,
    BODY_EXTENSION_VALUE_END,
    BODY_CHUNK_SIZE_LF,
    BODY_CHUNK_BYTES,
    BODY_CHUNK_CR,
    BODY_CHUNK_LF,
    BODY_TRAILER, /* a line, or the CR of the empty one */
    BODY_TRAILER_NAME,
    BODY_TRAILER_VALUE,
    BODY_TRAILER_LF,
    BODY_LAST_LF,
    BODY_END,
    BODY_WRONG /* what came is no body */
};

struct body_scan {
    enum body_expectation next;
    /* Bytes of the body or the chunk that have still to come; while a chunk's size is read, its value. */
    uint64_t left;
};

enum body_outcome {
    BODY_MORE,     /* all bytes were taken, and more have to come */
    BODY_COMPLETE, /* the body ended behind the bytes that were taken */
    BODY_MALFORMED
};

/* Begin with a body of `length` bytes, more than 0. */
struct body_scan body_scan_of_length(uint64_t length);

/* Begin with a body in chunks. */
struct body_scan body_scan_of_chunks(void);

/* Follow the body through the next `length` bytes. Sets *taken to how many of them belong to it. Not to be
 * called again once it has returned anything but BODY_MORE. */
enum body_outcome body_scan_take(struct body_scan *scan, const char *bytes, size_t length, size_t *taken)
    __attribute__((warn_unused_result));

#endif
