/* SPDX-License-Identifier: MIT */
#include "http/compression/cache.h"

#include <stdlib.h>

/* A failed insertion leaves the element out instead of ending the program. */
#define HASH_NONFATAL_OOM 1
#include <uthash.h>
#include <utlist.h>

struct cached_file {
    UT_hash_handle hh;
    struct cached_file *prev; /* in the list by use */
    struct cached_file *next; /* there, or among those that left */
    struct file_version version;
    struct blob *blob; /* our hold; NULL: to be sent as it is */
    uint32_t checksum;
};

/* Beside a blob's bytes: its head, the entry, and the share of the table's buckets. */
enum {
    MALLOC_BYTES = 32, /* what malloc() takes for two pieces */
    OVERHEAD_BYTES = sizeof(struct cached_file) + sizeof(struct blob) + MALLOC_BYTES + sizeof(UT_hash_bucket),
    SHARES = 4, /* no blob takes more than one of so many */
};

static size_t cost_of(const struct blob *blob) {
    return OVERHEAD_BYTES + (blob != NULL ? blob->length : 0);
}

/* NOLINTBEGIN(clang-analyzer-*): does not see through uthash's macros */

static struct cached_file *find_file(const struct compressor_cache *cache, const struct file_identity *file) {
    struct cached_file *found = NULL;
    HASH_FIND(hh, cache->by_file, file, sizeof *file, found);
    return found;
}

static void take_out(struct compressor_cache *cache, struct cached_file *file, struct cached_file **left) {
    HASH_DEL(cache->by_file, file);
    DL_DELETE(cache->by_use, file);
    cache->used_bytes -= cost_of(file->blob);
    LL_PREPEND(*left, file);
}

static void put_in(struct compressor_cache *cache, struct cached_file *file) {
    HASH_ADD(hh, cache->by_file, version.file, sizeof file->version.file, file);
    if (file->hh.tbl == NULL) { /* uthash's sign that there was no memory */
        cached_files_free(file);
        return;
    }
    DL_PREPEND(cache->by_use, file);
    cache->used_bytes += cost_of(file->blob);
}

/* NOLINTEND(clang-analyzer-*) */

void compressor_cache_init(struct compressor_cache *cache, size_t limit_bytes) {
    *cache = (struct compressor_cache){.limit_bytes = limit_bytes};
}

void compressor_cache_deinit(struct compressor_cache *cache) {
    struct cached_file *left = NULL;
    while (cache->by_use != NULL) {
        take_out(cache, cache->by_use, &left);
    }
    cached_files_free(left);
}

size_t compressor_cache_blob_max(const struct compressor_cache *cache) {
    size_t share = cache->limit_bytes / SHARES;
    return share > OVERHEAD_BYTES ? share - OVERHEAD_BYTES : 0;
}

bool compressor_cache_find(struct compressor_cache *cache, const struct file_version *version,
                           struct blob **blob, uint32_t *checksum) {
    struct cached_file *file = find_file(cache, &version->file);
    if (file == NULL || !file_version_equals(&file->version, version)) {
        return false;
    }
    DL_DELETE(cache->by_use, file);
    DL_PREPEND(cache->by_use, file);
    *blob = file->blob != NULL ? blob_hold(file->blob) : NULL;
    *checksum = file->checksum;
    return true;
}

struct cached_file *compressor_cache_put(struct compressor_cache *cache, const struct file_version *version,
                                         struct blob *blob, uint32_t checksum) {
    struct cached_file *left = NULL;
    struct cached_file *file = find_file(cache, &version->file);
    size_t cost = cost_of(blob);
    if (file != NULL) {
        take_out(cache, file, &left);
    }
    if (cost > cache->limit_bytes) {
        return left;
    }
    while (cache->by_use != NULL && cache->limit_bytes - cache->used_bytes < cost) {
        take_out(cache, cache->by_use->prev, &left); /* the head's predecessor is the tail */
    }
    file = calloc(1, sizeof *file);
    if (file != NULL) {
        file->version = *version;
        file->blob = blob != NULL ? blob_hold(blob) : NULL;
        file->checksum = checksum;
        put_in(cache, file);
    }
    return left;
}

void cached_files_free(struct cached_file *files) {
    while (files != NULL) {
        struct cached_file *next = files->next;
        blob_release(files->blob);
        free(files);
        files = next;
    }
}
