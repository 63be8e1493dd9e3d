/* SPDX-License-Identifier: MIT */
/*
 * Tells whoever runs the server of links that requests came to and that lead out of the root, and what would let them.
 * Private to sites.h.
 */
#ifndef LIDO_SERVER_SITES_REFUSALS_H
#define LIDO_SERVER_SITES_REFUSALS_H

struct refused_links;

/* Tell of those that are new. May wait for a disk. The main thread only. */
void refusals_tell(struct refused_links *links, void (*tell)(void *context, const char *line), void *context);

#endif
