/* SPDX-License-Identifier: MIT */
/* Who is let in when the room is used up: what is wanted more often than those that would have to go. */
#include "tests/unit/http/file_cache/cache_shard.h"

#include <criterion/criterion.h>
#include <stdio.h>

enum { PATH_BYTES = 16 };

TestSuite(file_cache_shard_demand, .init = shard_set_up, .fini = cache_tear_down, .timeout = 20);

/* Put it in after it was asked for so often. Returns whether it was let in. */
static bool want_and_put(const char *path, bool with_contents, int times, int64_t now) {
    struct file_cache_entry *made = make(ONE_OWNER, path, with_contents);
    for (int i = 0; i < times; i++) {
        cr_expect_not(has(path, now + i));
    }
    file_cache_entries_release(
        file_cache_shard_put(&shard, file_cache_entry_hold(made), hash_of(&made->key), now + times));
    bool is_in = made->is_listed;
    file_cache_entry_release(made);
    return is_in;
}

Test(file_cache_shard_demand, lets_nothing_go_for_what_is_not_wanted_more_often) {
    shard.limit_bytes = 2 * cost_of_one();
    cr_expect(want_and_put("a", true, 1, 0));
    cr_expect(want_and_put("b", true, 1, 10));
    cr_expect_not(want_and_put("c", true, 1, 20), "as often as a");
    cr_expect(want_and_put("c", true, 1, 30), "twice by now");
    cr_expect_not(has("a", 40));
    cr_expect(has("b", 50) && has("c", 50));
    empty();
}

Test(file_cache_shard_demand, counts_uses_of_what_is_in_it_as_wanted) {
    shard.limit_bytes = cost_of_one();
    cr_expect(want_and_put("a", true, 1, 0));
    for (int i = 0; i < 5; i++) {
        cr_expect(has("a", 10 + i));
    }
    cr_expect_not(want_and_put("b", true, 6, 20), "as often as a");
    cr_expect(want_and_put("b", true, 1, 30));
    empty();
}

/* A large one must be worth all the small ones. */
Test(file_cache_shard_demand, weighs_one_against_all_that_would_have_to_go_for_it) {
    size_t cost = cost_of_one();
    shard.limit_bytes = 3 * cost;
    cr_expect(want_and_put("a", true, 2, 0) && want_and_put("b", true, 2, 10) &&
              want_and_put("c", true, 2, 20));
    struct cache_key key = {ONE_OWNER, view_of("large")};
    cr_expect(file_cache_shard_prefers(&shard, hash_of(&key), 0), "for nothing");
    for (unsigned i = 0; i < 5; i++) {
        file_cache_entry_release(find_of(ONE_OWNER, "large", 30 + i));
        cr_expect_eq(file_cache_shard_prefers(&shard, hash_of(&key), cost), i >= 2, "%u", i);
        cr_expect_eq(file_cache_shard_prefers(&shard, hash_of(&key), cost + 1), i >= 4, "%u", i);
        cr_expect_not(file_cache_shard_prefers(&shard, hash_of(&key), 3 * cost), "%u", i);
    }
    for (int i = 0; i < DEMAND_MAX; i++) {
        file_cache_entry_release(find_of(ONE_OWNER, "large", 40 + i));
    }
    cr_expect(file_cache_shard_prefers(&shard, hash_of(&key), 3 * cost), "wanted more often than all");
    cr_expect_not(file_cache_shard_prefers(&shard, hash_of(&key), 3 * cost + 1), "larger than all");
    empty();
}

Test(file_cache_shard_demand, lets_no_descriptor_go_for_what_is_not_wanted_more_often) {
    static const char *const names[] = {"a", "b", "c"};
    for (int i = 0; i < 3; i++) {
        cr_expect(want_and_put(names[i], false, 1, i));
    }
    cr_expect_not(want_and_put("d", false, 1, 10));
    cr_expect(want_and_put("d", false, 1, 20));
    cr_expect_not(has("a", 30));
    cr_expect_eq(shard.descriptor_count, 3);
    empty();
}

/* Else favourites of long ago would keep their places for ever. */
Test(file_cache_shard_demand, forgets_what_is_not_wanted_any_more) {
    char path[PATH_BYTES];
    shard.limit_bytes = cost_of_one();
    cr_expect(want_and_put("a", true, 3, 0));
    cr_expect_not(want_and_put("b", true, 1, 10));
    for (int i = 0; i < 3 * DEMAND_COUNTERS; i++) {
        (void)snprintf(path, sizeof path, "other%d", i);
        file_cache_entry_release(find_of(ONE_OWNER, path, i));
    }
    cr_expect(want_and_put("b", true, DEMAND_MAX, 30));
    cr_expect_not(has("a", 50));
    empty();
}
