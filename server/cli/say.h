/* SPDX-License-Identifier: MIT */
/*
 * What the program says on standard error: a line at a time, and whatever stands in it, the terminal stays as it is.
 * Knows nothing of what is said.
 */
#ifndef LIDO_SERVER_CLI_SAY_H
#define LIDO_SERVER_CLI_SAY_H

/* Print "lido: " and the line; a control character in it shows as '?'. Returns `exit_status`, for whoever ends with it. */
int say(const char *line, int exit_status);

/* The same for a server that has clients to serve: one whose standard error nobody reads (a pipe that is full, a terminal that
 * was stopped) waits for a tenth of a second and then leaves lines out; how many is said once they are taken again. By one
 * thread. */
void say_in_passing(const char *line);

#endif
