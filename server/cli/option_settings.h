/* SPDX-License-Identifier: MIT */
/*
 * From the command line to the settings: the other sources and their order, and what each option sets. Which settings
 * there are and what is right is for conf/ to say.
 */
#ifndef LIDO_SERVER_CLI_OPTION_SETTINGS_H
#define LIDO_SERVER_CLI_OPTION_SETTINGS_H

#include "server/cli/options.h"

#include <stdbool.h>

/* The settings that result from the defaults, the config file, the environment and the command line, in that
 * order. `environment` is like environ(7). Blocks for reading the file; `anew`, for a server that runs, waits for no
 * writer of a FIFO. Returns false with one line in `error`. *config is the caller's for config_deinit() in any case. */
bool option_settings_gather(const struct options *options, char *const environment[], bool anew,
                            struct config *config, char error[CONFIG_ERROR_BYTES])
    __attribute__((warn_unused_result));

#endif
