/* SPDX-License-Identifier: MIT */
/* What is in an archive, its ranges and its tag. test_archive_changes.c has trees that change,
 * test_archive_memory.c memory that runs out, test_archive_model.c random trees. */
#include "tests/support/filling.h"
#include "tests/unit/http/archive/archive.h"
#include "tests/unit/http/archive/tar.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LARGE_BYTES = 100 * 1000, SMALL_MAX_BYTES = 16 * 1024 };

TestSuite(archive, .init = archive_set_up, .fini = archive_tear_down, .timeout = 100);

/* One of each kind, with times that do not depend on when the test runs. */
static void plant_tree(const struct folder *where) {
    folder_write_text(where, "a.txt", "alpha");
    folder_write_text(where, "empty", "");
    folder_mkdir(where, "hollow");
    folder_write_text(where, "sub/deep/run", "#!/bin/sh\n");
    folder_chmod(where, "sub/deep/run", 0700);
    folder_write_pattern(where, "sub/large", 0, LARGE_BYTES);
    folder_write_text(where, "sub/caf\xC3\xA9 \n", "beta");
    static const char *const names[] = {
        "a.txt", "empty", "hollow", "sub/deep/run", "sub/deep", "sub/large", "sub/caf\xC3\xA9 \n",
        "sub",   "."};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        archive_set_time(where, names[i], (struct timespec){1700000000 + (time_t)i, 123456789});
    }
}

static struct text make_whole(const struct beneath *beneath, const char *path) {
    struct archive *archive = archive_of(beneath, path);
    struct text whole = {0};
    cr_assert_eq(archive_produce(archive, archive_long_slice, &whole), 0);
    cr_assert_eq((off_t)whole.length, archive_size(archive));
    archive_destroy(archive);
    return whole;
}

Test(archive, holds_folders_and_files_sorted_and_whole) {
    static const struct {
        const char *path;
        char type;
        unsigned mode;
        int64_t modified;
        const char *content; /* NULL: the pattern */
    } rows[] = {
        {"top/", '5', 0755, 1700000008, ""},
        {"top/a.txt", '0', 0644, 1700000000, "alpha"},
        {"top/empty", '0', 0644, 1700000001, ""},
        {"top/hollow/", '5', 0755, 1700000002, ""},
        {"top/sub/", '5', 0755, 1700000007, ""},
        {"top/sub/caf\xC3\xA9 \n", '0', 0644, 1700000006, "beta"},
        {"top/sub/deep/", '5', 0755, 1700000004, ""},
        {"top/sub/deep/run", '0', 0755, 1700000003, "#!/bin/sh\n"},
        {"top/sub/large", '0', 0644, 1700000005, NULL},
    };
    plant_tree(&folder);
    struct text whole = make_whole(&root, "");
    struct tar_reader reader = {whole.bytes, whole.length, 0};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct tar_member member;
        cr_assert(tar_reader_next(&reader, &member), "%s", rows[i].path);
        cr_assert_str_eq(member.path, rows[i].path);
        cr_expect_eq(member.type, rows[i].type, "%s", rows[i].path);
        cr_expect_eq(member.mode, rows[i].mode, "%s", rows[i].path);
        cr_expect_eq(member.modified, rows[i].modified, "%s", rows[i].path);
        if (rows[i].content != NULL) {
            cr_expect_eq((size_t)member.size, strlen(rows[i].content), "%s", rows[i].path);
            cr_expect_eq(memcmp(member.content, rows[i].content, strlen(rows[i].content)), 0, "%s",
                         rows[i].path);
        } else {
            cr_expect_eq(member.size, LARGE_BYTES);
            cr_expect(filling_matches(member.content, 0, LARGE_BYTES));
        }
    }
    tar_reader_expect_end(&reader);
    text_deinit(&whole);
}

Test(archive, of_a_folder_beneath_begins_with_its_own_name) {
    plant_tree(&folder);
    struct text whole = make_whole(&root, "sub/deep/");
    struct tar_reader reader = {whole.bytes, whole.length, 0};
    struct tar_member member;
    cr_assert(tar_reader_next(&reader, &member));
    cr_expect_str_eq(member.path, "top/");
    cr_assert(tar_reader_next(&reader, &member));
    cr_expect_str_eq(member.path, "top/run");
    tar_reader_expect_end(&reader);
    text_deinit(&whole);
}

Test(archive, of_an_empty_folder_is_one_header_and_the_end) {
    struct text whole = make_whole(&root, "");
    cr_expect_eq(whole.length, 3 * 512);
    text_deinit(&whole);
}

Test(archive, of_what_is_no_folder_is_an_error) {
    static const struct {
        const char *path;
        int error;
    } rows[] = {{"missing/", ENOENT}, {"a.txt", ENOTDIR}, {"a.txt/", ENOTDIR}, {"out/", EXDEV}};
    plant_tree(&folder);
    folder_symlink(&folder, "out", "/");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct archive *archive = NULL;
        cr_assert_eq(
            archive_create(&archive, ARCHIVE_TAR, &root, rows[i].path, "top", archive_clock(60), 0, NULL), 0);
        cr_expect_eq(archive_measure_all(archive, archive_no_slice), -rows[i].error, "%s", rows[i].path);
        archive_destroy(archive);
    }
}

/* Sizes around those where content is padded, where it becomes a file of its own, and where a piece is full.
 * */
Test(archive, is_whole_whatever_the_sizes_of_its_files) {
    static const off_t sizes[] = {0,     1,         511, 512, 513, 16 * 1024 - 1, 16 * 1024, 16 * 1024 + 1,
                                  65536, 300 * 1000};
    enum { COUNT = sizeof sizes / sizeof sizes[0] };
    for (size_t i = 0; i < COUNT; i++) {
        char name[] = {(char)('a' + i), '\0'};
        folder_write_text(&folder, name, "");
        if (sizes[i] > 0) {
            folder_write_pattern(&folder, name, 0, sizes[i]);
        }
    }
    struct text whole = make_whole(&root, "");
    struct tar_reader reader = {whole.bytes, whole.length, 0};
    struct tar_member member;
    cr_assert(tar_reader_next(&reader, &member));
    for (size_t i = 0; i < COUNT; i++) {
        cr_assert(tar_reader_next(&reader, &member));
        cr_assert_eq(member.size, sizes[i]);
        cr_expect(filling_matches(member.content, 0, (size_t)sizes[i]), "%jd", (intmax_t)sizes[i]);
    }
    tar_reader_expect_end(&reader);
    text_deinit(&whole);
}

Test(archive, puts_small_files_into_pieces_and_large_ones_behind_them) {
    struct resource file = {.fd = -1};
    struct byte_range range = {0, 0};
    struct text text = {0};
    for (char name[] = "a"; name[0] <= 'j'; name[0]++) {
        folder_truncate(&folder, name, SMALL_MAX_BYTES);
    }
    folder_truncate(&folder, "k", SMALL_MAX_BYTES + 1);
    struct archive *archive = archive_of(&root, "");
    cr_assert_eq(archive_next(archive, archive_long_slice, &text, &file, &range), 1);
    cr_expect(text.length >= 64 * 1024 && text.length < 64 * 1024 + SMALL_MAX_BYTES + 512, "%zu",
              text.length);
    cr_assert_eq(file.fd, -1);
    while (file.fd == -1) {
        cr_assert_eq(archive_next(archive, archive_long_slice, &text, &file, &range), 1);
    }
    cr_expect_eq(text.length, 12 * 512 + 10 * SMALL_MAX_BYTES);
    cr_expect_eq(range.begin, 0);
    cr_expect_eq(range.end, SMALL_MAX_BYTES + 1);
    text_clear(&text, 0);
    cr_assert_eq(archive_next(archive, archive_long_slice, &text, &file, &range), 1);
    cr_expect_eq(text.length, 511 + 1024);
    cr_expect_eq(file.fd, -1);
    cr_expect_eq(archive_next(archive, archive_long_slice, &text, &file, &range), 0);
    text_deinit(&text);
    archive_destroy(archive);
}

/* ---- ranges -------------------------------------------------------------------------------------------- */

Test(archive, gives_any_range_of_itself) {
    folder_write_text(&folder, "a", "one");
    folder_write_text(&folder, "s/\xC3\xA9", "two");
    struct text whole = make_whole(&root, "");
    struct archive *archive = archive_of(&root, "");
    /* every place that differs from its neighbours by more than its distance: around blocks and the ends of
     * contents */
    static const off_t around[] = {-2, -1, 0, 1, 2, 3, 4, 5};
    enum { AROUND = sizeof around / sizeof around[0] };
    off_t places[16 * AROUND];
    size_t count = 0;
    for (off_t block = 0; block <= (off_t)whole.length; block += 512) {
        for (size_t i = 0; i < AROUND; i++) {
            if (block + around[i] >= 0 && block + around[i] <= (off_t)whole.length) {
                places[count++] = block + around[i];
            }
        }
    }
    for (size_t i = 0; i < count; i++) {
        for (size_t j = i + 1; j < count; j++) {
            archive_expect_range(archive, &whole, places[i], places[j], archive_long_slice);
        }
    }
    for (off_t at = 0; at < (off_t)whole.length; at++) {
        archive_expect_range(archive, &whole, at, at + 1, archive_no_slice);
    }
    archive_destroy(archive);
    text_deinit(&whole);
}

Test(archive, gives_ranges_that_begin_and_end_within_large_files) {
    unsigned seed = 99;
    plant_tree(&folder);
    folder_write_pattern(&folder, "b-large", 0, 3 * LARGE_BYTES);
    folder_write_pattern(&folder, "c", 0, SMALL_MAX_BYTES + 1);
    folder_write_pattern(&folder, "d", 0, SMALL_MAX_BYTES);
    struct text whole = make_whole(&root, "");
    struct archive *archive = archive_of(&root, "");
    for (int round = 0; round < 1500; round++) {
        off_t begin = (off_t)((size_t)rand_r(&seed) % whole.length);
        off_t left = (off_t)whole.length - begin;
        off_t most = round % 3 == 0 ? left : left < 20000 ? left : 20000;
        archive_expect_range(archive, &whole, begin, begin + 1 + rand_r(&seed) % most,
                             round % 2 == 0 ? archive_no_slice : archive_long_slice);
    }
    archive_destroy(archive);
    text_deinit(&whole);
}

Test(archive, is_the_same_when_every_slice_is_over_from_the_start) {
    plant_tree(&folder);
    for (int i = 0; i < 300; i++) {
        char name[32];
        (void)snprintf(name, sizeof name, "many/%d", i);
        folder_write_text(&folder, name, name);
    }
    struct text whole = make_whole(&root, "");
    struct text pieces = {0};
    struct archive *archive = NULL;
    cr_assert_eq(archive_create(&archive, ARCHIVE_TAR, &root, "", "top", archive_clock(60), 0, NULL), 0);
    cr_assert_eq(archive_measure(archive, archive_no_slice), -EAGAIN);
    cr_assert_eq(archive_measure_all(archive, archive_no_slice), 0);
    cr_assert_eq(archive_produce(archive, archive_no_slice, &pieces), 0);
    cr_assert_eq(pieces.length, whole.length);
    cr_expect_eq(memcmp(pieces.bytes, whole.bytes, whole.length), 0);
    archive_destroy(archive);
    text_deinit(&whole);
    text_deinit(&pieces);
}

Test(archive, is_measured_only_once) {
    plant_tree(&folder);
    struct archive *archive = archive_of(&root, "");
    cr_expect_eq(archive_measure(archive, archive_no_slice), 0);
    archive_destroy(archive);
}

Test(archive, can_turn_to_another_range_at_any_moment) {
    plant_tree(&folder);
    struct text whole = make_whole(&root, "");
    struct archive *archive = archive_of(&root, "");
    for (int calls = 0; calls < 40; calls++) {
        struct text ignored = {0};
        struct resource file = {.fd = -1};
        struct byte_range range;
        archive_seek(archive, (struct byte_range){600, 1600});
        for (int i = 0; i < calls; i++) {
            int result = archive_next(archive, archive_no_slice, &ignored, &file, &range);
            cr_assert(result >= 0 || result == -EAGAIN);
        }
        text_deinit(&ignored);
        archive_expect_range(archive, &whole, 1000, (off_t)whole.length - calls % 2 * 5000, archive_no_slice);
    }
    archive_destroy(archive);
    text_deinit(&whole);
}

/* A download that went on after an interruption asks for the rest of the same archive. */
Test(archive, can_be_taken_up_again_by_another_worker) {
    plant_tree(&folder);
    struct text whole = make_whole(&root, "");
    struct text part = {0};
    struct resource file = {.fd = -1};
    struct archive *first = archive_of(&root, "");
    struct archive *second = archive_of(&root, "");
    cr_assert_eq(archive_produce_piece(first, archive_long_slice, &file, &part), 1);
    cr_expect_str_eq(archive_entity_tag(first), archive_entity_tag(second));
    archive_destroy(first);
    resource_close(&file);
    cr_assert_eq(archive_produce_range(second, (struct byte_range){(off_t)part.length, archive_size(second)},
                                       archive_long_slice, &part),
                 0);
    cr_assert_eq(part.length, whole.length);
    cr_expect_eq(memcmp(part.bytes, whole.bytes, whole.length), 0);
    archive_destroy(second);
    text_deinit(&part);
    text_deinit(&whole);
}
