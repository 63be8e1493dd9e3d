/* SPDX-License-Identifier: MIT */
/*
 * One server from its start to its end, as command line and settings ask for it, and what its owner is told meanwhile.
 *
 * Prints; knows no other way to run the program. The main thread only.
 */
#ifndef LIDO_SERVER_SERVE_H
#define LIDO_SERVER_SERVE_H

struct config;
struct options;

/* Open, go into the sandbox, serve until a signal stops it. Blocks. The config, which has to be complete, stays the
 * caller's. Returns the exit status, having said what is wrong; with a worker that hangs in a file system it does not
 * return, but ends the process with that status. */
int serve(const struct options *options, struct config *config);

#endif
