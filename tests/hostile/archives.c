/* SPDX-License-Identifier: MIT */
#include "tests/hostile/archives.h"

#include <criterion/criterion.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    TAR_BLOCK = 512,
    TAR_NAME_BYTES = 100,
    TAR_SIZE_AT = 124,
    TAR_TYPE_AT = 156,
    TAR_MAGIC_AT = 257,
    ZIP_END_BYTES = 22,
    ZIP_END_RECORDS_AT = 16, /* where the offset of the directory stands */
    ZIP_RECORD_BYTES = 46,
    ZIP_LOCAL_BYTES = 30,
    PATH_BYTES = 256,
};

size_t archive_read_tar(const char *bytes, size_t size, void (*take)(struct archive_member member)) {
    char path[TAR_NAME_BYTES + 1];
    size_t count = 0;
    size_t at = 0;
    while (at + TAR_BLOCK <= size && bytes[at] != '\0') {
        const char *head = bytes + at;
        cr_assert(memcmp(head + TAR_MAGIC_AT, "ustar", 5) == 0, "no tar header at %zu", at);
        size_t length = strtoull(head + TAR_SIZE_AT, NULL, 8);
        (void)snprintf(path, sizeof path, "%.100s", head);
        at += TAR_BLOCK;
        if (head[TAR_TYPE_AT] == '0') {
            take((struct archive_member){path, bytes + at, size - at < length ? size - at : length});
            count++;
        }
        at += (length + TAR_BLOCK - 1) / TAR_BLOCK * TAR_BLOCK;
    }
    return count;
}

static size_t number_at(const char *bytes, size_t width) {
    size_t number = 0;
    for (size_t i = width; i > 0; i--) {
        number = number << 8 | (unsigned char)bytes[i - 1];
    }
    return number;
}

static bool begins_with(const char *bytes, const char *signature) {
    return memcmp(bytes, signature, 4) == 0;
}

/* One record of the directory; *at moves behind it. Returns whether it was a file. */
static bool read_record(const char *bytes, size_t size, size_t *at,
                        void (*take)(struct archive_member member)) {
    char path[PATH_BYTES];
    const char *record = bytes + *at;
    cr_assert(*at + ZIP_RECORD_BYTES <= size && begins_with(record, "PK\1\2"), "no zip record at %zu", *at);
    size_t length = number_at(record + 20, 4);
    size_t path_length = number_at(record + 28, 2);
    size_t begin = number_at(record + 42, 4);
    const char *local = bytes + begin;
    cr_assert(begin + ZIP_LOCAL_BYTES <= size && begins_with(local, "PK\3\4"), "no zip header at %zu", begin);
    size_t skip = ZIP_LOCAL_BYTES + number_at(local + 26, 2) + number_at(local + 28, 2);
    cr_assert(begin + skip + length <= size, "%zu bytes at %zu", length, begin);
    (void)snprintf(path, sizeof path, "%.*s", (int)path_length, record + ZIP_RECORD_BYTES);
    *at += ZIP_RECORD_BYTES + path_length + number_at(record + 30, 2) + number_at(record + 32, 2);
    if (path_length == 0 || path[path_length - 1] == '/') {
        return false;
    }
    take((struct archive_member){path, local + skip, length});
    return true;
}

size_t archive_read_zip(const char *bytes, size_t size, void (*take)(struct archive_member member)) {
    const char *end = bytes + size - ZIP_END_BYTES;
    if (size < ZIP_END_BYTES || !begins_with(end, "PK\5\6")) {
        return 0; /* it was cut off */
    }
    size_t at = number_at(end + ZIP_END_RECORDS_AT, 4);
    size_t count = 0;
    for (size_t left = number_at(end + 10, 2); left > 0; left--) {
        count += read_record(bytes, size, &at, take) ? 1 : 0;
    }
    return count;
}
