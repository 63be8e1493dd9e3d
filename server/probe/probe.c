/* SPDX-License-Identifier: MIT */
#include "server/probe/probe.h"

#include "http/base/clock.h"
#include "server/net/resolve.h"
#include "server/net/socket_address.h"
#include "server/probe/response_head.h"
#include "server/probe/timed_io.h"
#include "server/probe/url.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { HEAD_MAX_BYTES = 16 * 1024, BODY_STEP_BYTES = 64 * 1024, REQUEST_BYTES = 4096, HOST_BYTES = 280 };

/* One GET: from the address that is tried to the last byte that is received. */
struct fetch {
    int timeout_ms;
    int64_t start_us;
    int64_t deadline_us;
    char *error; /* of PROBE_ERROR_BYTES */
    int fd;      /* -1 until connected */
    struct response_head response;
    char head[HEAD_MAX_BYTES];
    size_t received; /* bytes in `head` */
    size_t body;     /* where the body begins in `head`; 0 until the empty line is there */
    uint64_t body_bytes;
    struct text *kept; /* where the body goes; NULL: nowhere */
    size_t most;       /* bytes of it */
};

static bool fail(struct fetch *fetch, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Write the error message. Returns false, for `return fail(...)`. */
static bool fail(struct fetch *fetch, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(fetch->error, PROBE_ERROR_BYTES, format, arguments);
    va_end(arguments);
    return false;
}

/* Connect to one address and, if that fails, add the reason to those of the addresses before it. */
static bool try_address(struct fetch *fetch, const struct sockaddr_storage *address, int64_t deadline_us) {
    int fd = timed_connect(address, deadline_us);
    if (fd >= 0) {
        fetch->fd = fd;
        return true;
    }
    char where[SOCKET_ADDRESS_TEXT_BYTES];
    socket_address_format(address, where);
    size_t said = strlen(fetch->error);
    errno = -fd;
    (void)snprintf(fetch->error + said, PROBE_ERROR_BYTES - said, "%s%s: %m", said > 0 ? "; " : "", where);
    return false;
}

/* Try the addresses in the resolver's order, as every client should: the server may not listen on the first
 * one's family. Each gets its share of the time, so that one that never answers leaves some for the next. */
static bool try_each(struct fetch *fetch, const struct addrinfo *list) {
    int64_t count = 0;
    for (const struct addrinfo *entry = list; entry != NULL; entry = entry->ai_next) {
        count++;
    }
    for (; list != NULL; list = list->ai_next, count--) {
        struct sockaddr_storage address = socket_address_copy(list->ai_addr, list->ai_addrlen);
        int64_t now = clock_steady_us();
        if (try_address(fetch, &address, now + (fetch->deadline_us - now) / count)) {
            return true;
        }
    }
    return false;
}

/* The resolver keeps to time limits of its own, so ours begins behind it. */
static void start_clock(struct fetch *fetch) {
    fetch->start_us = clock_steady_us();
    fetch->deadline_us = fetch->start_us + (int64_t)fetch->timeout_ms * 1000;
}

static bool connect_to_url(struct fetch *fetch, const struct url *url) {
    if (url->is_unix) {
        struct sockaddr_storage address = socket_address_of_path(url->socket);
        start_clock(fetch);
        return try_address(fetch, &address, fetch->deadline_us);
    }
    struct addrinfo *list = NULL;
    int code = resolve_stream(url->host, url->port, 0, &list);
    if (code != 0) {
        char buffer[128];
        const char *reason = resolve_error_text(code, buffer);
        return fail(fetch, "cannot find the host '%s': %s", url->host, reason);
    }
    start_clock(fetch);
    bool is_connected = try_each(fetch, list);
    freeaddrinfo(list);
    return is_connected;
}

/* HTTP/1.0: the server closes the connection behind its answer, and never sends it in chunks. */
static bool send_request(struct fetch *fetch, const struct url *url) {
    char host[HOST_BYTES];
    char request[REQUEST_BYTES];
    url_format_host(url, host);
    int length = snprintf(request, sizeof request,
                          "GET %s HTTP/1.0\r\n"
                          "Host: %s\r\n"
                          "User-Agent: lido-probe\r\n"
                          "Connection: close\r\n"
                          "\r\n",
                          url->target, host);
    assert(length > 0 && (size_t)length < sizeof request);

    int result = timed_send(fetch->fd, request, (size_t)length, fetch->deadline_us);
    errno = -result;
    return result == 0 || fail(fetch, "cannot send the request: %m");
}

/* Why timed_receive() brought no more bytes of the head. */
static bool fail_in_head(struct fetch *fetch, ssize_t result) {
    if (result == -ETIMEDOUT) {
        return fail(fetch, "no answer within %d ms", fetch->timeout_ms);
    }
    if (result == 0 && fetch->received == 0) {
        return fail(fetch, "the server closed the connection without an answer");
    }
    if (result == 0) {
        return fail(fetch, "the answer breaks off in its head");
    }
    errno = (int)-result;
    return fail(fetch, "cannot receive the answer: %m");
}

/* Bytes come in pieces of any size: receive until the empty line is there, and keep what comes behind it. */
static bool receive_head(struct fetch *fetch) {
    static const char protocol[] = "HTTP/";
    while (fetch->body == 0) {
        if (fetch->received == HEAD_MAX_BYTES) {
            return fail(fetch, "the head of the answer is longer than %d bytes", HEAD_MAX_BYTES);
        }
        ssize_t result = timed_receive(fetch->fd, fetch->head + fetch->received,
                                       HEAD_MAX_BYTES - fetch->received, fetch->deadline_us);
        if (result <= 0) {
            return fail_in_head(fetch, result);
        }
        fetch->received += (size_t)result;

        /* Told at once: a server of another protocol may wait for us now. */
        size_t known = fetch->received < strlen(protocol) ? fetch->received : strlen(protocol);
        if (memcmp(fetch->head, protocol, known) != 0) {
            return fail(fetch, "the server does not speak HTTP");
        }
        fetch->body = response_head_find_body(fetch->head, fetch->received);
    }
    const char *complaint = response_head_parse(fetch->head, fetch->body, &fetch->response);
    return complaint == NULL || fail(fetch, "the answer is broken: %s", complaint);
}

/* Why timed_receive() brought no more bytes of a body that is not complete. */
static bool fail_in_body(struct fetch *fetch, ssize_t result) {
    bool is_told = fetch->response.body_length != RESPONSE_LENGTH_UNKNOWN;
    uint64_t counted = is_told ? fetch->response.body_length : fetch->body_bytes;
    const char *unit = counted == 1 ? " byte" : " bytes";
    char of_all[40];
    if (is_told) {
        (void)snprintf(of_all, sizeof of_all, " of %" PRIu64 "%s", counted, unit);
    } else {
        (void)snprintf(of_all, sizeof of_all, "%s", unit);
    }
    if (result == -ETIMEDOUT) {
        return fail(fetch, "after %d ms there are only %" PRIu64 "%s of the body", fetch->timeout_ms,
                    fetch->body_bytes, of_all);
    }
    errno = (int)-result;
    if (result == 0) {
        return fail(fetch, "the body breaks off after %" PRIu64 "%s", fetch->body_bytes, of_all);
    }
    return fail(fetch, "the body breaks off after %" PRIu64 "%s: %m", fetch->body_bytes, of_all);
}

/* Keep a part of the body, if it is to be kept. */
static bool keep(struct fetch *fetch, const char *bytes, size_t length) {
    if (fetch->kept == NULL) {
        return true;
    }
    if (length > fetch->most) {
        return fail(fetch, "the answer is longer than it should be");
    }
    fetch->most -= length;
    text_append_bytes(fetch->kept, bytes, length);
    return !fetch->kept->failed || fail(fetch, "no memory for the answer");
}

/* Receive the body to its end, which only Content-Length tells from a broken connection. */
static bool receive_body(struct fetch *fetch) {
    uint64_t length = fetch->response.body_length;
    char bytes[BODY_STEP_BYTES];
    fetch->body_bytes = fetch->received - fetch->body;
    bool is_kept = keep(fetch, fetch->head + fetch->body, fetch->received - fetch->body);
    while (is_kept && fetch->body_bytes < length) {
        ssize_t result = timed_receive(fetch->fd, bytes, sizeof bytes, fetch->deadline_us);
        if (result == 0 && length == RESPONSE_LENGTH_UNKNOWN) {
            return true;
        }
        if (result <= 0) {
            return fail_in_body(fetch, result);
        }
        fetch->body_bytes += (uint64_t)result;
        is_kept = keep(fetch, bytes, (size_t)result);
    }
    if (length != RESPONSE_LENGTH_UNKNOWN) {
        fetch->body_bytes = length;
    }
    return is_kept;
}

/* The server's words end up on a terminal: let no control character through. */
static void copy_status_line(const struct fetch *fetch, char text[PROBE_STATUS_LINE_BYTES]) {
    size_t size = fetch->response.status_line_size;
    size_t length = size < PROBE_STATUS_LINE_BYTES ? size : PROBE_STATUS_LINE_BYTES - 1;
    for (size_t i = 0; i < length; i++) {
        if (fetch->head[i] >= ' ' && fetch->head[i] <= '~') {
            text[i] = fetch->head[i];
        } else {
            text[i] = '?';
        }
    }
    text[length] = '\0';
}

static bool run(struct fetch *fetch, const struct url *url) {
    return connect_to_url(fetch, url) && send_request(fetch, url) && receive_head(fetch) &&
           receive_body(fetch);
}

/* Do it, and say what came of it. */
static bool run_all(struct fetch *fetch, const struct url *url, struct probe_result *result) {
    fetch->error[0] = '\0';
    bool is_complete = run(fetch, url);
    if (fetch->fd != -1) {
        (void)close(fetch->fd);
    }
    if (!is_complete) {
        return false;
    }
    *result = (struct probe_result){
        .status = fetch->response.status,
        .elapsed_us = clock_steady_us() - fetch->start_us,
        .body_bytes = fetch->body_bytes,
    };
    copy_status_line(fetch, result->status_line);
    return true;
}

bool probe_run(const char *text, int timeout_ms, struct probe_result *result, char error[PROBE_ERROR_BYTES]) {
    assert(timeout_ms > 0);
    struct url url;
    const char *complaint = url_parse(text, &url);
    if (complaint != NULL) {
        (void)snprintf(error, PROBE_ERROR_BYTES, "%.300s: %s", text, complaint);
        return false;
    }
    struct fetch fetch = {.timeout_ms = timeout_ms, .error = error, .fd = -1};
    return run_all(&fetch, &url, result);
}

bool probe_fetch(const struct url *url, int timeout_ms, size_t most, struct text *body,
                 struct probe_result *result, char error[PROBE_ERROR_BYTES]) {
    assert(timeout_ms > 0);
    error[0] = '\0';
    struct fetch fetch = {.timeout_ms = timeout_ms, .error = error, .fd = -1, .kept = body, .most = most};
    if (!run_all(&fetch, url, result)) {
        return false;
    }
    text_append_bytes(body, "", 1);
    if (body->failed) {
        return fail(&fetch, "no memory for the answer");
    }
    body->length--;
    return true;
}
