/* SPDX-License-Identifier: MIT */
#include "tests/unit/http/response/shared_file.h"

#include "tests/support/filling.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

size_t shared_file_holds;

/* What stands in for an entry of the cache. */
struct shared_file {
    struct resource own;
    char bytes[];
};

static void give_back(struct file_cache_entry *entry) {
    struct shared_file *shared = (struct shared_file *)(void *)entry;
    resource_close(&shared->own);
    free(shared);
    shared_file_holds--;
}

static struct shared_file *create(size_t length) {
    struct shared_file *shared = malloc(sizeof *shared + length + 1);
    cr_assert_not_null(shared);
    shared->own = (struct resource){.fd = -1, .contents = shared->bytes, .size = (off_t)length};
    return shared;
}

static struct resource hold(struct shared_file *shared) {
    struct resource held = shared->own;
    held.cached = (struct file_cache_entry *)(void *)shared;
    held.give_back = give_back;
    shared_file_holds++;
    return held;
}

struct resource shared_file_of(const char *bytes, size_t length) {
    struct shared_file *shared = create(length);
    memcpy(shared->bytes, bytes, length);
    return hold(shared);
}

struct resource shared_file_filled(off_t size) {
    struct shared_file *shared = create((size_t)size);
    filling_write(shared->bytes, 0, (size_t)size);
    return hold(shared);
}

struct resource shared_file_opened(struct resource *file) {
    struct shared_file *shared = create(0);
    shared->own = resource_take(file);
    return hold(shared);
}
