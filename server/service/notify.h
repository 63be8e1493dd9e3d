/* SPDX-License-Identifier: MIT */
/*
 * Messages to the service manager that has started the program, by the protocol of sd_notify(3): datagrams of lines
 * NAME=value, at a UNIX socket that NOTIFY_SOCKET names.
 *
 * Without libsystemd, whose sd_notify() opens a socket for each message: this one is open before the program gives up its
 * rights and its view of the file system. Knows no state of the server. The main thread only.
 */
#ifndef LIDO_SERVER_SERVICE_NOTIFY_H
#define LIDO_SERVER_SERVICE_NOTIFY_H

#include <stdbool.h>

struct notify {
    int fd; /* -1: there is nobody to tell */
};

/* Connect to an address as NOTIFY_SOCKET has it: /path, or @name for an abstract one. NULL: nobody. Returns 0, or a
 * negative errno and nobody is told: -EAFNOSUPPORT if it is neither. */
int notify_open(struct notify *notify, const char *address) __attribute__((warn_unused_result));

/* Send one message. Blocks for `patience_ms` at most, if the manager has too much to read. Returns whether it was sent. */
bool notify_send(const struct notify *notify, const char *message, int patience_ms);

/* Doing it again does nothing. */
void notify_close(struct notify *notify);

#endif
