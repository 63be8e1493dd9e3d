/* SPDX-License-Identifier: MIT */
/*
 * The listening sockets: opens them, accepts from them, closes them.
 *
 * One listen address becomes one socket for each address that its name resolves to, all on the same port.
 * IPv4 and IPv6 have sockets of their own (IPV6_V6ONLY), so that every client is seen with its real address.
 * An address family that this machine lacks, or has switched off, is left out as long as another one remains;
 * any other failure fails the whole listen address, and another port is taken only where it says "auto". Says
 * what is wrong in words; does not print, log or decide to go on. See ip(7), ipv6(7), tcp(7) and unix(7).
 */
#ifndef LIDO_SERVER_LISTEN_LISTENER_H
#define LIDO_SERVER_LISTEN_LISTENER_H

#include "server/listen/accept_result.h"
#include "server/listen/unix_socket.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

enum { LISTENER_ERROR_BYTES = 512 };

#define LISTENER_NO_ENTRY SIZE_MAX /* listener.entry: of no listen address that is configured */

enum listener_result {
    LISTENER_OK,
    LISTENER_MISTAKE, /* the configuration is wrong: no such name or service, or two entries overlap */
    LISTENER_IN_USE,  /* another program listens there */
    LISTENER_DENIED,  /* this user may not */
    LISTENER_FAILED   /* any other failure of the system, also a name that cannot be looked up just now */
};

/* One listening socket. */
struct listener {
    int fd;                          /* non-blocking, close-on-exec */
    struct sockaddr_storage address; /* as bound: with the real port; AF_UNIX: with the path */
    socklen_t address_length;
    struct unix_file file; /* AF_UNIX: to unlink none but our own; {0} of one that is inherited */
    bool is_inherited;     /* it is shared with whoever started the program: inherited.h */
    bool is_dual_stack;    /* an IPv6 socket that takes IPv4 clients, too; only if it is inherited */
    bool is_admin;         /* the owner's, false at first: it has the status pages, and nothing else */
    size_t entry;          /* which listen address it is of, from 0, or LISTENER_NO_ENTRY */
    bool is_leaving;       /* it listens no more, and is closed when nobody can be waiting; */
    int64_t leaves_ms;     /* not before this, by clock_steady_coarse_ms() */
};

/* All of them. {0} is the empty set. Belongs to one thread. */
struct listener_set {
    struct listener *items; /* moves when the set grows: take pointers only once all are open */
    size_t count;
    size_t entry_count; /* listen addresses that were opened */
    /* AF_UNSPEC, or the first address that "auto" found in use and passed by. */
    struct sockaddr_storage passed;
    /* NULL, or a set that is in use and whose sockets are taken over where the addresses are the same: succession.h.
     * They stay its own until it is given up. */
    const struct listener_set *former;
};

/* Open a listen address, written as conf/values/listen_address.h has it, and add its sockets to the set. Port
 * 0 lets the kernel choose one port for all addresses of the name; "auto" takes the first from 8080 on, of a
 * hundred, that no other program has on any of them. `backlog` is listen(2)'s. Blocks while a
 * name server is asked. On any result but LISTENER_OK the set is as before (it still wants its
 * listener_set_close()), and `error` says in one line what is wrong and which ways out there are. */
enum listener_result listener_set_open(struct listener_set *set, const char *text, int backlog,
                                       char error[LISTENER_ERROR_BYTES]) __attribute__((warn_unused_result));

/* Find out without opening a socket whether listener_set_open() would understand the address, find its name, and
 * meet no earlier address of the set: it is added to the set, with no descriptor. Blocks and returns as that does. */
enum listener_result listener_check(struct listener_set *set, const char *text,
                                    char error[LISTENER_ERROR_BYTES]) __attribute__((warn_unused_result));

/* Let only clients that have been waiting already be accepted, and at most one more (listen(2)). At inherited sockets
 * others may wait: they are for the next one who serves there. */
void listener_set_end_backlog(const struct listener_set *set);

/* The socket that keeps another one from listening at the address, or that whoever connects there reaches;
 * NULL if none of the set does. Thread-safe. */
const struct listener *listener_set_find(const struct listener_set *set,
                                         const struct sockaddr_storage *address);

/* Whether other machines can reach one of the sockets: it is neither a loopback address nor a UNIX socket. A
 * firewall in between is not asked. Thread-safe. */
bool listener_set_is_public(const struct listener_set *set);

/* Close every socket that does not belong to a former set, unlink the files of UNIX sockets, and make the set empty.
 * Clients that wait to be accepted are reset by the kernel. */
void listener_set_close(struct listener_set *set);

/* How often to call listener_accept() when the listener is readable: as often as there are clients, so that
 * no call fails. A failing accept(2) is not cheap, as it makes a socket before it looks whether anybody is
 * there. At least 1, which tells of a listener that has died; at most `limit`, and that, too, when there is
 * no telling (not TCP). See tcp_info in tcp(7): tcpi_unacked of a listener. */
size_t listener_count_waiting(const struct listener *listener, size_t limit);

/* Whether a client waits to be accepted, by poll(2). Thread-safe. */
bool listener_has_waiting(const struct listener *listener);

/* Accept one client; never blocks. With ACCEPT_ACCEPTED sets *client_fd (non-blocking, close-on-exec; the
 * caller's) and the client's address, zeroed behind its *length bytes; with any other result they are
 * untouched and errno tells more. Thread-safe. */
enum accept_result listener_accept(const struct listener *listener, int *client_fd,
                                   struct sockaddr_storage *address, socklen_t *length)
    __attribute__((warn_unused_result));

#endif
