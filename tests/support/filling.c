/* SPDX-License-Identifier: MIT */
#include "tests/support/filling.h"

#include <stdint.h>
#include <string.h>

enum { WORD_BYTES = sizeof(uint64_t), BLOCK_BYTES = 4096 };

/* The finaliser of splitmix64: neighbouring indices give unrelated words. */
static uint64_t word_at(uint64_t index) {
    uint64_t word = (index + 1) * UINT64_C(0x9e3779b97f4a7c15);
    word = (word ^ (word >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    word = (word ^ (word >> 27)) * UINT64_C(0x94d049bb133111eb);
    return word ^ (word >> 31);
}

void filling_write(void *bytes, off_t offset, size_t size) {
    unsigned char *out = bytes;
    uint64_t at = (uint64_t)offset;
    while (size > 0) {
        uint64_t word = word_at(at / WORD_BYTES);
        size_t skip = at % WORD_BYTES;
        size_t count = WORD_BYTES - skip < size ? WORD_BYTES - skip : size;
        memcpy(out, (const unsigned char *)&word + skip, count);
        out += count;
        at += count;
        size -= count;
    }
}

bool filling_matches(const void *bytes, off_t offset, size_t size) {
    const unsigned char *given = bytes;
    unsigned char expected[BLOCK_BYTES];
    while (size > 0) {
        size_t count = size < sizeof expected ? size : sizeof expected;
        filling_write(expected, offset, count);
        if (memcmp(given, expected, count) != 0) {
            return false;
        }
        given += count;
        offset += (off_t)count;
        size -= count;
    }
    return true;
}
