/* SPDX-License-Identifier: MIT */
/*
 * A command line as a program gets it, whose texts may be moved about, and what is made of it.
 *
 * Criterion runs each test in a process of its own, so there is one of each, and they are plain variables.
 */
#ifndef LIDO_TESTS_UNIT_SERVER_CLI_COMMAND_LINE_H
#define LIDO_TESTS_UNIT_SERVER_CLI_COMMAND_LINE_H

#include "server/cli/options.h"

#include <stdbool.h>

enum { ARGUMENTS_MAX = 8 };

#define ARGUMENTS(...) \
    { "lido", __VA_ARGS__ }

extern struct options options;
extern struct config config;
extern char error[CONFIG_ERROR_BYTES];

/* Parse a command line, NULL behind the last argument; it stays valid until the next one. */
bool parse(const char *const arguments[]);

/* Gather the settings of what was parsed, and of an environment, NULL behind its last variable. */
bool configure(const char *const environment[]);

/* Free what was made. */
void forget_command_line(void);

/* Whether both are the same text, or NULL. */
bool same(const char *a, const char *b);

#endif
