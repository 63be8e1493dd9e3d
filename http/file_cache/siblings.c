/* SPDX-License-Identifier: MIT */
#include "http/file_cache/siblings.h"

#include "http/base/clock.h"
#include "http/base/digest.h"
#include "http/files/version.h"
#include "http/semantics/content_coding.h"
#include "http/semantics/target.h"

#include <string.h>

enum {
    ALL = (1 << CODING_COUNT) - 1,
    TRUST_MS = 1000,
    SUFFIX_BYTES = 8, /* the longest, and its NUL */
};

uint64_t siblings_known(const struct file_cache_entry *entry) {
    return atomic_load_explicit(&entry->siblings, memory_order_relaxed);
}

static void set(struct file_cache_entry *entry, uint64_t siblings) {
    atomic_store_explicit(&entry->siblings, siblings, memory_order_relaxed);
}

void siblings_forget(struct file_cache_entry *entry) {
    set(entry, 0);
}

static uint64_t digest_of_version(const struct file_version *folder) {
    const int64_t values[] = {(int64_t)folder->file.device, (int64_t)folder->file.inode,
                              folder->modified.tv_sec,      folder->modified.tv_nsec,
                              folder->changed.tv_sec,       folder->changed.tv_nsec};
    uint64_t second = (uint64_t)(clock_steady_coarse_ms() / TRUST_MS);
    return digest_hash(values, sizeof values, second) & ~(uint64_t)ALL;
}

static bool stat_folder_of(const struct beneath *root, const char *path, struct resource *folder) {
    char name[TARGET_PATH_BYTES];
    const char *slash = strrchr(path, '/');
    size_t length = slash != NULL ? (size_t)(slash - path) : 0;
    memcpy(name, path, length);
    name[length] = '\0';
    return resource_stat(root, slash != NULL ? name : ".", folder);
}

static uint64_t look_at_each(const struct beneath *root, struct view name) {
    char path[TARGET_PATH_BYTES + SUFFIX_BYTES];
    uint64_t there = 0;
    memcpy(path, name.bytes, name.length);
    for (int i = 0; i < CODING_COUNT; i++) {
        const char *suffix = content_coding_suffix((enum content_coding)i);
        memcpy(path + name.length, suffix, strlen(suffix) + 1);
        bool is_there = i == CODING_IDENTITY || resource_may_exist(root, path);
        there |= is_there ? UINT64_C(1) << i : 0;
    }
    return there;
}

uint64_t siblings_look(struct file_cache_entry *entry, const struct beneath *root,
                       const struct blocking *blocking) {
    if (entry->stat_may_block) {
        blocking_ahead(blocking, BLOCKING_FILE);
    }
    struct timespec now = clock_wall(); /* before the look: what changes later makes another version */
    struct view name = entry->key.name;
    struct resource folder;
    if (name.length >= TARGET_PATH_BYTES || !stat_folder_of(root, name.bytes, &folder)) {
        return ALL;
    }
    struct file_version version = file_version_of(&folder);
    uint64_t digest = digest_of_version(&version);
    uint64_t known = siblings_known(entry);
    if (known != 0 && (known & ~(uint64_t)ALL) == digest) {
        return known;
    }
    blocking_ahead(blocking, BLOCKING_FILE);
    uint64_t there = look_at_each(root, name) | digest;
    if (file_version_is_settled(&version, now)) {
        set(entry, there);
    }
    return there;
}
