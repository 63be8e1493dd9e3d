/* SPDX-License-Identifier: MIT */
/* Walks through trees, compared with what a test expects of them. Each is done twice: at once, and in the
 * smallest steps. */
#ifndef LIDO_TESTS_UNIT_HTTP_FILES_TREE_WALK_H
#define LIDO_TESTS_UNIT_HTTP_FILES_TREE_WALK_H

#include "http/base/text.h"
#include "http/base/time_slice.h"
#include "http/files/beneath.h"
#include "tests/support/folder.h"

/* Walk to the end and append "|path" for each entry. Returns 0 or the negative errno; *calls counts them, and
 * may be NULL. */
int tree_walk_all(const struct beneath *root, const char *path, struct time_slice slice, struct text *out,
                  size_t *calls);

/* Demand these paths. */
void tree_walk_expect(const struct beneath *root, const char *path, const char *expected);

/* Demand that a walk fails with this errno before it has found anything. */
void tree_walk_expect_error(const struct beneath *root, const char *path, int error);

#endif
