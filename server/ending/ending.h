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

/* To be called by the main thread before anything is freed, also of a server that never ran, as its start failed: the
 * guard uses nothing of it any more, and ends the process with SERVER_FAILED if freeing takes too long. */
void ending_begin_to_free(struct server *server);

/* The main thread hangs, see stop_guard_options.on_late; `server` is a struct server. Ends the process. */
void ending_without_main_thread(void *server, enum stop_stage stage, int status) __attribute__((noreturn));

#endif
