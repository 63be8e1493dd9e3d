/* SPDX-License-Identifier: MIT */
/*
 * What is odd with the files and folders of one root: who may read and write them, where links lead, what times they have,
 * what they are called, and whether compressed forms fit their originals.
 *
 * Only what would be served is judged: dot-files as the site hides or shows them. Changes nothing. Not thread-safe.
 */
#ifndef LIDO_SERVER_CHECK_FILES_H
#define LIDO_SERVER_CHECK_FILES_H

#include "http/site/site.h"
#include "server/check/findings.h"

#include <stddef.h>

/* Told from time to time how many have been looked at; may be NULL. */
typedef void files_progress(void *context, size_t count);

/* Look at everything beneath the root of a site, or with `only` at the file of this name in it. Paths are noted with `prefix`, the root as the owner
 * writes it, ahead. May wait for a disk, for long. Returns how many files and folders there are. */
size_t files_check(const struct site *site, const char *prefix, const char *only, struct findings *findings,
                   files_progress *progress, void *context);

#endif
