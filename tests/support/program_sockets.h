/* SPDX-License-Identifier: MIT */
/*
 * The part of program.h that hands sockets over, as sd_listen_fds(3) has it. Private to program.c.
 */
#ifndef LIDO_TESTS_SUPPORT_PROGRAM_SOCKETS_H
#define LIDO_TESTS_SUPPORT_PROGRAM_SOCKETS_H

#include "tests/support/program.h"

#include <stdbool.h>

enum {
    PROGRAM_FIRST_SOCKET = 3, /* descriptor of the first one */
    PROGRAM_SOCKET_VARIABLES = 3,
    PROGRAM_VARIABLE_BYTES = 256
};

/* What the environment says of them. */
struct program_sockets {
    char variables[PROGRAM_SOCKET_VARIABLES][PROGRAM_VARIABLE_BYTES];
};

/* Write the variables; that of the process number has zeros yet. */
void program_sockets_describe(struct program_sockets *sockets, const struct program_options *options);

/* Put the sockets where they are expected, and the number of this process into its variable. Between fork and exec: it
 * makes system calls only. */
bool program_sockets_place(struct program_sockets *sockets, const struct program_options *options);

#endif
