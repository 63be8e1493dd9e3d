/* SPDX-License-Identifier: MIT */
#include "tests/unit/http/file_cache/cache_shard.h"
#include "tests/unit/support/memory_faults.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

TestSuite(file_cache_shard, .init = shard_set_up, .fini = cache_tear_down, .timeout = 20);

enum { PATH_BYTES = 16 };

enum { OTHER_OWNER = 2 };

/* --- finding -------------------------------------------------------------------------------------------- */

Test(file_cache_shard, finds_by_owner_and_path) {
    static const struct {
        const char *name, *path;
        uint64_t owner;
        bool found;
    } rows[] = {
        {"the same", "a/b", ONE_OWNER, true},       {"another owner", "a/b", OTHER_OWNER, false},
        {"another path", "a/c", ONE_OWNER, false},  {"its beginning", "a/", ONE_OWNER, false},
        {"a longer one", "a/bc", ONE_OWNER, false}, {"none", "", ONE_OWNER, false},
    };
    cr_expect_null(find_of(ONE_OWNER, "a/b", 1), "in an empty one");
    put_in_peace("a/b", true, 1);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct file_cache_entry *found = find_of(rows[i].owner, rows[i].path, 1);
        cr_expect((found != NULL) == rows[i].found, "%s", rows[i].name);
        file_cache_entry_release(found);
    }
    empty();
}

Test(file_cache_shard, tells_many_with_one_hash_apart) {
    enum { MANY = 100 };
    char path[PATH_BYTES];
    one_hash = 77;
    for (int i = 0; i < MANY; i++) {
        (void)snprintf(path, sizeof path, "file%d", i);
        put_in_peace(path, true, i);
    }
    for (int i = 0; i < MANY; i++) {
        (void)snprintf(path, sizeof path, "file%d", i);
        struct file_cache_entry *found = find_of(ONE_OWNER, path, MANY);
        cr_assert(found != NULL, "%s", path);
        cr_expect_str_eq(found->key.name.bytes, path);
        file_cache_entry_release(found);
    }
    empty();
}

Test(file_cache_shard, gives_a_hold_that_outlives_it) {
    put_in_peace("a", true, 1);
    struct file_cache_entry *found = find_of(ONE_OWNER, "a", 1);
    empty();
    cr_assert_not_null(found);
    cr_expect_eq(found->resource.size, FILE_BYTES);
    cr_expect_not(found->is_listed);
    file_cache_entry_release(found);
}

/* --- putting -------------------------------------------------------------------------------------------- */

Test(file_cache_shard, has_the_last_one_of_each_key) {
    static const bool ways[][2] = {{true, true}, {true, false}, {false, true}, {false, false}};
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        put_in_peace("a", ways[i][0], 1);
        struct file_cache_entry *before = find_of(ONE_OWNER, "a", 1);
        struct file_cache_entry *after = make(ONE_OWNER, "a", ways[i][1]);
        struct file_cache_entry *left = put_wanted(after, 2);
        cr_expect(left == before && count(left) == 1, "way %zu", i);
        cr_expect(!before->is_listed && after->is_listed, "way %zu", i);
        struct file_cache_entry *found = find_of(ONE_OWNER, "a", 2);
        cr_expect(found == after, "way %zu", i);
        cr_expect(shard.used_bytes == after->cost_bytes, "way %zu", i);
        file_cache_entry_release(found);
        file_cache_entry_release(before);
        file_cache_entries_release(left);
        empty();
    }
}

Test(file_cache_shard, counts_more_than_the_contents) {
    put_in_peace("a", true, 1);
    cr_expect_geq(shard.used_bytes, FILE_BYTES + sizeof(struct file_cache_entry) + FILE_CACHE_PLACE_BYTES);
    put_in_peace("b", false, 1);
    cr_expect_eq(shard.descriptor_count, 1);
    put_in_peace("c", true, 1);
    cr_expect_eq(shard.descriptor_count, 1);
    empty();
}

Test(file_cache_shard, lets_the_least_recently_used_contents_go) {
    shard.limit_bytes = 3 * cost_of_one();
    put_in_peace("a", true, 1);
    put_in_peace("b", true, 2);
    put_in_peace("c", true, 3);
    cr_expect_eq(shard.used_bytes, shard.limit_bytes, "and not before it must");
    cr_expect_str_eq(name_of(put("d", true, 4)), "a");
    cr_expect(has("b", 5));
    cr_expect_str_eq(name_of(put("e", true, 6)), "c");
    cr_expect(has("b", 7));
    cr_expect(has("d", 8));
    cr_expect_str_eq(name_of(put("f", true, 9)), "e");
    cr_expect_eq(shard.used_bytes, shard.limit_bytes);
    empty();
}

Test(file_cache_shard, is_never_above_its_limit) {
    char path[PATH_BYTES];
    size_t cost = cost_of_one();
    shard.limit_bytes = 3 * cost - 1;
    for (int i = 0; i < 20; i++) {
        (void)snprintf(path, sizeof path, "%c", 'a' + i);
        file_cache_entries_release(put(path, true, i));
        cr_expect(shard.used_bytes <= shard.limit_bytes, "after %s", path);
        cr_expect(has(path, i), "the newest one stays: %s", path);
    }
    cr_expect_eq(shard.used_bytes, 2 * cost);
    empty();
}

Test(file_cache_shard, lets_nothing_go_for_what_is_too_large_for_it) {
    static const char *const larger = "a path that is too long for a place that is just large enough";
    shard.limit_bytes = cost_of_one();
    put_in_peace("a", true, 1);
    struct file_cache_entry *left = put(larger, true, 2);
    cr_expect_eq(count(left), 1);
    cr_expect(left != NULL && strcmp(left->key.name.bytes, larger) == 0, "it comes back itself");
    file_cache_entries_release(left);
    cr_expect(has("a", 3));
    empty();
}

Test(file_cache_shard, takes_what_just_fits) {
    shard.limit_bytes = cost_of_one() - 1;
    cr_expect_str_eq(name_of(put("a", true, 1)), "a");
    expect_empty();
    shard.limit_bytes++;
    put_in_peace("a", true, 1);
    empty();
}

/* The old version is of no use any more. */
Test(file_cache_shard, lets_the_old_version_go_also_when_the_new_one_is_too_large) {
    put_in_peace("a", true, 1);
    shard.limit_bytes = 1;
    struct file_cache_entry *left = put("a", true, 2);
    cr_expect_eq(count(left), 2);
    file_cache_entries_release(left);
    expect_empty();
}

Test(file_cache_shard, lets_the_least_recently_used_descriptor_go) {
    put_in_peace("contents", true, 0);
    put_in_peace("a", false, 1);
    put_in_peace("b", false, 2);
    put_in_peace("c", false, 3);
    cr_expect(has("a", 4));
    cr_expect_str_eq(name_of(put("d", false, 5)), "b");
    cr_expect_eq(shard.descriptor_count, 3);
    cr_expect_str_eq(name_of(put("e", false, 6)), "c");
    cr_expect(has("contents", 7), "contents take no descriptor");
    put_in_peace("more contents", true, 7);
    cr_expect_eq(shard.descriptor_count, 3);
    empty();
}

Test(file_cache_shard, lets_descriptors_go_for_bytes_in_their_turn) {
    size_t cost = cost_of_one();
    put_in_peace("a", false, 1);
    shard.limit_bytes = 3 * cost;
    put_in_peace("b", true, 2);
    put_in_peace("c", true, 3);
    cr_expect_str_eq(name_of(put("d", true, 4)), "a", "it was not used for longest");
    cr_expect_eq(shard.descriptor_count, 0);
    cr_expect_str_eq(name_of(put("e", false, 5)), "b", "nor was that");
    cr_expect_leq(shard.used_bytes, shard.limit_bytes);
    cr_expect(has("c", 6));
    cr_expect(has("e", 7));
    cr_expect_str_eq(name_of(put("f", true, 8)), "d");
    empty();
}

Test(file_cache_shard, hands_a_descriptor_back_where_it_may_have_none) {
    shard.descriptor_limit = 0;
    put_in_peace("contents", true, 1);
    shard.limit_bytes = shard.used_bytes;
    cr_expect_str_eq(name_of(put("a", false, 2)), "a");
    cr_expect_eq(shard.descriptor_count, 0);
    cr_expect(has("contents", 3), "and lets nothing go for it");
    empty();
}

/* Put it while one allocation fails. Returns whether there was one; fails the test unless all is as before
 * then. */
static bool put_without_memory(const char *path, bool with_contents, size_t successes) {
    struct file_cache_shard before = shard;
    struct file_cache_entry *made = make(ONE_OWNER, path, with_contents);
    memory_fail_after(successes);
    struct file_cache_entry *left = put_wanted(made, 1);
    bool failed = memory_stop_failing();
    cr_expect(left == (failed ? made : NULL), "%s", path);
    cr_expect(!failed || !made->is_listed, "%s", path);
    cr_expect(!failed || shard.used_bytes == before.used_bytes, "%s", path);
    cr_expect(!failed || shard.descriptor_count == before.descriptor_count, "%s", path);
    cr_expect(has(path, 1) != failed, "%s", path);
    file_cache_entries_release(left);
    return failed;
}

Test(file_cache_shard, hands_it_back_when_there_is_no_memory_for_a_table) {
    static const bool ways[] = {true, false};
    for (size_t i = 0; i < 2; i++) {
        cr_expect(put_without_memory("a", ways[i], 0));
        cr_expect(put_without_memory("a", ways[i], 1), "its buckets");
        expect_empty();
    }
}

Test(file_cache_shard, hands_it_back_when_there_is_no_memory_for_more_buckets) {
    enum { MANY = 40 };
    size_t failures = 0;
    one_hash = 77; /* so that a bucket fills up */
    shard.descriptor_limit = MANY;
    put_in_peace("first", true, 1);
    for (int i = 0; i < MANY; i++) {
        char path[PATH_BYTES];
        (void)snprintf(path, sizeof path, "file%d", i);
        if (put_without_memory(path, i % 2 == 0, 0)) {
            failures++;
            put_in_peace(path, i % 2 == 0, 1);
        }
    }
    cr_expect_geq(failures, 1);
    cr_expect(has("first", 1));
    empty();
}

/* --- taking out ----------------------------------------------------------------------------------------- */

Test(file_cache_shard, drops_what_is_there) {
    static const bool ways[] = {true, false};
    for (size_t i = 0; i < 2; i++) {
        put_in_peace("a", ways[i], 1);
        struct file_cache_entry *found = find_of(ONE_OWNER, "a", 1);
        cr_expect_str_eq(name_of(file_cache_shard_drop(&shard, found)), "a");
        expect_empty();
        cr_expect_null(file_cache_shard_drop(&shard, found), "it has left already");
        file_cache_entry_release(found);
    }
}

Test(file_cache_shard, does_not_drop_what_came_in_its_place) {
    put_in_peace("a", true, 1);
    struct file_cache_entry *before = find_of(ONE_OWNER, "a", 1);
    file_cache_entries_release(put("a", true, 2));
    cr_expect_null(file_cache_shard_drop(&shard, before));
    cr_expect(has("a", 2));
    file_cache_entry_release(before);
    empty();
}

Test(file_cache_shard, trims_descriptors_that_were_not_used_for_long) {
    put_in_peace("contents", true, 1);
    put_in_peace("a", false, 10);
    put_in_peace("b", false, 20);
    put_in_peace("c", false, 30);
    cr_expect_null(file_cache_shard_trim(&shard, 10), "used at that time is used since then");
    cr_expect(has("a", 40));
    cr_expect_str_eq(name_of(file_cache_shard_trim(&shard, 30)), "b");
    cr_expect_null(file_cache_shard_trim(&shard, 30));
    cr_expect_str_eq(name_of(file_cache_shard_trim(&shard, 40)), "c", "the other one was used later");
    cr_expect_str_eq(name_of(file_cache_shard_trim(&shard, 50)), "a");
    cr_expect_null(file_cache_shard_trim(&shard, 50));
    cr_expect(has("contents", 50));
    empty();
}

Test(file_cache_shard, forgets_all_of_some_owners) {
    static const uint64_t others[] = {OTHER_OWNER, 3, 7};
    static const uint64_t one[] = {0, ONE_OWNER, 9};
    for (uint64_t owner = ONE_OWNER; owner <= 3; owner++) {
        file_cache_entries_release(put_wanted(make(owner, "contents", true), (int64_t)owner));
        file_cache_entries_release(put_wanted(make(owner, "descriptor", false), (int64_t)owner));
    }
    struct file_cache_entry *held = find_of(OTHER_OWNER, "contents", 5);
    struct file_cache_entry *left = file_cache_shard_forget(&shard, others, 3);
    cr_expect_eq(count(left), 4);
    file_cache_entries_release(left);
    cr_expect_eq(held->resource.size, FILE_BYTES, "whoever uses it still has it");
    file_cache_entry_release(held);
    cr_expect(has("contents", 6) && has("descriptor", 6), "of the one");
    cr_expect_eq(shard.descriptor_count, 1);
    cr_expect_null(file_cache_shard_forget(&shard, others, 3));
    cr_expect_null(file_cache_shard_forget(&shard, one, 1), "only the first of them was named");
    file_cache_entries_release(file_cache_shard_forget(&shard, one, 3));
    expect_empty();
}
