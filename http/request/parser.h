/* SPDX-License-Identifier: MIT */
/*
 * From the bytes of a head to a struct request, with llhttp: method, fields, and how long the body is (RFC
 * 9112 sections 3, 5 and 6).
 *
 * Gets a head that head_scan() has found whole and in order. This is the only place that knows llhttp. It
 * receives nothing and keeps no bytes. Not thread-safe: one owner at a time.
 */
#ifndef LIDO_HTTP_REQUEST_PARSER_H
#define LIDO_HTTP_REQUEST_PARSER_H

#include "http/request/head_scan.h"
#include "http/request/request.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct request_parser;

/* What follows the head. */
struct request_body {
    bool exists;
    bool chunked;    /* then the length is known only at its end */
    uint64_t length; /* in bytes, unless chunked */
};

/* Returns NULL when there is no memory. */
struct request_parser *request_parser_create(void);

/* NULL is allowed. */
void request_parser_destroy(struct request_parser *parser);

/* How much memory it takes. */
size_t request_parser_bytes(const struct request_parser *parser);

/* Parse the head in bytes[scan->begin .. scan->end). *request, in which the caller has set version_minor and
 * nothing of what stands in fields, gets views into `bytes`; *body says what follows. Returns HTTP_OK or what
 * the client has to be told: 400, 417, 501, 503 (no memory to join values of one field), 505. */
enum http_status request_parser_take_head(struct request_parser *parser, const struct head_scan *scan,
                                          const char *bytes, struct request *request,
                                          struct request_body *body) __attribute__((warn_unused_result));

/* Name and version of the library, e.g. "llhttp 8.1.0". */
const char *request_parser_library(void);

#endif
