/* SPDX-License-Identifier: MIT */
/*
 * open(2) in the hands of the test: the linker wraps it, by both names that it has with glibc. What a test links beside
 * Lido, such as gcov, opens its files by it, too, and may make them: hence the mode.
 */
#ifndef LIDO_TESTS_UNIT_SUPPORT_OPENING_OPEN_INSTEAD_H
#define LIDO_TESTS_UNIT_SUPPORT_OPENING_OPEN_INSTEAD_H

#include <sys/types.h>

/* The test's own: called in the place of open(2), by any thread. `mode` is 0 where no file can be made. */
int open_instead(const char *path, int flags, mode_t mode);

/* open(2) itself. */
int open_really(const char *path, int flags, mode_t mode);

#endif
