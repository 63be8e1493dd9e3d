/* SPDX-License-Identifier: MIT */
/*
 * When a worker lets other threads have its processor.
 *
 * A worker that finds more to do whenever it looks never sleeps, and whoever is to run on the same processor waits until the
 * kernel takes it away, after some milliseconds: the answers that it has sent lie about unread meanwhile, and the next
 * requests are not even written. So before it looks for more it steps aside, and goes on when others have done what they
 * had to. Where they would not stop by themselves (a compiler beside the server), that would give away more than a fair
 * share, as the kernel sees no need to give it back: workers that get too little of the machine step aside no more for a
 * while.
 */
#ifndef LIDO_SERVER_COURTESY_H
#define LIDO_SERVER_COURTESY_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

/* What the workers have found out together. Times are by monotonic_ns(). */
struct courtesy {
    size_t processor_count;           /* that they can use at once */
    _Atomic(int64_t) mean_away_ns;    /* for which a yield took the processor away, of late */
    _Atomic(int64_t) judged_ns;       /* when their share was looked at last, */
    _Atomic(int64_t) judged_used_ns;  /* and what they all had used of the processors by then */
    _Atomic(int64_t) paused_until_ns; /* no yields before */
};

/* For so many threads, on the processors that this process may use. Before any thread yields. */
void courtesy_init(struct courtesy *courtesy, size_t thread_count, size_t processor_count);

/* Yield the processor, if the calling worker has worked for long enough since *yielded_ns (its own; starts at 0), and if
 * that does not cost too much. See sched_yield(2). Thread-safe. */
void courtesy_yield(struct courtesy *courtesy, int64_t *yielded_ns);

#endif
