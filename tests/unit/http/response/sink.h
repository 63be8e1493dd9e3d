/* SPDX-License-Identifier: MIT */
/*
 * A client in memory: what sendmsg and sendfile are given is collected, and it takes just as much as a test
 * says.
 *
 * Link with --wrap for sendmsg, sendfile and sendfile64 (glibc's name for files beyond 2 GiB), which then
 * never reach the kernel, whatever descriptor they are given. A test runs in a process of its own, so that
 * all is empty at its start.
 */
#ifndef LIDO_TESTS_UNIT_HTTP_RESPONSE_SINK_H
#define LIDO_TESTS_UNIT_HTTP_RESPONSE_SINK_H

#include <stddef.h>

enum { SINK_BYTES = 8 * 1024 * 1024 };

struct sink {
    size_t budget;     /* bytes to take until it would block */
    size_t at_most;    /* bytes to take in one call */
    int error;         /* instead of EAGAIN, when the budget is used up; 0: EAGAIN */
    size_t sends;      /* calls of sendmsg */
    size_t file_sends; /* calls of sendfile */
    size_t more_sends; /* calls of sendmsg with MSG_MORE */
    int last_flags;    /* of sendmsg */
    size_t length;
    char bytes[SINK_BYTES];
};

extern struct sink sink;

/* Empty it; it takes all from now on. */
void sink_reset(void);

#endif
