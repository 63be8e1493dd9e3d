/* SPDX-License-Identifier: MIT */
/*
 * The head of an HTTP answer, as far as the probe has to understand it: status and length of the body.
 *
 * Everything else in the head is passed over. Pure functions over bytes: nothing is received here.
 */
#ifndef LIDO_SERVER_PROBE_RESPONSE_HEAD_H
#define LIDO_SERVER_PROBE_RESPONSE_HEAD_H

#include <stddef.h>
#include <stdint.h>

/* The length of a body that ends with the connection. */
#define RESPONSE_LENGTH_UNKNOWN UINT64_MAX

struct response_head {
    int status;              /* 100 to 999 */
    size_t status_line_size; /* bytes of the status line, without its line end */
    uint64_t body_length;    /* RESPONSE_LENGTH_UNKNOWN: until the connection is closed */
};

/* Find where the body begins: behind the first empty line (CRLF, or LF alone as RFC 9112, 2.2 allows).
 * Returns 0 if it is not there yet. */
size_t response_head_find_body(const char *bytes, size_t length);

/* Read the head bytes[0 .. length), which ends with its empty line. Returns NULL, or what is wrong with it as
 * a constant phrase; *head is untouched then. */
const char *response_head_parse(const char *bytes, size_t length, struct response_head *head)
    __attribute__((warn_unused_result));

#endif
