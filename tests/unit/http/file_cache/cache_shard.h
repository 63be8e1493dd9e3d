/* SPDX-License-Identifier: MIT */
/*
 * One shard of a file cache, `shard`, and what tests put into it: many entries of one file of FILE_BYTES
 * bytes.
 *
 * Give shard_set_up() and cache_tear_down() to a TestSuite; a test must leave the shard empty, see empty().
 */
#ifndef LIDO_TESTS_UNIT_HTTP_FILE_CACHE_CACHE_SHARD_H
#define LIDO_TESTS_UNIT_HTTP_FILE_CACHE_CACHE_SHARD_H

#include "http/file_cache/shard.h"
#include "tests/unit/support/file_cache.h"

enum { FILE_BYTES = 1000 };

extern struct file_cache_shard shard;
extern uint64_t one_hash; /* for all keys, so that nothing else tells them apart; 0: each has its own */
enum { ONE_OWNER = 1 };

/* 1 MiB and 3 descriptors. */
void shard_set_up(void);

/* Fail unless nothing is left, and nothing counted. */
void expect_empty(void);

/* Take out all, and forget what was wanted. A shard that does not know what it has given away is out of order, and shows it here. */
void empty(void);

/* Make one that is not in the shard. */
struct file_cache_entry *make(uint64_t owner, const char *path, bool with_contents);

/* What a key is put and found with. */
uint64_t hash_of(const struct cache_key *key);

/* Put it in as the only one that was wanted lately, so that it is let in if there can be room. Takes over one hold.
 * Returns what had to leave. */
struct file_cache_entry *put_wanted(struct file_cache_entry *entry, int64_t now);

/* The same with one that is made, in the place of `ONE_OWNER`. */
struct file_cache_entry *put(const char *path, bool with_contents, int64_t now);

/* The same, and fail if something had to. */
void put_in_peace(const char *path, bool with_contents, int64_t now);

/* Returns a hold, or NULL. */
struct file_cache_entry *find_of(uint64_t owner, const char *path, int64_t now);

/* Whether it is there; uses it. */
bool has(const char *path, int64_t now);

/* How many have left. */
size_t count(const struct file_cache_entry *left);

/* Which one has left, the only one; releases it. Static. */
const char *name_of(struct file_cache_entry *left);

/* What an entry with contents and a path of one character counts for. */
size_t cost_of_one(void);

#endif
