/* SPDX-License-Identifier: MIT */
#include "http/base/histogram.h"

void histogram_clear(struct histogram *histogram) {
    for (size_t i = 0; i < HISTOGRAM_BUCKETS; i++) {
        counter_set(&histogram->counts[i], 0);
    }
    counter_set(&histogram->sum_ns, 0);
}

void histogram_read(const struct histogram *histogram, struct histogram_reading *reading) {
    for (size_t i = 0; i < HISTOGRAM_BUCKETS; i++) {
        reading->counts[i] += counter_read(&histogram->counts[i]);
    }
    reading->sum_ns += counter_read(&histogram->sum_ns);
}

void histogram_reading_add(struct histogram_reading *reading, const struct histogram_reading *other) {
    for (size_t i = 0; i < HISTOGRAM_BUCKETS; i++) {
        reading->counts[i] += other->counts[i];
    }
    reading->sum_ns += other->sum_ns;
}

/* The first duration in a bucket. */
static int64_t begin_ns(size_t bucket) {
    if (bucket == 0) {
        return 0;
    }
    size_t octave = (bucket - 1) >> HISTOGRAM_FINE_BITS;
    int64_t octave_ns = INT64_C(1) << (HISTOGRAM_LOWEST_BIT + octave);
    int64_t fine = (int64_t)((bucket - 1) & ((1U << HISTOGRAM_FINE_BITS) - 1));
    return octave_ns + fine * (octave_ns >> HISTOGRAM_FINE_BITS);
}

int64_t histogram_bucket_end_ns(size_t bucket) {
    return bucket + 1 < HISTOGRAM_BUCKETS ? begin_ns(bucket + 1) : INT64_MAX;
}

/* What stands for all in a bucket. */
static int64_t middle_ns(size_t bucket) {
    if (bucket == 0 || bucket == HISTOGRAM_BUCKETS - 1) {
        return begin_ns(bucket);
    }
    return begin_ns(bucket) + (begin_ns(bucket + 1) - begin_ns(bucket)) / 2;
}

uint64_t histogram_reading_count(const struct histogram_reading *reading) {
    uint64_t count = 0;
    for (size_t i = 0; i < HISTOGRAM_BUCKETS; i++) {
        count += reading->counts[i];
    }
    return count;
}

int64_t histogram_reading_quantile_ns(const struct histogram_reading *reading, double share) {
    double wanted = share * (double)histogram_reading_count(reading);
    uint64_t passed = 0;
    size_t last = 0;
    for (size_t i = 0; i < HISTOGRAM_BUCKETS; i++) {
        passed += reading->counts[i];
        if (reading->counts[i] > 0) {
            last = i;
            if ((double)passed >= wanted) {
                break;
            }
        }
    }
    return middle_ns(last);
}

double histogram_reading_mean_ns(const struct histogram_reading *reading) {
    uint64_t count = histogram_reading_count(reading);
    return count > 0 ? (double)reading->sum_ns / (double)count : 0;
}

double histogram_reading_variation(const struct histogram_reading *reading) {
    double count = (double)histogram_reading_count(reading);
    double sum = 0;
    double squares = 0;
    for (size_t i = 0; i < HISTOGRAM_BUCKETS; i++) {
        double value = (double)middle_ns(i);
        sum += (double)reading->counts[i] * value;
        squares += (double)reading->counts[i] * value * value;
    }
    double variation = sum > 0 ? squares * count / (sum * sum) - 1 : 0;
    return variation > 0 ? variation : 0;
}
