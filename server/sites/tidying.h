/* SPDX-License-Identifier: MIT */
/*
 * Closes files that are kept open between requests, when they have not been used for a while or when there are no
 * descriptors. As close(2) may have to ask a file system, and wait for it, that is an errand.
 *
 * Private to server/sites/. The main thread only.
 */
#ifndef LIDO_SERVER_SITES_TIDYING_H
#define LIDO_SERVER_SITES_TIDYING_H

#include <stdbool.h>
#include <stdint.h>

struct errands;
struct file_cache;

/* All-zero at first. */
struct tidying {
    int64_t trimmed_ms;  /* when that was last begun, by clock_steady_coarse_ms() */
    bool is_under_way;   /* a round */
    int64_t begun_ms;    /* when it was, by the same clock, as the next one */
    int64_t gave_way_ms; /* when a round for all was begun */
};

/* Have what was not used for a while closed, as file_cache_trim() does, once a second at most. The cache may be NULL. Returns
 * whether there are files to be closed later. Never blocks. */
bool tidying_trim(struct tidying *tidying, struct errands *errands, struct file_cache *cache);

/* Have all closed, as file_cache_give_way() does. Returns whether files are being closed: the errands tell when that is done.
 * False: there are none, a round takes longer than a second, as it may hang, or one has ended within this second, and did not
 * help. Never blocks. */
bool tidying_give_way(struct tidying *tidying, struct errands *errands, struct file_cache *cache);

/* Give up a share of a cache, and have its files closed if it was the last one. Both may be NULL. */
void tidying_end(struct errands *errands, struct file_cache *cache);

#endif
