/* SPDX-License-Identifier: MIT */
/*
 * The folders outside of a root that symbolic links may lead to, and from one to another.
 *
 * A link is followed as text: it says which place the rest of the path is in, and that is opened beneath the
 * place's descriptor, openat2(2) with RESOLVE_BENEATH, as with the root. So no race and no ".." leads
 * anywhere else. Does not know who may have what.
 */
#ifndef LIDO_HTTP_FILES_PLACES_H
#define LIDO_HTTP_FILES_PLACES_H

#include "http/files/beneath.h"

#include <stddef.h>

struct places;
struct refused_links;

/* Open the folders of these absolute paths; links may also lead back into `root`, the path of the root, which
 * is open already. What is no absolute path, or cannot be opened, is no place; without any, links lead inside
 * alone. Returns NULL when there is no memory. */
struct places *places_create(const char *root, char *const *paths, size_t count);

/* NULL is allowed. */
void places_destroy(struct places *places);

/* Open what a path beneath the root leads to, by links to places. Returns as beneath_open() does: -EXDEV when
 * it leads out of all of them, -ELOOP by too many links. Thread-safe. */
int places_open(const struct places *places, const struct beneath *root, const char *path)
    __attribute__((warn_unused_result));

/* If the path beneath the root leads out by a link that leads to no place, note the link and where it leads.
 * For a path that could not be opened; opens it once more. Thread-safe. */
void places_note_refused(const struct beneath *root, const char *path, struct refused_links *refused);

#endif
