/* SPDX-License-Identifier: MIT */
/*
 * What a file_cache consists of: parts, each with a lock of its own. Private to file_cache.c, which finds files in
 * them, and lifetime.c, which makes, trims, counts and destroys them.
 */
#ifndef LIDO_HTTP_FILE_CACHE_PARTS_H
#define LIDO_HTTP_FILE_CACHE_PARTS_H

#include "http/file_cache/file_cache.h"
#include "http/file_cache/shard.h"

#include <stdatomic.h>

enum { FILE_CACHE_PARTS = 8 }; /* a power of two */

struct file_cache {
    atomic_size_t owners;
    struct file_cache_options options;
    struct file_cache_part parts[FILE_CACHE_PARTS];
};

#endif
