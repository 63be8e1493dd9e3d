/* SPDX-License-Identifier: MIT */
/*
 * A terminal that is drawn anew again and again, by ncurses, whatever size its window has. Knows nothing of what is
 * drawn. The main thread only; one at a time.
 */
#ifndef LIDO_SERVER_TOP_SCREEN_H
#define LIDO_SERVER_TOP_SCREEN_H

#include "server/top/draw.h"

#include <stdbool.h>

/* The library and its version; NULL when Lido was built without it. */
const char *screen_library(void);

/* Show what `paint` draws, once a second and when the window changes, until q, Escape, Ctrl-C or SIGTERM. `look` is
 * called once a second before. Returns 0, or a negative errno: -ENOTSUP without the library, -ENOTTY where there is no
 * terminal that it knows. */
int screen_run(void (*look)(void *context), void (*paint)(void *context, struct drawing *drawing),
               void *context) __attribute__((warn_unused_result));

#endif
