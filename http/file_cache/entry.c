/* SPDX-License-Identifier: MIT */
#include "http/file_cache/entry.h"

#include "http/base/digest.h"

#include <stdlib.h>
#include <string.h>

/* There is room for a byte too many, which tells that the file has grown. */
static bool take_contents(struct file_cache_entry *entry, const struct resource *file) {
    size_t size = (size_t)file->size;
    char *contents = entry->bytes + entry->key.name.length + 1;
    struct file_version version = file_version_of(file);
    entry->resource.fd = -1;
    entry->resource.contents = contents;
    return resource_read(file, contents, size + 1, size + 1, 0) == (ssize_t)size &&
           file_version_is_current(&version, file->fd);
}

struct file_cache_entry *file_cache_entry_create(const struct cache_key *key, struct resource *file,
                                                 bool with_contents) {
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
    if (with_contents && !take_contents(entry, file)) {
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
