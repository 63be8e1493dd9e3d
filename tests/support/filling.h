/* SPDX-License-Identifier: MIT */
/*
 * Content for large files whose every byte follows from its offset, so that a test can tell a whole, true
 * copy from a shifted, repeated or padded one without keeping a second copy or a digest.
 */
#ifndef LIDO_TESTS_SUPPORT_FILLING_H
#define LIDO_TESTS_SUPPORT_FILLING_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Write the filling's bytes [offset, offset + size) into `bytes`. */
void filling_write(void *bytes, off_t offset, size_t size);

/* Tell whether `bytes` are the filling's [offset, offset + size). */
bool filling_matches(const void *bytes, off_t offset, size_t size);

#endif
