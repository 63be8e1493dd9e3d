/* SPDX-License-Identifier: MIT */
#include "tests/stress/check.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

enum { FAILURES_PRINTED = 10 };

static atomic_uint failures;

void count_failure(const char *what) {
    if (atomic_fetch_add(&failures, 1) < FAILURES_PRINTED) {
        (void)fprintf(stderr, "failed: %s\n", what);
    }
}

unsigned count_failures(void) {
    return atomic_load(&failures);
}

uint32_t random_below(uint32_t *state, uint32_t below) {
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state % below;
}

void start_thread(pthread_t *thread, void *(*run)(void *), void *argument) {
    if (pthread_create(thread, NULL, run, argument) != 0) {
        (void)fprintf(stderr, "no thread to be had\n");
        exit(EXIT_FAILURE);
    }
}
