/* SPDX-License-Identifier: MIT */
/*
 * The clock by which a file system stamps files: two changes within one tick of it get the same time.
 *
 * How long a tick is cannot be asked; it is guessed from the stamp, rather too long than too short. Pure.
 */
#ifndef LIDO_HTTP_BASE_FILE_CLOCK_H
#define LIDO_HTTP_BASE_FILE_CLOCK_H

#include <time.h>

enum {
    FILE_CLOCK_FINE_TICK_NS = 20 * 1000 * 1000, /* twice the kernel's at its slowest, 100 Hz */
    FILE_CLOCK_COARSE_TICK_S = 2,               /* FAT */
};

/* The tick of the clock that gave this time: a coarse one if it has no fraction of a second. */
static inline struct timespec file_clock_tick(struct timespec stamp) {
    return stamp.tv_nsec == 0 ? (struct timespec){.tv_sec = FILE_CLOCK_COARSE_TICK_S}
                              : (struct timespec){.tv_nsec = FILE_CLOCK_FINE_TICK_NS};
}

#endif
