/* SPDX-License-Identifier: MIT */
/*
 * How often each key was wanted lately, whether it is kept or not, in 8 KiB for any number of keys.
 *
 * An estimate: a key has two counters, which others may share, and the lower one counts. All are halved after as many
 * additions as there are counters, so that what was wanted once is forgotten (TinyLFU, Einziger et al., ACM
 * Transactions on Storage 13, 2017). Whoever asks again and again within a millisecond counts once: what is in a
 * cache and what is not would else be counted by different measures, as it looks at the time no more often. Decides
 * nothing. Not thread-safe: its owner has a lock.
 */
#ifndef LIDO_HTTP_FILE_CACHE_DEMAND_H
#define LIDO_HTTP_FILE_CACHE_DEMAND_H

#include <stdint.h>

enum { DEMAND_COUNTERS = 4096, DEMAND_MAX = 15 };

/* All-zero: nothing was wanted. */
struct demand {
    uint8_t counters[DEMAND_COUNTERS];
    uint8_t noted[DEMAND_COUNTERS]; /* the last bits of the time when each was added to */
    unsigned added;                 /* since they were halved */
};

/* The key with this hash was wanted at `now_ms`. */
void demand_note(struct demand *demand, uint32_t hash, int64_t now_ms);

/* How often it was wanted, 0 to DEMAND_MAX. */
unsigned demand_of(const struct demand *demand, uint32_t hash);

#endif
