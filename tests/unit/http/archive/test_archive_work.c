/* SPDX-License-Identifier: MIT */
/*
 * How much work an archive takes: it grows with the files, not with their square. Counted by the names that are read and
 * the files that are looked at, never by time. Linked with support_folder_reading.c and its --wrap for readdir, fstatat and
 * faccessat.
 */
#include "tests/unit/http/archive/archive.h"
#include "tests/unit/support/folder_reading.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>

enum {
    FEW = 20 * 1000,
    MANY = 2 * FEW,
    PER_FOLDER = 20,
    BUDGET_BYTES = 64 * 1024 * 1024 /* as by default */
};

TestSuite(archive_work, .init = archive_set_up, .fini = archive_tear_down, .timeout = 200);

static void make_folders(const char *where, int count) {
    char pattern[64];
    for (int i = 0; i < count; i += PER_FOLDER) {
        (void)snprintf(pattern, sizeof pattern, "%s/%d/entry-%%05d.txt", where, i);
        folder_write_many(&folder, pattern, PER_FOLDER, 0);
    }
}

enum part { FIRST_BYTE, BYTE_IN_THE_MIDDLE, LAST_512_BYTES, PARTS };

static struct byte_range range_of(enum part part, off_t size) {
    struct byte_range ranges[PARTS] = {
        [FIRST_BYTE] = {0, 1},
        [BYTE_IN_THE_MIDDLE] = {size / 2, size / 2 + 1},
        [LAST_512_BYTES] = {size - 512, size},
    };
    return ranges[part];
}

/* Measure the archive and produce this part of it. */
static void make(enum archive_form form, const char *where, enum part part) {
    struct memory_budget budget = {.limit_bytes = BUDGET_BYTES};
    struct archive *archive = NULL;
    struct text out = {0};
    cr_assert_eq(archive_create(&archive, form, &root, where, "top", archive_clock(60), 0, &budget), 0);
    cr_assert_eq(archive_measure_all(archive, archive_long_slice), 0);
    struct byte_range range = range_of(part, archive_size(archive));
    cr_assert_eq(archive_produce_range(archive, range, archive_long_slice, &out), 0);
    archive_destroy(archive);
    text_deinit(&out);
    cr_expect_eq(budget.used_bytes, 0);
}

/* Once to measure and once to produce, also what is in a zip's directory. "." and ".." are names, too. */
static void expect_each_name_to_be_read_twice(enum archive_form form, const char *where, size_t names,
                                              size_t folders) {
    for (enum part part = FIRST_BYTE; part < PARTS; part++) {
        folder_reading.name_count = folder_reading.look_count = 0;
        make(form, where, part);
        cr_expect_eq(folder_reading.name_count, 2 * (names + 2 * folders), "%s, part %d: %zu were read",
                     where, part, folder_reading.name_count);
        cr_expect_eq(folder_reading.look_count, 2 * names, "%s, part %d: %zu were looked at", where, part,
                     folder_reading.look_count);
    }
}

static void expect_work_to_grow_with_files(enum archive_form form) {
    folder_write_many(&folder, "few/entry-%05d.txt", FEW, 0);
    folder_write_many(&folder, "many/entry-%05d.txt", MANY, 0);
    make_folders("tree", FEW);
    expect_each_name_to_be_read_twice(form, "few/", FEW, 1);
    expect_each_name_to_be_read_twice(form, "many/", MANY, 1);
    expect_each_name_to_be_read_twice(form, "tree/", FEW + FEW / PER_FOLDER, 1 + FEW / PER_FOLDER);
}

Test(archive_work, of_a_tar_grows_with_its_files) {
    expect_work_to_grow_with_files(ARCHIVE_TAR);
}

#if LIDO_HAVE_ZLIB
Test(archive_work, of_a_zip_grows_with_its_files) {
    expect_work_to_grow_with_files(ARCHIVE_ZIP);
}
#endif
