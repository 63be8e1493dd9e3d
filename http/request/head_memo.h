/* SPDX-License-Identifier: MIT */
/*
 * The last head that was parsed, for one that is the same byte for byte: a client says the same again and again,
 * and so do many clients of one kind.
 *
 * One of them in bounded memory, and only of heads without a body. Decides nothing about a request: the same bytes
 * get the same result. Not thread-safe; nothing blocks.
 */
#ifndef LIDO_HTTP_REQUEST_HEAD_MEMO_H
#define LIDO_HTTP_REQUEST_HEAD_MEMO_H

#include "http/request/head_scan.h"
#include "http/request/request.h"

#include <stdbool.h>
#include <stddef.h>

enum { HEAD_MEMO_BYTES = 1024 };

/* All-zero at first: it remembers none. */
struct head_memo {
    size_t length; /* of the head; 0: none */
    struct head_scan scan;
    struct request request; /* its views point into `bytes` */
    char bytes[HEAD_MEMO_BYTES];
};

/* Remember a head of scan->end bytes and what it was parsed to, with views into `head`; the one before is forgotten,
 * also when this one is too long. */
void head_memo_keep(struct head_memo *memo, const char *head, const struct head_scan *scan,
                    const struct request *request);

/* Whether the first of `length` bytes are the head that is remembered. */
bool head_memo_matches(const struct head_memo *memo, const char *bytes, size_t length);

#endif
