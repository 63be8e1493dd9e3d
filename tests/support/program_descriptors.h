/* SPDX-License-Identifier: MIT */
/*
 * The part of program.h that gives the program its descriptors: standard streams, which are pipes or a terminal, and
 * sockets that are handed over, as sd_listen_fds(3) has it. Private to program.c.
 */
#ifndef LIDO_TESTS_SUPPORT_PROGRAM_DESCRIPTORS_H
#define LIDO_TESTS_SUPPORT_PROGRAM_DESCRIPTORS_H

#include "tests/support/program.h"

#include <stdbool.h>

enum {
    PROGRAM_FIRST_SOCKET = 3, /* descriptor of the first one */
    PROGRAM_SOCKET_VARIABLES = 3,
    PROGRAM_VARIABLE_BYTES = 256
};

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

/* What the environment says of the sockets. */
struct program_sockets {
    char variables[PROGRAM_SOCKET_VARIABLES][PROGRAM_VARIABLE_BYTES];
};

/* Write the variables; that of the process number has zeros yet. */
void program_sockets_describe(struct program_sockets *sockets, const struct program_options *options);

/* Put the sockets where they are expected, and the number of this process into its variable. Between fork and exec: it
 * makes system calls only. */
bool program_sockets_place(struct program_sockets *sockets, const struct program_options *options);

#endif
