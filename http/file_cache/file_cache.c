/* SPDX-License-Identifier: MIT */
#include "http/file_cache/file_cache.h"

#include "http/base/clock.h"
#include "http/base/counter.h"
#include "http/file_cache/parts.h"
#include "http/file_cache/siblings.h"
#include "http/files/content_hints.h"
#include "http/files/version.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

enum {
    SHARD_SHIFT = 32, /* the bits of the hash that tell the shard; the table in it has the lower ones */
    TRUST_MS = 1000,  /* see "Note on links" */
};

/* --- under a lock --------------------------------------------------------------------------------------- */

static struct file_cache_part *part_of(struct file_cache *cache, uint64_t hash) {
    return &cache->parts[hash >> SHARD_SHIFT & (FILE_CACHE_PARTS - 1)];
}

static struct file_cache_entry *find(struct file_cache *cache, const struct cache_key *key, uint64_t hash,
                                     int64_t now) {
    struct file_cache_part *part = part_of(cache, hash);
    (void)pthread_mutex_lock(&part->lock);
    struct file_cache_entry *found = file_cache_shard_find(&part->shard, key, hash, now);
    (void)pthread_mutex_unlock(&part->lock);
    return found;
}

static void put(struct file_cache *cache, struct file_cache_entry *entry, uint64_t hash, int64_t now) {
    struct file_cache_part *part = part_of(cache, hash);
    entry->part = part;
    (void)pthread_mutex_lock(&part->lock);
    struct file_cache_entry *left = file_cache_shard_put(&part->shard, entry, hash, now);
    (void)pthread_mutex_unlock(&part->lock);
    file_cache_entries_release(left);
}

static void drop(struct file_cache_entry *entry) {
    struct file_cache_part *part = entry->part;
    (void)pthread_mutex_lock(&part->lock);
    struct file_cache_entry *left = file_cache_shard_drop(&part->shard, entry);
    counter_add(&part->shard.counts.misses, 1);
    (void)pthread_mutex_unlock(&part->lock);
    file_cache_entries_release(left);
}

/* --- is it still the same? ------------------------------------------------------------------------------ */

static bool was_lately(const _Atomic(int64_t) *time_ms, int64_t now, int64_t span_ms) {
    return now - atomic_load_explicit(time_ms, memory_order_relaxed) < span_ms;
}

static bool has_version(const struct file_cache_entry *entry, const struct resource *file) {
    struct file_version version = file_version_of(file);
    return !file->is_folder && file_cache_entry_has_version(entry, &version);
}

static void note_checked(const struct file_cache *cache, struct file_cache_entry *entry, int64_t now) {
    atomic_store_explicit(&entry->checked_ms, now, memory_order_relaxed);
    if (cache->options.check_ms > 0) {
        siblings_forget(entry); /* they are not looked at either till the next time */
    }
}

enum look { LOOK_SAME, LOOK_CHANGED, LOOK_OPEN_IT };

static enum look look_at(const struct file_source *source, struct file_cache_entry *entry, int64_t now) {
    const struct file_cache *cache = source->cache;
    if (was_lately(&entry->checked_ms, now, cache->options.check_ms)) {
        return LOOK_SAME;
    }
    if (!was_lately(&entry->opened_ms, now, TRUST_MS)) {
        return LOOK_OPEN_IT;
    }
    bool shares = source->received_ns != 0;
    if (shares && atomic_load_explicit(&entry->looked_ns, memory_order_relaxed) >= source->received_ns) {
        return LOOK_SAME;
    }
    int64_t look_ns = shares ? clock_steady_ns() : 0;
    struct resource file;
    if (entry->stat_may_block) {
        blocking_ahead(source->blocking, BLOCKING_FILE);
    }
    if (!resource_stat(source->root, entry->key.name.bytes, &file) || !has_version(entry, &file)) {
        return LOOK_CHANGED;
    }
    if (shares) {
        atomic_store_explicit(&entry->looked_ns, look_ns, memory_order_relaxed);
    }
    if (cache->options.check_ms > 0) {
        note_checked(cache, entry, now);
    }
    return LOOK_SAME;
}

static void note_opened(const struct file_cache *cache, struct file_cache_entry *entry, int64_t now) {
    atomic_store_explicit(&entry->opened_ms, now, memory_order_relaxed);
    note_checked(cache, entry, now);
}

/* --- opening -------------------------------------------------------------------------------------------- */

/* Larger files have no digest. */
static size_t digest_max_bytes(const struct file_cache *cache) {
    size_t kept = cache != NULL ? cache->options.max_file_bytes : 0;
    return kept > FILE_CACHE_TAGGED_BYTES ? kept : FILE_CACHE_TAGGED_BYTES;
}

static bool is_at_most(const struct resource *file, size_t bytes) {
    return (uintmax_t)file->size <= bytes;
}

static void take_over(struct file_cache_entry *entry, struct resource *file) {
    if (entry != NULL) {
        *file = file_cache_entry_share(entry);
    }
}

/* Read an open file that is not remembered, for this answer alone, if it is one that has a digest. What is
 * large stays in its file: nothing bounds the memory of answers here. */
static void read_once(const struct file_cache *cache, const struct cache_key *key, struct resource *file) {
    if (is_at_most(file, digest_max_bytes(cache))) {
        bool small = is_at_most(file, FILE_CACHE_TAGGED_BYTES);
        take_over(file_cache_entry_create(key, file, small ? ENTRY_FOR_ONE_ANSWER : ENTRY_WITH_DIGEST), file);
    }
}

/* Remember an open file, if that can be done. *file is then as the cache has it. */
static void keep(struct file_cache *cache, const struct cache_key *key, uint64_t hash, struct resource *file,
                 int64_t opened_ms) {
    bool small = is_at_most(file, cache->options.max_file_bytes);
    struct file_version version = file_version_of(file);
    if ((!small && cache->options.descriptor_count == 0) ||
        !file_version_is_settled(&version, clock_wall())) {
        read_once(cache, key, file);
        return;
    }
    enum entry_extent of_descriptor =
        is_at_most(file, digest_max_bytes(cache)) ? ENTRY_WITH_DIGEST : ENTRY_PLAIN;
    struct file_cache_entry *entry =
        file_cache_entry_create(key, file, small ? ENTRY_WITH_CONTENTS : of_descriptor);
    if (entry == NULL) {
        read_once(cache, key, file);
        return;
    }
    note_opened(cache, entry, opened_ms);
    put(cache, file_cache_entry_hold(entry), hash, opened_ms);
    take_over(entry, file);
}

static enum http_status open_without_cache(const struct file_source *source, const struct cache_key *key,
                                           struct resource *resource) {
    blocking_ahead(source->blocking, BLOCKING_FILE);
    enum http_status status = resource_open(source->root, key->name.bytes, resource);
    if (status == HTTP_OK && !resource->is_folder) {
        read_once(NULL, key, resource);
    }
    return status;
}

enum http_status file_cache_open(const struct file_source *source, const char *path,
                                 struct resource *resource) {
    struct file_cache *cache = source->cache;
    struct cache_key key = {source->owner, view_of(path)};
    if (cache == NULL) {
        return open_without_cache(source, &key, resource);
    }
    uint64_t hash = cache_key_hash(&key);
    int64_t now = clock_steady_coarse_ms();
    struct file_cache_entry *found = find(cache, &key, hash, now);
    enum look look = found != NULL ? look_at(source, found, now) : LOOK_CHANGED;
    enum http_status status = HTTP_OK;
    struct resource opened = {.fd = -1};
    if (look != LOOK_SAME) {
        blocking_ahead(source->blocking, BLOCKING_FILE); /* and for reading it into memory, too */
        status = resource_open(source->root, path, &opened);
    }
    if (look == LOOK_OPEN_IT && status == HTTP_OK && has_version(found, &opened)) {
        resource_close(&opened);
        note_opened(cache, found, now);
        look = LOOK_SAME;
    }
    if (look == LOOK_SAME) {
        *resource = file_cache_entry_share(found);
        return HTTP_OK;
    }
    if (found != NULL) {
        drop(found);
        file_cache_entry_release(found);
    }
    if (status == HTTP_OK) {
        if (!opened.is_folder) {
            keep(cache, &key, hash, &opened, now);
        }
        *resource = opened;
    }
    return status;
}

const char *file_cache_digest(const struct file_source *source, const struct resource *file) {
    const struct file_cache_entry *entry = file->cached;
    const struct resource *original = entry != NULL ? &entry->resource : file;
    if (entry != NULL && entry->digest[0] != '\0') {
        return entry->digest;
    }
    return is_at_most(original, digest_max_bytes(source->cache)) ? "" : NULL;
}

/* --- heads ---------------------------------------------------------------------------------------------- */

const struct ready_head *file_cache_find_head(const struct resource *file, const struct ready_head_use *use) {
    return ready_head_find(atomic_load_explicit(&file->cached->heads, memory_order_acquire), use);
}

static unsigned look_for_hints(const struct resource *file) {
    char bytes[CONTENT_HINTS_BYTES];
    if (file->contents != NULL) {
        return content_hints_of(file->contents, (size_t)file->size);
    }
    ssize_t length = resource_read(file, bytes, sizeof bytes, sizeof bytes, 0);
    return length >= 0 ? content_hints_of(bytes, (size_t)length) : CONTENT_WAS_LOOKED_AT;
}

unsigned file_cache_hints(const struct resource *file) {
    struct file_cache_entry *entry = file->cached;
    unsigned hints = entry != NULL ? atomic_load_explicit(&entry->hints, memory_order_relaxed) : 0;
    if (hints == 0) {
        hints = look_for_hints(file);
        if (entry != NULL) {
            atomic_store_explicit(&entry->hints, hints, memory_order_relaxed);
        }
    }
    return hints;
}

bool file_cache_keeps_heads(const struct resource *file) {
    return file->cached != NULL && file->cached->part != NULL;
}

void file_cache_keep_head(const struct resource *file, struct ready_head *head) {
    struct file_cache_entry *entry = file->cached;
    struct file_cache_part *part = entry->part;
    struct file_cache_entry *left = NULL;
    if (part == NULL) {
        ready_heads_destroy(head);
        return;
    }
    (void)pthread_mutex_lock(&part->lock);
    bool taken = file_cache_shard_add_head(&part->shard, entry, head, &left);
    (void)pthread_mutex_unlock(&part->lock);
    if (!taken) {
        ready_heads_destroy(head);
    }
    file_cache_entries_release(left);
}

/* --- siblings ------------------------------------------------------------------------------------------- */

bool file_cache_may_have_sibling(const struct file_source *source, const struct resource *file,
                                 enum content_coding coding, struct file_siblings *siblings) {
    uint64_t bit = UINT64_C(1) << coding;
    if (siblings->there == 0) {
        if (!file_cache_keeps_heads(file)) {
            return true;
        }
        siblings->there = siblings_known(file->cached);
        siblings->is_sure = siblings->there != 0 && source->cache->options.check_ms > 0;
    }
    if ((siblings->there & bit) == 0 && !siblings->is_sure) {
        siblings->there = siblings_look(file->cached, source->root, source->blocking);
        siblings->is_sure = true;
    }
    return (siblings->there & bit) != 0;
}
