/* SPDX-License-Identifier: MIT */
/*
 * Gives memory back to the system that a change of the settings has left free. The next config is made beside the
 * former one, so that the heap grows; what is let go later lies between what stays, and glibc keeps it.
 *
 * Only with glibc, whose malloc(3) can be asked to (malloc_trim(3)). The main thread only.
 */
#ifndef LIDO_SERVER_HEAP_H
#define LIDO_SERVER_HEAP_H

#include <stdbool.h>
#include <stdint.h>

enum { HEAP_PATIENCE_MS = 2000 }; /* for the last answers by the former settings, and the next change */

/* All-zero: nothing was looked at. */
struct heap {
    const void *current; /* never followed */
    int64_t due_ms;      /* 0: nothing is to be given back */
};

/* To be called now and then, with what stands for the settings that hold: some time after another one does, give back
 * what is free. That takes a millisecond, or tens of them where hundreds of MiB lie free in small pieces. `now_ms` by
 * clock_steady_coarse_ms(). Returns whether it has to be called again, even if nobody is served. */
bool heap_look(struct heap *heap, const void *current, int64_t now_ms);

#endif
