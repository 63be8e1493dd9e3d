/* SPDX-License-Identifier: MIT */
/* The second step of response.h: the way of an answer through the socket, and how much of it is behind it. */
#include "http/response.h"
#include "http/transport.h"

enum { SHARE_BYTES = 1024 * 1024 /* of file or blob, until other connections have their turn */ };

static uint64_t file_unsent_bytes(const struct response *response) {
    return (uint64_t)(response->file_end - response->file_offset);
}

/* Of the part that is being sent. */
static uint64_t part_unsent_bytes(const struct response *response) {
    return response->unsent[UNSENT_CONTENT].iov_len + response->unsent[UNSENT_BLOB].iov_len +
           file_unsent_bytes(response);
}

/* The part before it must have been sent. */
static void turn_to_next_part(struct response *response) {
    const struct response_part *part = &response->parts[response->next_part];
    size_t text_begin = response->next_part > 0 ? part[-1].content_end : 0;
    size_t text_length = part->content_end - text_begin;
    if (text_length > 0) {
        response->unsent[UNSENT_CONTENT] = (struct iovec){response->content.bytes + text_begin, text_length};
    }
    if (response->blob != NULL) {
        response->unsent[UNSENT_BLOB] = (struct iovec){response->blob->bytes + part->range.begin,
                                                       (size_t)(part->range.end - part->range.begin)};
    } else {
        response->file_offset = part->range.begin;
        response->file_end = part->range.end;
    }
    response->body_unsent_bytes_later -= part_unsent_bytes(response);
    response->next_part++;
}

/* Send what is left of head, this part's text and, as far as the share goes, this part's blob. */
static enum transport_result send_memory(struct response *response, int fd, size_t *share) {
    struct iovec *blob = &response->unsent[UNSENT_BLOB];
    const struct iovec all = *blob;
    if (all.iov_len == 0) {
        return transport_send(fd, response->unsent, UNSENT_BLOB, file_unsent_bytes(response) > 0);
    }
    size_t taken = all.iov_len < *share ? all.iov_len : *share;
    bool more = taken < all.iov_len || response->body_unsent_bytes_later > 0;
    blob->iov_len = taken;
    enum transport_result result = transport_send(fd, response->unsent, UNSENT_COUNT, more);
    size_t sent = taken - blob->iov_len;
    *blob = (struct iovec){(char *)all.iov_base + sent, all.iov_len - sent};
    *share -= sent;
    return result;
}

/* Send what is left of this part, as far as the share goes. */
static enum transport_result send_part(struct response *response, int fd, size_t *share) {
    enum transport_result result = send_memory(response, fd, share);
    uint64_t file_left = file_unsent_bytes(response);
    size_t taken = file_left < *share ? (size_t)file_left : *share;
    if (result == TRANSPORT_DONE) {
        result = transport_send_file(fd, response->file.fd, &response->file_offset, taken);
        *share -= taken;
    }
    return result;
}

enum send_outcome response_send(struct response *response, int fd) {
    size_t share = SHARE_BYTES;
    enum transport_result result = TRANSPORT_DONE;
    do {
        if (part_unsent_bytes(response) == 0 && response->next_part < response->part_count) {
            turn_to_next_part(response);
        }
        result = send_part(response, fd, &share);
    } while (result == TRANSPORT_DONE && share > 0 && response->next_part < response->part_count);
    switch (result) {
    case TRANSPORT_DONE:
        return response_unsent_bytes(response) > 0 ? SEND_SHARE_USED : SEND_DONE;
    case TRANSPORT_WOULD_BLOCK:
        return SEND_WOULD_BLOCK;
    default:
        return SEND_FAILED;
    }
}

static uint64_t body_unsent_bytes(const struct response *response) {
    return part_unsent_bytes(response) + response->body_unsent_bytes_later;
}

uint64_t response_unsent_bytes(const struct response *response) {
    return response->unsent[UNSENT_HEAD].iov_len + body_unsent_bytes(response);
}

uint64_t response_sent_body_bytes(const struct response *response) {
    return response->body_bytes - body_unsent_bytes(response);
}
