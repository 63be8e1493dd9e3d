/* SPDX-License-Identifier: MIT */
/*
 * What a path leads to: an open regular file or folder, with what fstat(2) said of it; or a file that the
 * cache knows, which may be there as its contents only. Anything else is not served.
 */
#ifndef LIDO_HTTP_FILES_RESOURCE_H
#define LIDO_HTTP_FILES_RESOURCE_H

#include "http/files/beneath.h"
#include "http/semantics/status.h"

#include <stdbool.h>
#include <sys/types.h>
#include <time.h>

struct file_cache_entry;

struct resource {
    int fd;                          /* -1 when closed, or when there are contents */
    const char *contents;            /* all `size` bytes of the file; NULL: they are to be read from fd */
    struct file_cache_entry *cached; /* whose these are, with a hold of ours; NULL: fd is our own */
    void (*give_back)(struct file_cache_entry *cached); /* how that hold ends */
    bool is_folder;
    off_t size; /* of a file, in bytes */
    struct timespec modified;
    struct timespec changed; /* status change: also when the modification time was set back */
    dev_t device;
    ino_t inode;
};

/* Open the path beneath the root and look at it. Returns HTTP_OK and fills *resource (to be closed by the
 * caller), or the status to tell the client: 404, 403, 500, 503, with the reason in errno. Neither a FIFO nor a
 * device is waited for. Thread-safe. */
enum http_status resource_open(const struct beneath *root, const char *path, struct resource *resource)
    __attribute__((warn_unused_result));

/* Look at what the path leads to now, without opening it: follows links, even out of the root. Returns
 * whether there is anything, and fills *resource (closed) with what stat said. Thread-safe. */
bool resource_stat(const struct beneath *root, const char *path, struct resource *resource);

/* Whether there may be something of this name, which need be neither readable nor a link that leads anywhere.
 * Thread-safe. */
bool resource_may_exist(const struct beneath *root, const char *path);

/* Read from an open file, from `offset` on: at least `least` bytes, unless it ends before, at most `most`.
 * Returns how many, or a negative errno. May wait for a disk. Thread-safe. */
ssize_t resource_read(const struct resource *resource, char *bytes, size_t least, size_t most, off_t offset)
    __attribute__((warn_unused_result));

/* Read one byte at `offset`, to see whether the file can be read before anything is promised of it. Returns
 * 0, also behind the file's end, or a negative errno. May wait for a disk. */
int resource_try(const struct resource *resource, off_t offset) __attribute__((warn_unused_result));

/* Whether a range of an open file can be read without waiting, as far as its first and last byte tell
 * (RWF_NOWAIT, preadv2(2)). False where the file system cannot tell. Thread-safe. */
bool resource_is_in_memory(const struct resource *resource, off_t begin, off_t end);

/* Whether stat(2) of an open file may have to wait for somebody else: false only for file systems that are known to
 * keep in memory what they have told once. Thread-safe. */
bool resource_stat_may_block(const struct resource *resource);

/* Hand it over: *resource is closed afterwards, and what is returned is the new owner's. */
struct resource resource_take(struct resource *resource);

/* Close it, or give it back to the cache; closing again does nothing. */
void resource_close(struct resource *resource);

/* The one mapping from an errno of opening or reading a file to a status. Leaves errno as `error`. */
enum http_status resource_status_of_errno(int error);

#endif
