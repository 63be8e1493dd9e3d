/* SPDX-License-Identifier: MIT */
#include "tests/hostile/blocks.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

enum { VERSION_AT = BLOCK_NAME_BYTES + 1, VERSIONS = 100 * 1000 * 1000 };

static void write_block(char block[BLOCK_BYTES + 1], const char *name, unsigned version, off_t offset) {
    (void)snprintf(block, BLOCK_BYTES + 1, "%-16.16s %08u %012llu %-24.16s\n", name, version % VERSIONS,
                   (unsigned long long)offset % 1000000000000U, name);
}

void blocks_write(char *bytes, size_t size, const char *name, unsigned version) {
    char block[BLOCK_BYTES + 1];
    for (size_t at = 0; at < size; at += BLOCK_BYTES) {
        write_block(block, name, version, (off_t)at);
        memcpy(bytes + at, block, size - at < BLOCK_BYTES ? size - at : BLOCK_BYTES);
    }
}

bool blocks_match(const char *bytes, size_t size, const char *name, off_t offset) {
    char block[BLOCK_BYTES + 1];
    for (size_t at = 0; at < size; at += BLOCK_BYTES) {
        size_t count = size - at < BLOCK_BYTES ? size - at : BLOCK_BYTES;
        write_block(block, name, 0, offset + (off_t)at);
        memcpy(block + VERSION_AT, bytes + VERSION_AT, size < BLOCK_BYTES ? 0 : BLOCK_VERSION_BYTES);
        if (memcmp(bytes + at, block, count) != 0) {
            return false;
        }
    }
    return true;
}

static bool is_version(size_t at) {
    return at >= VERSION_AT && at < VERSION_AT + BLOCK_VERSION_BYTES;
}

bool blocks_match_edited(const char *bytes, size_t size, const char *name, off_t offset) {
    char block[BLOCK_BYTES + 1];
    for (size_t at = 0; at < size; at++) {
        size_t in_block = at % BLOCK_BYTES;
        if (in_block == 0) {
            write_block(block, name, 0, offset + (off_t)at);
        }
        bool is_right = bytes[at] == '\0' || bytes[at] == block[in_block] ||
                        (is_version(in_block) && isdigit((unsigned char)bytes[at]));
        if (!is_right) {
            return false;
        }
    }
    return true;
}
