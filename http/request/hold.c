/* SPDX-License-Identifier: MIT */
/* A head that is not whole yet goes out of a reader, and into another one; see reader.h. */
#include "http/request/held_head.h"
#include "http/request/reader_state.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

bool request_reader_is_in_head(const struct request_reader *reader) {
    return reader->state == READING_HEAD;
}

struct held_head *request_reader_hold(const struct request_reader *reader, struct held_head *held) {
    assert(reader->state == READING_HEAD);
    size_t length = reader->end - reader->begin;
    size_t capacity = held != NULL ? held->capacity : HELD_HEAD_FIRST_CAPACITY;
    while (capacity < length) {
        capacity *= 2;
    }
    if (held == NULL || capacity > held->capacity) {
        held = realloc(held, sizeof *held + capacity);
        if (held == NULL) {
            return NULL;
        }
        held->capacity = capacity;
    }
    held->limits = reader->limits;
    held->scan = reader->scan;
    held->length = length;
    memcpy(held->bytes, reader->bytes + reader->begin, length);
    return held;
}

bool request_reader_take_up(struct request_reader *reader, const struct held_head *held) {
    assert(reader->state == READING_HEAD && reader->begin == reader->end);
    if (!request_reader_reserve(reader, held->length)) {
        return false;
    }
    request_reader_set_limits(reader, &held->limits);
    reader->scan = held->scan;
    reader->begin = 0;
    reader->end = held->length;
    memcpy(reader->bytes, held->bytes, held->length);
    return true;
}

size_t request_reader_bytes(const struct request_reader *reader) {
    return sizeof *reader + reader->capacity + request_parser_bytes(reader->parser);
}

size_t request_reader_received(const struct request_reader *reader) {
    return reader->state == READING_HEAD ? reader->end - reader->begin
                                         : reader->used - reader->begin + (size_t)reader->body_bytes;
}
