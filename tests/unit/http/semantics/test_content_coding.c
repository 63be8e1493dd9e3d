/* SPDX-License-Identifier: MIT */
#include "http/semantics/content_coding.h"

#include <criterion/criterion.h>

TestSuite(content_coding, .timeout = 10);

Test(content_coding, has_a_name_and_a_suffix_of_each) {
    static const struct {
        enum content_coding coding;
        const char *name;
        const char *suffix;
    } rows[] = {
        {CODING_IDENTITY, "identity", ""},
        {CODING_BROTLI, "br", ".br"},
        {CODING_ZSTD, "zstd", ".zst"},
        {CODING_GZIP, "gzip", ".gz"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        cr_expect_str_eq(content_coding_name(rows[i].coding), rows[i].name);
        cr_expect_str_eq(content_coding_suffix(rows[i].coding), rows[i].suffix);
    }
}

Test(content_coding, is_found_by_its_name) {
    static const struct {
        const char *name;
        int coding; /* -1: none */
    } rows[] = {
        {"br", CODING_BROTLI},
        {"zstd", CODING_ZSTD},
        {"gzip", CODING_GZIP},
        {"BR", CODING_BROTLI},
        {"gZip", CODING_GZIP},
        {"identity", -1},
        {"", -1},
        {"gz", -1},
        {"gzip ", -1},
        {"x-gzip", -1},
        {"brotli", -1},
        {"deflate", -1},
        {"*", -1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        enum content_coding coding = CODING_COUNT;
        bool found = content_coding_find(view_of(rows[i].name), &coding);
        cr_expect_eq(found, rows[i].coding != -1, "'%s'", rows[i].name);
        cr_expect_eq((int)coding, found ? rows[i].coding : (int)CODING_COUNT, "'%s'", rows[i].name);
    }
}
