/* SPDX-License-Identifier: MIT */
/* The second step of response.h: the way of an answer through the socket, and how much of it is behind it. */
#include "http/response/response.h"
#include "http/transport/transport.h"

#include <errno.h>

enum {
    SHARE_BYTES = 1024 * 1024, /* of file or memory, until other connections have their turn */
    SHARE_NS = 1000 * 1000,    /* of making the pieces of a source */
    KEPT_PIECE_BYTES = 128 * 1024
};

static uint64_t file_unsent_bytes(const struct response *response) {
    return (uint64_t)(response->unsent_file.end - response->unsent_file.begin);
}

/* Of the part that is being sent. */
static uint64_t part_unsent_bytes(const struct response *response) {
    return response->unsent[UNSENT_TEXT].iov_len + response->unsent[UNSENT_RANGE].iov_len +
           file_unsent_bytes(response);
}

/* The kernel only reads what an iovec points to; the type does not say so. */
static void plan_memory(struct response *response, const char *bytes, struct byte_range range) {
    union {
        const char *constant;
        char *variable;
    } begin = {.constant = bytes + range.begin};
    response->unsent[UNSENT_RANGE] = (struct iovec){begin.variable, (size_t)(range.end - range.begin)};
}

/* The part before it must have been sent. */
static void turn_to_next_part(struct response *response) {
    const struct response_part *part = &response->parts[response->next_part];
    const char *contents = response->body.file.contents;
    size_t text_begin = response->next_part > 0 ? part[-1].text_end : 0;
    size_t text_length = part->text_end - text_begin;
    if (text_length > 0) {
        response->unsent[UNSENT_TEXT] = (struct iovec){response->body.text.bytes + text_begin, text_length};
    }
    if (contents != NULL) {
        plan_memory(response, contents, part->range);
    } else {
        response->unsent_file = part->range;
    }
    response->unsent_bytes_later -= part_unsent_bytes(response);
    response->next_part++;
}

/* Have the source make its next piece. */
static enum send_outcome turn_to_next_piece(struct response *response, struct time_slice slice) {
    struct body *body = &response->body;
    struct byte_range range = {0, 0};
    if (!blocking_may_begin(body->blocking)) {
        return SEND_SHARE_USED;
    }
    text_clear(&body->text, KEPT_PIECE_BYTES);
    blocking_ahead(body->blocking, BLOCKING_FILE);
    int result = body->source.next(body->source.state, slice, &body->text, &body->file, &range);
    if (result == -EAGAIN) {
        return SEND_SHARE_USED;
    }
    if (result <= 0 || body->text.failed) {
        response->failure = result < 0 ? -result : EIO;
        return SEND_FAILED; /* what was said of its length and its tag does not hold any more */
    }
    response->unsent[UNSENT_TEXT] = (struct iovec){body->text.bytes, body->text.length};
    response->unsent_file = range;
    response->unsent_bytes_later -= part_unsent_bytes(response);
    return SEND_DONE;
}

/* Send what is left of head, this part's text and, as far as the share goes, its range in memory. */
static enum transport_result send_memory(struct response *response, int fd, size_t *share) {
    struct iovec *range = &response->unsent[UNSENT_RANGE];
    struct iovec all = *range;
    if (all.iov_len == 0) {
        return transport_send(fd, response->unsent, UNSENT_RANGE, file_unsent_bytes(response) > 0);
    }
    size_t taken = all.iov_len < *share ? all.iov_len : *share;
    bool more = taken < all.iov_len || response->unsent_bytes_later > 0;
    range->iov_len = taken;
    enum transport_result result = transport_send(fd, response->unsent, UNSENT_COUNT, more);
    size_t sent = taken - range->iov_len;
    *range = (struct iovec){(char *)all.iov_base + sent, all.iov_len - sent};
    *share -= sent;
    return result;
}

/* Send what is left of this part, as far as the share goes. */
static enum transport_result send_part(struct response *response, int fd, size_t *share) {
    enum transport_result result = send_memory(response, fd, share);
    uint64_t file_left = file_unsent_bytes(response);
    size_t taken = file_left < *share ? (size_t)file_left : *share;
    if (result == TRANSPORT_DONE && taken > 0) {
        off_t begin = response->unsent_file.begin;
        body_ahead_of_reading(&response->body, (struct byte_range){begin, begin + (off_t)taken});
        result = transport_send_file(fd, response->body.file.fd, &response->unsent_file.begin, taken);
        *share -= taken;
    }
    return result;
}

/* Make sure that there is something to send, if there is something left. */
static enum send_outcome turn(struct response *response, struct time_slice slice) {
    if (part_unsent_bytes(response) > 0 || response->unsent_bytes_later == 0) {
        return SEND_DONE;
    }
    if (response->body.kind == BODY_SOURCE) {
        return turn_to_next_piece(response, slice);
    }
    turn_to_next_part(response);
    return SEND_DONE;
}

/* Many small pieces take longer to make than to send: their share is one of time. */
static struct time_slice begin_slice(const struct response *response) {
    return response->body.kind == BODY_SOURCE ? time_slice_begin(SHARE_NS) : (struct time_slice){INT64_MAX};
}

static bool is_over(const struct response *response, size_t share, struct time_slice slice) {
    return share == 0 || (response->body.kind == BODY_SOURCE && time_slice_is_over(slice));
}

enum send_outcome response_send(struct response *response, int fd) {
    struct time_slice slice = begin_slice(response);
    size_t share = SHARE_BYTES;
    enum transport_result result = TRANSPORT_DONE;
    do {
        enum send_outcome turned = turn(response, slice);
        if (turned != SEND_DONE) {
            return turned;
        }
        result = send_part(response, fd, &share);
    } while (result == TRANSPORT_DONE && response->unsent_bytes_later > 0 &&
             !is_over(response, share, slice));
    switch (result) {
    case TRANSPORT_DONE:
        return response_unsent_bytes(response) > 0 ? SEND_SHARE_USED : SEND_DONE;
    case TRANSPORT_WOULD_BLOCK:
        return SEND_WOULD_BLOCK;
    case TRANSPORT_TRUNCATED:
        response->failure = ESTALE; /* it was longer when its length was told */
        return SEND_FAILED;
    default:
        return SEND_FAILED;
    }
}

static uint64_t body_unsent_bytes(const struct response *response) {
    return part_unsent_bytes(response) + response->unsent_bytes_later;
}

uint64_t response_unsent_bytes(const struct response *response) {
    return response->unsent[UNSENT_HEAD].iov_len + body_unsent_bytes(response);
}

bool response_needs_piece(const struct response *response) {
    return response->body.kind == BODY_SOURCE && part_unsent_bytes(response) == 0 &&
           response->unsent_bytes_later > 0;
}

uint64_t response_sent_body_bytes(const struct response *response) {
    return response->body_bytes - body_unsent_bytes(response);
}
