/* SPDX-License-Identifier: MIT */
#include "tests/support/client.h"

#include "tests/support/deadline.h"
#include "tests/support/filling.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void client_init(struct client *client, int family) {
    *client = (struct client){.fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    cr_assert(client->fd != -1, "socket: %s", strerror(errno));
    if (family != AF_UNIX) {
        int on = 1;
        (void)setsockopt(client->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    }
}

static void connect_local(struct client *client, uint16_t port) {
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int result = connect(client->fd, (const struct sockaddr *)&address, sizeof address);
    cr_assert(result == 0, "connect to port %d: %s", port, strerror(errno));
}

static void set_receive_buffer(const struct client *client, int bytes) {
    int result = setsockopt(client->fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
    cr_assert(result == 0, "SO_RCVBUF: %s", strerror(errno));
}

void client_connect(struct client *client, uint16_t port) {
    client_init(client, AF_INET);
    connect_local(client, port);
}

void client_connect_narrow(struct client *client, uint16_t port) {
    client_init(client, AF_INET);
    set_receive_buffer(client, CLIENT_NARROW_BYTES);
    connect_local(client, port);
}

void client_widen(struct client *client) {
    set_receive_buffer(client, CLIENT_WIDE_BYTES);
}

int client_connect_to(struct client *client, const struct sockaddr *address, socklen_t size) {
    client_init(client, address->sa_family);
    if (connect(client->fd, address, size) == 0) {
        return 0;
    }
    int error = errno;
    client_close(client);
    return -error;
}

size_t client_try_send(struct client *client, const void *bytes, size_t size) {
    int64_t deadline = deadline_in(PATIENCE_MS);
    size_t sent = 0;
    while (sent < size) {
        cr_assert(deadline_wait(client->fd, POLLOUT, deadline), "the server takes nothing after %zu bytes",
                  sent);
        ssize_t count =
            send(client->fd, (const char *)bytes + sent, size - sent, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (count >= 0) {
            sent += (size_t)count;
        } else if (errno != EINTR && errno != EAGAIN) {
            break;
        }
    }
    return sent;
}

void client_send_bytes(struct client *client, const void *bytes, size_t size) {
    size_t sent = client_try_send(client, bytes, size);
    cr_assert(sent == size, "sent %zu of %zu bytes: %s", sent, size, strerror(errno));
}

void client_send(struct client *client, const char *text) {
    client_send_bytes(client, text, strlen(text));
}

void client_send_filler(struct client *client, size_t size) {
    static const char filler[CLIENT_BUFFER_BYTES];
    int64_t deadline = deadline_in(PATIENCE_MS);
    while (size > 0 && client->end == CLIENT_OPEN) {
        cr_assert(deadline_wait(client->fd, POLLIN | POLLOUT, deadline), "%zu bytes left to send", size);
        size_t count = size < sizeof filler ? size : sizeof filler;
        ssize_t sent = send(client->fd, filler, count, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent > 0) {
            size -= (size_t)sent;
        } else if (errno != EAGAIN && errno != EINTR) {
            return;
        }
        if (deadline_wait(client->fd, POLLIN, 0)) {
            (void)client_receive(client);
        }
    }
}

void client_finish_sending(struct client *client) {
    cr_assert(shutdown(client->fd, SHUT_WR) == 0, "shutdown: %s", strerror(errno));
}

static void make_room(struct client *client) {
    if (client->capacity - client->length >= CLIENT_BUFFER_BYTES) {
        return;
    }
    size_t capacity = client->capacity * 2 + CLIENT_BUFFER_BYTES;
    char *bytes = realloc(client->bytes, capacity);
    cr_assert(bytes != NULL, "out of memory");
    client->bytes = bytes;
    client->capacity = capacity;
}

bool client_receive(struct client *client) {
    int64_t deadline = deadline_in(PATIENCE_MS);
    make_room(client);
    while (client->end == CLIENT_OPEN) {
        cr_assert(deadline_wait(client->fd, POLLIN, deadline),
                  "the server neither sends nor closes; %zu bytes so far", client->length);
        ssize_t count = recv(client->fd, client->bytes + client->length, CLIENT_BUFFER_BYTES, MSG_DONTWAIT);
        if (count > 0) {
            client->length += (size_t)count;
            return true;
        }
        if (count == 0) {
            client->end = CLIENT_CLOSED;
        } else if (errno != EAGAIN && errno != EINTR) {
            client->end = CLIENT_RESET;
        }
    }
    return false;
}

void client_read_head(struct client *client, struct answer *answer) {
    size_t size;
    while ((size = answer_find_head(client->bytes, client->length)) == 0) {
        cr_assert(client_receive(client), "the connection was %s before a whole head came: '%.*s'",
                  client->end == CLIENT_RESET ? "reset" : "closed", (int)client->length,
                  client->length > 0 ? client->bytes : "");
    }
    cr_assert(answer_read_head(answer, client->bytes, size), "%s", answer->malformed);
    client_take(client, size);
}

void client_read_answer(struct client *client, const char *method, struct answer *answer) {
    client_read_head(client, answer);
    if (strcmp(method, "HEAD") == 0 || !answer_has_body(answer)) {
        return;
    }
    if (answer->content_length == -1) {
        cr_assert(client_read_to_end(client) == CLIENT_CLOSED,
                  "reset in the middle of a body without length");
        answer->body_size = client->length;
    } else {
        answer->body_size = (size_t)answer->content_length;
    }
    cr_assert(answer->body_size <= ANSWER_BODY_BYTES, "a body of %zu bytes", answer->body_size);
    while (client->length < answer->body_size) {
        cr_assert(client_receive(client), "the body ended after %zu of %zu bytes", client->length,
                  answer->body_size);
    }
    if (answer->body_size > 0) {
        memcpy(answer->body, client->bytes, answer->body_size);
    }
    answer->body[answer->body_size] = '\0';
    client_take(client, answer->body_size);
}

enum client_end client_read_to_end(struct client *client) {
    bool is_open;
    do {
        is_open = client_receive(client);
    } while (is_open);
    return client->end;
}

off_t client_read_pattern(struct client *client, off_t offset, off_t size) {
    off_t taken = 0;
    while (taken < size && (client->length > 0 || client_receive(client))) {
        size_t count = (off_t)client->length < size - taken ? client->length : (size_t)(size - taken);
        cr_assert(filling_matches(client->bytes, offset + taken, count),
                  "the %zu bytes from offset %lld on are not the file's", count, (long long)(offset + taken));
        client_take(client, count);
        taken += (off_t)count;
    }
    return taken;
}

void client_expect_end(struct client *client) {
    enum client_end end = client_read_to_end(client);
    cr_assert(client->length == 0, "%zu bytes more than expected: '%.*s'", client->length,
              (int)client->length, client->length > 0 ? client->bytes : "");
    cr_assert(end == CLIENT_CLOSED, "reset instead of an orderly end");
}

void client_take(struct client *client, size_t count) {
    cr_assert(count <= client->length);
    client->length -= count;
    if (client->length > 0) {
        memmove(client->bytes, client->bytes + count, client->length);
    }
}

void client_close(struct client *client) {
    if (client->fd != -1) {
        (void)close(client->fd);
    }
    free(client->bytes);
    *client = (struct client){.fd = -1};
}

void client_abort(struct client *client) {
    struct linger at_once = {.l_onoff = 1, .l_linger = 0};
    if (client->fd != -1) {
        (void)setsockopt(client->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    }
    client_close(client);
}
