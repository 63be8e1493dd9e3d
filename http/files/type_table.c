/* SPDX-License-Identifier: MIT */
#include "http/files/type_table.h"

#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_BLOCK_BYTES = 512, BLOCK_BYTES = 8 * 1024, FIRST_CAPACITY = 16 };

struct type_block {
    struct type_block *next;
    size_t used;
    size_t size;
    char bytes[];
};

/* --- the pool ------------------------------------------------------------------------------------------- */

static struct type_block *block_create(struct type_pool *pool, size_t size) {
    struct type_block *block = malloc(sizeof *block + size);
    if (block != NULL) {
        *block = (struct type_block){.next = pool->blocks, .size = size};
        pool->blocks = block;
    }
    return block;
}

static size_t padding_of(const struct type_block *block, size_t alignment) {
    return -(size_t)(block->bytes + block->used) & (alignment - 1);
}

void *type_pool_take(struct type_pool *pool, size_t size, size_t alignment) {
    struct type_block *block = pool->blocks;
    if (block == NULL || block->size - block->used < size + alignment) {
        size_t least = size + alignment;
        size_t usual = (block == NULL ? FIRST_BLOCK_BYTES : BLOCK_BYTES) - sizeof *block;
        block = block_create(pool, least < usual ? usual : least);
    }
    if (block == NULL) {
        return NULL;
    }
    char *bytes = block->bytes + block->used + padding_of(block, alignment);
    block->used = (size_t)(bytes - block->bytes) + size;
    return bytes;
}

void type_pool_deinit(struct type_pool *pool) {
    struct type_block *block = pool->blocks;
    while (block != NULL) {
        struct type_block *next = block->next;
        free(block);
        block = next;
    }
    pool->blocks = NULL;
}

/* --- the table ------------------------------------------------------------------------------------------ */

static bool has_room(struct type_table *table) {
    if (table->count < table->capacity) {
        return true;
    }
    size_t capacity = table->capacity != 0 ? 2 * table->capacity : FIRST_CAPACITY;
    struct named_type *entries = realloc(table->entries, capacity * sizeof *entries);
    if (entries != NULL) {
        table->entries = entries;
        table->capacity = capacity;
    }
    return entries != NULL;
}

/* Like strcmp(3) where they differ. */
static uint64_t prefix_of(const char *name) {
    uint64_t prefix = 0;
    for (size_t i = 0; i < sizeof prefix && name[i] != '\0'; i++) {
        prefix |= (uint64_t)(unsigned char)name[i] << 8 * (sizeof prefix - 1 - i);
    }
    return prefix;
}

bool type_table_add(struct type_table *table, struct type_pool *pool, struct view name,
                    const struct media_type *type, bool is_own) {
    char *copy = has_room(table) ? type_pool_take(pool, name.length + 1, 1) : NULL;
    if (copy == NULL) {
        return false;
    }
    *(char *)mempcpy(copy, name.bytes, name.length) = '\0';
    table->entries[table->count] = (struct named_type){.prefix = prefix_of(copy),
                                                       .name = copy,
                                                       .type = type,
                                                       .turn = (unsigned)table->count,
                                                       .is_own = is_own};
    table->count++;
    return true;
}

static int compare_names(const struct named_type *a, const struct named_type *b) {
    bool may_differ_later = (a->prefix & 0xff) != 0;
    if (a->prefix != b->prefix) {
        return a->prefix < b->prefix ? -1 : 1;
    }
    return may_differ_later ? strcmp(a->name + sizeof a->prefix, b->name + sizeof b->prefix) : 0;
}

static int compare(const void *left, const void *right) {
    const struct named_type *a = left;
    const struct named_type *b = right;
    int order = compare_names(a, b);
    return order != 0 ? order : (a->turn > b->turn) - (a->turn < b->turn);
}

/* Of a name that others know, too. */
static const struct media_type *known_to_others(struct type_pool *pool, const struct media_type *type) {
    struct media_type *copy = type_pool_take(pool, sizeof *copy, alignof(struct media_type));
    if (copy != NULL) {
        *copy = *type;
        copy->only_by_system = false;
    }
    return copy;
}

/* The last of those from `first` on that have the same name, in `*last`. Returns how many there are, or 0 when there is no
 * memory. */
static size_t join(const struct type_table *table, size_t first, struct type_pool *pool,
                   struct named_type *last) {
    bool only_by_system = true;
    size_t next = first;
    do {
        *last = table->entries[next++];
        only_by_system = only_by_system && last->type->only_by_system;
    } while (next < table->count && compare_names(last, &table->entries[next]) == 0);
    if (last->type->only_by_system && !only_by_system) {
        last->type = known_to_others(pool, last->type);
    }
    return last->type != NULL ? next - first : 0;
}

bool type_table_seal(struct type_table *table, struct type_pool *pool) {
    size_t count = 0;
    if (table->count == 0) {
        return true;
    }
    qsort(table->entries, table->count, sizeof *table->entries, compare);
    for (size_t i = 0; i < table->count;) {
        struct named_type last;
        size_t joined = join(table, i, pool, &last);
        if (joined == 0) {
            return false;
        }
        table->entries[count++] = last;
        i += joined;
    }
    struct named_type *fitting = realloc(table->entries, count * sizeof *fitting);
    table->entries = fitting != NULL ? fitting : table->entries;
    table->count = count;
    return fitting != NULL;
}

/* By hand: each request asks, and bsearch(3) would call strcmp(3) by way of a function each time. */
const struct named_type *type_table_find(const struct type_table *table, const char *name) {
    struct named_type key = {.prefix = prefix_of(name), .name = name};
    size_t low = 0;
    size_t high = table->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct named_type *entry = &table->entries[middle];
        int order = compare_names(&key, entry);
        if (order == 0) {
            return entry;
        }
        low = order > 0 ? middle + 1 : low;
        high = order > 0 ? high : middle;
    }
    return NULL;
}

void type_table_deinit(struct type_table *table) {
    free(table->entries);
    *table = (struct type_table){.entries = NULL};
}
