/* SPDX-License-Identifier: MIT */
/*
 * The other side of slow_files.h: the process that is the file system, and what the two sides say to each
 * other.
 *
 * They talk over a SOCK_SEQPACKET pair, one struct a message. One thread does it all, as a call that is held
 * back is no more than an entry in a list. It belongs to no test framework: nothing here may fail a test.
 */
#ifndef LIDO_TESTS_SUPPORT_SLOW_FILES_PROCESS_H
#define LIDO_TESTS_SUPPORT_SLOW_FILES_PROCESS_H

#include "tests/support/slow_files/slow_files.h"

/* From the test. */
struct slow_order {
    enum slow_call kind; /* the calls that it is about; SLOW_NOTHING: let all go */
    off_t from;          /* of SLOW_READ: those that touch a byte from here on */
    int error;           /* to answer these calls with; 0: hold them back */
};

/* To the test: once mounted, after each order and whenever a call has been held back. */
struct slow_report {
    unsigned orders; /* obeyed so far */
    size_t held;     /* calls held back now */
};

/* Mount, serve until the other end of `control` is closed, unmount. Returns when all is over; without a
 * single report when it could not be mounted. */
void slow_files_run(int control, const char *path);

#endif
