/* SPDX-License-Identifier: MIT */
/*
 * How clients wait with epoll: who may touch a client when an event comes, and the calls of epoll_ctl(2) that
 * this takes.
 *
 * A client that waits to read is registered once, edge-triggered, and stays so from request to request, which
 * spares a call of epoll_ctl(2) for each (tests/bench/NOTES.md). The price is that events come whoever the
 * client belongs to just then; client_turn.h says who gets it.
 *
 * Note on the end. Bytes and the end behind them may be one event, and who reads the bytes does not see the
 * end. Once an event has told of it, the client does not wait for bytes any more: each look finds some, and
 * the last one the end.
 *
 * Note on urgent bytes. recv(2) stops before a byte that TCP was told to be urgent, and goes on with the next
 * call (tcp(7); the listener sets SO_OOBINLINE). So whoever has read up to it looks once more.
 */
#ifndef LIDO_SERVER_REACTOR_CLIENT_WATCH_H
#define LIDO_SERVER_REACTOR_CLIENT_WATCH_H

#include "server/reactor/client.h"
#include "server/reactor/client_table.h"
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
 * belong to the caller. Events of other sources, of clients that are somebody else's and of those that have
 * ended are passed over. Returns how many. Thread-safe. */
size_t client_watch_claim(const struct client_table *table, struct waiting_room *room,
                          const struct epoll_event *events, size_t count, struct client *claimed[]);

/* Have epoll forget a client, so that it can wait in another set. By its owner. */
void client_watch_forget(int epoll_fd, struct client *client);

#endif
