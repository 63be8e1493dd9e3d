/* SPDX-License-Identifier: MIT */
/*
 * A small HTTP client: resolve, connect, send, receive, close. For health checks without curl.
 *
 * It fetches one resource with one HTTP/1.0 GET and reads the answer to its last byte, so that a transfer that breaks
 * off is noticed; the body is thrown away, or handed to who wants it. It follows no redirects and speaks no TLS.
 */
#ifndef LIDO_SERVER_PROBE_PROBE_H
#define LIDO_SERVER_PROBE_PROBE_H

#include "http/base/text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct url;

enum { PROBE_TIMEOUT_MS = 5000, PROBE_ERROR_BYTES = 512, PROBE_STATUS_LINE_BYTES = 128 };

struct probe_result {
    int status;                                /* 100 to 999, e.g. 200 */
    char status_line[PROBE_STATUS_LINE_BYTES]; /* "HTTP/1.0 200 OK", made printable, cut if it is longer */
    int64_t elapsed_us;                        /* from the first connect(2) to the end of the body */
    uint64_t body_bytes;
};

/* Fetch `url` (see url.h) from the first of its addresses that accepts a connection. Blocks for at most
 * `timeout_ms` (at least 1) in all; a name server's own time comes on top. Returns true with *result set,
 * whatever the status, or false with one line in `error`, *result untouched. Thread-safe; never raises
 * SIGPIPE. */
bool probe_run(const char *url, int timeout_ms, struct probe_result *result, char error[PROBE_ERROR_BYTES])
    __attribute__((warn_unused_result));

/* The same of a URL that has been read, but keep the body: it is appended to `body`, with a NUL that does not count. Also
 * fails when there are more than `most` bytes of it, or no memory. */
bool probe_fetch(const struct url *url, int timeout_ms, size_t most, struct text *body,
                 struct probe_result *result, char error[PROBE_ERROR_BYTES])
    __attribute__((warn_unused_result));

#endif
