/* SPDX-License-Identifier: MIT */
#include "http/file_cache/entry.h"

#include <stdlib.h>
#include <string.h>

/* There is room for a byte too many, which tells that the file has grown. */
static bool take_contents(struct cached_resource *cached, const struct resource *file) {
    size_t size = (size_t)file->size;
    char *contents = cached->bytes + cached->key.path.length + 1;
    struct file_version version = file_version_of(file);
    cached->resource.fd = -1;
    cached->resource.contents = contents;
    return resource_read(file, contents, size + 1, size + 1, 0) == (ssize_t)size &&
           file_version_is_current(&version, file->fd);
}

struct cached_resource *cached_resource_create(const struct cache_key *key, struct resource *file,
                                               bool with_contents) {
    size_t path_size = key->path.length + 1;
    size_t bytes = sizeof(struct cached_resource) + path_size + (with_contents ? (size_t)file->size + 1 : 0);
    struct cached_resource *cached = malloc(bytes);
    if (cached == NULL) {
        return NULL;
    }
    memset(cached, 0, sizeof *cached);
    atomic_init(&cached->holds, 1);
    cached->cost_bytes = bytes;
    cached->key = (struct cache_key){key->owner, {cached->bytes, key->path.length}};
    memcpy(cached->bytes, key->path.bytes, path_size);
    cached->resource = *file;
    if (with_contents && !take_contents(cached, file)) {
        free(cached);
        return NULL;
    }
    if (with_contents) {
        resource_close(file);
    }
    file->fd = -1;
    return cached;
}

struct cached_resource *cached_resource_hold(struct cached_resource *cached) {
    atomic_fetch_add_explicit(&cached->holds, 1, memory_order_relaxed);
    return cached;
}

void cached_resource_release(struct cached_resource *cached) {
    /* Every holder's reads come before the last one's free(). */
    if (cached != NULL && atomic_fetch_sub_explicit(&cached->holds, 1, memory_order_acq_rel) == 1) {
        resource_close(&cached->resource);
        ready_heads_destroy(atomic_load_explicit(&cached->heads, memory_order_relaxed));
        free(cached);
    }
}

struct resource cached_resource_share(struct cached_resource *cached) {
    struct resource shared = cached->resource;
    shared.cached = cached;
    shared.give_back = cached_resource_release;
    return shared;
}
