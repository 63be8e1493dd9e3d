/* SPDX-License-Identifier: MIT */
/*
 * How much memory the process may take: what the machine has, or less if it is in a control group with a limit
 * (cgroups(7), version 1 or 2), of its own or further up.
 *
 * Reads, and decides nothing. Thread-safe; opens files in /proc and /sys, so ask before that is forbidden.
 */
#ifndef LIDO_SERVER_BUDGET_MEMORY_LIMIT_H
#define LIDO_SERVER_BUDGET_MEMORY_LIMIT_H

#include <stdint.h>

/* In bytes; UINT64_MAX if nothing tells. */
uint64_t memory_limit_read(void);

/* The same, of control groups alone, by files in the form of /proc/self/cgroup and /proc/self/mountinfo. */
uint64_t memory_limit_of_groups(const char *cgroup_path, const char *mountinfo_path);

#endif
