/* SPDX-License-Identifier: MIT */
#include "server/explain/ask.h"

#include "http/connection.h"
#include "http/transport/client_address.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { STEP_BYTES = 16 * 1024 };

int explain_asking_open(struct explain_asking *asking) {
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) == -1) {
        return -errno;
    }
    asking->client = ends[0];
    asking->server = ends[1];
    return 0;
}

static void close_end(int *fd) {
    if (*fd != -1) {
        (void)close(*fd);
        *fd = -1;
    }
}

void explain_asking_close(struct explain_asking *asking) {
    close_end(&asking->client);
    close_end(&asking->server);
}

/* Send as much of the rest as there is room for. Returns 0 or a negative errno. */
static int send_some(const struct explain_asking *asking, const struct text *request, size_t *sent) {
    while (*sent < request->length) {
        ssize_t n = write(asking->client, request->bytes + *sent, request->length - *sent);
        if (n >= 0) {
            *sent += (size_t)n;
        } else if (errno != EINTR) {
            return errno == EAGAIN ? 0 : -errno;
        }
    }
    return 0;
}

/* How many bytes the head has, with its last empty line; 0 as long as it is not whole. */
static size_t head_length(const struct text *head) {
    static const char end[] = "\r\n\r\n";
    const char *found = head->length > 0 ? memmem(head->bytes, head->length, end, strlen(end)) : NULL;
    return found != NULL ? (size_t)(found - head->bytes) + strlen(end) : 0;
}

/* Receive what is there. Returns 1 when the head is whole, 0 when it is not yet, or a negative errno. */
static int receive_some(const struct explain_asking *asking, struct text *head) {
    while (head_length(head) == 0) {
        char *room = text_reserve(head, STEP_BYTES);
        if (room == NULL) {
            return -ENOMEM;
        }
        ssize_t n = read(asking->client, room, STEP_BYTES);
        if (n == 0) {
            return -EPIPE;
        }
        if (n > 0) {
            head->length += (size_t)n;
        } else if (errno != EINTR) {
            return errno == EAGAIN ? 0 : -errno;
        }
    }
    head->length = head_length(head); /* what follows is of the body */
    return 1;
}

static int serve_once(const struct explain_asking *asking, struct connection *connection,
                      struct connection_worker *worker, bool is_sent) {
    switch (connection_serve(connection, worker)) {
    case CONNECTION_WAIT_READABLE:
        if (is_sent && connection->phase != CONNECTION_READING) {
            return -EPIPE; /* there was no request in it */
        }
        if (is_sent) {
            asking->rest_is_missing(asking->context);
            connection->expired = true;
        }
        return 0;
    case CONNECTION_AGAIN:
        if (connection->phase == CONNECTION_PREPARING) {
            asking->again(asking->context);
        }
        return 0;
    case CONNECTION_WAIT_WRITABLE:
        return 0;
    case CONNECTION_DONE:
        break;
    }
    return -EPIPE;
}

static int run(const struct explain_asking *asking, struct connection *connection,
               struct connection_worker *worker, const struct text *request, struct text *head) {
    size_t sent = 0;
    for (;;) {
        int result = send_some(asking, request, &sent);
        int served = result == 0 ? serve_once(asking, connection, worker, sent == request->length) : result;
        result = receive_some(asking, head);
        if (result != 0) {
            return result < 0 ? result : 0;
        }
        if (served != 0) {
            return served;
        }
    }
}

int explain_asking_run(struct explain_asking *asking, const struct text *request, struct text *head) {
    struct sockaddr_in local = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct client_address from = client_address_from((const struct sockaddr *)&local, sizeof local);
    struct connection_worker worker = {.service = asking->service, .account = asking->account};
    const struct generation *now = generation_place_current(asking->service->generations);
    struct connection connection;
    connection_open(&connection, asking->server, &from, now->timeouts.header_ms);
    connection.own_access = asking->access;
    asking->server = -1; /* the connection closes it */
    int result = run(asking, &connection, &worker, request, head);
    connection_close(&connection);
    connection_worker_deinit(&worker);
    return result;
}
