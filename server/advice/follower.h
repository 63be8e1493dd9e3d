/* SPDX-License-Identifier: MIT */
/*
 * Sizes the pool by the advice: threads = auto. Up within half a minute of waiting, to twice the size at most, and
 * again if that was not enough; down after minutes in which fewer would have done, to half the size at most.
 *
 * Note on swinging. Threads that have nothing to do cost little, and clients that wait cost much, so it is quick
 * upwards and slow downwards. Whoever has shrunk the pool and has to grow it within an hour was too quick: from then on
 * fewer threads have to do for twice as long. So under a load that comes and goes, with whatever period up to two
 * hours, it changes a few times and then keeps the size that the load needs when it is there. Who did well to shrink
 * may wait for half as long the next time, five minutes at least. Differences of a tenth are left alone, upwards;
 * downwards the advice itself wants a quarter.
 *
 * Changes no pool itself, and knows no clock. Not thread-safe.
 */
#ifndef LIDO_SERVER_ADVICE_FOLLOWER_H
#define LIDO_SERVER_ADVICE_FOLLOWER_H

#include "server/advice/advice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* All-zero: nothing was advised yet. */
struct follower {
    int64_t more_since_ns;  /* more are asked for at each look; 0: they are not */
    int64_t fewer_since_ns; /* fewer would do at each look; 0: they would not, */
    size_t fewer_most;      /* and so many at most would have done */
    int64_t shrunk_ns;      /* the last time, if it has not grown since; 0: it has, or never shrunk */
    int64_t patience_ns;    /* how long fewer have to do; 0: as long as at first */
};

/* Say how many threads there shall be, by an advice about those that there are: to be asked every ten seconds or so,
 * and to be obeyed. Never outside of min .. max, whatever is advised. */
size_t follower_decide(struct follower *follower, const struct advice *advice, size_t min, size_t max,
                       int64_t now_ns);

#endif
