/* SPDX-License-Identifier: MIT */
/*
 * Memory that runs out when a test says so, and a count of what has not been freed.
 *
 * Link with --wrap for malloc, calloc, realloc, aligned_alloc, strdup and free. Only calls of what is linked into the test
 * program count, not those inside of the C library or Criterion; a test uses only what it frees itself.
 */
#ifndef LIDO_TESTS_UNIT_SUPPORT_MEMORY_FAULTS_H
#define LIDO_TESTS_UNIT_SUPPORT_MEMORY_FAULTS_H

#include <stdbool.h>
#include <stddef.h>

/* Let the next `successes` allocations succeed, and the one behind them fail; then all is well again. */
void memory_fail_after(size_t successes);

/* The same, and every one behind that fails, too. */
void memory_fail_from(size_t successes);

/* Call the failure off. Returns whether it had happened. */
bool memory_stop_failing(void);

/* How many allocations have not been freed. */
ptrdiff_t memory_live_count(void);

/* End the program unless `expected` allocations have not been freed: for .fini, where Criterion does not
 * count assertions. */
void memory_demand_live(ptrdiff_t expected);

/* How many bytes the largest allocation since the last call of this function had. */
size_t memory_take_largest(void);

#endif
