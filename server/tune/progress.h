/* SPDX-License-Identifier: MIT */
/*
 * How far it is: on a terminal a bar in one line that is written again and again, elsewhere a line for each step that is
 * done. Knows nothing of what is done. For one thread.
 */
#ifndef LIDO_SERVER_TUNE_PROGRESS_H
#define LIDO_SERVER_TUNE_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct progress {
    FILE *out; /* NULL: show nothing */
    bool is_terminal;
    bool has_utf8; /* else ASCII */
};

/* On a terminal, show a bar of this share (0 to 1) and what is being done. */
void progress_show(const struct progress *progress, double share, const char *doing);

/* Elsewhere, say what was done. */
void progress_tell(const struct progress *progress, const char *done);

/* Take the bar away, for what is printed next. */
void progress_clear(const struct progress *progress);

#endif
