/* SPDX-License-Identifier: MIT */
/*
 * All that is done to a client's socket between accept(2) and close(2): receive, send, shut down.
 *
 * Knows sockets and files by their descriptors, and nothing of HTTP. Sockets are non-blocking. An interrupted
 * call is made again, a short one goes on, and one that would have to wait returns at once: no function here
 * sleeps. The caller keeps the descriptors. Every function is thread-safe; bytes are in the order of the
 * calls only if one thread at a time receives, and one sends.
 */
#ifndef LIDO_HTTP_TRANSPORT_TRANSPORT_H
#define LIDO_HTTP_TRANSPORT_TRANSPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <sys/uio.h>

enum transport_result {
    TRANSPORT_DONE,        /* all that was asked for; for receive: some bytes */
    TRANSPORT_WOULD_BLOCK, /* the rest has to wait until the socket is ready again */
    TRANSPORT_CLOSED,      /* receive: the peer has sent its last byte */
    TRANSPORT_TRUNCATED,   /* send_file: the file ended before all was sent */
    TRANSPORT_FAILED       /* the connection is lost, or the file cannot be read */
};

/* Receive up to `size` bytes (at least 1) in one recv(2). Sets *received only with TRANSPORT_DONE. */
enum transport_result transport_receive(int fd, void *buffer, size_t size, size_t *received)
    __attribute__((warn_unused_result));

/* Receive and throw away what is there, at most `limit` bytes. Returns TRANSPORT_DONE when the limit was
 * reached. */
enum transport_result transport_discard(int fd, size_t limit) __attribute__((warn_unused_result));

/* Whether bytes wait to be received: closing the socket now would send a reset, and what was sent before
 * might be lost (RFC 2525 section 2.17). */
bool transport_has_unread(int fd);

/* Send all of `count` buffers; advances them past what was sent, so that the same call goes on later. `more`
 * tells the kernel that more follows at once (MSG_MORE), so that head and body share a segment. Never raises
 * SIGPIPE. */
enum transport_result transport_send(int fd, struct iovec *buffers, size_t count, bool more)
    __attribute__((warn_unused_result));

/* Send `length` bytes of `file_fd` from *offset on with sendfile(2); advances *offset by what was sent. Falls
 * back to reading and sending where the file system does not support it. */
enum transport_result transport_send_file(int fd, int file_fd, off_t *offset, size_t length)
    __attribute__((warn_unused_result));

/* Whether the peer can neither send nor take a byte any more: it has reset the connection, or both directions
 * are shut (POLLERR and POLLHUP in poll(2)). One that has only sent its last byte can still take an
 * answer. */
bool transport_is_lost(int fd);

/* How many bytes the kernel holds that the peer has not taken yet (SIOCOUTQ in tcp(7)); -1 when there is no
 * telling. */
int transport_queued_bytes(int fd);

/* How long ago the peer last took some of what is sent, by TCP_INFO (tcp(7)): while bytes are under way that was the last
 * acknowledgment, and once all are there it made room for the last ones. In ms; 0 when there is no telling. */
int64_t transport_taken_ago_ms(int fd);

/* Have the kernel note when bytes come, from now on (SO_TIMESTAMPNS in socket(7)). While any socket wants that, each
 * packet of the machine costs a little more (tests/bench/NOTES.md). */
void transport_note_arrivals(int fd);

/* How long ago the last of the bytes that wait to be received came; -1: there are none, or it was not noted. Means
 * nothing while the clock of the machine is being set. */
int64_t transport_arrived_ago_ns(int fd);

/* Tell the peer that nothing more is sent; receiving goes on. Returns whether the connection is still
 * there. */
bool transport_end_sending(int fd);

/* Receive no more than what is there. Like transport_end(), an event for whoever waits for the socket with
 * epoll(7), whatever for. */
void transport_end_receiving(int fd);

/* Receive and send nothing more. */
void transport_end(int fd);

/* Let close(2) throw away what the peer has not taken, and reset the connection (SO_LINGER in socket(7));
 * else the kernel keeps it for minutes. */
void transport_reset_on_close(int fd);

#endif
