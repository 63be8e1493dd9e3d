/* SPDX-License-Identifier: MIT */
/*
 * Reads the numbers of zip archives (APPNOTE 6.3), whose lowest byte comes first.
 *
 * Knows nothing of how Lido writes archives.
 */
#ifndef LIDO_TESTS_UNIT_HTTP_ARCHIVE_ZIP_H
#define LIDO_TESTS_UNIT_HTTP_ARCHIVE_ZIP_H

#include "http/base/text.h"

#include <stddef.h>
#include <stdint.h>

/* The number of `size` bytes at this place. What lies behind the end fails the test. */
uint64_t zip_number(const struct text *text, size_t at, size_t size);

#endif
