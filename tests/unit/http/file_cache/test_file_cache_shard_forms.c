/* SPDX-License-Identifier: MIT */
/* Entries that have neither contents nor a descriptor, and compressed forms that are attached to them. */
#include "tests/unit/http/file_cache/cache_shard.h"
#include "tests/unit/support/memory_faults.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

enum { CROWD = 5000, OVERHEAD_MAX = 600, CHECKSUM = 4711 };

static struct file_cache_entry *left_for_form;

TestSuite(file_cache_shard_forms, .init = shard_set_up, .fini = cache_tear_down, .timeout = 20);

/* Put one in, as somebody begins to make its form. Returns a hold. */
static struct file_cache_entry *begin(const char *name, int64_t now) {
    struct cache_key key = {ONE_OWNER, view_of(name)};
    struct resource file = {.fd = -1, .size = FILE_BYTES};
    struct file_cache_entry *entry = file_cache_entry_create(&key, &file, ENTRY_PLAIN);
    cr_assert_not_null(entry);
    entry->is_awaited = true;
    struct file_cache_entry *left = put_wanted(file_cache_entry_hold(entry), now);
    file_cache_entries_release(left);
    return entry;
}

/* Its form is made; SIZE_MAX: it is to be sent as it is. */
static void end(struct file_cache_entry *entry, size_t length, int64_t now) {
    struct gzip_form form = {.bytes = length != SIZE_MAX ? malloc(length) : NULL, .checksum = CHECKSUM};
    form.length = length != SIZE_MAX ? length : 0;
    left_for_form = file_cache_shard_set_form(&shard, entry, &form, now);
    cr_expect_leq(shard.used_bytes, shard.limit_bytes);
}

static void put_form(const char *name, size_t length, int64_t now) {
    struct file_cache_entry *entry = begin(name, now);
    end(entry, length, now);
    file_cache_entries_release(left_for_form);
    file_cache_entry_release(entry);
}

Test(file_cache_shard_forms, keeps_what_was_made) {
    struct file_cache_entry *entry = begin("a", 1);
    cr_expect(has("a", 1));
    size_t before = shard.used_bytes;
    end(entry, 100, 1);
    cr_expect_null(left_for_form);
    cr_expect_eq(shard.used_bytes, before + 100);
    cr_expect_not(entry->is_awaited);
    cr_expect_eq(entry->form.length, 100);
    cr_expect_eq(entry->form.checksum, CHECKSUM);
    file_cache_entry_release(entry);
    empty();
}

Test(file_cache_shard_forms, takes_no_descriptor) {
    shard.descriptor_limit = 0;
    put_form("a", 100, 1);
    cr_expect(has("a", 1));
    cr_expect_eq(shard.descriptor_count, 0);
    cr_expect_null(file_cache_shard_trim(&shard, 1000000), "and is not in the way of those that do");
    empty();
}

Test(file_cache_shard_forms, makes_room_for_it_and_lets_the_least_recently_used_go) {
    struct file_cache_entry *entry = begin("x", 1);
    size_t bare = shard.used_bytes;
    file_cache_entry_release(entry);
    empty();
    shard.limit_bytes = 3 * (bare + 1000);
    put_form("a", 1000, 1);
    put_form("b", 1000, 2);
    put_form("c", 1000, 3);
    cr_expect(has("a", 4));
    entry = begin("d", 5);
    cr_expect_not(has("b", 5), "its place alone is too much");
    end(entry, 1000, 6);
    cr_expect_null(left_for_form);
    file_cache_entry_release(entry);
    entry = begin("e", 7);
    cr_expect_not(has("c", 7));
    end(entry, 2000, 8);
    cr_expect_str_eq(name_of(left_for_form), "a");
    cr_expect(has("d", 9) && has("e", 9));
    file_cache_entry_release(entry);
    empty();
}

/* Making one takes its time, and others come meanwhile. */
Test(file_cache_shard_forms, is_used_when_it_is_made) {
    struct file_cache_entry *slow = begin("slow", 1);
    size_t bare = shard.used_bytes;
    put_form("quick", 100, 2);
    shard.limit_bytes = 2 * bare + 100 + 200;
    end(slow, 300, 3);
    cr_expect_str_eq(name_of(left_for_form), "quick");
    cr_expect(has("slow", 3));
    file_cache_entry_release(slow);
    empty();
}

Test(file_cache_shard_forms, goes_to_its_maker_alone_when_the_place_is_gone) {
    struct file_cache_entry *entry = begin("a", 1);
    file_cache_entries_release(file_cache_shard_drop(&shard, entry));
    end(entry, 100, 1);
    cr_expect_null(left_for_form);
    cr_expect_eq(entry->form.length, 100);
    file_cache_entry_release(entry);
    expect_empty();
}

Test(file_cache_shard_forms, counts_what_remembering_takes) {
    ptrdiff_t live_before = memory_live_count();
    char name[16];
    shard.limit_bytes = 64 * 1024;
    for (int i = 0; i < CROWD; i++) {
        (void)snprintf(name, sizeof name, "%d", i);
        put_form(name, SIZE_MAX, i);
    }
    ptrdiff_t count = memory_live_count() - live_before;
    cr_expect_gt(count, (ptrdiff_t)(shard.limit_bytes / OVERHEAD_MAX), "room is wasted");
    cr_expect_lt(count, (ptrdiff_t)(shard.limit_bytes / sizeof(struct file_cache_entry)) + 3, "not bounded");
    cr_expect(has(name, CROWD));
    cr_expect_not(has("0", CROWD));
    empty();
    cr_expect_eq(memory_live_count(), live_before);
}
