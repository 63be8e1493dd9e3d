/* SPDX-License-Identifier: MIT */
/*
 * Looks at the running server every ten seconds: weighs what was measured (advice/advice.h), sizes the pool by it if
 * `threads` is auto (advice/follower.h), tells the owner when the server is at its end (advice/saturation.h), and keeps
 * what is worth a word when it stops.
 *
 * While workers are stuck in a file system it changes and tells nothing of that: others stand in for them. All functions
 * are for the main thread. Private to server.c.
 */
#ifndef LIDO_SERVER_WEIGHING_H
#define LIDO_SERVER_WEIGHING_H

#include "server/advice/advice.h"

#include <stddef.h>

struct server;

/* Weigh, if it is time; a few times a second. */
void weighing_tick(struct server *server);

/* Weigh once more, when nobody is served any more but before the threads end, and say what the owner should know: of
 * the worst moment, or else how it was last. Returns how many lines, 0 if nothing is known. */
size_t weighing_end(struct server *server, char lines[ADVICE_LINES_MAX][ADVICE_LINE_BYTES]);

#endif
