/* SPDX-License-Identifier: MIT */
/*
 * One part of the file cache: a table of entries, who was used last, and what was wanted how often. When the room is
 * used up, which is one of bytes and one of descriptors, the least recently used go, but only for what was wanted more
 * often than all of them that have to: so a walk over many files leaves those in it that are asked for again and again.
 *
 * Not thread-safe: its owner has the lock. Hence what leaves is handed over, to be released when the lock is
 * open again.
 */
#ifndef LIDO_HTTP_FILE_CACHE_SHARD_H
#define LIDO_HTTP_FILE_CACHE_SHARD_H

#include "http/file_cache/demand.h"
#include "http/file_cache/entry.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What others may read without the lock; written with it held. */
struct file_cache_counts {
    _Atomic(uint64_t) lookups;
    _Atomic(uint64_t) misses; /* of these, those that found nothing, or what was there had changed */
    _Atomic(uint64_t) evictions;
    _Atomic(uint64_t) bytes; /* now, as the next two */
    _Atomic(uint64_t) files;
    _Atomic(uint64_t) descriptors;
};

struct file_cache_shard {
    struct file_cache_entry *by_key;      /* hash table */
    struct file_cache_entry *in_memory;   /* those without a descriptor, most recently used first, */
    struct file_cache_entry *descriptors; /* and those with one */
    size_t used_bytes;                    /* never above limit_bytes */
    size_t limit_bytes;
    size_t descriptor_count; /* never above descriptor_limit */
    size_t descriptor_limit;
    struct demand demand;
    struct file_cache_counts counts;
};

enum { CACHE_LINE_BYTES = 64 };

/* A shard and its lock. */
struct file_cache_part {
    pthread_mutex_t lock; /* guards the shard; closed for look-ups only, never while a file is read */
    struct file_cache_shard shard;
    char apart[CACHE_LINE_BYTES]; /* so that no two locks share a line */
};

/* What a table's place takes beside the resource itself. */
enum { FILE_CACHE_PLACE_BYTES = 64 };

/* Set these limits of an empty one, which is all-zero: what is not used of it takes no memory yet. */
void file_cache_part_init(struct file_cache_part *part, size_t limit_bytes, size_t descriptor_limit);

/* Empty it; nobody uses it any more. */
void file_cache_part_deinit(struct file_cache_part *part);

/* Look it up; it counts as wanted, and as used at `now_ms`. Returns a hold of the caller's, or NULL. */
struct file_cache_entry *file_cache_shard_find(struct file_cache_shard *shard, const struct cache_key *key,
                                               uint64_t hash, int64_t now_ms)
    __attribute__((warn_unused_result));

/* Whether so many bytes more have room without anybody's leaving. */
bool file_cache_shard_has_room(const struct file_cache_shard *shard, size_t bytes);

/* Whether what has this hash was wanted more often than all those together that would have to leave for so many
 * bytes. */
bool file_cache_shard_prefers(const struct file_cache_shard *shard, uint64_t hash, size_t bytes);

/* Put it in, in the place of another of its key. Takes over one hold. Returns what had to leave, which is itself if
 * it is not let in. */
struct file_cache_entry *file_cache_shard_put(struct file_cache_shard *shard, struct file_cache_entry *entry,
                                              uint64_t hash, int64_t now_ms)
    __attribute__((warn_unused_result));

/* Take it out, if it is there. Returns it, or NULL. */
struct file_cache_entry *file_cache_shard_drop(struct file_cache_shard *shard, struct file_cache_entry *entry)
    __attribute__((warn_unused_result));

/* Put a head on its list, unless there is one for this use, or there are many already. Returns whether the
 * head was taken over, and in *left what had to leave for it. */
bool file_cache_shard_add_head(struct file_cache_shard *shard, struct file_cache_entry *entry,
                               struct ready_head *head, struct file_cache_entry **left)
    __attribute__((warn_unused_result));

/* Attach its form to an entry (bytes NULL: it is to be sent as it is), which is awaited no longer and used at
 * `now_ms`. Takes the bytes over; they count if it is there. Returns what had to leave. */
struct file_cache_entry *file_cache_shard_set_form(struct file_cache_shard *shard,
                                                   struct file_cache_entry *entry,
                                                   const struct gzip_form *form, int64_t now_ms)
    __attribute__((warn_unused_result));

/* Take out the descriptors that were not used since `since_ms`. */
struct file_cache_entry *file_cache_shard_trim(struct file_cache_shard *shard, int64_t since_ms)
    __attribute__((warn_unused_result));

/* The order of owners, for qsort(3). */
int file_cache_shard_compare_owners(const void *one, const void *other);

/* Take out what is of these owners, which are in that order. */
struct file_cache_entry *file_cache_shard_forget(struct file_cache_shard *shard, const uint64_t owners[],
                                                 size_t count) __attribute__((warn_unused_result));

/* Take out all. */
struct file_cache_entry *file_cache_shard_empty(struct file_cache_shard *shard)
    __attribute__((warn_unused_result));

/* Release what left; NULL is allowed. Needs no lock. */
void file_cache_entries_release(struct file_cache_entry *left);

#endif
