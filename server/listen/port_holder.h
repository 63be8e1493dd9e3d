/* SPDX-License-Identifier: MIT */
/*
 * Who holds a TCP port of this machine, or a UNIX socket: the program behind "address already in use".
 *
 * Linux shows every listening socket in /proc/net/tcp and tcp6, and which process has it open in
 * /proc/<pid>/fd. Without /proc, or for another user's process without privileges, there is less to tell.
 * A UNIX socket tells its peer who listens (SO_PEERCRED in unix(7)).
 * Only reads; what it says may be out of date a moment later, so it is good for a message and for nothing
 * else.
 */
#ifndef LIDO_SERVER_LISTEN_PORT_HOLDER_H
#define LIDO_SERVER_LISTEN_PORT_HOLDER_H

#include <stdbool.h>
#include <sys/socket.h>
#include <sys/types.h>

struct port_holder {
    pid_t pid; /* 0: this user may not see it; of several that share the socket, the one listed first */
    uid_t uid; /* whose socket it is */
    char program[64]; /* printable ASCII; "" without a pid */
};

/* One row of /proc/net/tcp or tcp6, see proc(5). */
struct tcp_row {
    struct sockaddr_storage local;
    bool is_listening;
    uid_t uid;
    ino_t inode;
};

/* Find a listening socket that keeps another one from listening at `address` (IPv4 or IPv6). Blocks only for
 * reading /proc. Returns false, *holder untouched, when none is to be seen. Thread-safe. */
bool port_holder_find(const struct sockaddr_storage *address, struct port_holder *holder)
    __attribute__((warn_unused_result));

/* The same for the address of a UNIX socket: connects for a moment, which whoever listens may see. Never blocks.
 * Thread-safe. */
bool port_holder_find_unix(const struct sockaddr_storage *address, struct port_holder *holder)
    __attribute__((warn_unused_result));

/* Whether something listens at `address`, found out by binding a socket to it for a moment. Thread-safe. */
bool port_holder_exists(const struct sockaddr_storage *address) __attribute__((warn_unused_result));

/* Read one row; an IPv4-mapped address becomes the IPv4 address that it is. Returns false, *row untouched,
 * for anything else, like the heading. Pure. */
bool port_holder_parse_row(const char *line, struct tcp_row *row) __attribute__((warn_unused_result));

#endif
