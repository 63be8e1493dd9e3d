/* SPDX-License-Identifier: MIT */
#include "tests/unit/http/archive/tar.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

enum {
    BLOCK = 512,
    MODE = 100,
    UID = 108,
    GID = 116,
    SIZE = 124,
    MTIME = 136,
    CHECKSUM = 148,
    TYPE = 156,
    LINK = 157,
    MAGIC = 257,
    OWNER_NAMES = 265,
    DEVICE = 329,
    PREFIX = 345,
    UNUSED = 500
};

static uint64_t read_octal(const char *field, size_t size) {
    uint64_t value = 0;
    for (size_t i = 0; i < size - 1; i++) {
        cr_assert(field[i] >= '0' && field[i] <= '7', "byte %zu of an octal field is %d", i, field[i]);
        value = value * 8 + (uint64_t)(field[i] - '0');
    }
    cr_assert(field[size - 1] == '\0' || field[size - 1] == ' ', "an octal field has no end");
    return value;
}

static bool is_zero(const char *bytes, size_t length) {
    for (size_t i = 0; i < length; i++) {
        if (bytes[i] != 0) {
            return false;
        }
    }
    return true;
}

static void check_block(const char *block) {
    unsigned sum = 0;
    for (size_t i = 0; i < BLOCK; i++) {
        sum += i >= CHECKSUM && i < TYPE ? ' ' : (unsigned char)block[i];
    }
    cr_assert_eq(read_octal(block + CHECKSUM, 7), sum);
    cr_assert_eq(memcmp(block + MAGIC, "ustar\00000", 8), 0);
    cr_assert_eq(read_octal(block + UID, 8), 0);
    cr_assert_eq(read_octal(block + GID, 8), 0);
    cr_assert_eq(read_octal(block + DEVICE, 8), 0);
    cr_assert_eq(read_octal(block + DEVICE + 8, 8), 0);
    cr_assert(is_zero(block + LINK, MAGIC - LINK));
    cr_assert(is_zero(block + OWNER_NAMES, DEVICE - OWNER_NAMES));
    cr_assert(is_zero(block + UNUSED, BLOCK - UNUSED));
    for (size_t i = 0; i < 100; i++) {
        cr_assert((unsigned char)block[i] < 0x80, "a field holds ASCII");
    }
}

static const char *take(struct tar_reader *reader, size_t length) {
    cr_assert(length <= reader->length - reader->at, "%zu of %zu bytes are left", reader->length - reader->at,
              length);
    const char *bytes = reader->bytes + reader->at;
    reader->at += length;
    return bytes;
}

static const char *take_content(struct tar_reader *reader, size_t size) {
    const char *content = take(reader, size);
    size_t padding = (BLOCK - size % BLOCK) % BLOCK;
    cr_assert(is_zero(take(reader, padding), padding), "the padding is not zero");
    return content;
}

static void read_record(const char *record, size_t length, struct tar_member *member) {
    const char *equals = memchr(record, '=', length);
    cr_assert_not_null(equals);
    size_t key_length = (size_t)(equals - record);
    size_t value_length = length - key_length - 1;
    char value[TAR_MEMBER_PATH_BYTES];
    cr_assert_lt(value_length, sizeof value);
    memcpy(value, equals + 1, value_length);
    value[value_length] = '\0';
    if (key_length == 4 && memcmp(record, "path", 4) == 0) {
        memcpy(member->path, value, value_length + 1);
    } else if (key_length == 4 && memcmp(record, "size", 4) == 0) {
        member->size = strtoll(value, NULL, 10);
    } else if (key_length == 5 && memcmp(record, "mtime", 5) == 0) {
        member->modified = strtoll(value, NULL, 10);
    } else if (key_length == 10 && memcmp(record, "hdrcharset", 10) == 0) {
        member->is_binary = strcmp(value, "BINARY") == 0 && member->path[0] == '\0';
    } else {
        cr_assert_fail("an unknown key: %.*s", (int)key_length, record);
    }
}

static void read_records(const char *records, size_t length, struct tar_member *member) {
    size_t at = 0;
    while (at < length) {
        char *text = NULL;
        size_t record_length = strtoul(records + at, &text, 10);
        size_t head_length = (size_t)(text - records) - at + 1;
        cr_assert(*text == ' ' && record_length > head_length && record_length <= length - at,
                  "a record of %zu bytes at %zu", record_length, at);
        cr_assert_eq(records[at + record_length - 1], '\n');
        read_record(text + 1, record_length - head_length - 1, member);
        at += record_length;
    }
}

static void read_fields(const char *block, struct tar_member *member) {
    size_t prefix_length = strnlen(block + PREFIX, UNUSED - PREFIX);
    memcpy(member->stand_in, block, 100);
    member->stand_in[100] = '\0';
    member->type = block[TYPE];
    member->mode = (unsigned)read_octal(block + MODE, 8);
    if (member->path[0] == '\0') {
        memcpy(member->path, block + PREFIX, prefix_length);
        memcpy(member->path + prefix_length, "/", prefix_length > 0 ? 1 : 0);
        memcpy(member->path + prefix_length + (prefix_length > 0 ? 1 : 0), member->stand_in,
               sizeof member->stand_in);
    }
    if (member->size < 0) {
        member->size = (off_t)read_octal(block + SIZE, 12);
    }
    if (member->modified == INT64_MIN) {
        member->modified = (int64_t)read_octal(block + MTIME, 12);
    }
}

bool tar_reader_header(struct tar_reader *reader, struct tar_member *member) {
    if (reader->at == reader->length || reader->bytes[reader->at] == '\0') {
        return false;
    }
    *member = (struct tar_member){.size = -1, .modified = INT64_MIN};
    const char *block = take(reader, BLOCK);
    check_block(block);
    if (block[TYPE] == 'x') {
        size_t size = read_octal(block + SIZE, 12);
        cr_assert_eq(strncmp(block, "PaxHeaders/", 11), 0);
        cr_assert_eq(read_octal(block + MTIME, 12), 0);
        cr_assert_eq(read_octal(block + MODE, 8), 0644);
        read_records(take_content(reader, size), size, member);
        member->is_extended = true;
        block = take(reader, BLOCK);
        check_block(block);
    }
    read_fields(block, member);
    return true;
}

bool tar_reader_next(struct tar_reader *reader, struct tar_member *member) {
    if (!tar_reader_header(reader, member)) {
        return false;
    }
    member->content = take_content(reader, (size_t)member->size);
    return true;
}

void tar_reader_expect_end(const struct tar_reader *reader) {
    cr_assert_eq(reader->length - reader->at, 2 * BLOCK);
    cr_assert(is_zero(reader->bytes + reader->at, 2 * BLOCK));
}
