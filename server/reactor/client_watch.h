/* SPDX-License-Identifier: MIT */
/*
 * How clients wait with epoll: who may touch a client when an event comes, and the calls of epoll_ctl(2) that
 * this takes.
 *
 * A client that waits to read is registered once, edge-triggered, and stays so from request to request, which
 * spares a call of epoll_ctl(2) for each (tests/bench/NOTES.md). The price is that events come whoever the
 * client belongs to just then.
 *
 * Note on turns. client->turn says what an event means:
 *   TAKEN    it belongs to a worker, the queue, or the reactor that has taken it out of the room: an event
 *            makes it CALLED.
 *   CALLED   the same, and something came meanwhile: whoever wants it to wait has to look first, and makes
 *            it TAKEN.
 *   WAITING  it belongs to the room: the event hands it to the reactor, and makes it TAKEN.
 * All changes are single, sequentially consistent operations, so that it is handed over once, and no event is
 * lost. An event may be stale, when what it tells of has been read already; then the client is served for
 * nothing, and waits again.
 *
 * Note on the end. Bytes and the end behind them may be one event, and who reads the bytes does not see the
 * end. Once an event has told of it, the client does not wait for bytes any more: each look finds some, and
 * the last one the end.
 *
 * Note on urgent bytes. recv(2) stops before a byte that TCP was told to be urgent, and goes on with the next
 * call (tcp(7); the listener sets SO_OOBINLINE). So whoever has read up to it looks once more.
 *
 * Note on freeing. The reactor may hold an event of a client that a worker ends meanwhile. What was
 * registered is therefore freed by the reactor, once it has been through all its events; see
 * client_table_remove() and client_table_reap().
 */
#ifndef LIDO_SERVER_REACTOR_CLIENT_WATCH_H
#define LIDO_SERVER_REACTOR_CLIENT_WATCH_H

#include "server/reactor/client.h"
#include "server/reactor/waiting_room.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/epoll.h>

enum watch_result {
    WATCH_WAITS,  /* it belongs to the room now */
    WATCH_CALLED, /* it stays the caller's: something came meanwhile */
    WATCH_FAILED  /* it stays the caller's: epoll_ctl(2) failed */
};

enum watch_for {
    WATCH_FOR_BYTES,         /* all that had come was read: more will be an event */
    WATCH_FOR_BYTES_OR_LEFT, /* there may be some left that no event will tell of */
    WATCH_FOR_ROOM           /* to write */
};

/* Let a client wait for its socket, or until its deadline passes. By its owner; thread-safe, never blocks.
 * See epoll(7), "Level-triggered and edge-triggered". */
enum watch_result client_watch_wait(int epoll_fd, struct waiting_room *room, struct client *client,
                                    enum watch_for what) __attribute__((warn_unused_result));

/* Take clients that epoll has reported out of the room into `claimed`, which has room for `count`; they
 * belong to the caller. Events of other sources and of clients that are somebody else's are passed over.
 * Returns how many. The reactor only. */
size_t client_watch_claim(struct waiting_room *room, const struct epoll_event *events, size_t count,
                          struct client *claimed[]);

#endif
