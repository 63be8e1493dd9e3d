/* SPDX-License-Identifier: MIT */
#include <stddef.h>

/* A failed insertion leaves the element out instead of ending the program; keys are compared by what they
 * point to. */
#define HASH_NONFATAL_OOM 1
#define HASH_KEYCMP(a, b, size) cache_keys_differ(a, b)
static int cache_keys_differ(const void *one, const void *other);

#include "http/base/counter.h"
#include "http/file_cache/shard.h"

#include <stdlib.h>
#include <string.h>
#include <utlist.h>

enum { HEADS_MAX = 4 /* for one resource: kept alive or not, by name or as an index */ };

static int cache_keys_differ(const void *one, const void *other) {
    const struct cache_key *a = one;
    const struct cache_key *b = other;
    return a->owner != b->owner || a->name.length != b->name.length ||
           memcmp(a->name.bytes, b->name.bytes, a->name.length) != 0;
}

void file_cache_part_init(struct file_cache_part *part, size_t limit_bytes, size_t descriptor_limit) {
    part->shard.limit_bytes = limit_bytes;
    part->shard.descriptor_limit = descriptor_limit;
    (void)pthread_mutex_init(&part->lock, NULL);
}

void file_cache_part_deinit(struct file_cache_part *part) {
    file_cache_entries_release(file_cache_shard_empty(&part->shard));
    (void)pthread_mutex_destroy(&part->lock);
}

static bool has_descriptor(const struct file_cache_entry *entry) {
    return entry->resource.fd >= 0;
}

static struct file_cache_entry **list_of(struct file_cache_shard *shard,
                                         const struct file_cache_entry *entry) {
    return has_descriptor(entry) ? &shard->descriptors : &shard->in_memory;
}

static void show(struct file_cache_shard *shard) {
    counter_set(&shard->counts.bytes, shard->used_bytes);
    counter_set(&shard->counts.files, HASH_COUNT(shard->by_key));
    counter_set(&shard->counts.descriptors, shard->descriptor_count);
}

/* NOLINTBEGIN(clang-analyzer-*): does not see through uthash's macros */

static struct file_cache_entry *look_up(const struct file_cache_shard *shard, const struct cache_key *key,
                                        uint64_t hash) {
    struct file_cache_entry *found = NULL;
    HASH_FIND_BYHASHVALUE(hh, shard->by_key, key, sizeof *key, (unsigned)hash, found);
    return found;
}

static void take_out(struct file_cache_shard *shard, struct file_cache_entry *entry,
                     struct file_cache_entry **left) {
    HASH_DEL(shard->by_key, entry);
    DL_DELETE(*list_of(shard, entry), entry);
    shard->used_bytes -= entry->cost_bytes;
    shard->descriptor_count -= has_descriptor(entry) ? 1 : 0;
    entry->is_listed = false;
    show(shard);
    LL_PREPEND(*left, entry);
}

static void put_in(struct file_cache_shard *shard, struct file_cache_entry *entry, uint64_t hash,
                   struct file_cache_entry **left) {
    HASH_ADD_KEYPTR_BYHASHVALUE(hh, shard->by_key, &entry->key, sizeof entry->key, (unsigned)hash, entry);
    if (entry->hh.tbl == NULL) { /* uthash's sign that there was no memory */
        LL_PREPEND(*left, entry);
        return;
    }
    DL_PREPEND(*list_of(shard, entry), entry);
    shard->used_bytes += entry->cost_bytes;
    shard->descriptor_count += has_descriptor(entry) ? 1 : 0;
    entry->is_listed = true;
    show(shard);
}

/* NOLINTEND(clang-analyzer-*) */

static struct file_cache_entry *last_of(struct file_cache_entry *list) {
    return list != NULL ? list->prev : NULL; /* the head's predecessor is the tail */
}

/* Of two, either of which may be NULL. */
static struct file_cache_entry *less_recently_used(struct file_cache_entry *one,
                                                   struct file_cache_entry *other) {
    if (one == NULL || other == NULL) {
        return one != NULL ? one : other;
    }
    return one->used_ms < other->used_ms ? one : other;
}

/* NULL when there is nothing any more. */
static struct file_cache_entry *least_recently_used(const struct file_cache_shard *shard) {
    return less_recently_used(last_of(shard->in_memory), last_of(shard->descriptors));
}

/* The one that was used before it, in its list; NULL for none. */
static struct file_cache_entry *before(const struct file_cache_entry *list, struct file_cache_entry *entry) {
    return entry == list ? NULL : entry->prev;
}

static void evict(struct file_cache_shard *shard, struct file_cache_entry *entry,
                  struct file_cache_entry **left) {
    take_out(shard, entry, left);
    counter_add(&shard->counts.evictions, 1);
}

static void make_room(struct file_cache_shard *shard, size_t bytes, struct file_cache_entry **left) {
    struct file_cache_entry *last = NULL;
    while (shard->used_bytes + bytes > shard->limit_bytes && (last = least_recently_used(shard)) != NULL) {
        evict(shard, last, left);
    }
}

static void use(struct file_cache_shard *shard, struct file_cache_entry *entry, int64_t now_ms) {
    /* the order among those used within a tick of the clock does not matter, nor does how often they were */
    if (entry->used_ms != now_ms) {
        entry->used_ms = now_ms;
        demand_note(&shard->demand, entry->hh.hashv, now_ms);
        DL_DELETE(*list_of(shard, entry), entry);
        DL_PREPEND(*list_of(shard, entry), entry);
    }
}

/* More has been attached to one that is there. */
static void charge(struct file_cache_shard *shard, struct file_cache_entry *entry, size_t bytes,
                   struct file_cache_entry **left) {
    entry->cost_bytes += bytes;
    shard->used_bytes += bytes;
    show(shard);
    make_room(shard, 0, left);
}

struct file_cache_entry *file_cache_shard_find(struct file_cache_shard *shard, const struct cache_key *key,
                                               uint64_t hash, int64_t now_ms) {
    struct file_cache_entry *found = look_up(shard, key, hash);
    counter_add(&shard->counts.lookups, 1);
    if (found == NULL) {
        counter_add(&shard->counts.misses, 1);
        demand_note(&shard->demand, (uint32_t)hash, now_ms);
        return NULL;
    }
    use(shard, found, now_ms);
    return file_cache_entry_hold(found);
}

bool file_cache_shard_has_room(const struct file_cache_shard *shard, size_t bytes) {
    return bytes <= shard->limit_bytes && shard->used_bytes <= shard->limit_bytes - bytes;
}

bool file_cache_shard_prefers(const struct file_cache_shard *shard, uint64_t hash, size_t bytes) {
    struct file_cache_entry *in_memory = last_of(shard->in_memory);
    struct file_cache_entry *descriptor = last_of(shard->descriptors);
    unsigned wanted = demand_of(&shard->demand, (uint32_t)hash);
    for (size_t freed = 0; freed < bytes;) {
        struct file_cache_entry *last = less_recently_used(in_memory, descriptor);
        unsigned others = last != NULL ? demand_of(&shard->demand, last->hh.hashv) : wanted;
        if (others >= wanted) {
            return false;
        }
        wanted -= others;
        freed += last->cost_bytes;
        if (last == in_memory) {
            in_memory = before(shard->in_memory, in_memory);
        } else {
            descriptor = before(shard->descriptors, descriptor);
        }
    }
    return true;
}

static bool admits(const struct file_cache_shard *shard, uint64_t hash, size_t bytes) {
    return file_cache_shard_has_room(shard, bytes) ||
           (bytes <= shard->limit_bytes &&
            file_cache_shard_prefers(shard, hash, shard->used_bytes + bytes - shard->limit_bytes));
}

/* The same of a descriptor, for which one other at most has to leave. */
static bool admits_descriptor(const struct file_cache_shard *shard, uint64_t hash) {
    const struct demand *demand = &shard->demand;
    return shard->descriptor_count < shard->descriptor_limit ||
           (shard->descriptor_limit > 0 &&
            demand_of(demand, last_of(shard->descriptors)->hh.hashv) < demand_of(demand, (uint32_t)hash));
}

struct file_cache_entry *file_cache_shard_put(struct file_cache_shard *shard, struct file_cache_entry *entry,
                                              uint64_t hash, int64_t now_ms) {
    struct file_cache_entry *left = NULL;
    struct file_cache_entry *other = look_up(shard, &entry->key, hash);
    if (other != NULL) {
        take_out(shard, other, &left);
    }
    entry->used_ms = now_ms;
    entry->cost_bytes += FILE_CACHE_PLACE_BYTES;
    bool takes_descriptor = has_descriptor(entry);
    if (!admits(shard, hash, entry->cost_bytes) || (takes_descriptor && !admits_descriptor(shard, hash))) {
        LL_PREPEND(left, entry);
        return left;
    }
    if (takes_descriptor && shard->descriptor_count == shard->descriptor_limit) {
        evict(shard, last_of(shard->descriptors), &left);
    }
    make_room(shard, entry->cost_bytes, &left);
    put_in(shard, entry, hash, &left);
    return left;
}

struct file_cache_entry *file_cache_shard_drop(struct file_cache_shard *shard,
                                               struct file_cache_entry *entry) {
    struct file_cache_entry *left = NULL;
    if (entry->is_listed) {
        take_out(shard, entry, &left);
    }
    return left;
}

/* Readers of the list have no lock: they see it with the new head or without. */
bool file_cache_shard_add_head(struct file_cache_shard *shard, struct file_cache_entry *entry,
                               struct ready_head *head, struct file_cache_entry **left) {
    struct ready_head *first = atomic_load_explicit(&entry->heads, memory_order_relaxed);
    if (!entry->is_listed || entry->head_count == HEADS_MAX || ready_head_find(first, &head->use) != NULL) {
        return false;
    }
    head->next = first;
    atomic_store_explicit(&entry->heads, head, memory_order_release);
    entry->head_count++;
    charge(shard, entry, ready_head_cost(head), left);
    return true;
}

struct file_cache_entry *file_cache_shard_set_form(struct file_cache_shard *shard,
                                                   struct file_cache_entry *entry,
                                                   const struct gzip_form *form, int64_t now_ms) {
    struct file_cache_entry *left = NULL;
    entry->form = *form;
    entry->is_awaited = false;
    if (entry->is_listed) {
        use(shard, entry, now_ms);
        charge(shard, entry, form->length, &left);
    }
    return left;
}

struct file_cache_entry *file_cache_shard_trim(struct file_cache_shard *shard, int64_t since_ms) {
    struct file_cache_entry *left = NULL;
    while (shard->descriptors != NULL && last_of(shard->descriptors)->used_ms < since_ms) {
        take_out(shard, last_of(shard->descriptors), &left);
    }
    return left;
}

int file_cache_shard_compare_owners(const void *one, const void *other) {
    const uint64_t *a = one;
    const uint64_t *b = other;
    return *a < *b ? -1 : *a > *b;
}

static void forget(struct file_cache_shard *shard, struct file_cache_entry *list, const uint64_t owners[],
                   size_t count, struct file_cache_entry **left) {
    struct file_cache_entry *entry = NULL;
    struct file_cache_entry *next = NULL;
    DL_FOREACH_SAFE(list, entry, next) {
        if (bsearch(&entry->key.owner, owners, count, sizeof *owners, file_cache_shard_compare_owners) !=
            NULL) {
            take_out(shard, entry, left);
        }
    }
}

struct file_cache_entry *file_cache_shard_forget(struct file_cache_shard *shard, const uint64_t owners[],
                                                 size_t count) {
    struct file_cache_entry *left = NULL;
    forget(shard, shard->in_memory, owners, count, &left);
    forget(shard, shard->descriptors, owners, count, &left);
    return left;
}

struct file_cache_entry *file_cache_shard_empty(struct file_cache_shard *shard) {
    struct file_cache_entry *left = NULL;
    while (shard->in_memory != NULL) {
        take_out(shard, shard->in_memory, &left);
    }
    while (shard->descriptors != NULL) {
        take_out(shard, shard->descriptors, &left);
    }
    return left;
}

void file_cache_entries_release(struct file_cache_entry *left) {
    while (left != NULL) {
        struct file_cache_entry *next = left->next;
        file_cache_entry_release(left);
        left = next;
    }
}
