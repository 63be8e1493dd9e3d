/* SPDX-License-Identifier: MIT */
#include "tests/unit/support/file_cache.h"

#include "http/files/version.h"

#include <criterion/criterion.h>
#include <string.h>
#include <unistd.h>

struct folder folder;
struct beneath root;
struct file_cache *cache;
struct file_source source;

enum { OWNER = 1 };

/* --- the cache ------------------------------------------------------------------------------------------ */

struct file_cache_options cache_options(void) {
    return (struct file_cache_options){
        .memory_bytes = 1024 * 1024, .max_file_bytes = 64 * 1024, .descriptor_count = 64, .check_ms = 0};
}

void cache_use(struct file_cache_options options) {
    file_cache_destroy(cache);
    cache = NULL;
    cr_assert_eq(file_cache_create(&cache, &options), 0);
    source = (struct file_source){.root = &root, .cache = cache, .owner = OWNER};
}

void cache_set_up(void) {
    folder_create(&folder);
    cr_assert_eq(beneath_open_root(&root, folder.path), 0);
    cache_use(cache_options());
}

void cache_tear_down(void) {
    file_cache_destroy(cache);
    cache = NULL;
    beneath_close_root(&root);
    folder_remove(&folder);
}

/* --- files ---------------------------------------------------------------------------------------------- */

struct resource open_cached(const char *path) {
    struct resource file = {.fd = -1};
    enum http_status status = file_cache_open(&source, path, &file);
    cr_assert(status == HTTP_OK, "'%s': status %d", path, (int)status);
    return file;
}

bool is_remembered(const char *path, const struct resource *before) {
    struct resource again = open_cached(path);
    bool same = again.cached != NULL && again.cached == before->cached;
    resource_close(&again);
    return same;
}

void warm_up(const char *path) {
    struct resource file = open_cached(path);
    cr_assert(is_remembered(path, &file), "'%s' is not remembered", path);
    resource_close(&file);
}

const char *text_of(const struct resource *file) {
    static char text[CACHE_TEXT_BYTES];
    size_t size = (size_t)file->size;
    cr_assert_lt(size, sizeof text);
    if (file->contents != NULL) {
        memcpy(text, file->contents, size);
    } else {
        cr_assert_eq(pread(file->fd, text, size, 0), (ssize_t)size);
    }
    text[size] = '\0';
    return text;
}

static void expect_same(const char *label, const struct resource *cached, const struct resource *opened) {
    char text[CACHE_TEXT_BYTES];
    cr_assert(cached->is_folder == opened->is_folder, "%s: a folder", label);
    if (cached->is_folder) {
        return;
    }
    struct file_version one = file_version_of(cached);
    struct file_version other = file_version_of(opened);
    cr_assert(file_version_equals(&one, &other), "%s: another version", label);
    memcpy(text, text_of(cached), sizeof text);
    cr_expect(strcmp(text, text_of(opened)) == 0, "%s: '%.40s' instead of '%.40s'", label, text,
              text_of(opened));
}

enum http_status expect_as_on_disk(const char *label, const char *path) {
    struct resource cached = {.fd = -1};
    struct resource opened = {.fd = -1};
    enum http_status status = file_cache_open(&source, path, &cached);
    enum http_status real = resource_open(&root, path, &opened);
    cr_expect(status == real, "%s: %d instead of %d", label, (int)status, (int)real);
    if (status == HTTP_OK && real == HTTP_OK) {
        expect_same(label, &cached, &opened);
    }
    resource_close(&cached);
    resource_close(&opened);
    return status;
}
