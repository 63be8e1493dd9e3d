/* SPDX-License-Identifier: MIT */
/*
 * Versions of files that say in each of their words which file and which version they are, so that a mixture
 * of two is noticed.
 *
 * A third of the files is large, and a third is meant to be written over in its place: all versions of these
 * have the same size. Of the others two versions in a row have, the next two are one word longer, so that
 * size alone does not tell them apart. Nothing is opened or written here. Thread-safe.
 */
#ifndef LIDO_TESTS_STRESS_VERSIONS_H
#define LIDO_TESTS_STRESS_VERSIONS_H

#include <stdbool.h>
#include <stddef.h>

enum {
    VERSION_WORD_BYTES = 16,
    VERSION_SMALL_WORDS = 200,
    VERSION_LARGE_WORDS = 1200,
    VERSION_MAX_BYTES = (VERSION_LARGE_WORDS + 8) * VERSION_WORD_BYTES,
};

/* Whether a file is to be written over in its place. Of such ones the kernel lets a reader see half a
 * version. */
bool version_is_written_over(unsigned file);

/* Write a version. Returns its size. */
size_t version_make(char text[VERSION_MAX_BYTES], unsigned file, unsigned version);

/* Look whether this is one whole version of the file, from `oldest` to `newest`. `text` ends with a 0
 * behind its `size` bytes. Returns NULL, or which expectation does not hold. */
const char *version_broken_rule(const char *text, size_t size, unsigned file, unsigned oldest,
                                unsigned newest);

#endif
