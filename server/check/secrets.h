/* SPDX-License-Identifier: MIT */
/*
 * Names of files and folders that are hardly meant for the public: keys, passwords, repositories, databases, backups.
 *
 * Goes by the name alone. Thread-safe.
 */
#ifndef LIDO_SERVER_CHECK_SECRETS_H
#define LIDO_SERVER_CHECK_SECRETS_H

#include "server/check/findings.h"

#include <stdbool.h>

/* Whether the last part of a path looks like something of the kind that *kind is set to. */
bool secrets_find(const char *name, bool is_folder, enum finding_kind *kind)
    __attribute__((warn_unused_result));

#endif
