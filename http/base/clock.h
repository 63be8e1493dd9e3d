/* SPDX-License-Identifier: MIT */
/*
 * What time it is, and which of two times is later: the only place that asks clock_gettime(2).
 *
 * Durations, ages and deadlines go by the steady clock, which never goes back; dates go by the wall clock,
 * which somebody may set. The coarse readings are those of the kernel's last tick: some milliseconds behind,
 * and several times cheaper. Nothing here sleeps; all is thread-safe.
 */
#ifndef LIDO_HTTP_BASE_CLOCK_H
#define LIDO_HTTP_BASE_CLOCK_H

#include <stdint.h>
#include <time.h>

#define CLOCK_NS_PER_MS INT64_C(1000000)
#define CLOCK_NS_PER_S INT64_C(1000000000)
#define CLOCK_FINE_FILE_TICK_NS (20 * CLOCK_NS_PER_MS)
#define CLOCK_COARSE_FILE_TICK_NS (2 * CLOCK_NS_PER_S)

static inline struct timespec clock_read(clockid_t clock) {
    struct timespec now;
    (void)clock_gettime(clock, &now);
    return now;
}

/* The steady clock in nanoseconds (CLOCK_MONOTONIC). */
static inline int64_t clock_steady_ns(void) {
    struct timespec now = clock_read(CLOCK_MONOTONIC);
    return now.tv_sec * CLOCK_NS_PER_S + now.tv_nsec;
}

/* The same in microseconds. */
static inline int64_t clock_steady_us(void) {
    return clock_steady_ns() / 1000;
}

/* The same, coarsely. */
static inline int64_t clock_steady_coarse_ns(void) {
    struct timespec now = clock_read(CLOCK_MONOTONIC_COARSE);
    return now.tv_sec * CLOCK_NS_PER_S + now.tv_nsec;
}

/* The same in milliseconds. */
static inline int64_t clock_steady_coarse_ms(void) {
    struct timespec now = clock_read(CLOCK_MONOTONIC_COARSE);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / CLOCK_NS_PER_MS;
}

/* A time of the steady clock, as pthread_cond_timedwait(3) wants it. */
static inline struct timespec clock_time_of(int64_t steady_ns) {
    return (struct timespec){
        .tv_sec = (time_t)(steady_ns / CLOCK_NS_PER_S),
        .tv_nsec = (long)(steady_ns % CLOCK_NS_PER_S),
    };
}

/* The wall clock. */
static inline struct timespec clock_wall(void) {
    return clock_read(CLOCK_REALTIME);
}

/* The same, coarsely: the clock from which the kernel takes the times of files. */
static inline struct timespec clock_wall_coarse(void) {
    return clock_read(CLOCK_REALTIME_COARSE);
}

/* Below 0 when `a` is earlier than `b`, 0 when they are the same, above 0 when it is later. */
static inline int clock_compare(struct timespec a, struct timespec b) {
    if (a.tv_sec != b.tv_sec) {
        return a.tv_sec < b.tv_sec ? -1 : 1;
    }
    return (a.tv_nsec > b.tv_nsec) - (a.tv_nsec < b.tv_nsec);
}

/* The time that lies `ns` behind another one, or before it if negative; at most some days. */
static inline struct timespec clock_shift(struct timespec time, int64_t ns) {
    ns += time.tv_nsec;
    int64_t seconds = ns / CLOCK_NS_PER_S - (ns % CLOCK_NS_PER_S < 0 ? 1 : 0);
    time.tv_sec += (time_t)seconds;
    time.tv_nsec = (long)(ns - seconds * CLOCK_NS_PER_S);
    return time;
}

/* How far apart two changes of a file must be to get different times, if one of them got this one. No file
 * system tells, so this is a guess, rather too long than too short: that of FAT if there is no fraction of a
 * second, else twice the kernel's at its slowest (100 Hz). */
static inline int64_t clock_file_tick_ns(struct timespec stamp) {
    return stamp.tv_nsec == 0 ? CLOCK_COARSE_FILE_TICK_NS : CLOCK_FINE_FILE_TICK_NS;
}

#endif
