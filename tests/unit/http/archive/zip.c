/* SPDX-License-Identifier: MIT */
#include "tests/unit/http/archive/zip.h"

#include <criterion/criterion.h>

uint64_t zip_number(const struct text *text, size_t at, size_t size) {
    uint64_t value = 0;
    cr_assert_leq(at + size, text->length);
    for (size_t i = size; i > 0; i--) {
        value = value << 8 | (unsigned char)text->bytes[at + i - 1];
    }
    return value;
}
