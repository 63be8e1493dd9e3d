/* SPDX-License-Identifier: MIT */
/* Who takes away the right to read a file changes only that file, which the walk then leaves out. */
#include "tests/unit/http/archive/archive.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <unistd.h>

enum { NOBODY = 65534 };

static void set_up(void) {
    static const char *const planted[] = {"a", "b/c", "b", "d", "."};
    static const struct timespec long_ago = {1700000000, 42};
    archive_set_up();
    folder_chmod(&folder, ".", 0755);
    folder_write_text(&folder, "a", "alpha");
    folder_write_text(&folder, "b/c", "gamma");
    folder_write_text(&folder, "d", "delta");
    for (size_t i = 0; i < sizeof planted / sizeof planted[0]; i++) {
        archive_set_time(&folder, planted[i], long_ago);
    }
}

TestSuite(archive_rights, .init = set_up, .fini = archive_tear_down, .timeout = 60);

Test(archive_rights, that_are_taken_away_are_noticed) {
    if (geteuid() != 0) {
        cr_skip_test("needs to become somebody else");
    }
    cr_assert_eq(seteuid(NOBODY), 0);
    struct archive *archive = archive_of(&root, "");
    cr_assert_eq(seteuid(0), 0);
    folder_chmod(&folder, "a", 0);
    cr_assert_eq(seteuid(NOBODY), 0);
    cr_assert_gt(archive_size(archive), 3001);
    const struct byte_range ranges[] = {{0, 3000}, {3000, 3001}, {0, archive_size(archive)}};
    for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++) {
        struct text out = {0};
        cr_expect_eq(archive_produce_range(archive, ranges[i], archive_long_slice, &out), -ESTALE, "%zu", i);
        cr_expect_lt(out.length, (size_t)(ranges[i].end - ranges[i].begin));
        text_deinit(&out);
    }
    archive_destroy(archive);
    cr_assert_eq(seteuid(0), 0);
}
