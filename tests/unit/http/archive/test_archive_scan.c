/* SPDX-License-Identifier: MIT */
/* Where things are in an archive, also in those that are too large to be made here. */
#include "http/archive/scan.h"
#include "http/archive/tar_header.h"
#include "http/files/tree_walk.h"
#include "tests/unit/http/archive/archive.h"
#include "tests/unit/http/archive/tar.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

static const off_t gibibyte = 1024 * 1024 * 1024;

static const off_t *sizes;    /* of the files that the walk pretends to find; NULL: it is a true one */
static const time_t *changes; /* their change times; NULL: all are 0 */

int __real_tree_walk_next(struct tree_walk *walk, struct time_slice slice, const char **path,
                          struct folder_entry *entry);
int __wrap_tree_walk_next(struct tree_walk *walk, struct time_slice slice, const char **path,
                          struct folder_entry *entry);

int __wrap_tree_walk_next(struct tree_walk *walk, struct time_slice slice, const char **path,
                          struct folder_entry *entry) {
    if (sizes == NULL) {
        return __real_tree_walk_next(walk, slice, path, entry);
    }
    if (*sizes < 0) {
        return 0;
    }
    *path = "f";
    time_t changed = changes != NULL ? *changes++ : 0;
    *entry =
        (struct folder_entry){.name = "f", .has_status = true, .size = *sizes++, .changed = {changed, 1}};
    return 1;
}

TestSuite(archive_scan, .init = archive_set_up, .fini = archive_tear_down, .timeout = 60);

Test(archive_scan, knows_where_each_part_of_an_entry_is) {
    static const struct {
        const char *name;
        const char *path;
        off_t begin;
        off_t content_begin;
        off_t content_end;
        off_t end;
    } rows[] = {
        {"top/", "s/", 0, 512, 512, 512},
        {"top/a", "s/a", 512, 1024, 1027, 1536},
        {"top/b/", "s/b/", 1536, 2048, 2048, 2048},
        {"top/b/\xFF", "s/b/\xFF", 2048, 2048 + 3 * 512, 2048 + 4 * 512, 2048 + 4 * 512},
    };
    struct archive_scan scan;
    folder_write_text(&folder, "s/a", "one");
    folder_truncate(&folder, "s/b/\xFF", 512);
    cr_assert_eq(archive_scan_init(&scan, &archive_layout_tar, &root, "s/", "top", archive_clock(60), NULL),
                 0);
    for (int round = 0; round < 2; round++) {
        for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
            cr_assert_eq(archive_scan_next(&scan, archive_long_slice), 1);
            cr_expect_str_eq(archive_scan_entry(&scan).path, rows[i].name);
            cr_expect_str_eq(scan.path, rows[i].path);
            cr_expect_eq(scan.begin, rows[i].begin, "%s", rows[i].name);
            cr_expect_eq(scan.content_begin, rows[i].content_begin, "%s", rows[i].name);
            cr_expect_eq(scan.content_end, rows[i].content_end, "%s", rows[i].name);
            cr_expect_eq(scan.end, rows[i].end, "%s", rows[i].name);
        }
        cr_assert_eq(archive_scan_next(&scan, archive_long_slice), 0);
        archive_scan_restart(&scan);
    }
    archive_scan_deinit(&scan);
}

static int measure(const off_t *pretended, off_t *size) {
    struct archive *archive = NULL;
    sizes = pretended;
    cr_assert_eq(archive_create(&archive, ARCHIVE_TAR, &root, "", "top", archive_clock(60), 0, NULL), 0);
    int result = archive_measure_all(archive, archive_long_slice);
    if (result == 0) {
        *size = archive_size(archive);
    }
    archive_destroy(archive);
    sizes = NULL;
    return result;
}

Test(archive_scan, refuses_what_is_longer_than_any_file_can_be) {
    static const off_t extended_header = 3 * 512;
    const struct {
        const char *name;
        off_t sizes[4];
        int result;
    } rows[] = {
        {"the largest", {INT64_MAX - 511 - extended_header - 1024, -1}, 0},
        {"no room for the end", {INT64_MAX - 511 - extended_header - 512, -1}, -EFBIG},
        {"no room for the padding", {INT64_MAX - extended_header, -1}, -EFBIG},
        {"no room for the content", {INT64_MAX, -1}, -EFBIG},
        {"several", {INT64_MAX / 2, INT64_MAX / 2, INT64_MAX / 2, -1}, -EFBIG},
        {"no room for a header", {INT64_MAX - 511 - extended_header, 0, -1}, -EFBIG},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        off_t size = -1;
        cr_expect_eq(measure(rows[i].sizes, &size), rows[i].result, "%s", rows[i].name);
        cr_expect(rows[i].result != 0 || size == INT64_MAX - 511, "%s: %jd", rows[i].name, (intmax_t)size);
    }
}

/* Should a tree have other sizes and yet the same change times, it ends where it would leave what was
 * measured. */
Test(archive_scan, that_leaves_what_was_measured_ends_it_at_once) {
    static const off_t measured[] = {1000, -1};
    static const off_t found[] = {100 * 1000, -1};
    struct archive *archive = NULL;
    struct text out = {0};
    struct resource file = {.fd = -1};
    struct byte_range range;
    sizes = measured;
    archive = archive_of(&root, "");
    sizes = found;
    cr_expect_eq(archive_next(archive, archive_long_slice, &out, &file, &range), -ESTALE);
    cr_expect_eq(out.length, 0);
    cr_expect_eq(file.fd, -1);
    archive_destroy(archive);
    text_deinit(&out);
}

/* Times alone tell of it when somebody has set back that of the contents, even where another file is younger.
 * */
Test(archive_scan, notices_another_change_time_of_any_entry) {
    static const off_t two_empty_files[] = {0, 0, -1};
    static const struct {
        time_t changes[2];
        int result;
    } rows[] = {{{5, 9}, 0}, {{6, 9}, -ESTALE}, {{4, 9}, -ESTALE}, {{5, 8}, -ESTALE}, {{5, 10}, -ESTALE}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct text out = {0};
        sizes = two_empty_files;
        changes = rows[0].changes;
        struct archive *archive = archive_of(&root, "");
        sizes = two_empty_files;
        changes = rows[i].changes;
        cr_expect_eq(archive_produce(archive, archive_long_slice, &out), rows[i].result, "%zu", i);
        archive_destroy(archive);
        text_deinit(&out);
    }
}

Test(archive_scan, finds_its_way_in_a_file_beyond_8_gib) {
    static const char last_words[] = "the end";
    off_t size = 9 * gibibyte + 1;
    off_t header = 512 + 3 * 512;
    struct text out = {0};
    folder_truncate(&folder, "huge", size - (off_t)strlen(last_words));
    folder_write_text(&folder, "words", last_words);
    FILE *huge = fopen(folder_path(&folder, "huge").text, "a");
    cr_assert(huge != NULL && fputs(last_words, huge) >= 0 && fclose(huge) == 0);
    struct archive *archive = archive_of(&root, "");
    cr_expect_eq(archive_size(archive), header + size + 511 + 1024 + 1024);
    cr_assert_eq(archive_produce_range(archive, (struct byte_range){0, header}, archive_long_slice, &out), 0);
    struct tar_reader reader = {out.bytes, out.length, 0};
    struct tar_member member;
    cr_assert(tar_reader_header(&reader, &member));
    cr_assert(tar_reader_header(&reader, &member));
    cr_expect_eq(member.size, size);
    text_clear(&out, 0);
    off_t words = header + size - (off_t)strlen(last_words);
    struct byte_range behind = {words - 100 * 1000, archive_size(archive)};
    cr_assert_eq(archive_produce_range(archive, behind, archive_long_slice, &out), 0);
    cr_expect_eq((off_t)out.length, behind.end - behind.begin);
    cr_expect_eq(out.bytes[99999], '\0');
    cr_expect_str_eq(out.bytes + 100 * 1000, last_words);
    cr_expect_str_eq(out.bytes + 100 * 1000 + strlen(last_words) + 511 + 512, last_words);
    archive_destroy(archive);
    text_deinit(&out);
}
