/* SPDX-License-Identifier: MIT */
#include <stddef.h>

/* A failed insertion leaves the element out instead of ending the program; keys are compared by what they
 * point to. */
#define HASH_NONFATAL_OOM 1
#define HASH_KEYCMP(a, b, size) cache_keys_differ(a, b)
static int cache_keys_differ(const void *one, const void *other);

#include "http/file_cache/shard.h"

#include <string.h>
#include <utlist.h>

enum { HEADS_MAX = 4 /* for one resource: kept alive or not, by name or as an index */ };

static int cache_keys_differ(const void *one, const void *other) {
    const struct cache_key *a = one;
    const struct cache_key *b = other;
    return a->owner != b->owner || a->path.length != b->path.length ||
           memcmp(a->path.bytes, b->path.bytes, a->path.length) != 0;
}

static bool has_descriptor(const struct cached_resource *cached) {
    return cached->resource.contents == NULL;
}

static struct cached_resource **list_of(struct file_cache_shard *shard,
                                        const struct cached_resource *cached) {
    return has_descriptor(cached) ? &shard->descriptors : &shard->contents;
}

/* NOLINTBEGIN(clang-analyzer-*): does not see through uthash's macros */

static struct cached_resource *look_up(const struct file_cache_shard *shard, const struct cache_key *key,
                                       uint64_t hash) {
    struct cached_resource *found = NULL;
    HASH_FIND_BYHASHVALUE(hh, shard->by_key, key, sizeof *key, (unsigned)hash, found);
    return found;
}

static void take_out(struct file_cache_shard *shard, struct cached_resource *cached,
                     struct cached_resource **left) {
    HASH_DEL(shard->by_key, cached);
    DL_DELETE(*list_of(shard, cached), cached);
    shard->used_bytes -= cached->cost_bytes;
    shard->descriptor_count -= has_descriptor(cached) ? 1 : 0;
    cached->is_listed = false;
    LL_PREPEND(*left, cached);
}

static void put_in(struct file_cache_shard *shard, struct cached_resource *cached, uint64_t hash,
                   struct cached_resource **left) {
    HASH_ADD_KEYPTR_BYHASHVALUE(hh, shard->by_key, &cached->key, sizeof cached->key, (unsigned)hash, cached);
    if (cached->hh.tbl == NULL) { /* uthash's sign that there was no memory */
        LL_PREPEND(*left, cached);
        return;
    }
    DL_PREPEND(*list_of(shard, cached), cached);
    shard->used_bytes += cached->cost_bytes;
    shard->descriptor_count += has_descriptor(cached) ? 1 : 0;
    cached->is_listed = true;
}

/* NOLINTEND(clang-analyzer-*) */

static struct cached_resource *last_of(struct cached_resource *list) {
    return list != NULL ? list->prev : NULL; /* the head's predecessor is the tail */
}

/* NULL when there is nothing any more. */
static struct cached_resource *least_recently_used(const struct file_cache_shard *shard) {
    struct cached_resource *one = last_of(shard->contents);
    struct cached_resource *other = last_of(shard->descriptors);
    if (one == NULL || other == NULL) {
        return one != NULL ? one : other;
    }
    return one->used_ms < other->used_ms ? one : other;
}

static void make_room(struct file_cache_shard *shard, size_t bytes, struct cached_resource **left) {
    struct cached_resource *last = NULL;
    while (shard->used_bytes + bytes > shard->limit_bytes && (last = least_recently_used(shard)) != NULL) {
        take_out(shard, last, left);
    }
}

struct cached_resource *file_cache_shard_find(struct file_cache_shard *shard, const struct cache_key *key,
                                              uint64_t hash, int64_t now_ms) {
    struct cached_resource *found = look_up(shard, key, hash);
    if (found == NULL) {
        return NULL;
    }
    /* the order among those used within a tick of the clock does not matter */
    if (found->used_ms != now_ms) {
        found->used_ms = now_ms;
        DL_DELETE(*list_of(shard, found), found);
        DL_PREPEND(*list_of(shard, found), found);
    }
    return cached_resource_hold(found);
}

struct cached_resource *file_cache_shard_put(struct file_cache_shard *shard, struct cached_resource *cached,
                                             uint64_t hash, int64_t now_ms) {
    struct cached_resource *left = NULL;
    struct cached_resource *before = look_up(shard, &cached->key, hash);
    if (before != NULL) {
        take_out(shard, before, &left);
    }
    cached->used_ms = now_ms;
    cached->cost_bytes += FILE_CACHE_PLACE_BYTES;
    bool takes_descriptor = has_descriptor(cached);
    if (cached->cost_bytes > shard->limit_bytes || (takes_descriptor && shard->descriptor_limit == 0)) {
        LL_PREPEND(left, cached);
        return left;
    }
    if (takes_descriptor && shard->descriptor_count == shard->descriptor_limit) {
        take_out(shard, last_of(shard->descriptors), &left);
    }
    make_room(shard, cached->cost_bytes, &left);
    put_in(shard, cached, hash, &left);
    return left;
}

struct cached_resource *file_cache_shard_drop(struct file_cache_shard *shard,
                                              struct cached_resource *cached) {
    struct cached_resource *left = NULL;
    if (cached->is_listed) {
        take_out(shard, cached, &left);
    }
    return left;
}

/* Readers of the list have no lock: they see it with the new head or without. */
bool file_cache_shard_add_head(struct file_cache_shard *shard, struct cached_resource *cached,
                               struct ready_head *head, struct cached_resource **left) {
    struct ready_head *first = atomic_load_explicit(&cached->heads, memory_order_relaxed);
    if (!cached->is_listed || cached->head_count == HEADS_MAX || ready_head_find(first, &head->use) != NULL) {
        return false;
    }
    size_t cost = ready_head_cost(head);
    head->next = first;
    atomic_store_explicit(&cached->heads, head, memory_order_release);
    cached->head_count++;
    cached->cost_bytes += cost;
    shard->used_bytes += cost;
    make_room(shard, 0, left);
    return true;
}

struct cached_resource *file_cache_shard_trim(struct file_cache_shard *shard, int64_t since_ms) {
    struct cached_resource *left = NULL;
    while (shard->descriptors != NULL && last_of(shard->descriptors)->used_ms < since_ms) {
        take_out(shard, last_of(shard->descriptors), &left);
    }
    return left;
}

struct cached_resource *file_cache_shard_empty(struct file_cache_shard *shard) {
    struct cached_resource *left = NULL;
    while (shard->contents != NULL) {
        take_out(shard, shard->contents, &left);
    }
    while (shard->descriptors != NULL) {
        take_out(shard, shard->descriptors, &left);
    }
    return left;
}

void cached_resources_release(struct cached_resource *left) {
    while (left != NULL) {
        struct cached_resource *next = left->next;
        cached_resource_release(left);
        left = next;
    }
}
