/* SPDX-License-Identifier: MIT */
/*
 * Looks at the names of all sites (root_watch.h) in a thread of its own, as stat(2) may hang.
 *
 * What leads elsewhere is opened and closed, so that a mount that hangs does so here. Whoever asks waits for a moment,
 * so that what has changed is known before the next request; but no second time for a look that does not come back. It
 * has copies of the names, so it may outlast what they were taken from. Private to server/sites/. One thread asks.
 */
#ifndef LIDO_SERVER_SITES_LOOKS_H
#define LIDO_SERVER_SITES_LOOKS_H

#include "server/sites/root_watch.h"

#include <stdbool.h>
#include <stddef.h>

enum { LOOKS_PATIENCE_MS = 50 };

struct looks;

/* Take down the names of `count` watches, each as far apart as `stride` bytes. No thread is started yet. Returns NULL
 * when there is no memory. */
struct looks *looks_create(const struct root_watch *first, size_t count, size_t stride);

/* Look, unless a look is under way, and wait for LOOKS_PATIENCE_MS at most. Returns NULL if none has come back, or there is
 * no thread to be had; else
 * what was found, `count` watches whose names are the copies, up to the next call. */
const struct root_watch *looks_take(struct looks *looks);

/* Nobody asks any more: the thread frees it when its look comes back. NULL is allowed. */
void looks_release(struct looks *looks);

#endif
