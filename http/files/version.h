/* SPDX-License-Identifier: MIT */
/*
 * Which file, and which version of it, something was made from: what stat tells without a look at the bytes.
 *
 * Equal versions have equal bytes, but for changes within one tick of the file system's clock:
 * file_version_is_settled() tells when these are out of the question. Pure functions over values.
 */
#ifndef LIDO_HTTP_FILES_VERSION_H
#define LIDO_HTTP_FILES_VERSION_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

struct resource;

/* One file, whatever its version. Without padding, so that it can be the key of a table. */
struct file_identity {
    uint64_t device;
    uint64_t inode;
};

struct file_version {
    struct file_identity file;
    off_t size;
    struct timespec modified;
    struct timespec changed; /* status change: nobody can set it back */
};

/* The version that was found when the resource was opened. */
struct file_version file_version_of(const struct resource *resource);

/* Whether an open file has this version now. False, too, when fstat(2) fails. Thread-safe. */
bool file_version_is_current(const struct file_version *version, int fd);

bool file_version_equals(const struct file_version *one, const struct file_version *other);

/* Whether a change at `now` or later (of the wall clock) is sure to give another version. A tick is taken to
 * be 2 s if the change time has no fraction of a second (FAT), else 20 ms (twice the kernel's). A time that
 * lies ahead by more than a tick comes from a clock that was set back, and will not come again so soon. */
bool file_version_is_settled(const struct file_version *version, struct timespec now);

#endif
