/* SPDX-License-Identifier: MIT */
/*
 * What the program says on standard error: a line at a time, and whatever stands in it, the terminal stays as it is.
 * Knows nothing of what is said.
 */
#ifndef LIDO_SERVER_CLI_SAY_H
#define LIDO_SERVER_CLI_SAY_H

/* Print "lido: " and the line; a control character in it shows as '?'. Returns `exit_status`, for whoever ends with it. */
int say(const char *line, int exit_status);

#endif
