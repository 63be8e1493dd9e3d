/* SPDX-License-Identifier: MIT */
#include "http/archive/tree_digest.h"

#include <stdint.h>
#include <string.h>

enum { NUMBERS_MAX = 6, BYTES_OF_NUMBER = 8 };

void archive_digest_begin(struct digest *digest, const char *format) {
    digest_reset(digest);
    digest_add(digest, format, strlen(format) + 1);
}

static size_t put_number(unsigned char *out, size_t length, uint64_t number) {
    for (size_t i = 0; i < BYTES_OF_NUMBER; i++) {
        out[length + i] = (unsigned char)(number >> (8 * i));
    }
    return length + BYTES_OF_NUMBER;
}

static size_t put_time(unsigned char *out, size_t length, struct timespec time) {
    return put_number(out, put_number(out, length, (uint64_t)time.tv_sec), (uint64_t)time.tv_nsec);
}

void archive_digest_add(struct digest *digest, const char *path, const struct folder_entry *entry,
                        bool with_change_time) {
    unsigned char bytes[NUMBERS_MAX * BYTES_OF_NUMBER];
    uint64_t kind =
        (entry->is_folder ? 1U : 0U) | (entry->is_executable ? 2U : 0U) | (with_change_time ? 4U : 0U);
    size_t length = put_number(bytes, 0, kind);
    length = put_number(bytes, length, entry->is_folder ? 0 : (uint64_t)entry->size);
    length = put_time(bytes, length, entry->modified);
    if (with_change_time) {
        length = put_time(bytes, length, entry->changed);
    }
    digest_add(digest, path, strlen(path) + 1); /* its NUL tells where it ends */
    digest_add(digest, bytes, length);
}
