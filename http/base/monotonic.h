/* SPDX-License-Identifier: MIT */
/*
 * The clock that never goes back: for deadlines, durations and ages, not for people. Thread-safe.
 */
#ifndef LIDO_HTTP_BASE_MONOTONIC_H
#define LIDO_HTTP_BASE_MONOTONIC_H

#include <stdint.h>
#include <time.h>

/* CLOCK_MONOTONIC in nanoseconds. */
static inline int64_t monotonic_ns(void) {
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* The same in milliseconds, as of the kernel's last tick: behind by a few of them, and several times cheaper.
 * */
static inline int64_t monotonic_coarse_ms(void) {
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

#endif
