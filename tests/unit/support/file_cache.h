/* SPDX-License-Identifier: MIT */
/*
 * A file cache over a temporary folder, with the clocks of support_file_events.h.
 *
 * Criterion runs each test in a process of its own, so these are plain variables. Give the two functions to a
 * TestSuite as .init and .fini.
 */
#ifndef LIDO_TESTS_UNIT_SUPPORT_FILE_CACHE_H
#define LIDO_TESTS_UNIT_SUPPORT_FILE_CACHE_H

#include "http/file_cache/file_cache.h"
#include "tests/support/folder.h"
#include "tests/unit/support/file_events.h"

#include <stdbool.h>

enum { CACHE_TEXT_BYTES = 4096 };

extern struct folder folder;
extern struct beneath root; /* the same folder, open */
extern struct file_cache *cache;
extern struct file_source source; /* from these, with an owner */

void cache_set_up(void);
void cache_tear_down(void);

/* 1 MiB, files up to 64 KiB, 64 descriptors, a look each time. */
struct file_cache_options cache_options(void);

/* Have another cache in the place of the one there is. */
void cache_use(struct file_cache_options options);

/* Open by the cache; fails the test unless the status is 200. */
struct resource open_cached(const char *path);

/* Open it once, so that it is remembered, and fail unless it then is. */
void warm_up(const char *path);

/* Whether the cache still has what it gave before: asks once more, and compares. */
bool is_remembered(const char *path, const struct resource *before);

/* The bytes of a file, as a C string, of up to CACHE_TEXT_BYTES - 1 of them. Static. */
const char *text_of(const struct resource *file);

/* Open by the cache, and with nothing between: fail unless status, version and bytes are the same. Returns
 * the status. */
enum http_status expect_as_on_disk(const char *label, const char *path);

#endif
