/* SPDX-License-Identifier: MIT */
/*
 * What can be shown where: how wide a terminal is, and whether more than ASCII may be written.
 *
 * Asks the system and the environment, changes nothing, writes nothing. Thread-safe as long as nobody changes the
 * environment.
 */
#ifndef LIDO_SERVER_TERMINAL_TERMINAL_H
#define LIDO_SERVER_TERMINAL_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>

enum { TERMINAL_COLUMNS = 80 }; /* where none is told */

/* The columns of the terminal that a descriptor is, or `otherwise` if it is none or does not tell. */
size_t terminal_columns(int fd, size_t otherwise);

/* Whether the locale of the environment writes UTF-8 (LC_ALL, LC_CTYPE, LANG; nl_langinfo(3)). */
bool terminal_takes_utf8(void);

/* Whether colours are wanted: not if NO_COLOR is set (no-color.org). */
bool terminal_takes_colour(void);

#endif
