/* SPDX-License-Identifier: MIT */
/*
 * Which compressed siblings stand beside a file that the cache knows (app.js.br beside app.js), so that those
 * that are not there are not looked for each time. Opens none of them.
 *
 * An entry has it in one word: the bit 1 << coding for each that is there, that of CODING_IDENTITY always, and
 * above the bits a digest of the version of the folder. A name cannot come or go without another version of
 * its folder, so one stat(2) of the folder renews what is known of all of them. As not all network file
 * systems keep to that, the digest is good for a second at most.
 */
#ifndef LIDO_HTTP_FILE_CACHE_SIBLINGS_H
#define LIDO_HTTP_FILE_CACHE_SIBLINGS_H

#include "http/base/blocking.h"
#include "http/file_cache/entry.h"
#include "http/files/beneath.h"

#include <stdbool.h>
#include <stdint.h>

/* What is known without a look, as bits; 0: nothing. Thread-safe. */
uint64_t siblings_known(const struct file_cache_entry *entry);

/* The same after a look: at the folder, and where that has changed at each name. `blocking` is told before a look that
 * may block. Thread-safe. */
uint64_t siblings_look(struct file_cache_entry *entry, const struct beneath *root,
                       const struct blocking *blocking);

/* Know nothing any more. Thread-safe. */
void siblings_forget(struct file_cache_entry *entry);

#endif
