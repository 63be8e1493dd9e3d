/* SPDX-License-Identifier: MIT */
/*
 * Puts the statements of a config file into struct config: options into their owners, sections into the
 * tables of the site that they stand in, each after its checks.
 *
 * Every complaint about a section is worded here or in section_check.h. Private to conf/.
 */
#ifndef LIDO_CONF_SOURCES_APPLY_H
#define LIDO_CONF_SOURCES_APPLY_H

#include "conf/settings.h"

/* Apply text[0 .. length), the content of the file at `path`, as syntax_read() takes it. Hosts and sections
 * that are there already go. Returns true, or false with one line in `error` and the settings half
 * applied. */
bool config_apply(struct config *config, const char *path, char *text, size_t length,
                  char error[CONFIG_ERROR_BYTES]) __attribute__((warn_unused_result));

#endif
