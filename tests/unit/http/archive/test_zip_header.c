/* SPDX-License-Identifier: MIT */
/* What stands in the headers of a zip archive (APPNOTE 6.3), with sizes and places that no test could write
 * to a disk. */
#include "http/archive/zip_header.h"
#include "tests/unit/http/archive/zip.h"

#include <criterion/criterion.h>
#include <stdint.h>
#include <string.h>

static const off_t gibibyte = (off_t)1 << 30;
static const off_t large = 0xFFFFFFFF; /* the first that needs zip64 */

static const struct archive_layout *const zip = &archive_layout_zip;

static void expect_bytes(const struct text *text, const char *bytes, size_t length) {
    cr_assert_eq(text->length, length, "%zu", text->length);
    for (size_t i = 0; i < length; i++) {
        cr_expect_eq(text->bytes[i], bytes[i], "byte %zu: %02x", i, (unsigned char)text->bytes[i]);
    }
}

#define EXPECT_BYTES(text, literal) expect_bytes((text), (literal), sizeof(literal) - 1)

TestSuite(zip_header, .timeout = 20);

Test(zip_header, of_a_file_is_byte_by_byte_what_the_format_says) {
    struct archive_entry entry = {.path = "t/a", .size = 5, .modified = 1700000001, .begin = 0x1234};
    struct text out = {0};
    zip->append_header(&out, &entry);
    /* 2023-11-14 22:13:21: 43 << 9 | 11 << 5 | 14, and 22 << 11 | 13 << 5 | 10 */
    EXPECT_BYTES(&out, "PK\3\4\x14\0\x08\x08\0\0\xaa\xb1\x6e\x57\0\0\0\0\0\0\0\0\0\0\0\0\3\0\x09\0t/a"
                       "UT\5\0\1\x01\xf1\x53\x65");
    out.length = 0;
    zip->append_trailer(&out, &entry, 0x89ABCDEF);
    EXPECT_BYTES(&out, "PK\7\x08\xef\xcd\xab\x89\5\0\0\0\5\0\0\0");
    out.length = 0;
    zip->append_record(&out, &entry, 0x89ABCDEF);
    EXPECT_BYTES(
        &out, "PK\1\2\x2d\3\x14\0\x08\x08\0\0\xaa\xb1\x6e\x57\xef\xcd\xab\x89\5\0\0\0\5\0\0\0\3\0\x09\0\0\0"
              "\0\0\0\0\0\0\xa4\x81\x34\x12\0\0t/aUT\5\0\1\x01\xf1\x53\x65");
    out.length = 0;
    zip->append_end(&out, &(struct archive_totals){3, 0x100, 0x150});
    EXPECT_BYTES(&out, "PK\5\6\0\0\0\0\3\0\3\0\x50\0\0\0\0\1\0\0\0\0");
    text_deinit(&out);
}

Test(zip_header, of_what_has_no_content_has_no_descriptor) {
    static const struct archive_entry entries[] = {{.path = "t/", .is_folder = true, .modified = 1},
                                                   {.path = "t/empty", .modified = 1}};
    for (size_t i = 0; i < sizeof entries / sizeof entries[0]; i++) {
        struct text out = {0};
        zip->append_header(&out, &entries[i]);
        cr_expect_eq(zip_number(&out, 6, 2), 1 << 11, "flags of %s", entries[i].path);
        out.length = 0;
        zip->append_trailer(&out, &entries[i], 0);
        cr_expect_eq(out.length, 0);
        cr_expect_eq(zip->trailer_bytes(&entries[i]), 0);
        text_deinit(&out);
    }
}

Test(zip_header, tells_kinds_and_rights_as_unix_and_dos_do) {
    static const struct {
        struct archive_entry entry;
        uint32_t attributes;
    } rows[] = {
        {{.path = "t/", .is_folder = true, .is_executable = true}, 040755U << 16 | 0x10},
        {{.path = "f"}, 0100644U << 16},
        {{.path = "x", .is_executable = true}, 0100755U << 16},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct text out = {0};
        zip->append_record(&out, &rows[i].entry, 0);
        cr_expect_eq(zip_number(&out, 38, 4), rows[i].attributes, "%s", rows[i].entry.path);
        text_deinit(&out);
    }
}

Test(zip_header, says_of_a_name_that_it_is_utf8_only_if_it_is) {
    static const struct {
        const char *path;
        bool is_utf8;
    } rows[] = {{"plain", true}, {"caf\xC3\xA9 \n", true}, {"caf\xE9", false}, {"\xFF", false}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct text out = {0};
        zip->append_header(&out, &(struct archive_entry){.path = rows[i].path});
        cr_expect_eq((zip_number(&out, 6, 2) & 1 << 11) != 0, rows[i].is_utf8, "%zu", i);
        cr_expect_eq(zip_number(&out, 26, 2), strlen(rows[i].path));
        cr_expect_eq(memcmp(out.bytes + 30, rows[i].path, strlen(rows[i].path)), 0);
        text_deinit(&out);
    }
}

Test(zip_header, leaves_out_an_exact_time_that_its_field_cannot_hold) {
    static const struct {
        time_t modified;
        size_t extra_bytes;
    } rows[] = {{0, 9},
                {-1, 9},
                {INT32_MIN, 9},
                {INT32_MAX, 9},
                {(time_t)INT32_MAX + 1, 0},
                {(time_t)INT32_MIN - 1, 0}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct text out = {0};
        zip->append_header(&out, &(struct archive_entry){.path = "f", .modified = rows[i].modified});
        cr_expect_eq(zip_number(&out, 28, 2), rows[i].extra_bytes, "%jd", (intmax_t)rows[i].modified);
        text_deinit(&out);
    }
}

static void expect_lengths(const struct archive_entry *entry) {
    struct text out = {0};
    zip->append_header(&out, entry);
    cr_expect_eq(out.length, zip->header_bytes(entry), "the header of %s", entry->path);
    out.length = 0;
    zip->append_trailer(&out, entry, 7);
    cr_expect_eq(out.length, zip->trailer_bytes(entry), "the trailer of %s", entry->path);
    out.length = 0;
    zip->append_record(&out, entry, 7);
    cr_expect_eq(out.length, zip->record_bytes(entry), "the record of %s", entry->path);
    text_deinit(&out);
}

Test(zip_header, is_as_long_as_was_said_before) {
    static const time_t times[] = {-5000000000, -1, 0, 1700000000, 5000000000};
    off_t numbers[] = {0, 1, large - 1, large, 9 * gibibyte};
    for (size_t i = 0; i < 5 * 5 * 5; i++) {
        struct archive_entry entry = {
            .path = "t/f", .size = numbers[i % 5], .begin = numbers[i / 5 % 5], .modified = times[i / 25]};
        expect_lengths(&entry);
    }
    expect_lengths(&(struct archive_entry){.path = "t/\xC3\xA9/", .is_folder = true, .begin = large});
}

Test(zip_header, of_a_huge_file_has_its_sizes_in_the_zip64_field) {
    struct archive_entry entry = {
        .path = "f", .size = 5 * gibibyte, .modified = 9000000000, .begin = 6 * gibibyte};
    struct text out = {0};
    zip->append_header(&out, &entry);
    cr_expect_eq(zip_number(&out, 4, 2), 45);
    cr_expect_eq(zip_number(&out, 18, 8), UINT64_MAX, "both sizes");
    cr_expect_eq(zip_number(&out, 31, 4), 16U << 16 | 1U, "the field");
    cr_expect_eq(out.length, 31 + 20);
    out.length = 0;
    zip->append_trailer(&out, &entry, 7);
    cr_expect_eq(zip_number(&out, 8, 8), (uint64_t)entry.size);
    cr_expect_eq(zip_number(&out, 16, 8), (uint64_t)entry.size);
    out.length = 0;
    zip->append_record(&out, &entry, 7);
    cr_expect_eq(zip_number(&out, 6, 2), 45);
    cr_expect_eq(zip_number(&out, 20, 8), UINT64_MAX);
    cr_expect_eq(zip_number(&out, 42, 4), 0xFFFFFFFF);
    cr_expect_eq(zip_number(&out, 47, 4), 24U << 16 | 1U);
    cr_expect_eq(zip_number(&out, 51, 8), (uint64_t)entry.size);
    cr_expect_eq(zip_number(&out, 59, 8), (uint64_t)entry.size);
    cr_expect_eq(zip_number(&out, 67, 8), (uint64_t)entry.begin);
    text_deinit(&out);
}

Test(zip_header, of_a_small_file_far_behind_has_only_its_place_there) {
    struct archive_entry entry = {.path = "f", .size = 5, .modified = 9000000000, .begin = large};
    struct text out = {0};
    zip->append_record(&out, &entry, 7);
    cr_expect_eq(zip_number(&out, 20, 4), 5);
    cr_expect_eq(zip_number(&out, 42, 4), 0xFFFFFFFF);
    cr_expect_eq(zip_number(&out, 47, 4), 8U << 16 | 1U);
    cr_expect_eq(zip_number(&out, 51, 8), (uint64_t)large);
    out.length = 0;
    zip->append_header(&out, &entry);
    cr_expect_eq(zip_number(&out, 4, 2), 20, "the header does not tell its own place");
    text_deinit(&out);
}

Test(zip_header, at_the_end_is_of_zip64_where_a_number_needs_it) {
    struct {
        const char *name;
        struct archive_totals totals;
        bool is_large;
    } rows[] = {
        {"small", {65534, 100, 200}, false},
        {"many entries", {65535, 100, 200}, true},
        {"a far directory", {1, large, large + 10}, true},
        {"the last near one", {1, large - 1, large + 10}, false},
        {"a long directory", {1, 100, large + 100}, true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct archive_totals *totals = &rows[i].totals;
        struct text out = {0};
        zip->append_end(&out, totals);
        cr_expect_eq(out.length, zip->end_bytes(totals), "%s", rows[i].name);
        cr_assert_eq(out.length, rows[i].is_large ? 56 + 20 + 22 : 22, "%s", rows[i].name);
        if (rows[i].is_large) {
            uint64_t length = (uint64_t)(totals->directory_end - totals->directory_begin);
            cr_expect_eq(zip_number(&out, 4, 8), 44);
            cr_expect_eq(zip_number(&out, 24, 8), totals->entry_count);
            cr_expect_eq(zip_number(&out, 32, 8), totals->entry_count);
            cr_expect_eq(zip_number(&out, 40, 8), length);
            cr_expect_eq(zip_number(&out, 48, 8), (uint64_t)totals->directory_begin);
            cr_expect_eq(zip_number(&out, 56 + 8, 8), (uint64_t)totals->directory_end,
                         "where zip64's end is");
        }
        text_deinit(&out);
    }
}
