/* SPDX-License-Identifier: MIT */
/*
 * The paths from which a sample is made: so many of all files beneath the roots, each with the same chance (algorithm R;
 * J. S. Vitter, "Random Sampling with a Reservoir", 1985). Private to sample.c and its test.
 */
#ifndef LIDO_SERVER_TUNE_SAMPLE_FILES_H
#define LIDO_SERVER_TUNE_SAMPLE_FILES_H

#include "http/base/time_slice.h"
#include "http/files/beneath.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct sample_path {
    size_t root;
    char *path; /* beneath the root, owned */
    off_t size; /* in bytes */
};

struct sample_paths {
    struct sample_path *items; /* room for `wanted` of them */
    size_t wanted;
    size_t count;
    uint64_t seen;
    uint64_t random; /* where the generator stands */
};

/* Make room. Returns 0 or -ENOMEM. */
int sample_paths_init(struct sample_paths *paths, size_t wanted) __attribute__((warn_unused_result));

void sample_paths_deinit(struct sample_paths *paths);

/* Consider one file. The path is copied if it is taken. Returns 0 or -ENOMEM. */
int sample_paths_offer(struct sample_paths *paths, size_t root, const char *path, off_t size)
    __attribute__((warn_unused_result));

/* Consider all files beneath a root, until the slice is over. Returns 1 when that were all, 0 when not, or a negative
 * errno. */
int sample_paths_walk(struct sample_paths *paths, size_t root, const struct beneath *beneath,
                      struct time_slice slice) __attribute__((warn_unused_result));

/* The next number of a generator (xorshift64; G. Marsaglia, "Xorshift RNGs", 2003), which must not be 0. */
uint64_t sample_random(uint64_t *state);

#endif
