/* SPDX-License-Identifier: MIT */
#include "http/base/digest.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

TestSuite(digest, .timeout = 10);

/* The values of the reference implementation (xxhsum -H128), which no version of it may change. */
Test(digest, is_that_of_xxh3) {
    char hex[DIGEST_HEX_BYTES];
    digest_of("", 0, hex);
    cr_expect_str_eq(hex, "99aa06d3014798d86001c324468d497f");
    digest_of("a", 1, hex);
    cr_expect_str_eq(hex, "a96faf705af16834e6c632b61e964e1f");
}

Test(digest, changes_with_each_bit) {
    enum { BYTES = 500 };
    unsigned char *bytes = calloc(1, BYTES);
    cr_assert_not_null(bytes);
    char before[DIGEST_HEX_BYTES];
    char after[DIGEST_HEX_BYTES];
    digest_of(bytes, BYTES, before);
    for (size_t bit = 0; bit < (size_t)BYTES * 8; bit++) {
        bytes[bit / 8] ^= (unsigned char)(1u << bit % 8);
        digest_of(bytes, BYTES, after);
        cr_expect_str_neq(before, after, "bit %zu", bit);
        bytes[bit / 8] ^= (unsigned char)(1u << bit % 8);
    }
    free(bytes);
}

Test(digest, of_pieces_is_that_of_the_whole) {
    enum { BYTES = 1000 };
    unsigned char bytes[BYTES];
    char whole[DIGEST_HEX_BYTES];
    char pieces[DIGEST_HEX_BYTES];
    struct digest *digest = digest_create();
    cr_assert_not_null(digest);
    for (size_t i = 0; i < BYTES; i++) {
        bytes[i] = (unsigned char)(i * 7);
    }
    digest_of(bytes, BYTES, whole);
    for (size_t piece = 1; piece < 300; piece += 13) {
        digest_reset(digest);
        for (size_t i = 0; i < BYTES; i += piece) {
            digest_add(digest, bytes + i, i + piece < BYTES ? piece : BYTES - i);
        }
        digest_write(digest, pieces);
        cr_expect_str_eq(pieces, whole, "pieces of %zu", piece);
    }
    digest_destroy(digest);
    digest_destroy(NULL);
}

Test(digest, makes_values_for_tables) {
    cr_expect_eq(digest_hash("abc", 3, 0), digest_hash("abc", 3, 0));
    cr_expect_neq(digest_hash("abc", 3, 0), digest_hash("abd", 3, 0));
    cr_expect_neq(digest_hash("abc", 3, 0), digest_hash("abc", 2, 0));
    cr_expect_neq(digest_hash("abc", 3, 0), digest_hash("abc", 3, 1), "another seed");
    cr_expect_neq(digest_hash("", 0, 0), digest_hash("", 0, 1));
    /* XXH3 of 64 bits, as its specification has it */
    cr_expect_eq(digest_hash("", 0, 0), UINT64_C(0x2D06800538D394C2));
}

Test(digest, names_its_library) {
    cr_expect_eq(strncmp(digest_library(), "xxHash 0.", 9), 0, "%s", digest_library());
}
