/* SPDX-License-Identifier: MIT */
/*
 * Clocks that go as a test says, and what is asked of files: counted, and made to go wrong.
 *
 * Link with --wrap for clock_gettime, fstatat, pread and their names with 64. The wall clock runs an hour
 * ahead of the file system's, so that a file just written has long settled; the monotonic one (the coarse
 * one) stands until a test lets time pass. Criterion runs each test in a process of its own, so these are
 * plain variables.
 */
#ifndef LIDO_TESTS_UNIT_SUPPORT_FILE_EVENTS_H
#define LIDO_TESTS_UNIT_SUPPORT_FILE_EVENTS_H

#include "tests/support/folder.h"

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

extern time_t clock_ahead_s;      /* of the wall clock */
extern size_t look_count;         /* calls of fstatat() */
extern size_t read_count;         /* calls of pread() */
extern void (*before_read)(void); /* called once, before the next pread(); NULL for none */
extern size_t read_at_most;       /* what a pread() does; 0: what it is asked for */
extern size_t read_interruptions; /* so many times EINTR comes first */
extern int read_error;            /* fails with this errno; 0: never */
extern off_t read_end;            /* where pread() finds the end of any file; 0: where it is */

/* Let the wall clock stand at the file's change time, or `clock_ahead_s` ahead of that: however slow the machine, the file
 * stays as young. */
void stop_wall_clock(const struct folder *folder, const char *name);

/* Let the monotonic clock go on. */
void pass_time(int64_t ms);

/* Let the file system's clock go on: what is changed in the folder from now on gets other times than what was
 * changed before. */
void await_tick(const struct folder *folder);

#endif
