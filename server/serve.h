/* SPDX-License-Identifier: MIT */
/*
 * One server from its start to its end, as command line and settings ask for it, and what its owner is told meanwhile.
 *
 * Prints; knows no other way to run the program. The main thread only.
 */
#ifndef LIDO_SERVER_SERVE_H
#define LIDO_SERVER_SERVE_H

#include "server/result.h"

struct config;
struct options;

/* Find what serve() would refuse, as far as that can be known without opening a socket or writing a file.
 * With chroot set the process is in there afterwards; whoever may not go there learns nothing of what is inside. Returns SERVER_OK;
 * or SERVER_MISTAKE or SERVER_FAILED with one line in `error`. Blocks while name servers and passwd(5) are asked. */
enum server_result serve_check(const struct config *config, char error[SERVER_ERROR_BYTES])
    __attribute__((warn_unused_result));

/* Open, go into the sandbox, serve until a signal stops it. Blocks. The config, which has to be complete, stays the
 * caller's. Returns the exit status, having said what is wrong; with a worker that hangs in a file system it does not
 * return, but ends the process with that status. */
int serve(const struct options *options, struct config *config);

#endif
