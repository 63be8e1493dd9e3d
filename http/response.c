/* SPDX-License-Identifier: MIT */
#include "http/response.h"

#include "http/transport.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

enum {
    SMALL_FILE_BYTES = 32 * 1024, /* up to here one read and one send beat sendfile */
    SHARE_BYTES = 1024 * 1024,    /* of a file, until other connections have their turn */
    KEPT_HEAD_BYTES = 4 * 1024,   /* memory kept for the next request */
    KEPT_CONTENT_BYTES = 64 * 1024,
};

void response_init(struct response *response) {
    *response = (struct response){.status = HTTP_OK, .file = {.fd = -1}};
}

void response_deinit(struct response *response) {
    text_deinit(&response->head);
    text_deinit(&response->content);
    resource_close(&response->file);
}

void response_clear(struct response *response) {
    text_clear(&response->head, KEPT_HEAD_BYTES);
    text_clear(&response->content, KEPT_CONTENT_BYTES);
    resource_close(&response->file);
    response->file_offset = 0;
    response->file_end = 0;
    memset(response->unsent, 0, sizeof response->unsent);
}

static void add_field_name(struct text *head, const char *name) {
    text_append(head, name);
    text_append(head, ": ");
}

void response_begin(struct response *response, const struct response_form *form, enum http_status status) {
    response->status = status;
    response->keep_alive = form->keep_alive;
    text_append(&response->head, "HTTP/1.0 ");
    text_append_number(&response->head, (uint64_t)status);
    text_append(&response->head, " ");
    text_append(&response->head, http_status_reason(status));
    text_append(&response->head, "\r\nServer: Lido\r\nDate: ");
    text_append(&response->head, form->date);
    text_append(&response->head, "\r\n");
}

void response_add_field(struct response *response, const char *name, const char *value) {
    add_field_name(&response->head, name);
    text_append(&response->head, value);
    text_append(&response->head, "\r\n");
}

/* The last lines of the head. RFC 9112 section 9.3: HTTP/1.0 has to be told when the connection stays open. */
static void finish_head(struct response *response, const struct response_form *form) {
    text_append(&response->head,
                form->keep_alive ? "Connection: keep-alive\r\n\r\n" : "Connection: close\r\n\r\n");
    if (form->bare) {
        text_clear(&response->head, KEPT_HEAD_BYTES);
    }
    response->unsent[0] = (struct iovec){response->head.bytes, response->head.length};
}

static void add_content_fields(struct response *response, const char *content_type, off_t length) {
    if (content_type != NULL) {
        response_add_field(response, "Content-Type", content_type);
    }
    add_field_name(&response->head, "Content-Length");
    text_append_number(&response->head, (uint64_t)length);
    text_append(&response->head, "\r\n");
}

void response_finish_with_content(struct response *response, const struct response_form *form,
                                  const char *content_type) {
    add_content_fields(response, content_type, (off_t)response->content.length);
    finish_head(response, form);
    if (form->without_body) {
        text_clear(&response->content, KEPT_CONTENT_BYTES);
    }
    response->unsent[1] = (struct iovec){response->content.bytes, response->content.length};
}

/* Read the file into the content. One that has shrunk meanwhile is as long as it is now. Returns whether that worked; an
 * error is found again, and dealt with, when the file is sent. */
static bool read_small_file(struct response *response, const struct resource *file) {
    size_t size = (size_t)file->size;
    char *room = text_reserve(&response->content, size);
    size_t length = 0;
    while (room != NULL && length < size) {
        ssize_t n = pread(file->fd, room + length, size - length, (off_t)length);
        if (n == -1 && errno == EINTR) {
            continue;
        }
        if (n == -1) {
            return false;
        }
        if (n == 0) {
            break;
        }
        length += (size_t)n;
    }
    response->content.length = length;
    return room != NULL;
}

void response_finish_with_file(struct response *response, const struct response_form *form,
                               struct resource *file, const char *content_type) {
    response->file = *file;
    file->fd = -1;
    if (!form->without_body && response->file.size <= SMALL_FILE_BYTES &&
        read_small_file(response, &response->file)) {
        resource_close(&response->file);
        response_finish_with_content(response, form, content_type);
        return;
    }
    add_content_fields(response, content_type, response->file.size);
    finish_head(response, form);
    response->file_offset = 0;
    response->file_end = form->without_body ? 0 : response->file.size;
}

void response_finish_without_content(struct response *response, const struct response_form *form) {
    finish_head(response, form);
}

bool response_failed(const struct response *response) {
    return response->head.failed || response->content.failed;
}

enum send_outcome response_send(struct response *response, int fd) {
    off_t file_left = response->file_end - response->file_offset;
    enum transport_result result = transport_send(fd, response->unsent, 2, file_left > 0);
    bool whole_file = file_left <= SHARE_BYTES;
    if (result == TRANSPORT_DONE && file_left > 0) {
        size_t share = (size_t)(whole_file ? file_left : SHARE_BYTES);
        result = transport_send_file(fd, response->file.fd, &response->file_offset, share);
    }
    switch (result) {
    case TRANSPORT_DONE:
        return whole_file ? SEND_DONE : SEND_SHARE_USED;
    case TRANSPORT_WOULD_BLOCK:
        return SEND_WOULD_BLOCK;
    default:
        return SEND_FAILED;
    }
}

uint64_t response_unsent_bytes(const struct response *response) {
    return response->unsent[0].iov_len + response->unsent[1].iov_len +
           (uint64_t)(response->file_end - response->file_offset);
}

uint64_t response_sent_body_bytes(const struct response *response) {
    return response->content.length - response->unsent[1].iov_len + (uint64_t)response->file_offset;
}
