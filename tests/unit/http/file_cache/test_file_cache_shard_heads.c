/* SPDX-License-Identifier: MIT */
#include "tests/unit/http/file_cache/cache_shard.h"
#include "tests/unit/support/memory_faults.h"

#include <criterion/criterion.h>

TestSuite(file_cache_shard_heads, .init = shard_set_up, .fini = cache_tear_down, .timeout = 20);

static struct ready_head *make_head(const char *path, size_t length) {
    static char text[2 * FILE_BYTES];
    struct ready_head_use use = {view_of(path), CODING_IDENTITY, true};
    cr_assert_leq(length, sizeof text);
    struct ready_head *head = ready_head_create(&use, (struct view){text, length}, &(struct head_dates){0});
    cr_assert_not_null(head);
    return head;
}

/* Adds a head that nothing has to leave for. Returns whether it was taken. */
static bool add_head(struct file_cache_entry *cached, const char *path) {
    struct file_cache_entry *left = NULL;
    struct ready_head *head = make_head(path, 100);
    bool taken = file_cache_shard_add_head(&shard, cached, head, &left);
    if (!taken) {
        ready_heads_destroy(head);
    }
    cr_expect_null(left);
    return taken;
}

Test(file_cache_shard_heads, keeps_one_head_of_each_use_and_not_too_many) {
    ptrdiff_t live = memory_live_count();
    put_in_peace("a", true, 1);
    struct file_cache_entry *cached = find_of(ONE_OWNER, "a", 1);
    size_t used = shard.used_bytes;
    cr_expect(add_head(cached, "a"));
    size_t cost = shard.used_bytes - used;
    cr_expect_geq(cost, sizeof(struct ready_head) + 100);
    cr_expect_not(add_head(cached, "a"), "there is one");
    cr_expect_eq(shard.used_bytes, used + cost);
    size_t kept = 1;
    for (char path[] = "b"; path[0] <= 'z'; path[0]++) {
        kept += add_head(cached, path) ? 1 : 0;
    }
    cr_expect(kept >= 4 && kept < 10, "%zu", kept);
    cr_expect_eq(shard.used_bytes, used + kept * cost, "each counts");
    const struct ready_head *heads = atomic_load(&cached->heads);
    cr_expect_not_null(ready_head_find(heads, &(struct ready_head_use){view_of("a"), CODING_IDENTITY, true}));
    cr_expect_not_null(ready_head_find(heads, &(struct ready_head_use){view_of("b"), CODING_IDENTITY, true}));
    file_cache_entry_release(cached);
    empty();
    cr_expect_eq(memory_live_count(), live, "the heads go with it");
}

Test(file_cache_shard_heads, keeps_no_head_of_what_has_left) {
    put_in_peace("a", true, 1);
    struct file_cache_entry *cached = find_of(ONE_OWNER, "a", 1);
    file_cache_entries_release(file_cache_shard_drop(&shard, cached));
    cr_expect_not(add_head(cached, "a"));
    cr_expect_eq(shard.used_bytes, 0);
    file_cache_entry_release(cached);
}

Test(file_cache_shard_heads, makes_room_for_heads) {
    shard.limit_bytes = 3 * cost_of_one();
    put_in_peace("a", true, 1);
    put_in_peace("b", true, 2);
    put_in_peace("c", true, 3);
    struct file_cache_entry *cached = find_of(ONE_OWNER, "c", 3);
    struct file_cache_entry *left = NULL;
    cr_expect(file_cache_shard_add_head(&shard, cached, make_head("c", 1), &left));
    cr_expect_str_eq(name_of(left), "a");
    cr_expect_leq(shard.used_bytes, shard.limit_bytes);
    file_cache_entry_release(cached);
    empty();
}

Test(file_cache_shard_heads, may_let_the_file_go_whose_head_is_too_large) {
    shard.limit_bytes = cost_of_one() + FILE_BYTES;
    put_in_peace("a", true, 1);
    struct file_cache_entry *cached = find_of(ONE_OWNER, "a", 1);
    struct file_cache_entry *left = NULL;
    cr_expect(file_cache_shard_add_head(&shard, cached, make_head("a", 2 * FILE_BYTES), &left));
    cr_expect_eq(left, cached);
    cr_expect_str_eq(name_of(left), "a");
    expect_empty();
    cr_expect_not_null(atomic_load(&cached->heads), "who holds it has it still");
    file_cache_entry_release(cached);
}

Test(file_cache_shard_heads, counts_heads_of_descriptors_too) {
    put_in_peace("a", false, 1);
    struct file_cache_entry *cached = find_of(ONE_OWNER, "a", 1);
    size_t used = shard.used_bytes;
    cr_expect(add_head(cached, "a"));
    cr_expect_gt(shard.used_bytes, used + 100);
    file_cache_entry_release(cached);
    empty();
}
