/* SPDX-License-Identifier: MIT */
/* What control groups allow, in trees that the tests make. */
#include "server/budget/memory_limit.h"
#include "tests/support/folder.h"

#include <criterion/criterion.h>
#include <stdio.h>

static struct folder folder;

static void set_up(void) {
    folder_create(&folder);
}

static void tear_down(void) {
    folder_remove(&folder);
}

TestSuite(memory_limit, .init = set_up, .fini = tear_down, .timeout = 60);

/* With lines of /proc/self/cgroup, and mounts of these roots at "one" and "two" of the folder. */
static uint64_t limit_of(const char *groups, const char *one_root, const char *two_root) {
    char mounts[4 * FOLDER_PATH_BYTES];
    (void)snprintf(mounts, sizeof mounts,
                   "22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n"
                   "30 22 0:26 %s %s/cpu rw shared:9 - cgroup cgroup rw,cpu\n"
                   "31 22 0:27 %s %s/one rw,nosuid shared:10 - cgroup cgroup rw,memory\n"
                   "32 22 0:28 %s %s/two rw,nosuid - cgroup2 cgroup2 rw,nsdelegate\n",
                   one_root, folder.path, one_root, folder.path, two_root, folder.path);
    folder_write_text(&folder, "mountinfo", mounts);
    folder_write_text(&folder, "cgroup", groups);
    return memory_limit_of_groups(folder_path(&folder, "cgroup").text,
                                  folder_path(&folder, "mountinfo").text);
}

Test(memory_limit, is_the_least_of_all_groups_above_in_version_2) {
    folder_write_text(&folder, "two/a/b/memory.max", "max\n");
    folder_write_text(&folder, "two/a/memory.max", "67108864\n");
    folder_write_text(&folder, "two/memory.max", "134217728\n");
    cr_expect_eq(limit_of("0::/a/b\n", "/", "/"), 67108864);
    cr_expect_eq(limit_of("0::/\n", "/", "/"), 134217728);
    cr_expect_eq(limit_of("0::/a/unknown\n", "/", "/"), 67108864);
}

Test(memory_limit, is_read_of_version_1_too) {
    folder_write_text(&folder, "one/memory.limit_in_bytes", "9223372036854771712\n");
    folder_write_text(&folder, "one/a/memory.limit_in_bytes", "1048576\n");
    folder_write_text(&folder, "cpu/a/memory.limit_in_bytes", "1\n");
    cr_expect_eq(limit_of("5:cpu:/a\n4:cpuacct,memory:/a\n0::/\n", "/", "/"), 1048576);
    cr_expect_eq(limit_of("4:memory:/\n", "/", "/"), UINT64_C(9223372036854771712));
}

/* In a container the mount is a part of the tree, and the group is told as seen from outside, or from inside. */
Test(memory_limit, is_found_where_a_part_of_the_tree_is_mounted) {
    folder_write_text(&folder, "two/memory.max", "1000\n");
    folder_write_text(&folder, "two/inner/memory.max", "500\n");
    cr_expect_eq(limit_of("0::/docker/x\n", "/", "/docker/x"), 1000);
    cr_expect_eq(limit_of("0::/docker/x/inner\n", "/", "/docker/x"), 500);
    cr_expect_eq(limit_of("0::/inner\n", "/", "/docker/x"), 500);
}

Test(memory_limit, is_none_where_nothing_tells) {
    cr_expect_eq(limit_of("0::/a\n", "/", "/"), UINT64_MAX, "no file");
    cr_expect_eq(limit_of("", "/", "/"), UINT64_MAX, "no group");
    cr_expect_eq(limit_of("nonsense\n0:\n", "/", "/"), UINT64_MAX);
    folder_write_text(&folder, "two/memory.max", "much\n");
    cr_expect_eq(limit_of("0::/\n", "/", "/"), UINT64_MAX, "no number");
    cr_expect_eq(memory_limit_of_groups("/nowhere", "/nowhere"), UINT64_MAX);
}

Test(memory_limit, of_this_machine_is_not_nothing) {
    cr_expect_gt(memory_limit_read(), 1024 * 1024);
    cr_expect_lt(memory_limit_read(), UINT64_MAX);
}
