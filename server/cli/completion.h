/* SPDX-License-Identifier: MIT */
/*
 * Completion of the command line for bash, zsh and fish: scripts that are made of the tables of the options, so that they
 * say what the program takes and nothing else. Only prints. Thread-safe.
 */
#ifndef LIDO_SERVER_CLI_COMPLETION_H
#define LIDO_SERVER_CLI_COMPLETION_H

#include <stdbool.h>
#include <stdio.h>

enum { COMPLETION_DESCRIPTION_BYTES = 96 };

/* Print the script for a shell: "bash", "zsh" or "fish". Returns false, with nothing printed, for any other. */
bool completion_print(FILE *out, const char *shell);

/* What --help says of a long option, in its first line; "" if it has none of its own. */
void completion_describe(const char *name, char description[COMPLETION_DESCRIPTION_BYTES]);

#endif
