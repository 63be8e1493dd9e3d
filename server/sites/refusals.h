/* SPDX-License-Identifier: MIT */
/*
 * Tells the owner of links that were refused: where each leads, and which folder to name for it in the settings.
 *
 * That takes a look at what it leads to, which may hang, and is an errand where somebody is served. Private to
 * server/sites/. The main thread only.
 */
#ifndef LIDO_SERVER_SITES_REFUSALS_H
#define LIDO_SERVER_SITES_REFUSALS_H

#include "http/base/refused_links.h"

#include <stddef.h>

struct errands;

/* All-zero at first. */
struct refusals {
    size_t under_way; /* looks; up to REFUSED_LINKS_WAITING_MAX */
};

/* Have those that were refused since the last call looked at, and tell of those that were. Never blocks. */
void refusals_tell(struct refusals *refusals, struct errands *errands, struct refused_links *refused,
                   void (*tell)(void *context, const char *line), void *context);

/* Look at all that were refused, and tell of them. Blocks as stat(2) does. */
void refusals_tell_at_once(struct refused_links *refused, void (*tell)(void *context, const char *line),
                           void *context);

#endif
