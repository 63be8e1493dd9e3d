/* SPDX-License-Identifier: MIT */
#include "tests/semantics/wire.h"

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

static bool complain(struct wire_answer *answer, const char *problem) {
    (void)snprintf(answer->problem, sizeof answer->problem, "%s", problem);
    return false;
}

static int64_t now_ms(void) {
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void wire_close(struct wire *wire) {
    if (wire->fd != -1) {
        (void)close(wire->fd);
    }
    wire->fd = -1;
}

static bool open_wire(struct wire *wire, struct wire_answer *answer) {
    wire->fd = socket(wire->address.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (wire->fd == -1 ||
        connect(wire->fd, (const struct sockaddr *)&wire->address, wire->address_size) != 0) {
        return complain(answer, "cannot connect");
    }
    return true;
}

/* Requests are small: what a fresh socket takes at once. */
static bool send_request(const struct wire *wire, const char *request) {
    size_t length = strlen(request);
    return send(wire->fd, request, length, MSG_NOSIGNAL) == (ssize_t)length;
}

/* Wait for more bytes. Returns how many came, 0 at the end of the connection, -1 if none came in time, or a
 * reset. */
static ssize_t receive(struct wire *wire, int64_t deadline) {
    for (;;) {
        struct pollfd waiting = {.fd = wire->fd, .events = POLLIN};
        int64_t left = deadline - now_ms();
        if (wire->length == WIRE_BYTES_MAX || left <= 0 || poll(&waiting, 1, (int)left) == 0) {
            return -1;
        }
        ssize_t count =
            recv(wire->fd, wire->bytes + wire->length, WIRE_BYTES_MAX - wire->length, MSG_DONTWAIT);
        if (count == -1 && (errno == EAGAIN || errno == EINTR)) {
            continue;
        }
        if (count > 0) {
            wire->length += (size_t)count;
        }
        return count;
    }
}

static bool read_head(struct wire *wire, int64_t deadline, struct wire_answer *answer) {
    const char *end;
    while ((end = memmem(wire->bytes, wire->length, "\r\n\r\n", 4)) == NULL) {
        if (receive(wire, deadline) <= 0) {
            return complain(answer, wire->length > 0 ? "no whole head came" : "no answer came");
        }
    }
    answer->head = wire->bytes;
    answer->head_length = (size_t)(end - wire->bytes) + 2;
    answer->body = end + 4;
    if (answer->head_length < 15 || memcmp(wire->bytes, "HTTP/1.", 7) != 0 || wire->bytes[8] != ' ') {
        return complain(answer, "no status line of HTTP/1");
    }
    answer->minor_version = wire->bytes[7] - '0';
    answer->status = (int)strtol(wire->bytes + 9, NULL, 10);
    return true;
}

static bool read_until(struct wire *wire, const char *end, int64_t deadline) {
    while (wire->bytes + wire->length < end) {
        if (receive(wire, deadline) <= 0) {
            return false;
        }
    }
    return true;
}

/* Take the chunks together, in place. `wire->length` shrinks to the end of the joined body. */
static bool read_chunks(struct wire *wire, int64_t deadline, struct wire_answer *answer) {
    size_t body = (size_t)(answer->body - wire->bytes);
    size_t from = body;
    size_t to = body;
    for (;;) {
        const char *line_end;
        while ((line_end = memmem(wire->bytes + from, wire->length - from, "\r\n", 2)) == NULL) {
            if (receive(wire, deadline) <= 0) {
                return complain(answer, "the chunks end early");
            }
        }
        size_t size = strtoul(wire->bytes + from, NULL, 16);
        from = (size_t)(line_end - wire->bytes) + 2;
        if (size > WIRE_BYTES_MAX - from - 2 || !read_until(wire, wire->bytes + from + size + 2, deadline)) {
            return complain(answer, "a chunk ends early");
        }
        memmove(wire->bytes + to, wire->bytes + from, size);
        from += size + 2;
        to += size;
        if (size == 0) {
            break;
        }
    }
    if (from != wire->length) {
        return complain(answer, "bytes behind the last chunk");
    }
    answer->body_length = to - body;
    return true;
}

static bool read_to_end(struct wire *wire, int64_t deadline, struct wire_answer *answer) {
    ssize_t count;
    do {
        count = receive(wire, deadline);
    } while (count > 0);
    answer->body_length = wire->length - (size_t)(answer->body - wire->bytes);
    return count == 0 || complain(answer, "the connection does not end in good order");
}

static bool read_body(struct wire *wire, bool is_head, int64_t deadline, struct wire_answer *answer) {
    char value[64];
    bool has_body = !is_head && answer->status >= 200 && answer->status != 204 && answer->status != 304;
    (void)wire_field(answer, "Transfer-Encoding", value, sizeof value);
    answer->chunked = strcasecmp(value, "chunked") == 0;
    if (has_body && answer->chunked) {
        return read_chunks(wire, deadline, answer);
    }
    bool has_length = wire_field(answer, "Content-Length", value, sizeof value) > 0;
    if (has_body && !has_length) {
        return read_to_end(wire, deadline, answer);
    }
    size_t length = has_body ? strtoul(value, NULL, 10) : 0;
    if (length > WIRE_BYTES_MAX - answer->head_length - 2) {
        return complain(answer, "a body too large for the test");
    }
    if (!read_until(wire, answer->body + length, deadline)) {
        return complain(answer, "fewer bytes than Content-Length says");
    }
    if (wire->bytes + wire->length != answer->body + length) {
        return complain(answer,
                        has_body ? "more bytes than Content-Length says" : "a body where none may be");
    }
    answer->body_length = length;
    return true;
}

/* Whether the server keeps the connection, by what it says. */
static bool is_kept(const struct wire_answer *answer) {
    char value[64];
    (void)wire_field(answer, "Connection", value, sizeof value);
    return answer->minor_version == 0 ? strcasecmp(value, "keep-alive") == 0
                                      : strcasecmp(value, "close") != 0;
}

static bool read_answer(struct wire *wire, bool is_head, bool stays, struct wire_answer *answer) {
    int64_t deadline = now_ms() + WIRE_PATIENCE_MS;
    if (!read_head(wire, deadline, answer) || !read_body(wire, is_head, deadline, answer)) {
        return false;
    }
    if (stays && is_kept(answer)) {
        return true;
    }
    if (receive(wire, deadline) != 0) {
        return complain(answer, "the connection does not end behind the answer");
    }
    wire_close(wire);
    return true;
}

bool wire_exchange(struct wire *wire, const char *request, bool is_head, bool stays,
                   struct wire_answer *answer) {
    bool was_open = stays && wire->fd != -1;
    *answer = (struct wire_answer){0};
    if (!was_open) {
        wire_close(wire);
    }
    if (!was_open && !open_wire(wire, answer)) {
        return false;
    }
    wire->length = 0;
    bool sent = send_request(wire, request);
    if (sent && read_answer(wire, is_head, stays, answer)) {
        return true;
    }
    bool is_stale = was_open && wire->length == 0; /* closed by the server for being idle, which it may do */
    wire_close(wire);
    if (is_stale) {
        return wire_exchange(wire, request, is_head, stays, answer);
    }
    return sent ? false : complain(answer, "cannot send");
}

int wire_field(const struct wire_answer *answer, const char *name, char *value, size_t size) {
    size_t name_length = strlen(name);
    size_t used = 0;
    int lines = 0;
    const char *end = answer->head + answer->head_length;
    value[0] = '\0';
    for (const char *line = answer->head; line < end;
         line = (const char *)memchr(line, '\n', (size_t)(end - line)) + 1) {
        if (strncasecmp(line, name, name_length) != 0 || line[name_length] != ':') {
            continue;
        }
        const char *text = line + name_length + 1 + strspn(line + name_length + 1, " \t");
        int written = snprintf(value + used, size - used, "%s%.*s", lines > 0 ? ", " : "",
                               (int)strcspn(text, "\r\n"), text);
        used = used + (size_t)written < size ? used + (size_t)written : size - 1;
        lines++;
    }
    return lines;
}
