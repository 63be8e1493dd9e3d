/* SPDX-License-Identifier: MIT */
#include "http/compression/cache.h"
#include "tests/unit/support/memory_faults.h"

#include <criterion/criterion.h>

enum { KIB = 1024, LIMIT = 64 * KIB, OVERHEAD_MAX = 512, CHECKSUM = 4711, CROWD = 5000 };

static struct compressor_cache cache;
static ptrdiff_t live_before;

static void set_up(void) {
    live_before = memory_live_count();
    compressor_cache_init(&cache, LIMIT);
}

static void tear_down(void) {
    compressor_cache_deinit(&cache);
    memory_demand_live(live_before);
}

TestSuite(compressor_cache, .init = set_up, .fini = tear_down, .timeout = 20);

static struct file_version version_of(uint64_t inode, int number) {
    return (struct file_version){.file = {.device = 1, .inode = inode},
                                 .size = 100,
                                 .modified = {.tv_sec = number},
                                 .changed = {.tv_sec = number}};
}

/* Put a blob of this length in, without keeping a hold of it; -1: a file to be sent as it is. */
static void put(uint64_t inode, int number, ptrdiff_t length) {
    struct file_version version = version_of(inode, number);
    struct blob *blob = length >= 0 ? blob_create((size_t)length) : NULL;
    cr_assert(length < 0 || blob != NULL);
    cached_files_free(compressor_cache_put(&cache, &version, blob, CHECKSUM + (uint32_t)inode));
    blob_release(blob);
    cr_assert_leq(cache.used_bytes, cache.limit_bytes);
}

enum { UNKNOWN = -2, AS_IS = -1 };

/* Returns the length of the blob of this version, or UNKNOWN, or AS_IS. */
static ptrdiff_t find(uint64_t inode, int number) {
    struct file_version version = version_of(inode, number);
    struct blob *blob = NULL;
    uint32_t checksum = 0;
    if (!compressor_cache_find(&cache, &version, &blob, &checksum)) {
        cr_assert_null(blob);
        return UNKNOWN;
    }
    if (blob == NULL) {
        return AS_IS;
    }
    cr_assert_eq(checksum, CHECKSUM + inode);
    ptrdiff_t length = (ptrdiff_t)blob->length;
    blob_release(blob);
    return length;
}

Test(compressor_cache, finds_what_was_put_in) {
    cr_expect_eq(find(1, 1), UNKNOWN);
    put(1, 1, 100);
    put(2, 1, 200);
    put(3, 1, AS_IS);
    cr_expect_eq(find(1, 1), 100);
    cr_expect_eq(find(2, 1), 200);
    cr_expect_eq(find(3, 1), AS_IS);
    cr_expect_eq(find(4, 1), UNKNOWN);
}

Test(compressor_cache, tells_devices_apart) {
    struct file_version other = version_of(1, 1);
    struct blob *blob = NULL;
    uint32_t checksum = 0;
    other.file.device = 2;
    put(1, 1, 100);
    cr_expect_not(compressor_cache_find(&cache, &other, &blob, &checksum));
    cached_files_free(compressor_cache_put(&cache, &other, NULL, 0));
    cr_expect_eq(find(1, 1), 100);
}

Test(compressor_cache, keeps_the_last_version_of_a_file) {
    put(1, 1, 100);
    size_t used = cache.used_bytes;
    cr_expect_eq(find(1, 2), UNKNOWN);
    put(1, 2, 100);
    cr_expect_eq(find(1, 1), UNKNOWN);
    cr_expect_eq(find(1, 2), 100);
    cr_expect_eq(cache.used_bytes, used, "the old version stayed");
    put(1, 3, AS_IS);
    cr_expect_eq(find(1, 2), UNKNOWN);
    cr_expect_eq(find(1, 3), AS_IS);
    cr_expect_eq(cache.used_bytes, used - 100);
    put(1, 3, 50); /* the same version again: two workers came one after the other */
    cr_expect_eq(find(1, 3), 50);
    cr_expect_eq(cache.used_bytes, used - 50);
}

Test(compressor_cache, lets_the_least_recently_used_go) {
    for (uint64_t inode = 1; inode <= 4; inode++) {
        put(inode, 1, 15 * KIB); /* 60 KiB and a little of 64 */
    }
    for (uint64_t inode = 1; inode <= 4; inode++) {
        cr_assert_eq(find(inode, 1), 15 * KIB);
    }
    cr_assert_eq(find(1, 1), 15 * KIB);
    cr_assert_eq(find(2, 1), 15 * KIB);
    put(5, 1, 15 * KIB);
    cr_expect_eq(find(3, 1), UNKNOWN, "the one that was not asked for longest");
    put(6, 1, 1);
    cr_expect_eq(find(4, 1), 15 * KIB, "there was room enough");
    put(7, 1, 15 * KIB);
    cr_expect_eq(find(1, 1), UNKNOWN);
    cr_expect_eq(find(2, 1), 15 * KIB);
    cr_expect_eq(find(4, 1), 15 * KIB);
    cr_expect_eq(find(5, 1), 15 * KIB);
    cr_expect_eq(find(7, 1), 15 * KIB);
}

Test(compressor_cache, lets_as_many_go_as_it_takes) {
    for (uint64_t inode = 1; inode <= 60; inode++) {
        put(inode, 1, 500);
    }
    cr_assert_eq(find(1, 1), 500);
    put(100, 1, 60 * KIB);
    cr_expect_eq(find(100, 1), 60 * KIB);
    cr_expect_eq(find(2, 1), UNKNOWN);
    cr_expect_eq(find(1, 1), 500, "used just before");
}

Test(compressor_cache, counts_what_remembering_takes) {
    for (uint64_t inode = 1; inode <= CROWD; inode++) {
        put(inode, 1, AS_IS);
    }
    ptrdiff_t count = memory_live_count() - live_before;
    cr_expect_gt(count, LIMIT / OVERHEAD_MAX, "room is wasted");
    cr_expect_lt(count, LIMIT / (ptrdiff_t)(sizeof(struct file_version) + sizeof(struct blob)),
                 "not bounded");
    cr_expect_eq(find(CROWD, 1), AS_IS);
    cr_expect_eq(find(1, 1), UNKNOWN);
    for (uint64_t inode = 1; inode <= CROWD; inode++) {
        put(inode, 1, 0);
    }
    cr_expect_lt(memory_live_count() - live_before, 2 * count + 1, "empty blobs are not bounded");
}

Test(compressor_cache, does_not_keep_what_is_larger_than_itself) {
    put(1, 1, 100);
    put(2, 1, 100);
    put(2, 2, LIMIT);
    cr_expect_eq(find(2, 2), UNKNOWN);
    cr_expect_eq(find(2, 1), UNKNOWN, "that version is over");
    cr_expect_eq(find(1, 1), 100, "nobody had to go");
}

Test(compressor_cache, works_without_room) {
    compressor_cache_deinit(&cache);
    static const size_t limits[] = {0, 1, 64};
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        compressor_cache_init(&cache, limits[i]);
        cr_expect_eq(compressor_cache_blob_max(&cache), 0);
        put(1, 1, AS_IS);
        put(1, 1, 0);
        cr_expect_eq(find(1, 1), UNKNOWN);
        cr_expect_eq(memory_live_count(), live_before);
    }
}

Test(compressor_cache, takes_four_of_the_largest_blobs) {
    size_t blob_max = compressor_cache_blob_max(&cache);
    cr_expect_leq(blob_max, LIMIT / 4);
    cr_expect_geq(blob_max, LIMIT / 4 - OVERHEAD_MAX);
    for (uint64_t inode = 1; inode <= 4; inode++) {
        put(inode, 1, (ptrdiff_t)blob_max);
    }
    for (uint64_t inode = 1; inode <= 4; inode++) {
        cr_expect_eq(find(inode, 1), (ptrdiff_t)blob_max);
    }
}

Test(compressor_cache, leaves_a_blob_to_those_who_hold_it) {
    struct file_version version = version_of(1, 1);
    struct blob *blob = NULL;
    uint32_t checksum = 0;
    put(1, 1, 100);
    cr_assert(compressor_cache_find(&cache, &version, &blob, &checksum));
    blob->bytes[99] = 'x';
    put(1, 2, AS_IS);
    cr_expect_eq(blob->bytes[99], 'x');
    cr_expect_eq(atomic_load(&blob->holds), 1);
    blob_release(blob);
}

Test(compressor_cache, is_empty_after_its_end_and_may_be_ended_again) {
    put(1, 1, 100);
    put(2, 1, AS_IS);
    compressor_cache_deinit(&cache);
    cr_expect_eq(memory_live_count(), live_before);
    cr_expect_eq(find(1, 1), UNKNOWN);
    cr_expect_eq(cache.used_bytes, 0);
}

/* The table's own memory, too, which grows when there are many. */
Test(compressor_cache, forgets_when_there_is_no_memory) {
    compressor_cache_deinit(&cache);
    compressor_cache_init(&cache, (size_t)CROWD * OVERHEAD_MAX);
    size_t forgotten = 0;
    for (uint64_t inode = 1; inode <= CROWD; inode++) {
        struct file_version version = version_of(inode, 1);
        size_t number = 0;
        bool has_failed = true;
        for (; has_failed; number++) {
            memory_fail_after(number);
            cached_files_free(compressor_cache_put(&cache, &version, NULL, 0));
            has_failed = memory_stop_failing();
            cr_assert_eq(find(inode, 1), has_failed ? UNKNOWN : AS_IS, "file %d, allocation %zu", (int)inode,
                         number);
        }
        forgotten += number - 1;
    }
    cr_expect_gt(forgotten, CROWD, "no growing of the table failed");
    for (uint64_t inode = 1; inode <= CROWD; inode++) {
        cr_assert_eq(find(inode, 1), AS_IS);
    }
}
