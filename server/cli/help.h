/* SPDX-License-Identifier: MIT */
/*
 * The text of --help: one screen. A line that describes an option does so from column HELP_COLUMN on.
 */
#ifndef LIDO_SERVER_CLI_HELP_H
#define LIDO_SERVER_CLI_HELP_H

enum { HELP_COLUMN = 24 };

extern const char options_help[];

#endif
