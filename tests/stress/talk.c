/* SPDX-License-Identifier: MIT */
#include "tests/stress/talk.h"

#include "server/net/socket_address.h"
#include "tests/stress/check.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

char large[LARGE_BYTES];

bool talk_begin(struct talk *talk, const struct sockaddr_storage *address, const char *text) {
    talk->fd = socket(address->ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    talk->has_ended = false;
    talk->length = 0;
    if (connect(talk->fd, (const struct sockaddr *)address, socket_address_length(address)) == -1) {
        talk_end(talk);
        talk->fd = -1;
        return false;
    }
    (void)send(talk->fd, text, strlen(text), MSG_NOSIGNAL);
    return true;
}

void talk_end(const struct talk *talk) {
    if (talk->fd != -1) {
        (void)close(talk->fd);
    }
}

void talk_vanish(const struct talk *talk) {
    struct linger at_once = {.l_onoff = 1, .l_linger = 0};
    (void)setsockopt(talk->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    (void)close(talk->fd);
}

bool talk_receive(struct talk *talk, size_t limit) {
    struct pollfd poll_fd = {.fd = talk->fd, .events = POLLIN};
    size_t room = TALK_BUFFER_BYTES - talk->length;
    if (talk->has_ended || !check(poll(&poll_fd, 1, TALK_PATIENCE_MS) == 1, "the server is silent")) {
        return false;
    }
    ssize_t n = recv(talk->fd, talk->bytes + talk->length, limit < room ? limit : room, 0);
    talk->has_ended = n <= 0;
    talk->length += n > 0 ? (size_t)n : 0;
    talk->bytes[talk->length] = '\0';
    return n > 0;
}

static void take(struct talk *talk, size_t length) {
    talk->length -= length;
    memmove(talk->bytes, talk->bytes + length, talk->length + 1);
}

int talk_read_head(struct talk *talk, size_t *body_bytes) {
    static const char field[] = "\r\nContent-Length: ";
    talk->bytes[talk->length] = '\0';
    const char *end = strstr(talk->bytes, "\r\n\r\n");
    while (end == NULL && talk_receive(talk, TALK_BUFFER_BYTES)) {
        end = strstr(talk->bytes, "\r\n\r\n");
    }
    if (end == NULL) {
        (void)check(talk->length == 0, "a head is torn");
        return 0;
    }
    const char *length = strstr(talk->bytes, field);
    if (!check(strncmp(talk->bytes, "HTTP/1.0 ", 9) == 0 && length != NULL && length < end,
               "a head is odd")) {
        return 0;
    }
    int status = (int)strtol(talk->bytes + 9, NULL, 10);
    *body_bytes = strtoul(length + strlen(field), NULL, 10);
    take(talk, (size_t)(end - talk->bytes) + 4);
    return status;
}

bool talk_read_large(struct talk *talk, size_t from, size_t to, size_t step) {
    while (from < to) {
        if (talk->length == 0 && !talk_receive(talk, step)) {
            return check(false, "a body is torn");
        }
        size_t there = talk->length < to - from ? talk->length : to - from;
        if (!check(memcmp(talk->bytes, large + from, there) == 0, "a body is wrong")) {
            return false;
        }
        take(talk, there);
        from += there;
    }
    return true;
}

/* An error page, whatever it says. */
static void skip(struct talk *talk, size_t left) {
    while (left > 0 && check(talk->length > 0 || talk_receive(talk, left), "an error page is torn")) {
        size_t there = talk->length < left ? talk->length : left;
        take(talk, there);
        left -= there;
    }
}

int talk_read_answer(struct talk *talk) {
    size_t body_bytes = 0;
    int status = talk_read_head(talk, &body_bytes);
    if (status == 200) {
        (void)talk_read_large(talk, 0, body_bytes, TALK_BUFFER_BYTES);
    } else {
        skip(talk, body_bytes);
    }
    return status;
}
