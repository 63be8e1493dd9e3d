/* SPDX-License-Identifier: MIT */
/*
 * What is in an archive, as far as it came: a tar may end anywhere, of a zip only a whole one has a directory. Fails the
 * test when what is there cannot be read. Thread-safe.
 */
#ifndef LIDO_TESTS_HOSTILE_ARCHIVES_H
#define LIDO_TESTS_HOSTILE_ARCHIVES_H

#include <stddef.h>

struct archive_member {
    const char *path;
    const char *bytes; /* of its content, as many as came */
    size_t size;
};

/* Hand each file's content to `take`. Returns how many. */
size_t archive_read_tar(const char *bytes, size_t size, void (*take)(struct archive_member member));
size_t archive_read_zip(const char *bytes, size_t size, void (*take)(struct archive_member member));

#endif
