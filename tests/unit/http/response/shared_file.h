/* SPDX-License-Identifier: MIT */
/*
 * Files as the file cache shares them: contents in memory, or a descriptor that others use, too. They go when
 * they are given back, which is counted.
 */
#ifndef LIDO_TESTS_UNIT_HTTP_RESPONSE_SHARED_FILE_H
#define LIDO_TESTS_UNIT_HTTP_RESPONSE_SHARED_FILE_H

#include "http/files/resource.h"

#include <stddef.h>

/* How many have not been given back yet. */
extern size_t shared_file_holds;

/* Share a copy of these contents. */
struct resource shared_file_of(const char *bytes, size_t length);

/* Share contents of this size, with the filling of tests/support/filling.h. */
struct resource shared_file_filled(off_t size);

/* Share the open file, taking over its descriptor. */
struct resource shared_file_opened(struct resource *file);

#endif
