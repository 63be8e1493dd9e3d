/* SPDX-License-Identifier: MIT */
/*
 * A table from names to media types, small and made for reading: filled once, sealed, then only looked up.
 *
 * A system's table has some 1,500 extensions, and each site a table of its own. So types and names are packed into
 * a few blocks, a type that several names in a row have is kept once, and a sorted list is searched by halves:
 * half of what a hash table with an allocation for each needs. Knows no rule of which type wins but "the last".
 */
#ifndef LIDO_HTTP_FILES_TYPE_TABLE_H
#define LIDO_HTTP_FILES_TYPE_TABLE_H

#include "http/base/view.h"
#include "http/files/media_type.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct type_block;

/* Memory that is given back all at once. All-zero: none. */
struct type_pool {
    struct type_block *blocks;
};

/* Returns `size` bytes for `alignment`, a power of two, or NULL when there is no memory. */
void *type_pool_take(struct type_pool *pool, size_t size, size_t alignment)
    __attribute__((warn_unused_result));
void type_pool_deinit(struct type_pool *pool);

struct named_type {
    uint64_t prefix; /* the first eight bytes of the name as a number, in whose order names are sorted */
    const char *name;
    const struct media_type *type;
    unsigned turn; /* which was added later; counts from 0 */
    bool is_own;   /* the owner's */
};

/* All-zero: empty. Names and types are the pool's. */
struct type_table {
    struct named_type *entries; /* sorted once they are sealed, each name once */
    size_t count;
    size_t capacity;
};

/* Add a name; the type of the same name that is added last counts. Returns false when there is no memory. */
bool type_table_add(struct type_table *table, struct type_pool *pool, struct view name,
                    const struct media_type *type, bool is_own) __attribute__((warn_unused_result));

/* Make it ready to be searched. A name that not only the system's table has gets a type that says so. Returns false when there
 * is no memory. */
bool type_table_seal(struct type_table *table, struct type_pool *pool) __attribute__((warn_unused_result));

/* NULL: there is none. Of a sealed table; thread-safe. */
const struct named_type *type_table_find(const struct type_table *table, const char *name);

/* Give the list back; what is in the pool stays. */
void type_table_deinit(struct type_table *table);

#endif
