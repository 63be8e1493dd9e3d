/* SPDX-License-Identifier: MIT */
/*
 * The check-up of `lido --check`: what a good administrator would look at before, and while, a folder is served, a line each
 * with the remedy.
 *
 * Changes nothing and answers nobody. Not thread-safe.
 */
#ifndef LIDO_SERVER_CHECK_CHECK_H
#define LIDO_SERVER_CHECK_CHECK_H

#include "conf/settings.h"

#include <stdio.h>

/* Check a config and its roots; write what was found to `out`, and how far it is to `progress` if that is a terminal. `home`
 * is the owner's home folder, or NULL. Blocks, for as long as the roots are large. Returns the exit status: 0 nothing, 1
 * advice, 2 a mistake. */
int check_run(const struct config *config, const char *home, FILE *out, FILE *progress);

#endif
