/* SPDX-License-Identifier: MIT */
/*
 * Points in time for tests: a deadline is absolute, in milliseconds on CLOCK_MONOTONIC.
 *
 * Tests wait for what they can observe (bytes, end of file, a line of output) with a deadline, and never
 * sleep. The deadlines are generous, since the program may run under sanitizers on a busy machine: they end a
 * hang, they do not measure.
 */
#ifndef LIDO_TESTS_SUPPORT_DEADLINE_H
#define LIDO_TESTS_SUPPORT_DEADLINE_H

#include <semaphore.h>
#include <stdbool.h>
#include <stdint.h>

/* How long a test waits for what must happen; and by how much an end that is due may be late on a busy machine, under
 * sanitizers: less than it takes with what shutdown_timeout is by default. */
enum { PATIENCE_MS = 40 * 1000, LATE_MS = 8 * 1000 };

/* The time now, in milliseconds. */
int64_t clock_now_ms(void);

/* The point in time `ms` milliseconds from now. */
int64_t deadline_in(int64_t ms);

/* Block until `fd` is ready for `events` (as poll(2) has them; errors and hang-ups count as ready) or the
 * deadline has passed. Returns false for the latter. */
bool deadline_wait(int fd, short events, int64_t deadline) __attribute__((warn_unused_result));

/* Block until one could be taken from `semaphore` or the deadline has passed. Returns false for the latter. */
bool deadline_take(sem_t *semaphore, int64_t deadline) __attribute__((warn_unused_result));

#endif
