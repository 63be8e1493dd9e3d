/* SPDX-License-Identifier: MIT */
/* The reader: the same bytes are the same requests, however the network cuts them. */
#include "http/base/text.h"
#include "http/request/reader.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/serving.h"

#include <sys/socket.h>
#include <unistd.h>

enum { INPUT_MAX_BYTES = 4096, CUTS = 4, REQUESTS_MAX = 64 };

static const struct request_limits all_limits[] = {
    {.head = {.request_line_bytes = 8192, .head_bytes = 16384, .field_count = 100}, .body_bytes = 65536},
    {.head = {.request_line_bytes = 24, .head_bytes = 60, .field_count = 2}, .body_bytes = 10},
    {.head = {.request_line_bytes = 14, .head_bytes = 20, .field_count = 1}, .body_bytes = 0},
    {.head = {.request_line_bytes = 200, .head_bytes = 300, .field_count = 5}, .body_bytes = 100},
};

static void append_view(struct text *out, struct view view) {
    text_append(out, view.bytes == NULL ? "-" : "+");
    text_append_view(out, view);
    text_append(out, "\n");
}

static void append_request(struct text *out, const struct request *request) {
    text_append_number(out, (uint64_t)request->refusal);
    text_append_number(out, (uint64_t)request->method);
    text_append_number(out, request->simple);
    text_append_number(out, request->keep_alive);
    if (request->refusal != HTTP_OK && !request->keep_alive) {
        return; /* what has come of it by then is for the log only, and as much as it is */
    }
    text_append_number(out, request->version_minor);
    const struct view views[] = {request->line,
                                 request->target,
                                 request->host,
                                 request->expect,
                                 request->preconditions.if_match,
                                 request->preconditions.if_none_match,
                                 request->preconditions.if_modified_since,
                                 request->preconditions.if_unmodified_since,
                                 request->if_range,
                                 request->range,
                                 request->accept,
                                 request->accept_encoding,
                                 request->origin,
                                 request->access_control_request_method,
                                 request->access_control_request_headers,
                                 request->referer,
                                 request->user_agent,
                                 request->content_length,
                                 request->transfer_encoding};
    for (size_t i = 0; i < sizeof views / sizeof views[0]; i++) {
        append_view(out, views[i]);
    }
}

/* How many bytes to send next: all, one, or as chance has it. */
static size_t next_piece(int cut, size_t left, uint64_t *chance) {
    *chance = *chance * 6364136223846793005U + 1442695040888963407U;
    size_t wanted = cut == 0 ? left : cut == 1 ? 1 : 1 + (size_t)(*chance >> 33) % (cut == 2 ? 7 : 200);
    return wanted < left ? wanted : left;
}

/* Read what has come. Returns whether the connection would go on. */
static bool read_requests(struct request_reader *reader, int fd, struct text *transcript, size_t *count) {
    for (;;) {
        struct request request = {0};
        switch (request_reader_read(reader, fd, &request)) {
        case READ_REQUEST:
            append_request(transcript, &request);
            if (!request.keep_alive || ++*count == REQUESTS_MAX) {
                return false;
            }
            request_reader_next(reader);
            break;
        case READ_MORE:
            return true;
        case READ_CLOSED:
            text_append(transcript, "closed");
            return false;
        case READ_FAILED:
            fuzz_check(false);
        }
    }
}

/* Write down which requests the bytes are, cut in one way. */
static void transcribe(struct text *transcript, struct view bytes, int cut,
                       const struct request_limits *limits, uint64_t chance) {
    struct request_reader *reader = request_reader_create(limits);
    int fds[2];
    size_t count = 0;
    size_t sent = 0;
    fuzz_check(reader != NULL && serving_open_pair(fds));
    bool goes_on = true;
    while (goes_on && sent < bytes.length) {
        size_t piece = next_piece(cut, bytes.length - sent, &chance);
        fuzz_check(send(fds[1], bytes.bytes + sent, piece, MSG_NOSIGNAL) == (ssize_t)piece);
        sent += piece;
        goes_on = read_requests(reader, fds[0], transcript, &count);
    }
    if (goes_on) {
        (void)shutdown(fds[1], SHUT_WR);
        fuzz_check(!read_requests(reader, fds[0], transcript, &count));
    }
    (void)close(fds[0]);
    (void)close(fds[1]);
    request_reader_destroy(reader);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
    struct fuzz_input input = fuzz_begin(bytes, length < INPUT_MAX_BYTES ? length : INPUT_MAX_BYTES);
    uint8_t choice = fuzz_byte(&input);
    const struct request_limits *limits = &all_limits[choice % 4];
    struct view sent = fuzz_rest(&input);
    struct text whole = {0};
    transcribe(&whole, sent, 0, limits, choice);
    for (int cut = 1; cut < CUTS; cut++) {
        struct text other = {0};
        transcribe(&other, sent, cut, limits, choice);
        fuzz_check(!whole.failed && !other.failed && whole.length == other.length);
        fuzz_check(whole.length == 0 || memcmp(whole.bytes, other.bytes, whole.length) == 0);
        text_deinit(&other);
    }
    text_deinit(&whole);
    fuzz_end(&input);
    return 0;
}
