/* SPDX-License-Identifier: MIT */
/*
 * A client that speaks raw bytes, as rudely as a test needs.
 *
 * It adds nothing to what it is told to send and hides nothing of what comes back. Every call that waits has
 * the patience of deadline.h; what cannot succeed against a proper server fails the test, so that only
 * outcomes that a test may want to tell apart are returned.
 */
#ifndef LIDO_TESTS_SUPPORT_CLIENT_H
#define LIDO_TESTS_SUPPORT_CLIENT_H

#include "tests/support/answer.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/types.h>

enum {
    CLIENT_BUFFER_BYTES = 64 * 1024,
    CLIENT_WIDE_BYTES = 1024 * 1024,
    CLIENT_NARROW_BYTES = 4 * 1024, /* receive buffer of one who makes the server wait soon */
};

/* How a connection came to its end. */
enum client_end {
    CLIENT_OPEN,   /* not yet */
    CLIENT_CLOSED, /* end of file */
    CLIENT_RESET   /* the server dropped it (RST) */
};

struct client {
    int fd;              /* -1 when there is none */
    char *bytes;         /* received and not yet taken */
    size_t length;       /* of these */
    size_t capacity;     /* of `bytes` */
    enum client_end end; /* set when a read met it */
};

/* Connect to a port of 127.0.0.1. */
void client_connect(struct client *client, uint16_t port);

/* The same with a small receive buffer: a large answer soon fills what lies between the two sides. */
void client_connect_narrow(struct client *client, uint16_t port);

/* Give a narrow client the receive buffer of one who is in a hurry. */
void client_widen(struct client *client);

/* Connect to any stream address. Returns 0, or the negative errno of connect(2). */
int client_connect_to(struct client *client, const struct sockaddr *address, socklen_t size)
    __attribute__((warn_unused_result));

/* Send all of it. */
void client_send(struct client *client, const char *text);
void client_send_bytes(struct client *client, const void *bytes, size_t size);

/* Send as much as the server takes before it drops the connection. Returns how many bytes went out. */
size_t client_try_send(struct client *client, const void *bytes, size_t size);

/* Send `size` bytes of no meaning and take in, as they come, all bytes of the answer meanwhile; neither side
 * waits for the other. Ends when all is sent or the server has dropped the connection. */
void client_send_filler(struct client *client, size_t size);

/* Say that nothing more is going to be sent, and go on reading. */
void client_finish_sending(struct client *client);

/* Block until at least one more byte or the end has come. Returns false at the end. */
bool client_receive(struct client *client);

/* Wait for one whole head and take it; what follows stays. */
void client_read_head(struct client *client, struct answer *answer);

/* Wait for one whole answer and take it: a body as long as Content-Length says, without one up to the end of
 * the connection. `method` is the request's: after HEAD there is no body. */
void client_read_answer(struct client *client, const char *method, struct answer *answer);

/* Read until the connection ends; what came stays in `bytes`. Returns how it ended. */
enum client_end client_read_to_end(struct client *client);

/* Take up to `size` bytes of a body that follows the pattern of pattern.h from `offset` on, and check each.
 * Returns how many came before the connection ended. */
off_t client_read_pattern(struct client *client, off_t offset, off_t size);

/* Fail the test unless the connection ends in an orderly way and nothing more comes before. */
void client_expect_end(struct client *client);

/* Drop the first `count` of the received bytes. */
void client_take(struct client *client, size_t count);

/* Close and free; client_abort() makes the server see a reset. Both do nothing after the first time. */
void client_close(struct client *client);
void client_abort(struct client *client);

#endif
