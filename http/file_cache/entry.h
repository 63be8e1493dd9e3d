/* SPDX-License-Identifier: MIT */
/*
 * One version of a file, and what is attached to it: contents or a descriptor, heads, which siblings there are;
 * or its compressed form.
 *
 * Shared by the cache and any number of answers under way, each of which has a hold; the last one frees it
 * with all that is attached. What it says of the file never changes: another version is another entry. What
 * the cache keeps in it for itself is marked.
 */
#ifndef LIDO_HTTP_FILE_CACHE_ENTRY_H
#define LIDO_HTTP_FILE_CACHE_ENTRY_H

#include "http/base/digest.h"
#include "http/base/view.h"
#include "http/compression/gzip.h"
#include "http/files/resource.h"
#include "http/files/version.h"
#include "http/response/ready_head.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uthash.h>

/* Under what a file is found: two sites may have different rules for the same name. */
struct cache_key {
    uint64_t owner;
    struct view name; /* the path beneath the root; for a compressed form, the identity of the file */
};

struct file_cache_part;

struct file_cache_entry {
    UT_hash_handle hh;             /* The shard's, under its lock: */
    struct file_cache_entry *prev; /* in the list by use */
    struct file_cache_entry *next; /* there, or among those that left */
    bool is_listed;                /* it is in the table and in the list */
    bool is_awaited;               /* somebody makes its form now */
    size_t cost_bytes;             /* what it counts for */
    size_t head_count;
    int64_t used_ms;

    atomic_uint holds;
    _Atomic(int64_t) checked_ms;        /* CLOCK_MONOTONIC: stat found the same version, */
    _Atomic(int64_t) looked_ns;         /* when the last stat that found it began, by clock_steady_ns() */
    _Atomic(int64_t) opened_ms;         /* and so did opening it beneath the root */
    _Atomic(uint64_t) siblings;         /* see siblings.h */
    atomic_uint hints;                  /* of the contents, see content_hints.h; 0: not looked for */
    _Atomic(struct ready_head *) heads; /* grows at its front, under the shard's lock; read without */

    struct file_cache_part *part;  /* where it is kept; NULL: nowhere, it is for one answer */
    struct cache_key key;          /* its name is a copy, with a NUL behind it */
    struct resource resource;      /* with contents or a descriptor, which are its own, or with neither */
    bool stat_may_block;           /* a look at the file, see resource_stat_may_block() */
    struct gzip_form form;         /* the form, once it is no longer awaited; bytes NULL: none */
    char digest[DIGEST_HEX_BYTES]; /* of the contents of the file; "": not taken */
    char bytes[];                  /* the name, its NUL, then the contents */
};

/* What it has of its file. */
enum entry_extent {
    ENTRY_WITH_CONTENTS,  /* and their digest */
    ENTRY_FOR_ONE_ANSWER, /* the same of what is read, even of a file that changes: not to be kept */
    ENTRY_WITH_DIGEST,    /* of what can be read from the descriptor, which it takes over */
    ENTRY_PLAIN,          /* the descriptor alone, if there is one; its first byte can be read */
};

/* Make one of an open file, with one hold, the caller's. What is read, unless it is for one answer, is of
 * one version of the file, from the first byte to the last. Returns NULL when that fails, or when there is
 * no memory; *file is as it was then. May wait for a disk. */
struct file_cache_entry *file_cache_entry_create(const struct cache_key *key, struct resource *file,
                                                 enum entry_extent extent)
    __attribute__((warn_unused_result));

/* One more hold. Returns it. Thread-safe. */
struct file_cache_entry *file_cache_entry_hold(struct file_cache_entry *entry);

/* Give a hold back. NULL is allowed. Thread-safe. */
void file_cache_entry_release(struct file_cache_entry *entry);

/* What an answer works with; takes over the caller's hold, for resource_close(). */
struct resource file_cache_entry_share(struct file_cache_entry *entry);

/* Whether it is this version. Thread-safe. */
bool file_cache_entry_has_version(const struct file_cache_entry *entry, const struct file_version *version);

/* The hash of a key. */
uint64_t cache_key_hash(const struct cache_key *key);

#endif
