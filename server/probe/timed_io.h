/* SPDX-License-Identifier: MIT */
/*
 * Connecting, sending and receiving on a stream socket with one absolute deadline for all of it.
 *
 * The sockets are non-blocking: each call is tried first, and poll(2) sleeps only when it would block.
 * Interrupted and short calls go on. All deadlines are by clock_steady_us(), and one is shared by all steps,
 * since limits for each step alone set no end. Thread-safe.
 */
#ifndef LIDO_SERVER_PROBE_TIMED_IO_H
#define LIDO_SERVER_PROBE_TIMED_IO_H

#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/types.h>

/* Connect to `address`; see connect(2), EINPROGRESS. Returns the descriptor (non-blocking, close-on-exec; the
 * caller's), or a negative errno: -ETIMEDOUT once the deadline has passed, as with the next two. */
int timed_connect(const struct sockaddr_storage *address, int64_t deadline_us)
    __attribute__((warn_unused_result));

/* Send all `length` bytes. Returns 0 or a negative errno. Never raises SIGPIPE. */
int timed_send(int fd, const char *bytes, size_t length, int64_t deadline_us)
    __attribute__((warn_unused_result));

/* Receive at least one byte and at most `size`. Returns how many, 0 once the peer has sent its last, or a
 * negative errno. */
ssize_t timed_receive(int fd, char *buffer, size_t size, int64_t deadline_us)
    __attribute__((warn_unused_result));

#endif
