/* SPDX-License-Identifier: MIT */
/*
 * How often something took how long, from 1 us to more than an hour, with an error of at most 3.2 % and in fixed
 * memory.
 *
 * The idea is HdrHistogram's (Gil Tene, 2012): buckets that are linear within each power of two. One thread writes,
 * any thread reads meanwhile, and several histograms are added up by whoever reads: no lock, no locked instruction.
 * Keeps no times of its own, and knows nothing of what it counts.
 */
#ifndef LIDO_HTTP_BASE_HISTOGRAM_H
#define LIDO_HTTP_BASE_HISTOGRAM_H

#include "http/base/counter.h"

#include <stddef.h>
#include <stdint.h>

enum {
    HISTOGRAM_FINE_BITS = 4,   /* each power of two has 16 buckets */
    HISTOGRAM_LOWEST_BIT = 10, /* what took less than 2^10 ns is in the first bucket, and counts as nothing */
    HISTOGRAM_HIGHEST_BIT = 42, /* what took 2^42 ns (73 minutes) or more is in the last one */
    HISTOGRAM_BUCKETS = 2 + ((HISTOGRAM_HIGHEST_BIT - HISTOGRAM_LOWEST_BIT) << HISTOGRAM_FINE_BITS)
};

/* All-zero: empty. */
struct histogram {
    _Atomic(uint64_t) counts[HISTOGRAM_BUCKETS];
    _Atomic(uint64_t) sum_ns;
};

/* One or several of them, as they were read. */
struct histogram_reading {
    uint64_t counts[HISTOGRAM_BUCKETS];
    uint64_t sum_ns; /* of all durations, exactly */
};

/* The bucket of a duration; one below 0 counts as 0. */
static inline size_t histogram_bucket_of(int64_t duration_ns) {
    if (duration_ns < INT64_C(1) << HISTOGRAM_LOWEST_BIT) {
        return 0;
    }
    if (duration_ns >= INT64_C(1) << HISTOGRAM_HIGHEST_BIT) {
        return HISTOGRAM_BUCKETS - 1;
    }
    unsigned bit = 63 - (unsigned)__builtin_clzll((unsigned long long)duration_ns);
    size_t octave = bit - HISTOGRAM_LOWEST_BIT;
    size_t fine = (size_t)(duration_ns >> (bit - HISTOGRAM_FINE_BITS)) - (1U << HISTOGRAM_FINE_BITS);
    return 1 + (octave << HISTOGRAM_FINE_BITS) + fine;
}

/* Count one duration. By its one writer. */
static inline void histogram_note(struct histogram *histogram, int64_t duration_ns) {
    counter_add(&histogram->counts[histogram_bucket_of(duration_ns)], 1);
    counter_add(&histogram->sum_ns, duration_ns > 0 ? (uint64_t)duration_ns : 0);
}

/* Forget all. By its one writer. */
void histogram_clear(struct histogram *histogram);

/* Add what a histogram has counted to a reading. Thread-safe. */
void histogram_read(const struct histogram *histogram, struct histogram_reading *reading);

/* Add a reading to another one. */
void histogram_reading_add(struct histogram_reading *reading, const struct histogram_reading *other);

/* The first duration above a bucket, in nanoseconds; INT64_MAX for the last one. */
int64_t histogram_bucket_end_ns(size_t bucket);

/* How many durations there are. */
uint64_t histogram_reading_count(const struct histogram_reading *reading);

/* The duration that this share of all did not exceed (0.5 is the median), in nanoseconds: the middle of its bucket.
 * 0 when there is none. */
int64_t histogram_reading_quantile_ns(const struct histogram_reading *reading, double share);

/* Their mean, in nanoseconds; 0 when there is none. */
double histogram_reading_mean_ns(const struct histogram_reading *reading);

/* Their squared coefficient of variation, variance / mean^2: 0 when all are the same, 1 when they are distributed
 * exponentially. 0 when there is none. */
double histogram_reading_variation(const struct histogram_reading *reading);

#endif
