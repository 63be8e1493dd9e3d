/* SPDX-License-Identifier: MIT */
#include "tests/support/program_descriptors.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { SOCKETS_AWAY = 512 /* where they are in nobody's way meanwhile */ };

void program_sockets_describe(struct program_sockets *sockets, const struct program_options *options) {
    (void)snprintf(sockets->variables[0], PROGRAM_VARIABLE_BYTES, "LISTEN_PID=0000000000");
    (void)snprintf(sockets->variables[1], PROGRAM_VARIABLE_BYTES, "LISTEN_FDS=%zu", options->socket_count);
    (void)snprintf(sockets->variables[2], PROGRAM_VARIABLE_BYTES, "LISTEN_FDNAMES=%s",
                   options->socket_names != NULL ? options->socket_names : "");
}

/* The digits of this process, from the end on. */
static void write_pid(char *end) {
    for (pid_t rest = getpid(); rest > 0; rest /= 10) {
        *--end = (char)('0' + rest % 10);
    }
}

bool program_sockets_place(struct program_sockets *sockets, const struct program_options *options) {
    if (options->socket_count > 0) {
        write_pid(sockets->variables[0] + strlen(sockets->variables[0]));
    }
    for (size_t i = 0; i < options->socket_count; i++) {
        if (dup2(options->sockets[i], SOCKETS_AWAY + (int)i) == -1) {
            return false;
        }
    }
    for (size_t i = 0; i < options->socket_count; i++) {
        if (dup2(SOCKETS_AWAY + (int)i, PROGRAM_FIRST_SOCKET + (int)i) == -1) {
            return false;
        }
    }
    return true;
}
