/* SPDX-License-Identifier: MIT */
/*
 * The two ends of one connection: ours is the server's, to be given to the code under test; theirs is the
 * client's, to be played by the test. Both are non-blocking.
 *
 * Whatever does not work fails the test. Where a test reads, it waits for bytes that are on their way (over
 * TCP), with the patience of tests/support/deadline.h. Nothing here calls what the tests wrap: recv, sendmsg,
 * sendfile.
 */
#ifndef LIDO_TESTS_UNIT_SUPPORT_SOCKET_PAIR_H
#define LIDO_TESTS_UNIT_SUPPORT_SOCKET_PAIR_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct socket_pair {
    int ours;
    int theirs; /* -1 when closed */
};

/* A pair of UNIX sockets: what one end has sent is at once there for the other. */
void socket_pair_open(struct socket_pair *pair);

/* A TCP connection over 127.0.0.1, where closing with unread bytes resets. */
void socket_pair_open_tcp(struct socket_pair *pair);

/* Close what is open of both ends. `ours` must not be closed by anybody else. */
void socket_pair_close(struct socket_pair *pair);

void socket_pair_close_theirs(struct socket_pair *pair);

/* Send as the client, all of it; there must be room. */
void socket_pair_send(const struct socket_pair *pair, const void *bytes, size_t size);
void socket_pair_send_text(const struct socket_pair *pair, const char *text);

/* Send as the client as much as there is room for. Returns how much. */
size_t socket_pair_send_some(const struct socket_pair *pair, const void *bytes, size_t size);

/* The client says that it sends no more, and goes on reading. */
void socket_pair_finish_sending(const struct socket_pair *pair);

/* Receive as the client what is there now, at most `size` bytes. Returns how much; does not wait. */
size_t socket_pair_receive(const struct socket_pair *pair, void *bytes, size_t size);

/* The same as text, with a NUL: `size` counts it. */
size_t socket_pair_receive_text(const struct socket_pair *pair, char *text, size_t size);

/* Wait for exactly `size` bytes and receive them. */
void socket_pair_receive_all(const struct socket_pair *pair, void *bytes, size_t size);

/* Wait for the end of what the server sends; no byte may come before. Returns 0 for an orderly one, or the
 * errno. */
int socket_pair_receive_end(const struct socket_pair *pair);

/* Whether the client can see now that the server sends no more; nothing may be left to receive. */
bool socket_pair_is_finished(const struct socket_pair *pair);

/* Fill the way from the server to the client until it takes no more. Returns how many bytes that took. */
size_t socket_pair_fill(const struct socket_pair *pair);

/* Give the server a small send buffer, so that an answer soon has to wait. */
void socket_pair_narrow(const struct socket_pair *pair);

#endif
