/* SPDX-License-Identifier: MIT */
/*
 * Files compressed on the fly with gzip, each version of a file once, kept in memory within a bound.
 *
 * Nobody waits for anybody: while one worker compresses a file, others are told that there is nothing yet and
 * send it as it is. The least recently used go first when the memory is used up; an answer under way keeps
 * its bytes. Knows files and bytes, not HTTP. Uses zlib; a build without it has no compressor
 * (compressor_is_available()).
 */
#ifndef LIDO_HTTP_COMPRESSION_COMPRESSOR_H
#define LIDO_HTTP_COMPRESSION_COMPRESSOR_H

#include "http/base/blob.h"
#include "http/files/resource.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct compressor;

struct compressed {
    struct blob *blob; /* the caller's hold */
    uint32_t checksum; /* CRC-32 of the blob: differs where two versions of zlib give different bytes */
};

/* Whether this build can compress. */
bool compressor_is_available(void);

/* Name and version of the library, e.g. "zlib 1.2.13"; NULL when there is none. */
const char *compressor_library(void);

/* Make one that keeps at most `cache_bytes` of compressed bytes. Returns NULL when there is no memory or no
 * library. */
struct compressor *compressor_create(size_t cache_bytes);

/* Nobody uses it any more; blobs that are still held live on. NULL is allowed. */
void compressor_destroy(struct compressor *compressor);

/* Get the gzip form of an open file; one version of it is told from another by device, inode, size,
 * modification and change time. Returns true and fills *compressed; or false when the file should be sent as
 * it is: another worker is compressing it now, it does not get smaller, its compressed form does not fit into
 * a quarter of the cache, it changed or could not be read, no memory. What does not get smaller is
 * remembered, too. What changed so lately that it may change again within the same tick of its clock (20 ms)
 * is compressed anew for each caller, and not remembered. Reads the file with pread(2). Takes as long as
 * compressing takes (about 25 ms for 1 MiB). Thread-safe. */
bool compressor_get(struct compressor *compressor, const struct resource *file, struct compressed *compressed)
    __attribute__((warn_unused_result));

#endif
