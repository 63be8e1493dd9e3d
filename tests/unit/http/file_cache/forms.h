/* SPDX-License-Identifier: MIT */
/*
 * The compressed forms of files in a temporary folder.
 *
 * Criterion runs each test in a process of its own, so these are plain variables.
 */
#ifndef LIDO_TESTS_UNIT_HTTP_FILE_CACHE_FORMS_H
#define LIDO_TESTS_UNIT_HTTP_FILE_CACHE_FORMS_H

#include "http/file_cache/forms.h"
#include "tests/support/folder.h"

#include <stdbool.h>
#include <stddef.h>

extern struct folder folder;
extern struct beneath root; /* the same folder, open */
extern struct file_forms *forms;

/* Make the folder, and forms within so many bytes. */
void forms_set_up(size_t memory_bytes);
void forms_tear_down(void);

/* Have others in their place, which know nothing, and which two may make at once. */
void forms_use(size_t memory_bytes);

/* The form of an open file for `owner`, to be closed; without contents when it is to be sent as it is. */
struct resource forms_get(uint64_t owner, const struct resource *file);

/* The same of a file in the folder, for no owner. */
struct resource forms_get_by_name(const char *name);

/* Whether there is one. */
bool is_given(const char *name);

#endif
