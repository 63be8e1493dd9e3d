/* SPDX-License-Identifier: MIT */
/*
 * One connection over which one GET after the other is sent, each when the answer before it is complete. For a caller
 * that has many of them and an epoll(7) of its own.
 *
 * Nothing blocks but the connecting. The bodies are thrown away, in the kernel where it can (MSG_TRUNC, tcp(7)). Keeps
 * no time and counts nothing. Each belongs to one thread.
 */
#ifndef LIDO_SERVER_PROBE_KEPT_CLIENT_H
#define LIDO_SERVER_PROBE_KEPT_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

enum { KEPT_CLIENT_HEAD_BYTES = 8 * 1024 };

enum kept_client_state {
    KEPT_CLIENT_WAITS,    /* until the socket is readable */
    KEPT_CLIENT_ANSWERED, /* the answer is complete */
    KEPT_CLIENT_FAILED    /* it broke off, or is none; the connection is of no use any more */
};

struct kept_client {
    int fd;             /* -1: not connected */
    int status;         /* of the answer, once its head is there */
    bool has_head;      /* hence what comes is body */
    uint64_t body_left; /* RESPONSE_LENGTH_UNKNOWN: it ends with the connection */
    size_t received;    /* bytes in `head` */
    char head[KEPT_CLIENT_HEAD_BYTES];
};

/* Connect, by `deadline_us` of clock_steady_us(). Blocks till then at most. Returns 0 or a negative errno; on failure
 * fd is -1. */
int kept_client_open(struct kept_client *client, const struct sockaddr_storage *address, int64_t deadline_us)
    __attribute__((warn_unused_result));

/* Closing again does nothing. */
void kept_client_close(struct kept_client *client);

/* Send a whole request, short enough for an empty socket buffer. Returns 0 or a negative errno, also when it did not
 * go out in one piece. */
int kept_client_ask(struct kept_client *client, const char *request, size_t length)
    __attribute__((warn_unused_result));

/* Receive what is there. To be called whenever the socket is readable, while a request is under way. */
enum kept_client_state kept_client_receive(struct kept_client *client) __attribute__((warn_unused_result));

#endif
