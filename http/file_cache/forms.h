/* SPDX-License-Identifier: MIT */
/*
 * The gzip forms of files, each version of a file compressed once for a site, and kept in memory within a
 * bound of their own, whether the files themselves are kept or not.
 *
 * Nobody waits for anybody: while one worker compresses a file, others are told that there is nothing yet and
 * send it as it is. So they do when the memory is used up and the file is not wanted more often than those that
 * would have to leave (shard.h), and when enough workers compress already: whoever asks for many files in turn costs
 * no more than sending them. An answer under way keeps its bytes. Does not know which files are worth it. A build
 * without zlib has none (gzip_library()).
 */
#ifndef LIDO_HTTP_FILE_CACHE_FORMS_H
#define LIDO_HTTP_FILE_CACHE_FORMS_H

#include "http/base/blocking.h"
#include "http/files/resource.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct file_forms;

struct file_form {
    struct resource file; /* the form as its contents, with the times of the original; to be closed */
    uint32_t checksum;    /* of its bytes */
};

/* Make one that takes at most `memory_bytes`, for forms, their heads, and what it takes to remember them; one worker
 * at a time compresses.
 * Returns NULL when there is no memory or no library. */
struct file_forms *file_forms_create(size_t memory_bytes);

/* One more owner, who is due to destroy it, too. NULL is allowed. Thread-safe. */
struct file_forms *file_forms_share(struct file_forms *forms);

/* This owner does not use it any more; with the last one it goes, and what answers still hold lives on. NULL is
 * allowed. Thread-safe. */
void file_forms_destroy(struct file_forms *forms);

/* Let so many compress at once, each another file. NULL is allowed. Thread-safe. */
void file_forms_set_workers_max(struct file_forms *forms, size_t workers_max);

/* Get the form of an open file for `owner`, whose heads it may have (compared, never read). One version is
 * told from another by device, inode, size, modification and change time. Returns true and fills *form; or
 * false when the file should be sent as it is: another worker is compressing it now, or as many as may do others,
 * it is not wanted often enough to be kept, it does not get smaller,
 * its form would take more than a quarter of the memory, it changed or could not be read, no memory. What
 * does not get smaller is remembered, too. What changed so lately that it may change again within the same
 * tick of its clock (20 ms) is compressed anew for each caller, and not remembered. Reads the file with
 * pread(2) and tells `blocking` before, as compressing takes long (gzip.h). Thread-safe. */
bool file_forms_get(struct file_forms *forms, uint64_t owner, const struct resource *file,
                    const struct blocking *blocking, struct file_form *form)
    __attribute__((warn_unused_result));

/* Expand an open file that is in gzip to less than `limit` bytes, each time anew. Returns false when it is
 * not in gzip, or larger, or could not be read, or without memory or library; else *bytes, for free(3),
 * and *length. Thread-safe. */
bool file_form_expand(const struct resource *file, size_t limit, char **bytes, size_t *length)
    __attribute__((warn_unused_result));

#endif
