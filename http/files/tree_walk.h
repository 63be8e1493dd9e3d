/* SPDX-License-Identifier: MIT */
/*
 * A folder, and all that is in it and in those beneath it, in a fixed order: sorted by the bytes of the
 * names, each folder before what is in it.
 *
 * The same policy as a listing: no dot-files that are hidden, nothing that cannot be read, nothing outside of
 * the root. A link to a file counts as the file; a link to a folder is left out, as links may go round in
 * circles. The names of the folders that it is in are kept, not those of the tree; when there is no memory for all
 * of these, a folder is read again for the rest of them (sorted_names.h). What changes while the walk is under way may be
 * found as it was, as it is, or not at all.
 */
#ifndef LIDO_HTTP_FILES_TREE_WALK_H
#define LIDO_HTTP_FILES_TREE_WALK_H

#include "http/base/memory_budget.h"
#include "http/base/time_slice.h"
#include "http/files/beneath.h"
#include "http/files/folder_entry.h"

#include <stddef.h>

struct tree_walk;

/* Begin at the folder `path` ("" or "dir/", copied) beneath the root. Opens nothing yet. Returns 0 and sets
 * *out, -ENOMEM, or -ENAMETOOLONG. */
int tree_walk_create(struct tree_walk **out, const struct beneath *root, const char *path,
                     struct memory_budget *budget) __attribute__((warn_unused_result));

/* Let it end with -E2BIG once it has come upon more entries than that. Else there is no bound. */
void tree_walk_set_entries_max(struct tree_walk *walk, size_t entries_max);

/* NULL is allowed. */
void tree_walk_destroy(struct tree_walk *walk);

/* Find the next entry, the folder where the walk begins being the first. Returns 1 and sets *path (beneath
 * the root, "dir/sub/file", of a folder with a final slash; lives until the next call) and *entry (with its
 * status; entry->name is the last segment of the path, "" for the first); 0 at the end; -EAGAIN when the
 * slice was over before; or another negative errno that ended it: then only tree_walk_destroy() is left. */
int tree_walk_next(struct tree_walk *walk, struct time_slice slice, const char **path,
                   struct folder_entry *entry) __attribute__((warn_unused_result));

/* Hold no descriptor until the next call of tree_walk_next(). What that found last stays. */
void tree_walk_rest(struct tree_walk *walk);

#endif
