/* SPDX-License-Identifier: MIT */
#include "http/file_cache/entry.h"

#include "http/base/digest.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { PIECE_BYTES = 8 * 1024 };

/* There is room for a byte too many, which tells that the file has grown. */
static bool take_contents(struct file_cache_entry *entry, const struct resource *file) {
    size_t size = (size_t)file->size;
    char *contents = entry->bytes + entry->key.name.length + 1;
    entry->resource.fd = -1;
    entry->resource.contents = contents;
    if (resource_read(file, contents, size + 1, size + 1, 0) != (ssize_t)size) {
        return false;
    }
    digest_of(contents, size, entry->digest);
    return true;
}

/* Piece by piece, as the contents are not to be kept. */
static bool take_digest(struct file_cache_entry *entry, const struct resource *file) {
    char piece[PIECE_BYTES];
    struct digest *digest = digest_create();
    off_t offset = 0;
    ssize_t n = digest != NULL ? 1 : -ENOMEM;
    while (n > 0) {
        n = resource_read(file, piece, sizeof piece, sizeof piece, offset);
        if (n > 0) {
            digest_add(digest, piece, (size_t)n);
            offset += n;
        }
    }
    bool is_whole = n == 0 && offset == file->size;
    if (is_whole) {
        digest_write(digest, entry->digest);
    }
    digest_destroy(digest);
    return is_whole;
}

static bool take(struct file_cache_entry *entry, const struct resource *file, enum entry_extent extent) {
    struct file_version version = file_version_of(file);
    switch (extent) {
    case ENTRY_WITH_CONTENTS:
        return take_contents(entry, file) && file_version_is_current(&version, file->fd);
    case ENTRY_FOR_ONE_ANSWER:
        return take_contents(entry, file);
    case ENTRY_WITH_DIGEST:
        return take_digest(entry, file) && file_version_is_current(&version, file->fd);
    case ENTRY_PLAIN:
        break;
    }
    return file->fd < 0 || resource_try(file, 0) == 0;
}

struct file_cache_entry *file_cache_entry_create(const struct cache_key *key, struct resource *file,
                                                 enum entry_extent extent) {
    bool with_contents = extent == ENTRY_WITH_CONTENTS || extent == ENTRY_FOR_ONE_ANSWER;
    size_t name_size = key->name.length + 1;
    size_t bytes = sizeof(struct file_cache_entry) + name_size + (with_contents ? (size_t)file->size + 1 : 0);
    struct file_cache_entry *entry = malloc(bytes);
    if (entry == NULL) {
        return NULL;
    }
    memset(entry, 0, sizeof *entry);
    atomic_init(&entry->holds, 1);
    entry->cost_bytes = bytes;
    entry->key = (struct cache_key){key->owner, {entry->bytes, key->name.length}};
    memcpy(entry->bytes, key->name.bytes, key->name.length);
    entry->bytes[key->name.length] = '\0';
    entry->resource = *file;
    entry->stat_may_block = extent != ENTRY_FOR_ONE_ANSWER && file->fd != -1 && resource_stat_may_block(file);
    if (!take(entry, file, extent)) {
        free(entry);
        return NULL;
    }
    if (with_contents) {
        resource_close(file);
    }
    file->fd = -1;
    return entry;
}

struct file_cache_entry *file_cache_entry_hold(struct file_cache_entry *entry) {
    atomic_fetch_add_explicit(&entry->holds, 1, memory_order_relaxed);
    return entry;
}

void file_cache_entry_release(struct file_cache_entry *entry) {
    /* Every holder's reads come before the last one's free(). */
    if (entry != NULL && atomic_fetch_sub_explicit(&entry->holds, 1, memory_order_acq_rel) == 1) {
        resource_close(&entry->resource);
        ready_heads_destroy(atomic_load_explicit(&entry->heads, memory_order_relaxed));
        free(entry->form.bytes);
        free(entry);
    }
}

struct resource file_cache_entry_share(struct file_cache_entry *entry) {
    struct resource shared = entry->resource;
    shared.cached = entry;
    shared.give_back = file_cache_entry_release;
    return shared;
}

bool file_cache_entry_has_version(const struct file_cache_entry *entry, const struct file_version *version) {
    struct file_version ours = file_version_of(&entry->resource);
    return file_version_equals(&ours, version);
}

uint64_t cache_key_hash(const struct cache_key *key) {
    return digest_hash(key->name.bytes, key->name.length, key->owner);
}
