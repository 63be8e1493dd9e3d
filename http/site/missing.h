/* SPDX-License-Identifier: MIT */
/*
 * Why nothing is found at a path: the first name on the way that is not there, is a link to nowhere, is no folder, or is
 * there in other letters.
 *
 * For who asks why (http/base/account.h), and not for answers: looks at each folder on the way, and reads one.
 */
#ifndef LIDO_HTTP_SITE_MISSING_H
#define LIDO_HTTP_SITE_MISSING_H

#include "http/files/beneath.h"

enum { SITE_MISSING_BYTES = 640 };

/* What ELOOP says of a name. */
#define SITE_MISSING_LOOP "a link that leads in a circle, or over too many others"

/* Write the reason why opening `path` beneath the root came to ENOENT, ENOTDIR or ELOOP: a phrase without a full stop.
 * Of names in other letters only those that lists show are told. May wait for a disk. Thread-safe. */
void site_missing_explain(const struct beneath *root, const char *path, char reason[SITE_MISSING_BYTES])
    __attribute__((cold));

#endif
