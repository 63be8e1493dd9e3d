/* SPDX-License-Identifier: MIT */
/*
 * The part of program.h that gives the program its standard streams: pipes, or a terminal. Private to program.c.
 */
#ifndef LIDO_TESTS_SUPPORT_PROGRAM_STREAMS_H
#define LIDO_TESTS_SUPPORT_PROGRAM_STREAMS_H

#include "tests/support/program.h"

/* The program's ends, all open, with FD_CLOEXEC. */
struct program_streams {
    int in;
    int out;
    int err;
};

/* Open them, and the ends that `program` reads. Fails the test when it cannot. */
void program_streams_open(struct program_streams *streams, struct program *program,
                          const struct program_options *options);

void program_streams_close(const struct program_streams *streams);

#endif
