/* SPDX-License-Identifier: MIT */
#include "tests/unit/http/file_cache/cache_shard.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

enum { NAME_BYTES = 16 };

struct file_cache_shard shard;
uint64_t one_hash;

void shard_set_up(void) {
    cache_set_up();
    folder_truncate(&folder, "file", FILE_BYTES);
    shard = (struct file_cache_shard){.limit_bytes = 1024 * 1024, .descriptor_limit = 3};
}

void expect_empty(void) {
    cr_expect_null(shard.by_key);
    cr_expect_null(shard.in_memory);
    cr_expect_null(shard.descriptors);
    cr_expect_eq(shard.used_bytes, 0);
    cr_expect_eq(shard.descriptor_count, 0);
}

void empty(void) {
    file_cache_entries_release(file_cache_shard_empty(&shard));
    shard.demand = (struct demand){.added = 0};
    expect_empty();
}

struct file_cache_entry *make(uint64_t owner, const char *path, bool with_contents) {
    struct resource file;
    struct cache_key key = {owner, view_of(path)};
    cr_assert_eq(resource_open(&root, "file", &file), HTTP_OK);
    struct file_cache_entry *made =
        file_cache_entry_create(&key, &file, with_contents ? ENTRY_WITH_CONTENTS : ENTRY_PLAIN);
    cr_assert_not_null(made);
    return made;
}

uint64_t hash_of(const struct cache_key *key) {
    return one_hash != 0 ? one_hash : cache_key_hash(key);
}

struct file_cache_entry *put_wanted(struct file_cache_entry *entry, int64_t now) {
    uint64_t hash = hash_of(&entry->key);
    shard.demand = (struct demand){.added = 0};
    demand_note(&shard.demand, (uint32_t)hash, now);
    return file_cache_shard_put(&shard, entry, hash, now);
}

struct file_cache_entry *put(const char *path, bool with_contents, int64_t now) {
    return put_wanted(make(ONE_OWNER, path, with_contents), now);
}

void put_in_peace(const char *path, bool with_contents, int64_t now) {
    struct file_cache_entry *left = put(path, with_contents, now);
    cr_expect(left == NULL, "'%s'", path);
    file_cache_entries_release(left);
}

struct file_cache_entry *find_of(uint64_t owner, const char *path, int64_t now) {
    struct cache_key key = {owner, view_of(path)};
    return file_cache_shard_find(&shard, &key, hash_of(&key), now);
}

bool has(const char *path, int64_t now) {
    struct file_cache_entry *found = find_of(ONE_OWNER, path, now);
    file_cache_entry_release(found);
    return found != NULL;
}

size_t count(const struct file_cache_entry *left) {
    size_t length = 0;
    for (; left != NULL; left = left->next) {
        length++;
    }
    return length;
}

const char *name_of(struct file_cache_entry *left) {
    static char name[NAME_BYTES];
    cr_assert_eq(count(left), 1, "%zu have left", count(left));
    (void)snprintf(name, sizeof name, "%s", left->key.name.bytes);
    file_cache_entries_release(left);
    return name;
}

size_t cost_of_one(void) {
    put_in_peace("a", true, 1);
    size_t cost = shard.used_bytes;
    empty();
    return cost;
}
