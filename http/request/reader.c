/* SPDX-License-Identifier: MIT */
#include "http/request/reader.h"

#include "http/request/reader_state.h"
#include "http/transport/transport.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
    FIRST_CAPACITY = 4096,
    KEPT_CAPACITY = 8192,  /* a larger buffer is given back between connections */
    ROOM_MIN_BYTES = 1024, /* no recv(2) for less */
    BODY_ROOM_BYTES = 1024 /* behind a whole head, so that its body can be received without moving it */
};

struct request_reader *request_reader_create(const struct request_limits *limits) {
    struct request_reader *reader = calloc(1, sizeof *reader);
    struct request_parser *parser = request_parser_create();
    if (reader == NULL || parser == NULL) {
        free(reader);
        request_parser_destroy(parser);
        return NULL;
    }
    reader->limits = *limits;
    reader->parser = parser;
    request_reader_reset(reader);
    return reader;
}

void request_reader_destroy(struct request_reader *reader) {
    if (reader != NULL) {
        request_parser_destroy(reader->parser);
        free(reader->bytes);
        free(reader);
    }
}

void request_reader_set_limits(struct request_reader *reader, const struct request_limits *limits) {
    if (memcmp(&reader->limits, limits, sizeof *limits) != 0) {
        reader->limits = *limits;
        reader->memo.length = 0; /* it may be too long now */
    }
}

/* --- how a request ends up ------------------------------------------------------------------------------ */

/* The request is whole: its body, if any, has been dropped. */
static enum read_outcome complete(struct request_reader *reader) {
    reader->state = HAVING_REQUEST;
    return READ_REQUEST;
}

/* Answer now, although the body has not been read: the connection ends with the answer. */
static enum read_outcome complete_without_body(struct request_reader *reader) {
    reader->request.keep_alive = false;
    reader->request.body_unread = true;
    return complete(reader);
}

static struct view view_of_span(const struct request_reader *reader, struct span span) {
    return (struct view){reader->bytes + reader->begin + span.begin, span.length};
}

/* An answer to HEAD has no content (RFC 9110 section 9.3.2), so that this much has to be known of a refused
 * head. */
static enum read_outcome refuse(struct request_reader *reader, enum http_status status) {
    if (view_equals(view_of_span(reader, reader->scan.method), "HEAD")) {
        reader->request.method = REQUEST_HEAD;
    }
    reader->request.refusal = status;
    reader->request.error = status == HTTP_SERVICE_UNAVAILABLE ? ENOMEM : 0; /* nothing else is short here */
    return complete_without_body(reader);
}

static enum read_outcome body_too_large(struct request_reader *reader) {
    if (reader->request.method == REQUEST_OTHER) {
        return complete_without_body(reader); /* the method is refused anyway, and that tells more */
    }
    return refuse(reader, HTTP_CONTENT_TOO_LARGE);
}

/* --- the buffer ----------------------------------------------------------------------------------------- */

bool request_reader_reserve(struct request_reader *reader, size_t size) {
    size_t capacity = reader->capacity > 0 ? reader->capacity : FIRST_CAPACITY;
    while (capacity < size) {
        capacity *= 2;
    }
    if (capacity == reader->capacity) {
        return true;
    }
    char *bytes = realloc(reader->bytes, capacity);
    if (bytes == NULL) {
        return false;
    }
    reader->bytes = bytes;
    reader->capacity = capacity;
    return true;
}

/* Move what is there to the front of the buffer. Only while no request has views into it. */
static void move_to_front(struct request_reader *reader) {
    if (reader->begin > 0) {
        memmove(reader->bytes, reader->bytes + reader->begin, reader->end - reader->begin);
        reader->end -= reader->begin;
        reader->begin = 0;
    }
}

/* --- head and body -------------------------------------------------------------------------------------- */

/* The line that the client has begun to send, for the log. */
static struct view first_line(const struct request_reader *reader) {
    size_t begin = reader->begin + reader->scan.begin;
    if (begin >= reader->end) {
        return (struct view){0};
    }
    struct view line = {reader->bytes + begin, reader->end - begin};
    const char *line_feed = memchr(line.bytes, '\n', line.length);
    line.length = line_feed != NULL ? (size_t)(line_feed - line.bytes) : line.length;
    line.length -= line.length > 0 && line.bytes[line.length - 1] == '\r' ? 1 : 0;
    return line;
}

/* For a refusal that comes before llhttp has told the method: the answer to HEAD has no body. */
static void note_line(struct request_reader *reader) {
    struct view line = first_line(reader);
    bool is_head = line.length >= 5 && memcmp(line.bytes, "HEAD ", 5) == 0;
    reader->request.line = line;
    reader->request.method = is_head ? REQUEST_HEAD : REQUEST_GET;
}

static enum read_outcome take_head(struct request_reader *reader) {
    struct request *request = &reader->request;
    const struct head_scan *scan = &reader->scan;
    struct request_body body;
    if (reader->capacity - reader->begin - scan->end < BODY_ROOM_BYTES) {
        move_to_front(reader); /* growing instead would let a client that pipelines take ever more memory */
    }
    reader->used = reader->begin + scan->end;
    if (!request_reader_reserve(reader, reader->used + BODY_ROOM_BYTES)) {
        return READ_FAILED;
    }
    note_line(reader);
    request->target = view_of_span(reader, scan->target);
    request->version_minor = scan->version_minor;
    request->simple = scan->simple;
    if (scan->simple) {
        return complete(reader);
    }
    enum http_status status =
        request_parser_take_head(reader->parser, scan, reader->bytes + reader->begin, request, &body);
    if (status != HTTP_OK) {
        return refuse(reader, status);
    }
    if (!body.exists) {
        head_memo_keep(&reader->memo, reader->bytes + reader->begin, scan, request);
        return complete(reader);
    }
    if (!body.chunked && body.length > reader->limits.body_bytes) {
        return body_too_large(reader);
    }
    if (request->version_minor > 0 && request->expect.bytes != NULL) {
        return complete_without_body(reader); /* the client waits for a word before it sends the body */
    }
    reader->state = DROPPING_BODY;
    reader->body = body.chunked ? body_scan_of_chunks() : body_scan_of_length(body.length);
    reader->body_bytes = 0;
    return READ_MORE;
}

/* Take the request from the memo, if it is the one that was parsed last. Its views are good until the next head is
 * kept, and so until request_reader_next() at least. */
static bool recall_head(struct request_reader *reader, size_t length) {
    const struct head_memo *memo = &reader->memo;
    if (!head_memo_matches(memo, reader->bytes + reader->begin, length)) {
        return false;
    }
    reader->scan = memo->scan;
    reader->request = memo->request;
    reader->used = reader->begin + memo->length;
    return true;
}

static enum read_outcome advance_head(struct request_reader *reader) {
    size_t length = reader->end - reader->begin;
    if (length == 0) {
        return READ_MORE;
    }
    if (reader->scan.searched == 0 && recall_head(reader, length)) {
        return complete(reader);
    }
    switch (head_scan(&reader->scan, &reader->limits.head, reader->bytes + reader->begin, length)) {
    case HEAD_INCOMPLETE:
        return READ_MORE;
    case HEAD_REFUSED:
        note_line(reader);
        reader->used = reader->end;
        return refuse(reader, reader->scan.refusal);
    case HEAD_COMPLETE:
        break;
    }
    return take_head(reader);
}

/* Find the end of the body; what has been seen of it is dropped. No more is looked at than the limit
 * allows: what is wrong behind it must not make a difference, as it may not have come yet. */
static enum read_outcome advance_body(struct request_reader *reader) {
    char *body = reader->bytes + reader->used;
    size_t available = reader->end - reader->used;
    uint64_t allowed = reader->limits.body_bytes - reader->body_bytes;
    size_t shown = available < allowed ? available : (size_t)allowed;
    size_t taken = 0;
    enum body_outcome outcome = body_scan_take(&reader->body, body, shown, &taken);
    if (outcome == BODY_MALFORMED) {
        return refuse(reader, HTTP_BAD_REQUEST);
    }
    memmove(body, body + taken, available - taken);
    reader->end -= taken;
    reader->body_bytes += taken;
    if (outcome == BODY_COMPLETE) {
        return complete(reader);
    }
    return available > shown ? body_too_large(reader) : READ_MORE;
}

static enum read_outcome advance(struct request_reader *reader) {
    enum read_outcome outcome = READ_MORE;
    if (reader->state == READING_HEAD) {
        outcome = advance_head(reader);
    }
    if (outcome == READ_MORE && reader->state == DROPPING_BODY) {
        outcome = advance_body(reader);
    }
    return outcome;
}

/* How much the next recv(2) may bring; 0 when there is no memory. */
static size_t make_room(struct request_reader *reader) {
    if (reader->state == READING_HEAD) {
        move_to_front(reader);
        if (!request_reader_reserve(reader, reader->end + ROOM_MIN_BYTES)) {
            return 0;
        }
    }
    return reader->capacity - reader->end;
}

enum read_outcome request_reader_read(struct request_reader *reader, int fd, struct request *request) {
    assert(reader->state != HAVING_REQUEST);
    enum read_outcome outcome = advance(reader);
    while (outcome == READ_MORE) {
        size_t room = make_room(reader);
        size_t received = 0;
        enum transport_result result =
            room > 0 ? transport_receive(fd, reader->bytes + reader->end, room, &received) : TRANSPORT_FAILED;
        if (result != TRANSPORT_DONE) {
            reader->filled = false;
            return result == TRANSPORT_WOULD_BLOCK ? READ_MORE
                   : result == TRANSPORT_CLOSED    ? READ_CLOSED
                                                   : READ_FAILED;
        }
        reader->end += received;
        reader->filled = received == room;
        outcome = advance(reader);
        if (outcome == READ_MORE && received < room) {
            return READ_MORE; /* there was no more: save the call that would say so */
        }
    }
    *request = reader->request;
    return outcome;
}

static void forget_request(struct request_reader *reader) {
    reader->state = READING_HEAD;
    reader->scan = (struct head_scan){0};
    reader->request = (struct request){.refusal = HTTP_OK};
}

void request_reader_next(struct request_reader *reader) {
    assert(reader->state == HAVING_REQUEST);
    reader->begin = reader->used;
    if (reader->begin == reader->end) {
        reader->begin = 0;
        reader->end = 0;
    }
    forget_request(reader);
}

void request_reader_reset(struct request_reader *reader) {
    if (reader->capacity > KEPT_CAPACITY) {
        free(reader->bytes);
        reader->bytes = NULL;
        reader->capacity = 0;
    }
    reader->begin = 0;
    reader->end = 0;
    reader->filled = false;
    forget_request(reader);
}

bool request_reader_has_bytes(const struct request_reader *reader) {
    return reader->state == HAVING_REQUEST ? reader->end > reader->used || reader->filled
                                           : reader->end > reader->begin + reader->scan.begin;
}

bool request_reader_was_filled(const struct request_reader *reader) {
    return reader->filled;
}

void request_reader_give_up(struct request_reader *reader, enum http_status status, struct request *request) {
    assert(reader->state != HAVING_REQUEST);
    note_line(reader);
    reader->used = reader->end;
    (void)refuse(reader, status);
    *request = reader->request;
}
