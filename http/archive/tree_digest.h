/* SPDX-License-Identifier: MIT */
/*
 * What tells one state of a tree from another: a digest over the paths, kinds, sizes and times of all
 * entries, in their order.
 *
 * The same for a copy of the tree elsewhere, and on any machine. It guards against changes, not against
 * attackers.
 */
#ifndef LIDO_HTTP_ARCHIVE_TREE_DIGEST_H
#define LIDO_HTTP_ARCHIVE_TREE_DIGEST_H

#include "http/base/digest.h"
#include "http/files/folder_entry.h"

#include <stdbool.h>

/* Begin with no entry. `format` as in layout.h: archives of two forms have two digests. */
void archive_digest_begin(struct digest *digest, const char *format);

/* Add an entry with its path in the archive. With its change time only if that is asked for, for an entry
 * whose modification time does not tell one state from another; a copy then has another digest. */
void archive_digest_add(struct digest *digest, const char *path, const struct folder_entry *entry,
                        bool with_change_time);

#endif
