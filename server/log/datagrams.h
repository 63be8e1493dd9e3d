/* SPDX-License-Identifier: MIT */
/*
 * Lines for a log service of this machine, each a datagram to its UNIX socket: syslogd (RFC 3164, as syslog(3) sends
 * it) or the journal of systemd (its native protocol, systemd.io/JOURNAL_NATIVE_PROTOCOL).
 *
 * Connects anew when the service was started anew. Private to server/log/. Blocks as write(2) does, while the service
 * takes nothing. Not thread-safe.
 */
#ifndef LIDO_SERVER_LOG_DATAGRAMS_H
#define LIDO_SERVER_LOG_DATAGRAMS_H

#include "conf/values/log_destination.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct log_datagrams {
    enum log_destination_kind kind; /* LOG_TO_SYSLOG or LOG_TO_JOURNAL */
    int facility;
    bool
        has_levels; /* each line begins with "<3>", its priority (sd-daemon(3)); otherwise all are LOG_INFO */
    int error;      /* why a line was lost last, an errno; 0 before */
};

/* Connect to the service. Returns the socket, the caller's, or a negative errno. */
int log_datagrams_connect(const char *path);

/* Send each of the lines. *fd is the socket, and may be another one afterwards, or -1. Returns how many lines were
 * lost. */
uint64_t log_datagrams_send(struct log_datagrams *datagrams, int *fd, const char *path, const char *lines,
                            size_t length);

#endif
