/* SPDX-License-Identifier: MIT */
#include "tests/unit/support/transcript.h"

#include "tests/unit/support/socket_pair.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

enum { REQUEST_LINE_BYTES = 8 * 1024, HEAD_BYTES = 16 * 1024, BODY_BYTES = 1024 * 1024 };

const struct request_limits default_limits = {
    .head = {.request_line_bytes = REQUEST_LINE_BYTES, .head_bytes = HEAD_BYTES, .field_count = 100},
    .body_bytes = BODY_BYTES,
};

uint64_t next_random(uint64_t *state) {
    *state ^= *state << 13; /* xorshift64, by Marsaglia */
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

/* --- requests as text ----------------------------------------------------------------------------------- */

static void add(struct transcript *transcript, const char *string) {
    size_t size = strlen(string) + 1;
    cr_assert(size <= sizeof transcript->text - transcript->length, "the transcript is full");
    memcpy(transcript->text + transcript->length, string, size);
    transcript->length += size - 1;
}

static void add_number(struct transcript *transcript, unsigned number) {
    char digits[16];
    (void)snprintf(digits, sizeof digits, "%u", number);
    add(transcript, digits);
}

static void add_character(struct transcript *transcript, unsigned char c) {
    char text[8];
    (void)snprintf(text, sizeof text, c >= ' ' && c < 0x7F ? "%c" : "\\x%02x", c);
    add(transcript, text);
}

static void add_view(struct transcript *transcript, const char *name, struct view view) {
    if (view.bytes == NULL) {
        cr_assert_eq(view.length, 0);
        return;
    }
    add(transcript, " ");
    add(transcript, name);
    add(transcript, "=\"");
    for (size_t i = 0; i < view.length; i++) {
        add_character(transcript, (unsigned char)view.bytes[i]);
    }
    add(transcript, "\"");
}

void transcript_add(struct transcript *transcript, const struct request *request) {
    static const char *const methods[] = {[REQUEST_GET] = " GET ",
                                          [REQUEST_HEAD] = " HEAD ",
                                          [REQUEST_OPTIONS] = " OPTIONS ",
                                          [REQUEST_OTHER] = " OTHER "};
    add_number(transcript, request->refusal);
    add(transcript, methods[request->method]);
    if (request->simple) {
        add(transcript, "simple");
    } else {
        add(transcript, "1.");
        add_number(transcript, request->version_minor);
    }
    add(transcript, request->keep_alive ? " keep" : " close");
    add(transcript, request->body_unread ? " unread" : "");
    if (request->target.bytes != NULL) {
        add_view(transcript, "line", request->line);
    }
    add_view(transcript, "target", request->target);
    add_view(transcript, "host", request->host);
    add_view(transcript, "expect", request->expect);
    add_view(transcript, "if-match", request->preconditions.if_match);
    add_view(transcript, "if-none-match", request->preconditions.if_none_match);
    add_view(transcript, "if-modified-since", request->preconditions.if_modified_since);
    add_view(transcript, "if-unmodified-since", request->preconditions.if_unmodified_since);
    add_view(transcript, "if-range", request->if_range);
    add_view(transcript, "range", request->range);
    add_view(transcript, "accept", request->accept);
    add_view(transcript, "accept-encoding", request->accept_encoding);
    add_view(transcript, "origin", request->origin);
    add_view(transcript, "access-control-request-method", request->access_control_request_method);
    add_view(transcript, "access-control-request-headers", request->access_control_request_headers);
    add_view(transcript, "referer", request->referer);
    add_view(transcript, "user-agent", request->user_agent);
    add_view(transcript, "content-length", request->content_length);
    add_view(transcript, "transfer-encoding", request->transfer_encoding);
    add(transcript, "\n");
}

/* --- readers -------------------------------------------------------------------------------------------- */

/* Read all that can be read now. Returns whether the connection goes on. */
static bool read_all(struct request_reader *reader, int fd, struct transcript *transcript) {
    for (;;) {
        struct request request;
        switch (request_reader_read(reader, fd, &request)) {
        case READ_REQUEST:
            transcript_add(transcript, &request);
            if (!request.keep_alive) {
                return false;
            }
            request_reader_next(reader);
            break;
        case READ_MORE:
            return true;
        case READ_CLOSED:
            add(transcript, request_reader_has_bytes(reader) ? "closed within a request\n" : "closed\n");
            return false;
        case READ_FAILED:
            add(transcript, "failed\n");
            return false;
        }
    }
}

static size_t next_piece(struct cutting *cutting, bool is_first, size_t left) {
    size_t size = is_first && cutting->first > 0 ? cutting->first : cutting->then;
    if (cutting->seed != 0) {
        uint64_t random = next_random(&cutting->seed);
        size = 1 + (size_t)(random >> 8) % ((random & 7) == 0 ? 4000 : 40);
    }
    return size == 0 || size > left ? left : size;
}

void transcribe(struct transcript *transcript, const struct request_limits *limits, const void *bytes,
                size_t size, struct cutting cutting) {
    struct socket_pair pair;
    struct request_reader *reader = request_reader_create(limits);
    bool goes_on = true;
    cr_assert(reader != NULL);
    socket_pair_open(&pair);
    transcript->length = 0;
    transcript->text[0] = '\0';
    for (size_t sent = 0; sent < size && goes_on;) {
        size_t piece = next_piece(&cutting, sent == 0, size - sent);
        socket_pair_send(&pair, (const char *)bytes + sent, piece);
        sent += piece;
        goes_on = read_all(reader, pair.ours, transcript);
    }
    if (goes_on) {
        socket_pair_finish_sending(&pair);
        (void)read_all(reader, pair.ours, transcript);
    }
    socket_pair_close(&pair);
    request_reader_destroy(reader);
}

void expect_transcript(const char *name, const struct request_limits *limits, const void *bytes, size_t size,
                       const char *expected) {
    static struct transcript transcript;
    transcribe(&transcript, limits, bytes, size, (struct cutting){0});
    cr_assert_str_eq(transcript.text, expected, "%s, whole: expected\n%sand got\n%s", name, expected,
                     transcript.text);
    transcribe(&transcript, limits, bytes, size, (struct cutting){.then = 1});
    cr_assert_str_eq(transcript.text, expected, "%s, byte by byte: expected\n%sand got\n%s", name, expected,
                     transcript.text);
    for (size_t first = 1; first < size; first++) {
        transcribe(&transcript, limits, bytes, size, (struct cutting){.first = first});
        cr_assert_str_eq(transcript.text, expected, "%s, cut after %zu bytes: expected\n%sand got\n%s", name,
                         first, expected, transcript.text);
    }
}
