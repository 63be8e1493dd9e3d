/* SPDX-License-Identifier: MIT */
/* A file_cache from its making to its end, as a whole. */
#include "http/base/clock.h"
#include "http/base/counter.h"
#include "http/file_cache/parts.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <utlist.h>

enum { DESCRIPTOR_IDLE_MS = 10 * 1000 };

int file_cache_create(struct file_cache **out, const struct file_cache_options *options) {
    struct file_cache *cache = calloc(1, sizeof *cache);
    if (cache == NULL) {
        return -ENOMEM;
    }
    atomic_init(&cache->owners, 1);
    cache->options = *options;
    for (size_t i = 0; i < FILE_CACHE_PARTS; i++) {
        /* the first ones get what cannot be divided */
        size_t descriptors = (options->descriptor_count + FILE_CACHE_PARTS - 1 - i) / FILE_CACHE_PARTS;
        file_cache_part_init(&cache->parts[i], options->memory_bytes / FILE_CACHE_PARTS, descriptors);
    }
    *out = cache;
    return 0;
}

struct file_cache *file_cache_share(struct file_cache *cache) {
    if (cache != NULL) {
        atomic_fetch_add_explicit(&cache->owners, 1, memory_order_relaxed);
    }
    return cache;
}

void file_cache_destroy(struct file_cache *cache) {
    if (cache == NULL || atomic_fetch_sub_explicit(&cache->owners, 1, memory_order_acq_rel) > 1) {
        return;
    }
    for (size_t i = 0; i < FILE_CACHE_PARTS; i++) {
        file_cache_part_deinit(&cache->parts[i]);
    }
    free(cache);
}

bool file_cache_trim(struct file_cache *cache) {
    int64_t since_ms = clock_steady_coarse_ms() - DESCRIPTOR_IDLE_MS;
    bool any = false;
    for (size_t i = 0; i < FILE_CACHE_PARTS; i++) {
        struct file_cache_part *part = &cache->parts[i];
        (void)pthread_mutex_lock(&part->lock);
        struct file_cache_entry *left = file_cache_shard_trim(&part->shard, since_ms);
        any = any || part->shard.descriptors != NULL;
        (void)pthread_mutex_unlock(&part->lock);
        file_cache_entries_release(left);
    }
    return any;
}

bool file_cache_give_way(struct file_cache *cache) {
    bool any = false;
    for (size_t i = 0; i < FILE_CACHE_PARTS; i++) {
        struct file_cache_part *part = &cache->parts[i];
        (void)pthread_mutex_lock(&part->lock);
        any = any || part->shard.descriptors != NULL;
        struct file_cache_entry *left = file_cache_shard_trim(&part->shard, INT64_MAX);
        (void)pthread_mutex_unlock(&part->lock);
        file_cache_entries_release(left);
    }
    return any;
}

struct file_cache_entry *file_cache_forget(struct file_cache *cache, uint64_t owners[], size_t count) {
    struct file_cache_entry *forgotten = NULL;
    qsort(owners, count, sizeof *owners, file_cache_shard_compare_owners);
    for (size_t i = 0; i < FILE_CACHE_PARTS; i++) {
        struct file_cache_part *part = &cache->parts[i];
        (void)pthread_mutex_lock(&part->lock);
        struct file_cache_entry *left = file_cache_shard_forget(&part->shard, owners, count);
        (void)pthread_mutex_unlock(&part->lock);
        LL_CONCAT(forgotten, left);
    }
    return forgotten;
}

void file_cache_let_go(struct file_cache_entry *forgotten) {
    file_cache_entries_release(forgotten);
}

void file_cache_read_stats(const struct file_cache *cache, struct file_cache_stats *stats) {
    uint64_t lookups = 0;
    *stats = (struct file_cache_stats){.bytes_max = cache->options.memory_bytes};
    for (size_t i = 0; i < FILE_CACHE_PARTS; i++) {
        const struct file_cache_counts *counts = &cache->parts[i].shard.counts;
        stats->misses += counter_read(&counts->misses);
        lookups += counter_read(&counts->lookups);
        stats->evictions += counter_read(&counts->evictions);
        stats->bytes += (size_t)counter_read(&counts->bytes);
        stats->files += (size_t)counter_read(&counts->files);
        stats->descriptors += (size_t)counter_read(&counts->descriptors);
    }
    stats->hits =
        lookups > stats->misses ? lookups - stats->misses : 0; /* a change may be counted in between */
}
