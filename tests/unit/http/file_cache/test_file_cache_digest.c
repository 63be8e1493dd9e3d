/* SPDX-License-Identifier: MIT */
/* The digests by which versions of a file are told apart do not depend on what the cache happens to have. */
#include "http/base/digest.h"
#include "http/file_cache/file_cache.h"
#include "tests/unit/support/file_cache.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

TestSuite(file_cache_digest, .init = cache_set_up, .fini = cache_tear_down, .timeout = 20);

enum { KIB = 1024 };

static void expect_digest(const char *label, const char *name, const char *expected) {
    struct resource file = open_cached(name);
    const char *digest = file_cache_digest(&source, &file);
    if (expected != NULL) {
        cr_expect_str_eq(digest != NULL ? digest : "NULL", expected, "%s: %s", label, name);
    } else {
        cr_expect_null(digest, "%s: %s", label, name);
    }
    resource_close(&file);
}

static void expect_digests(const char *label) {
    for (int i = 0; i < 3; i++) {
        expect_digest(label, "empty", "99aa06d3014798d86001c324468d497f"); /* XXH3 of nothing */
        expect_digest(label, "a.txt", "071b66b3296c6ca6a9759cee3546ba21");
        expect_digest(label, "64k", "fd5ee061c8433a0f33b202d302b65caa");
        expect_digest(label, "larger", NULL);
    }
}

Test(file_cache_digest, is_the_same_whatever_is_remembered) {
    struct file_cache_options options = cache_options();
    folder_write_text(&folder, "empty", "");
    folder_write_text(&folder, "a.txt", "contents");
    folder_truncate(&folder, "64k", 64 * KIB);
    folder_truncate(&folder, "larger", 64 * KIB + 1);
    expect_digests("in memory");
    clock_ahead_s = 0;
    expect_digests("too young to be kept");
    clock_ahead_s = 3600;
    options.max_file_bytes = 0;
    cache_use(options);
    expect_digests("by descriptors");
    options.descriptor_count = 0;
    cache_use(options);
    expect_digests("nothing is kept");
    source.cache = NULL;
    expect_digests("no cache");
}

Test(file_cache_digest, is_there_of_all_that_may_be_kept_in_memory) {
    struct file_cache_options options = cache_options();
    options.max_file_bytes = 128 * KIB;
    options.memory_bytes = 64 * KIB * KIB;
    cache_use(options);
    folder_truncate(&folder, "larger", 64 * KIB + 1);
    struct resource file = open_cached("larger");
    char digest[DIGEST_HEX_BYTES];
    (void)snprintf(digest, sizeof digest, "%s", file_cache_digest(&source, &file));
    resource_close(&file);
    cr_expect_eq(strlen(digest), 32);
    expect_digest("again", "larger", digest);
}

static void replace_it(void) {
    await_tick(&folder);
    folder_write_text(&folder, "a.txt", "contents");
}

/* What is sent is what was read, so that its digest is right whatever the file is by now. */
Test(file_cache_digest, is_that_of_the_bytes_that_are_sent) {
    folder_write_text(&folder, "a.txt", "earlier!");
    before_read = replace_it;
    struct resource file = open_cached("a.txt");
    cr_expect_str_eq(text_of(&file), "contents");
    cr_expect_str_eq(file_cache_digest(&source, &file), "071b66b3296c6ca6a9759cee3546ba21");
    resource_close(&file);
}

Test(file_cache_digest, is_empty_where_a_file_cannot_be_read) {
    folder_write_text(&folder, "a.txt", "contents");
    read_error = EIO;
    struct resource file = open_cached("a.txt");
    cr_expect_str_eq(file_cache_digest(&source, &file), "");
    cr_expect_geq(file.fd, 0);
    resource_close(&file);
}
