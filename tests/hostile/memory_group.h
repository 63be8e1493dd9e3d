/* SPDX-License-Identifier: MIT */
/*
 * A control group with a limit of memory (cgroups(7), version 1 or 2) for the program under test. Takes root, and groups that
 * can be made; in a container they mostly cannot.
 */
#ifndef LIDO_TESTS_HOSTILE_MEMORY_GROUP_H
#define LIDO_TESTS_HOSTILE_MEMORY_GROUP_H

#include <stddef.h>

enum { MEMORY_GROUP_PATH_BYTES = 256 };

struct memory_group {
    char path[MEMORY_GROUP_PATH_BYTES]; /* "" when there is none */
    char home[MEMORY_GROUP_PATH_BYTES]; /* where this process was before */
    int version;
};

/* Make one and go into it, so that what is started now is in it from the first. Returns NULL, or why that cannot be done
 * here. */
const char *memory_group_enter(struct memory_group *group, size_t limit_bytes);

/* Go back; what was started stays. */
void memory_group_leave(const struct memory_group *group);

/* The most that it has held at once, in bytes: of programs, of what they have read and of the kernel for them. */
size_t memory_group_peak_bytes(const struct memory_group *group);

/* Remove it, when nobody is in it any more. */
void memory_group_remove(struct memory_group *group);

#endif
