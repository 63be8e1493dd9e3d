/* SPDX-License-Identifier: MIT */
/*
 * How a server ends once its loop is over: the workers finish what they are at, who is left is cut, and the logs are
 * written. And what another thread can do of it when the main thread hangs.
 *
 * Waits for each of these for a bounded time; frees and removes nothing.
 */
#ifndef LIDO_SERVER_ENDING_ENDING_H
#define LIDO_SERVER_ENDING_ENDING_H

#include "server/reactor/stop/guard.h"

struct server;

/* To be called by the main thread after reactor_run(), with the status to exit with. Afterwards nothing is logged any
 * more. */
void ending_run(struct server *server, int status);

/* The main thread hangs, see stop_guard_options.on_late; `server` is a struct server. Ends the process. */
void ending_without_main_thread(void *server, enum stop_stage stage, int status) __attribute__((noreturn));

#endif
