/* SPDX-License-Identifier: MIT */
#include "http/archive/tar_header.h"
#include "http/base/utf8.h"
#include "tests/unit/http/archive/tar.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

TestSuite(tar_header, .timeout = 60);

enum { BLOCK = TAR_BLOCK_BYTES, LONG_PATH_BYTES = 9000 };

static const off_t gibibyte = 1024 * 1024 * 1024;

/* Write the headers and read them with the reader of the tests, to the last byte. */
static struct tar_member write_and_read(const struct archive_entry *entry, size_t *length) {
    struct text out = {0};
    struct tar_member member;
    tar_header_append(&out, entry);
    cr_assert(!out.failed);
    cr_assert_eq(out.length, tar_header_bytes(entry), "%s", entry->path);
    cr_assert_eq(out.length % BLOCK, 0);
    struct tar_reader reader = {out.bytes, out.length, 0};
    cr_assert(tar_reader_header(&reader, &member));
    cr_assert_eq(reader.at, out.length);
    *length = out.length;
    text_deinit(&out);
    return member;
}

Test(tar_header, fills_one_block_for_a_plain_file) {
    static const unsigned char expected_begin[] = "top/a.txt";
    struct archive_entry entry = {.path = "top/a.txt", .size = 1234, .modified = 1700000000};
    struct text out = {0};
    tar_header_append(&out, &entry);
    cr_assert_eq(out.length, BLOCK);
    cr_assert_eq(memcmp(out.bytes, expected_begin, sizeof expected_begin), 0);
    cr_assert_eq(memcmp(out.bytes + 100,
                        "0000644\0"
                        "0000000\0"
                        "0000000\0"
                        "00000002322\0"
                        "14524770400\0",
                        48),
                 0);
    cr_assert_eq(memcmp(out.bytes + 148, "011031\0 0", 9), 0, "%.9s", out.bytes + 148);
    cr_assert_eq(memcmp(out.bytes + 257, "ustar\00000", 8), 0);
    text_deinit(&out);
}

Test(tar_header, says_what_an_entry_is) {
    static const struct {
        const char *name;
        struct archive_entry entry;
        char type;
        unsigned mode;
        off_t size;
    } rows[] = {
        {"file", {.path = "top/file", .size = 7}, '0', 0644, 7},
        {"program", {.path = "top/run", .size = 7, .is_executable = true}, '0', 0755, 7},
        {"folder", {.path = "top/dir/", .is_folder = true}, '5', 0755, 0},
        {"folder with a size", {.path = "top/dir/", .is_folder = true, .size = 4096}, '5', 0755, 0},
        {"huge folder", {.path = "top/dir/", .is_folder = true, .size = 1LL << 40}, '5', 0755, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        size_t length = 0;
        struct tar_member member = write_and_read(&rows[i].entry, &length);
        cr_expect_str_eq(member.path, rows[i].entry.path, "%s", rows[i].name);
        cr_expect_eq(member.type, rows[i].type, "%s", rows[i].name);
        cr_expect_eq(member.mode, rows[i].mode, "%s", rows[i].name);
        cr_expect_eq(member.size, rows[i].size, "%s", rows[i].name);
        cr_expect_eq(length, BLOCK, "%s", rows[i].name);
    }
}

Test(tar_header, extends_what_has_no_room_in_ustar) {
    static const struct {
        const char *name;
        off_t size;
        time_t modified;
        size_t length;
    } rows[] = {
        {"the largest that fits", 077777777777, 077777777777, BLOCK},
        {"8 GiB", 8 * gibibyte, 0, 3 * BLOCK},
        {"8 EiB", INT64_MAX, 0, 3 * BLOCK},
        {"one second too late", 0, 0100000000000, 3 * BLOCK},
        {"the year 292 billion", 0, INT64_MAX, 3 * BLOCK},
        {"before 1970", 0, -1, 3 * BLOCK},
        {"long before", 0, INT64_MIN + 1, 3 * BLOCK},
        {"all at once", 9 * gibibyte, -12345, 3 * BLOCK},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct archive_entry entry = {.path = "top/f", .size = rows[i].size, .modified = rows[i].modified};
        size_t length = 0;
        struct tar_member member = write_and_read(&entry, &length);
        cr_expect_eq(member.size, rows[i].size, "%s", rows[i].name);
        cr_expect_eq(member.modified, rows[i].modified, "%s", rows[i].name);
        cr_expect_eq(length, rows[i].length, "%s", rows[i].name);
        cr_expect_str_eq(member.path, "top/f", "%s", rows[i].name);
        cr_expect_eq(member.is_extended, length > BLOCK, "%s", rows[i].name);
    }
}

/* "top/" and letters, with slashes as the pattern wants them: 'a' times 10 is "a10", a slash is itself. */
static void spell(const char *pattern, char *path) {
    while (*pattern != '\0') {
        if (*pattern == '/') {
            *path++ = *pattern++;
        } else {
            char *end = NULL;
            size_t count = strtoul(pattern + 1, &end, 10);
            memset(path, *pattern, count);
            path += count;
            pattern = end;
        }
    }
    *path = '\0';
}

/* For readers that know no extended headers: better nothing than a wrong number. */
Test(tar_header, has_zeros_in_the_fields_that_have_no_room) {
    struct text out = {0};
    tar_header_append(&out, &(struct archive_entry){.path = "f", .size = 9 * gibibyte + 5, .modified = -7});
    cr_assert_eq(out.length, 3 * BLOCK);
    cr_expect_str_eq(out.bytes + 2 * BLOCK, "f");
    cr_expect_str_eq(out.bytes + 2 * BLOCK + 124, "00000000000");
    cr_expect_str_eq(out.bytes + 2 * BLOCK + 136, "00000000000");
    text_deinit(&out);
}

Test(tar_header, divides_a_path_at_a_slash_only_where_both_parts_fit) {
    static const struct {
        const char *pattern;
        bool is_extended;
    } rows[] = {
        {"a100", false},
        {"a101", true},
        {"t3/a100", false},
        {"t3/a101", true},
        {"p155/a100", false},
        {"p156/a100", true},
        {"p154/a101", true},
        {"p100/b54/a100", false},
        {"p100/b55/a100", true},
        {"p150/b4/a99/", false}, /* a folder: its final slash divides nothing */
        {"p150/b4/a100/", true},
        {"t3/a96/", true}, /* 101 bytes, and the slash in front leaves 97 */
        {"a100/", true},
        {"t3/a200/b5", true},
        {"t3/a140/b5", false},
        {"p155/a1", false},
        {"a1/b1/c1/d150/e1", true},
        {"a1/b1/c1/d149/e1", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char path[LONG_PATH_BYTES];
        spell(rows[i].pattern, path);
        bool is_folder = path[strlen(path) - 1] == '/';
        size_t length = 0;
        struct tar_member member =
            write_and_read(&(struct archive_entry){.path = path, .is_folder = is_folder}, &length);
        cr_expect_str_eq(member.path, path, "%s", rows[i].pattern);
        bool fits = !rows[i].is_extended || strcmp(rows[i].pattern, "t3/a96/") == 0;
        cr_expect_eq(length == BLOCK, fits, "%s", rows[i].pattern);
    }
}

Test(tar_header, keeps_the_bytes_of_any_name) {
    static const struct {
        const char *path;
        bool is_extended;
        bool is_binary;
        const char *stand_in;
    } rows[] = {
        {"top/new\nline", false, false, "top/new\nline"},
        {"top/\"quotes\" 'and' \\ <b>&%20=", false, false, "top/\"quotes\" 'and' \\ <b>&%20="},
        {"top/\x01\x7F\t", false, false, "top/\x01\x7F\t"},
        {"top/caf\xC3\xA9", true, false, "top/caf__"},
        {"top/10 =\n\xC3\xA9=", true, false, "top/10 =\n__="},
        {"top/\xF0\x9F\x8F\x8A", true, false, "top/____"},
        {"top/\xFF", true, true, "top/_"},
        {"top/\xC3\xA9\xED\xA0\x80", true, true, "top/_____"}, /* a surrogate is not UTF-8 */
        {"top/\xC0\xAF", true, true, "top/__"},                /* nor is an overlong form */
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        size_t length = 0;
        struct tar_member member = write_and_read(&(struct archive_entry){.path = rows[i].path}, &length);
        cr_expect_str_eq(member.path, rows[i].path, "row %zu", i);
        cr_expect_str_eq(member.stand_in, rows[i].stand_in, "row %zu", i);
        cr_expect_eq(member.is_extended, rows[i].is_extended, "row %zu", i);
        cr_expect_eq(member.is_binary, rows[i].is_binary, "row %zu", i);
    }
}

/* The length of a record counts its own digits, which may become more by that. */
Test(tar_header, counts_the_length_of_records_of_any_length) {
    char path[LONG_PATH_BYTES + 1];
    memset(path, 'a', sizeof path);
    for (size_t length = 101; length <= LONG_PATH_BYTES; length++) {
        size_t header_bytes = 0;
        path[length] = '\0';
        struct tar_member member = write_and_read(&(struct archive_entry){.path = path}, &header_bytes);
        cr_assert_eq(strlen(member.path), length);
        path[length] = 'a';
    }
}

Test(tar_header, has_the_length_that_it_said_for_random_entries) {
    static const char bytes[] = "abc/ \n=\xC3\xA9\xFF";
    unsigned seed = 4711;
    char path[400];
    for (int round = 0; round < 20000; round++) {
        size_t length = 1 + (size_t)rand_r(&seed) % (sizeof path - 2);
        for (size_t i = 0; i < length; i++) {
            path[i] =
                bytes[(size_t)rand_r(&seed) % (round % 2 == 0 ? 3 + (size_t)round % 2 : sizeof bytes - 1)];
        }
        for (size_t i = 40; i < length; i += 40) {
            path[i] = '/';
        }
        path[length] = '\0';
        path[0] = 't';
        struct archive_entry entry = {
            .path = path,
            .is_folder = rand_r(&seed) % 4 == 0,
            .is_executable = rand_r(&seed) % 4 == 0,
            .size = (off_t)rand_r(&seed) << (rand_r(&seed) % 32),
            .modified = ((time_t)rand_r(&seed) << (rand_r(&seed) % 32)) * (rand_r(&seed) % 8 == 0 ? -1 : 1),
        };
        size_t header_bytes = 0;
        struct tar_member member = write_and_read(&entry, &header_bytes);
        cr_assert_str_eq(member.path, path);
        cr_assert_eq(member.size, entry.is_folder ? 0 : entry.size);
        cr_assert_eq(member.modified, entry.modified);
        cr_assert_eq(member.is_binary, !utf8_is_well_formed(path));
    }
}

Test(tar_header, gives_equal_bytes_for_equal_entries) {
    struct archive_entry entry = {.path = "top/\xC3\xA9\xFF", .size = 9 * gibibyte, .modified = -1};
    struct text one = {0};
    struct text other = {0};
    tar_header_append(&one, &entry);
    text_append(&other, "something before");
    size_t begin = other.length;
    tar_header_append(&other, &entry);
    cr_assert_eq(other.length - begin, one.length);
    cr_assert_eq(memcmp(other.bytes + begin, one.bytes, one.length), 0);
    text_deinit(&one);
    text_deinit(&other);
}

Test(tar_header, pads_to_the_next_block) {
    static const struct {
        off_t size;
        size_t padding;
    } rows[] = {{0, 0}, {1, 511}, {511, 1}, {512, 0}, {513, 511}, {INT64_MAX, 1}, {1LL << 40, 0}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        cr_expect_eq(tar_padding_bytes(rows[i].size), rows[i].padding, "%jd", (intmax_t)rows[i].size);
    }
}
