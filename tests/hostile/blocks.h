/* SPDX-License-Identifier: MIT */
/*
 * Content that says whose it is: blocks of 64 bytes, each with the name of its file, its version and its place, so
 * that bytes of another file, of another version or from elsewhere in the file give themselves away.
 *
 * Pure functions, thread-safe.
 */
#ifndef LIDO_TESTS_HOSTILE_BLOCKS_H
#define LIDO_TESTS_HOSTILE_BLOCKS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum { BLOCK_BYTES = 64, BLOCK_NAME_BYTES = 16, BLOCK_VERSION_BYTES = 8 };

/* Write the content of a file, `size` bytes from its begin on; of names and versions their first 16 characters and last
 * 8 digits count. */
void blocks_write(char *bytes, size_t size, const char *name, unsigned version);

/* Tell whether `size` bytes are those of the file from `offset` on, a multiple of 64, all of one version. */
bool blocks_match(const char *bytes, size_t size, const char *name, off_t offset);

/* The same for a file that is edited where it is: the versions may be mixed, and what is cut off while it is sent may
 * be NUL by then (sendfile(2) hands over pages, which truncation clears). */
bool blocks_match_edited(const char *bytes, size_t size, const char *name, off_t offset);

#endif
