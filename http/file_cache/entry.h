/* SPDX-License-Identifier: MIT */
/*
 * A file that the cache knows: its contents, if it is small, or else its open descriptor; and heads that were
 * made for it.
 *
 * Shared by the cache and any number of answers under way, each of which has a hold; the last one frees it.
 * What it says of the file never changes: another version is another entry. What the cache keeps in
 * it for itself is marked.
 */
#ifndef LIDO_HTTP_FILE_CACHE_ENTRY_H
#define LIDO_HTTP_FILE_CACHE_ENTRY_H

#include "http/base/view.h"
#include "http/files/resource.h"
#include "http/files/version.h"
#include "http/response/ready_head.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uthash.h>

/* Under what a file is found: two sites may have different rules for the same path. */
struct cache_key {
    const void *owner;
    struct view path; /* beneath the root, with a NUL behind it */
};

struct file_cache_entry {
    UT_hash_handle hh;             /* The shard's, under its lock: */
    struct file_cache_entry *prev; /* in the list by use */
    struct file_cache_entry *next; /* there, or among those that left */
    bool is_listed;                /* it is in the table and in the list */
    size_t cost_bytes;             /* what it counts for */
    size_t head_count;
    int64_t used_ms;

    atomic_uint holds;
    _Atomic(int64_t) checked_ms;        /* CLOCK_MONOTONIC: stat found the same version, */
    _Atomic(int64_t) opened_ms;         /* and so did opening it beneath the root */
    _Atomic(struct ready_head *) heads; /* grows at its front, under the shard's lock; read without */

    struct cache_key key;     /* its path is a copy */
    struct resource resource; /* with contents or with a descriptor, which are its own */
    char bytes[];             /* the path, its NUL, then the contents */
};

/* Make one of an open file, with one hold, the caller's. With contents: reads them, and checks that the file
 * has had the same version from the first byte to the last. Else takes over the descriptor. Returns NULL when
 * that fails, or when there is no memory; *file is as it was then. May wait for a disk. */
struct file_cache_entry *file_cache_entry_create(const struct cache_key *key, struct resource *file,
                                                 bool with_contents) __attribute__((warn_unused_result));

/* One more hold. Returns it. Thread-safe. */
struct file_cache_entry *file_cache_entry_hold(struct file_cache_entry *entry);

/* Give a hold back. NULL is allowed. Thread-safe. */
void file_cache_entry_release(struct file_cache_entry *entry);

/* What an answer works with; takes over the caller's hold, for resource_close(). */
struct resource file_cache_entry_share(struct file_cache_entry *entry);

#endif
