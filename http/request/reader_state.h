/* SPDX-License-Identifier: MIT */
/*
 * What the parts of a reader share: it reads (reader.c), and a head that is not whole yet is held without it (hold.c).
 * Private to them.
 */
#ifndef LIDO_HTTP_REQUEST_READER_STATE_H
#define LIDO_HTTP_REQUEST_READER_STATE_H

#include "http/request/body_scan.h"
#include "http/request/head_memo.h"
#include "http/request/parser.h"
#include "http/request/reader.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum reader_state {
    READING_HEAD,
    DROPPING_BODY,
    HAVING_REQUEST /* returned to the caller; its views point into the buffer */
};

/*
 * The buffer holds, from `begin` to `end`: the request being read, then what came behind it. Invariant: the
 * views of a request, into it or into the memo, stay valid from the end of its head until request_reader_next(), so that the buffer
 * moves or grows only while a head is incomplete; body bytes are dropped from behind the head.
 */
struct request_reader {
    struct request_limits limits;
    enum reader_state state;
    char *bytes;
    size_t capacity;
    size_t begin;
    size_t end;
    size_t used;         /* up to here the request reaches, from the end of READING_HEAD on */
    bool filled;         /* by the last recv(2): there may be more */
    uint64_t body_bytes; /* of the body, seen so far */
    struct head_scan scan;
    struct request_parser *parser;
    struct body_scan body;
    struct request request;
    struct head_memo memo;
};

/* Let the buffer hold `size` bytes. Only while no request has views into it. Returns false when there is no
 * memory. */
bool request_reader_reserve(struct request_reader *reader, size_t size);

#endif
