/* SPDX-License-Identifier: MIT */
/*
 * A head of which only a part has come, in as little memory as that takes, while its client sends nothing.
 *
 * A reader has buffers and a parser to work with, of which a worker needs a few; a crowd that sends its heads slowly
 * needs none meanwhile. Nothing is done with a held head: another reader takes it up (reader.h). One owner at a time.
 */
#ifndef LIDO_HTTP_REQUEST_HELD_HEAD_H
#define LIDO_HTTP_REQUEST_HELD_HEAD_H

#include "http/base/time_split.h"
#include "http/request/reader.h"

#include <stddef.h>
#include <stdint.h>

enum { HELD_HEAD_FIRST_CAPACITY = 64 }; /* twice as much each time that it does not do */

/* From malloc(3), with its bytes; free(3) ends it. */
struct held_head {
    struct request_limits limits;
    struct head_scan scan;
    struct time_split split; /* this and the next one: of who reads the request, and nothing to a reader */
    int64_t begin_ns;
    size_t capacity;
    size_t length;
    char bytes[];
};

/* How much memory it takes; NULL: none. */
static inline size_t held_head_bytes(const struct held_head *held) {
    return held != NULL ? sizeof *held + held->capacity : 0;
}

#endif
