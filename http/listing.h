/* SPDX-License-Identifier: MIT */
/*
 * The page that lists a folder: what can be fetched from it, folders first, by name.
 *
 * Dot-files are left out, as are entries that are neither files nor folders. All links are relative, so that the page
 * works behind a proxy that adds a prefix.
 */
#ifndef LIDO_HTTP_LISTING_H
#define LIDO_HTTP_LISTING_H

#include "http/beneath.h"
#include "http/text.h"

/* Append the page of the open folder to *out; `path` is its decoded path relative to the root ("" or "dir/").
 * `folder_fd` stays the caller's. Returns 0, or a negative errno of reading the folder. Reads the whole folder into
 * memory. Thread-safe. */
int listing_write(struct text *out, const struct beneath *root, int folder_fd, const char *path)
    __attribute__((warn_unused_result));

#endif
