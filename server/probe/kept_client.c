/* SPDX-License-Identifier: MIT */
#include "server/probe/kept_client.h"

#include "server/probe/response_head.h"
#include "server/probe/timed_io.h"

#include <errno.h>
#include <unistd.h>

enum { WASTE_BYTES = 64 * 1024 };

int kept_client_open(struct kept_client *client, const struct sockaddr_storage *address,
                     int64_t deadline_us) {
    int fd = timed_connect(address, deadline_us);
    client->fd = fd >= 0 ? fd : -1;
    return fd >= 0 ? 0 : fd;
}

void kept_client_close(struct kept_client *client) {
    if (client->fd != -1) {
        (void)close(client->fd);
    }
    client->fd = -1;
}

int kept_client_ask(struct kept_client *client, const char *request, size_t length) {
    client->has_head = false;
    client->received = 0;
    client->status = 0;
    ssize_t sent = send(client->fd, request, length, MSG_NOSIGNAL);
    if (sent == -1) {
        return -errno;
    }
    return (size_t)sent == length ? 0 : -EAGAIN;
}

/* How many bytes came; 0 at the end; -1 with `*state` set when there are none. */
static ssize_t receive(struct kept_client *client, char *bytes, size_t size, int flags,
                       enum kept_client_state *state) {
    ssize_t length = 0;
    do {
        length = recv(client->fd, bytes, size, flags);
    } while (length == -1 && errno == EINTR);
    if (length == -1) {
        *state = errno == EAGAIN || errno == EWOULDBLOCK ? KEPT_CLIENT_WAITS : KEPT_CLIENT_FAILED;
    }
    return length;
}

/* What came behind the head in one piece with it is body. */
static bool take_head(struct kept_client *client, size_t body) {
    struct response_head head;
    if (response_head_parse(client->head, body, &head) != NULL) {
        return false;
    }
    uint64_t behind = client->received - body;
    client->has_head = true;
    client->status = head.status;
    client->body_left = head.body_length;
    if (head.body_length != RESPONSE_LENGTH_UNKNOWN) {
        if (behind > head.body_length) {
            return false;
        }
        client->body_left -= behind;
    }
    return true;
}

/* Returns whether the head is there now; else *state says why not. */
static bool receive_head(struct kept_client *client, enum kept_client_state *state) {
    for (;;) {
        ssize_t length = receive(client, client->head + client->received,
                                 sizeof client->head - client->received, 0, state);
        if (length == -1) {
            return false;
        }
        client->received += (size_t)length;
        size_t body = response_head_find_body(client->head, client->received);
        if (body > 0 && take_head(client, body)) {
            return true;
        }
        if (length == 0 || body > 0 || client->received == sizeof client->head) {
            *state = KEPT_CLIENT_FAILED;
            return false;
        }
    }
}

enum kept_client_state kept_client_receive(struct kept_client *client) {
    enum kept_client_state state = KEPT_CLIENT_FAILED;
    if (!client->has_head && !receive_head(client, &state)) {
        return state;
    }
    char waste[WASTE_BYTES];
    while (client->body_left > 0) {
        size_t size = client->body_left < sizeof waste ? (size_t)client->body_left : sizeof waste;
        ssize_t length = receive(client, waste, size, MSG_TRUNC, &state);
        if (length == -1) {
            return state;
        }
        if (length == 0) {
            return client->body_left == RESPONSE_LENGTH_UNKNOWN ? KEPT_CLIENT_ANSWERED : KEPT_CLIENT_FAILED;
        }
        if (client->body_left != RESPONSE_LENGTH_UNKNOWN) {
            client->body_left -= (uint64_t)length;
        }
    }
    return KEPT_CLIENT_ANSWERED;
}
