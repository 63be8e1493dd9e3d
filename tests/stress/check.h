/* SPDX-License-Identifier: MIT */
/*
 * What the stress programs share: expectations whose failures are counted and do not stop anybody, and
 * numbers by chance that are the same in each run. Thread-safe.
 */
#ifndef LIDO_TESTS_STRESS_CHECK_H
#define LIDO_TESTS_STRESS_CHECK_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

/* Count a failure, and print the first ones. */
void count_failure(const char *what);

/* Count a failure unless `holds`. Returns `holds`, which analyzers are to see. */
static inline bool check(bool holds, const char *what) {
    if (!holds) {
        count_failure(what);
    }
    return holds;
}

/* How many failures there were. */
unsigned count_failures(void);

/* The next number, 0 .. below-1, by xorshift32. The state is the caller's, and never 0. */
uint32_t random_below(uint32_t *state, uint32_t below);

/* Start a thread, or end the program. */
void start_thread(pthread_t *thread, void *(*run)(void *), void *argument);

#endif
