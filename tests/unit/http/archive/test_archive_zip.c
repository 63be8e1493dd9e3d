/* SPDX-License-Identifier: MIT */
/* A folder as a zip archive: what is in it, any range of it, and trees that change meanwhile. */
#include "tests/support/filling.h"
#include "tests/unit/http/archive/archive.h"
#include "tests/unit/http/archive/zip.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if LIDO_HAVE_ZLIB
#include <zlib.h>

enum { LARGE_BYTES = 150 * 1000, END_BYTES = 22, RECORD_BYTES = 46, LOCAL_BYTES = 30, DESCRIPTOR_FLAG = 8 };

TestSuite(archive_zip, .init = archive_set_up, .fini = archive_tear_down, .timeout = 100);

static void plant_tree(void) {
    folder_write_text(&folder, "a.txt", "alpha");
    folder_write_text(&folder, "empty", "");
    folder_mkdir(&folder, "hollow");
    folder_write_text(&folder, "sub/deep/run", "#!/bin/sh\n");
    folder_write_pattern(&folder, "sub/large", 0, LARGE_BYTES);
    folder_write_text(&folder, "sub/caf\xC3\xA9 \n", "beta");
    folder_write_text(&folder, "sub/\xFF", "gamma");
}

static struct text make_whole(struct time_slice slice) {
    struct archive *archive = archive_of_form(ARCHIVE_ZIP, &root, "");
    struct text whole = {0};
    cr_assert_eq(archive_produce(archive, slice, &whole), 0);
    cr_assert_eq((off_t)whole.length, archive_size(archive));
    archive_destroy(archive);
    return whole;
}

/* --- reading an archive --------------------------------------------------------------------------------- */

static void expect_signature(const struct text *text, size_t at, const char *last) {
    cr_assert_leq(at + 4, text->length);
    cr_assert(memcmp(text->bytes + at, "PK", 2) == 0 && memcmp(text->bytes + at + 2, last, 2) == 0,
              "another signature at %zu", at);
}

/* Check the local part of the entry whose record is at `record`. Returns where it ends. */
static size_t check_local(const struct text *zip, size_t record, size_t begin) {
    size_t name_length = zip_number(zip, record + 28, 2);
    size_t size = zip_number(zip, record + 24, 4);
    size_t sum = zip_number(zip, record + 16, 4);
    expect_signature(zip, begin, "\3\4");
    cr_expect_eq(zip_number(zip, begin + 26, 2), name_length);
    cr_expect_eq(memcmp(zip->bytes + begin + 4, zip->bytes + record + 6, 10), 0,
                 "version, flags, method, time");
    cr_expect_eq(memcmp(zip->bytes + begin + LOCAL_BYTES, zip->bytes + record + RECORD_BYTES, name_length),
                 0);
    size_t content = begin + LOCAL_BYTES + name_length + zip_number(zip, begin + 28, 2);
    cr_assert_leq(content + size, zip->length);
    cr_expect_eq(crc32_z(0, (const unsigned char *)zip->bytes + content, size), sum);
    if ((zip_number(zip, record + 8, 2) & DESCRIPTOR_FLAG) == 0) {
        cr_expect_eq(size, 0);
        return content;
    }
    expect_signature(zip, content + size, "\7\x08");
    cr_expect_eq(zip_number(zip, content + size + 4, 4), sum);
    cr_expect_eq(zip_number(zip, content + size + 8, 4), size);
    cr_expect_eq(zip_number(zip, content + size + 12, 4), size);
    return content + size + 16;
}

/* Check that the archive is whole, without a gap, and write its names and sizes, one to a line. */
static void check_zip(const struct text *zip, struct text *names) {
    size_t end = zip->length - END_BYTES;
    expect_signature(zip, end, "\5\6");
    size_t count = zip_number(zip, end + 8, 2);
    size_t at = zip_number(zip, end + 16, 4);
    cr_expect_eq(at + zip_number(zip, end + 12, 4), end);
    size_t local = 0;
    for (size_t i = 0; i < count; i++) {
        expect_signature(zip, at, "\1\2");
        cr_expect_eq(zip_number(zip, at + 42, 4), local);
        local = check_local(zip, at, local);
        size_t name_length = zip_number(zip, at + 28, 2);
        text_append_bytes(names, zip->bytes + at + RECORD_BYTES, name_length);
        text_append(names, " ");
        text_append_number(names, zip_number(zip, at + 24, 4));
        text_append(names, "|");
        at += RECORD_BYTES + name_length + zip_number(zip, at + 30, 2);
    }
    cr_expect_eq(at, end);
    cr_expect_eq(local, zip_number(zip, end + 16, 4));
    text_append_bytes(names, "", 1);
}

static void expect_names(const char *wanted) {
    struct text whole = make_whole(archive_long_slice);
    struct text names = {0};
    check_zip(&whole, &names);
    cr_expect_str_eq(names.bytes, wanted);
    text_deinit(&names);
    text_deinit(&whole);
}

/* --- what is in it -------------------------------------------------------------------------------------- */

Test(archive_zip, of_no_file_to_a_few_is_whole_and_as_long_as_was_said) {
    expect_names("top/ 0|");
    folder_write_text(&folder, "a", "one");
    expect_names("top/ 0|top/a 3|");
    folder_write_text(&folder, "b", "");
    expect_names("top/ 0|top/a 3|top/b 0|");
    folder_mkdir(&folder, "c");
    expect_names("top/ 0|top/a 3|top/b 0|top/c/ 0|");
}

Test(archive_zip, holds_folders_and_files_sorted_as_a_tar_does) {
    plant_tree();
    folder_write_text(&folder, ".hidden", "h");
    expect_names("top/ 0|top/a.txt 5|top/empty 0|top/hollow/ 0|top/sub/ 0|top/sub/caf\xC3\xA9 \n 4|"
                 "top/sub/deep/ 0|top/sub/deep/run 10|top/sub/large 150000|top/sub/\xFF 5|");
}

Test(archive_zip, is_the_same_when_every_slice_is_over_from_the_start) {
    plant_tree();
    struct text whole = make_whole(archive_long_slice);
    struct text pieces = make_whole(archive_no_slice);
    cr_assert_eq(pieces.length, whole.length);
    cr_expect_eq(memcmp(pieces.bytes, whole.bytes, whole.length), 0);
    text_deinit(&whole);
    text_deinit(&pieces);
}

Test(archive_zip, has_a_tag_of_its_own) {
    plant_tree();
    struct archive *zip = archive_of_form(ARCHIVE_ZIP, &root, "");
    struct archive *tar = archive_of(&root, "");
    cr_expect_eq(strncmp(archive_entity_tag(zip), "\"zip-", 5), 0, "%s", archive_entity_tag(zip));
    cr_expect_neq(strcmp(archive_entity_tag(zip) + 5, archive_entity_tag(tar) + 5), 0);
    archive_destroy(zip);
    archive_destroy(tar);
}

/* --- ranges --------------------------------------------------------------------------------------------- */

Test(archive_zip, gives_any_range_of_itself) {
    folder_write_text(&folder, "a", "one");
    folder_write_text(&folder, "b", "");
    folder_write_text(&folder, "c", "two");
    struct text whole = make_whole(archive_long_slice);
    struct archive *archive = archive_of_form(ARCHIVE_ZIP, &root, "");
    off_t size = (off_t)whole.length;
    for (off_t at = 0; at < size; at++) {
        archive_expect_range(archive, &whole, at, at + 1, archive_no_slice);
        archive_expect_range(archive, &whole, 0, at + 1, archive_long_slice);
        archive_expect_range(archive, &whole, at, size, at % 2 == 0 ? archive_no_slice : archive_long_slice);
        archive_expect_range(archive, &whole, at / 2, at + 1, archive_long_slice);
    }
    archive_destroy(archive);
    text_deinit(&whole);
}

Test(archive_zip, gives_ranges_that_begin_and_end_within_large_files) {
    unsigned seed = 99;
    plant_tree();
    folder_write_pattern(&folder, "b-large", 0, 2 * LARGE_BYTES);
    struct text whole = make_whole(archive_long_slice);
    struct archive *archive = archive_of_form(ARCHIVE_ZIP, &root, "");
    for (int round = 0; round < 400; round++) {
        off_t begin = (off_t)((size_t)rand_r(&seed) % whole.length);
        off_t left = (off_t)whole.length - begin;
        off_t end = round % 2 == 0 ? (off_t)whole.length : begin + 1 + rand_r(&seed) % left;
        archive_expect_range(archive, &whole, begin, end,
                             round % 3 == 0 ? archive_no_slice : archive_long_slice);
    }
    archive_destroy(archive);
    text_deinit(&whole);
}

Test(archive_zip, can_turn_to_another_range_at_any_moment) {
    plant_tree();
    struct text whole = make_whole(archive_long_slice);
    struct archive *archive = archive_of_form(ARCHIVE_ZIP, &root, "");
    for (int calls = 0; calls < 60; calls++) {
        struct text ignored = {0};
        struct resource file = {.fd = -1};
        struct byte_range range;
        archive_seek(archive, (struct byte_range){100, (off_t)whole.length - 30});
        for (int i = 0; i < calls; i++) {
            int result = archive_next(archive, archive_no_slice, &ignored, &file, &range);
            cr_assert(result >= 0 || result == -EAGAIN);
            cr_assert_eq(file.fd, -1, "all is read, as all is summed");
        }
        text_deinit(&ignored);
        archive_expect_range(archive, &whole, 1000, (off_t)whole.length - calls % 2 * 60, archive_no_slice);
    }
    archive_destroy(archive);
    text_deinit(&whole);
}

/* A worker has others to serve: even a range for which a large file is only summed is made step by step. */
Test(archive_zip, reads_for_a_sum_in_short_steps) {
    folder_write_pattern(&folder, "large", 0, 10 * LARGE_BYTES);
    struct archive *archive = archive_of_form(ARCHIVE_ZIP, &root, "");
    off_t size = archive_size(archive);
    struct text out = {0};
    struct resource file = {.fd = -1};
    struct byte_range range;
    archive_seek(archive, (struct byte_range){size - END_BYTES - 1, size});
    int turns = 0;
    int result = -EAGAIN;
    for (; result == -EAGAIN; turns++) {
        result = archive_next(archive, archive_no_slice, &out, &file, &range);
    }
    cr_expect_eq(result, 1);
    cr_expect_gt(turns, 40, "%d", turns);
    archive_destroy(archive);
    text_deinit(&out);
}

/* --- what changes, and memory --------------------------------------------------------------------------- */

Test(archive_zip, ends_early_when_a_file_changes_before_or_while_it_is_sent) {
    for (int pieces = 0; pieces < 3; pieces++) {
        folder_write_pattern(&folder, "large", 0, 3 * LARGE_BYTES);
        struct archive *archive = archive_of_form(ARCHIVE_ZIP, &root, "");
        struct text out = {0};
        struct resource file = {.fd = -1};
        for (int i = 0; i < pieces; i++) {
            cr_assert_eq(archive_produce_piece(archive, archive_long_slice, &file, &out), 1);
        }
        folder_touch(&folder, "large", 1800000000 + pieces);
        cr_expect_eq(archive_produce(archive, archive_long_slice, &out), -ESTALE, "%d", pieces);
        cr_expect_lt((off_t)out.length, archive_size(archive));
        archive_destroy(archive);
        text_deinit(&out);
    }
}

/* Its content went by long ago, but the directory would tell of a file that is no longer there. */
Test(archive_zip, ends_early_when_a_file_changes_before_its_record_is_sent) {
    folder_write_text(&folder, "a", "alpha");
    folder_write_pattern(&folder, "large", 0, LARGE_BYTES);
    struct archive *archive = archive_of_form(ARCHIVE_ZIP, &root, "");
    off_t size = archive_size(archive);
    struct text out = {0};
    struct resource file = {.fd = -1};
    cr_assert_eq(archive_produce_piece(archive, archive_long_slice, &file, &out), 1);
    folder_touch(&folder, "a", 1800000000);
    cr_expect_eq(archive_produce(archive, archive_long_slice, &out), -ESTALE);
    cr_expect_lt((off_t)out.length, size);
    archive_destroy(archive);
    text_deinit(&out);
}

static int produce_within(size_t extra_bytes, struct byte_range (*range_of)(off_t size)) {
    struct memory_budget budget = {.limit_bytes = 1024 * 1024};
    struct archive *archive = NULL;
    struct text out = {0};
    cr_assert_eq(archive_create(&archive, ARCHIVE_ZIP, &root, "", "top", archive_clock(60), 0, &budget), 0);
    cr_assert_eq(archive_measure_all(archive, archive_long_slice), 0);
    archive_seek(archive, range_of(archive_size(archive)));
    budget.limit_bytes = budget.used_bytes + extra_bytes;
    struct byte_range range;
    struct resource file = {.fd = -1};
    int result = archive_next(archive, archive_no_slice, &out, &file, &range);
    archive_destroy(archive);
    text_deinit(&out);
    cr_expect_eq(budget.used_bytes, 0);
    return result;
}

static struct byte_range all_of(off_t size) {
    return (struct byte_range){0, size};
}

static struct byte_range without_directory(off_t size) {
    return (struct byte_range){0, size / 4};
}

static struct byte_range only_the_end(off_t size) {
    return (struct byte_range){size - 100, size};
}

Test(archive_zip, takes_the_room_for_its_sums_from_the_budget_before_its_first_byte) {
    enum { FILES = 2000, WALK_BYTES = 48 * 1024 }; /* the walk is taken from the budget anew */
    size_t sums_bytes = memory_held(FILES * sizeof(uint32_t));
    for (int i = 0; i < FILES; i++) {
        char name[32];
        (void)snprintf(name, sizeof name, "%d", i);
        folder_write_text(&folder, name, name);
    }
    cr_expect_eq(produce_within(sums_bytes - 1, all_of), -ENOMEM);
    cr_expect_neq(produce_within(1024 * 1024, all_of), -ENOMEM);
    cr_expect_eq(produce_within(WALK_BYTES, without_directory),
                 produce_within(1024 * 1024, without_directory));
    cr_expect_eq(produce_within(WALK_BYTES, only_the_end), produce_within(1024 * 1024, only_the_end));
}

#endif
