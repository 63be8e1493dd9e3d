/* SPDX-License-Identifier: MIT */
/*
 * What the compressor remembers of files: the compressed form, or that there is no use in making one. One
 * version of each file, the last that came in; the least recently used go when the room is used up.
 *
 * Not thread-safe: its owner has the lock. Hence what leaves is handed over, to be freed when the lock is
 * open again.
 */
#ifndef LIDO_HTTP_COMPRESSION_CACHE_H
#define LIDO_HTTP_COMPRESSION_CACHE_H

#include "http/base/blob.h"
#include "http/files/version.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cached_file;

struct compressor_cache {
    struct cached_file *by_file; /* hash table */
    struct cached_file *by_use;  /* the same in a list, most recently used first */
    size_t used_bytes;           /* blobs and what it takes to remember them; never above limit_bytes */
    size_t limit_bytes;
};

void compressor_cache_init(struct compressor_cache *cache, size_t limit_bytes);

/* Free all that is remembered; blobs that others hold live on. */
void compressor_cache_deinit(struct compressor_cache *cache);

/* The length of the largest blob that fits, so that a single file cannot drive out all others: about a
 * quarter of the limit. May be 0. */
size_t compressor_cache_blob_max(const struct compressor_cache *cache);

/* Look up a version. Returns whether something is known of it; then *blob is NULL for a file to be sent as it
 * is, or a hold of the caller's, with the checksum that came with it. */
bool compressor_cache_find(struct compressor_cache *cache, const struct file_version *version,
                           struct blob **blob, uint32_t *checksum) __attribute__((warn_unused_result));

/* Remember a version of a file in place of any other version of it. The cache takes a hold of its own; blob
 * is NULL for a file to be sent as it is. Without memory, or with a limit below what it takes, nothing is
 * remembered. Returns what had to leave, for cached_files_free(). */
struct cached_file *compressor_cache_put(struct compressor_cache *cache, const struct file_version *version,
                                         struct blob *blob, uint32_t checksum)
    __attribute__((warn_unused_result));

/* Free what left the cache; NULL is allowed. Needs no lock. */
void cached_files_free(struct cached_file *files);

#endif
