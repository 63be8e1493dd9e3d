/* SPDX-License-Identifier: MIT */
/*
 * The folder of a stress test and what is in it, and what else it leaves behind: log lines and open
 * descriptors. What does not work is a failure by check() of check.h.
 */
#ifndef LIDO_TESTS_STRESS_WORKPLACE_H
#define LIDO_TESTS_STRESS_WORKPLACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { WORKPLACE_BYTES = 512 }; /* of its path */

/* Make a folder below TMPDIR (or /tmp) and write its path. Returns whether that worked. */
bool workplace_create(char path[WORKPLACE_BYTES]);

/* Remove the folder with its files. */
void workplace_remove(const char *path);

void workplace_write(const char *path, const char *name, const char *bytes, size_t size);

/* How many requests are in the access log at `path`; lines that tell of dropped ones are none. */
uint64_t count_log_lines(const char *path);

/* How many descriptors this process has open, but for pipes and /dev/null. */
size_t count_descriptors(void);

#endif
